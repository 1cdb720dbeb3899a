#!/usr/bin/env bash
# pydantic-settings 2.16.3 (pydantic 2.14.3), Python 3.11.
#
# With `extra="forbid"`, a reader of the documentation expects a misspelt variable to be refused. Of variables
# with the right prefix, only a misspelt key inside a section is. Passed over without a word are a misspelt
# section or top-level key, and a key below a field that is no section. The same misspelt names in a `.env` file
# are refused. And a variable that sets one key of a section replaces whatever else stood for that section in
# another source, also a value that would have been an error by itself.
#
# What it means here: `rag/config/loading.py` checks the places that variables set before the library reads them.
#
# Seen:
#   environment, unknown section    -> accepted
#   environment, unknown key        -> refused
#   environment, key below a number -> accepted
#   .env file, unknown section      -> refused
#   wrong section in another source -> accepted
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" --disable-pip-version-check -q install 'pydantic-settings==2.16.3' 'pydantic==2.14.3'
cd "$folder"
cat > run.py <<'PY'
import os

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict


class Section(BaseModel):
    model_config = ConfigDict(extra="forbid")
    port: int = 1


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="DEMO_", env_nested_delimiter="__", extra="forbid")
    ui: Section = Section()
    size: int = 2

    @classmethod
    def settings_customise_sources(cls, settings_cls, init_settings, env_settings, dotenv_settings, **_):
        return env_settings, dotenv_settings, init_settings


def verdict(variables, **values):
    os.environ.update(variables)
    try:
        Settings(**values)
        return "accepted"
    except ValidationError:
        return "refused"
    finally:
        for name in variables:
            del os.environ[name]


with open("demo.env", "w") as file:
    file.write("DEMO_IU__PORT=3\n")
print("environment, unknown section    ->", verdict({"DEMO_IU__PORT": "3"}))
print("environment, unknown key        ->", verdict({"DEMO_UI__PROT": "3"}))
print("environment, key below a number ->", verdict({"DEMO_SIZE__X": "3"}))
print(".env file, unknown section      ->", verdict({}, _env_file="demo.env"))
print("wrong section in another source ->", verdict({"DEMO_UI__PORT": "3"}, ui="here"))
PY
"$folder/venv/bin/python" run.py | tee seen.txt
diff - seen.txt <<'EOF'
environment, unknown section    -> accepted
environment, unknown key        -> refused
environment, key below a number -> accepted
.env file, unknown section      -> refused
wrong section in another source -> accepted
EOF
