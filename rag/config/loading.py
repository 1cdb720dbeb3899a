"""Settings read from `config.yaml` and the environment; a mistake is one sentence that names key and place.

Reading has no side effect: no folder is made, no model loaded, no variable set.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path

import platformdirs
import yaml
from pydantic import ValidationError
from pydantic_settings import BaseSettings, EnvSettingsSource, InitSettingsSource, SettingsConfigDict
from pydantic_settings.sources.utils import parse_env_vars

from rag.config.settings import Section, Settings
from rag.errors import ConfigError, reason_of
from rag.observability.redaction import redacted

PREFIX = "SOURCIER_"
CONFIG_FILE = "config.yaml"
# Keys whose values no message tells; nor those of a whole section, which may have such keys.
_UNTOLD = {"api_key", "users", "token", "password", "secret", "library"}
_VARIABLE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")


class _Loaded(BaseSettings, Settings):
    """Settings made of what its sources hold; the first source goes before the others."""

    # Values stay as typed and pydantic converts them: a model called `1e5` must not become a number.
    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_nested_delimiter="__", enable_decoding=False, env_parse_none_str="null"
    )

    @classmethod
    def settings_customise_sources(
        cls, settings_cls: type[BaseSettings], init_settings: InitSettingsSource, **_: object
    ) -> tuple[EnvSettingsSource, InitSettingsSource]:
        """Read the environment before the file's values."""
        values = init_settings.init_kwargs
        return _Environment(settings_cls, values.pop("environ")), InitSettingsSource(settings_cls, values)


class _Environment(EnvSettingsSource):
    """The variables of a given mapping that have our prefix. An empty one counts as unset, `null` as None."""

    def __init__(self, settings_cls: type[BaseSettings], environ: Mapping[str, str]) -> None:
        self._variables = environ
        super().__init__(settings_cls)

    def _load_env_vars(self) -> Mapping[str, str | None]:
        return parse_env_vars(self._variables, ignore_empty=True, parse_none_str="null")


def user_file() -> Path:
    """Where the user's own file of settings is, or would be: in the system's folder for settings."""
    folder = Path(platformdirs.user_config_dir("sourcier"))
    # Some systems have one folder for both, and what a library is restored into has nothing else in it.
    shared = folder == Path(platformdirs.user_data_dir("sourcier"))
    return folder.with_suffix(".yaml") if shared else folder / CONFIG_FILE


def settings_file(path: str | Path | None = None) -> Path | None:
    """Return the file that settings are read from: `path`, else `config.yaml` here, else the user's own."""
    if path is not None:
        return Path(path)
    return next((file for file in (Path(CONFIG_FILE), user_file()) if file.is_file()), None)


def load_settings(path: str | Path | None = None, environ: Mapping[str, str] | None = None) -> Settings:
    """Read `path`, or the file that `settings_file` finds, then let `SOURCIER_…` variables override.

    `SOURCIER_DATA_DIR` sets `data_dir`, `SOURCIER_SECTION__KEY` sets `section.key`; a relative
    `data_dir` or source in the file is relative to the file. `${NAME}` in a value is replaced from the
    environment.

    Raises:
        ConfigError: A mistake, in one sentence that names the key and where it was set.

    """
    environ = os.environ if environ is None else environ
    file = settings_file(path)
    values = _read_file(file, environ) if file else {}
    variables = {name: value for name, value in sorted(environ.items()) if name.startswith(PREFIX) and value}
    overrides = {name: name[len(PREFIX) :].lower().split("__") for name in variables}
    _check_places(values, overrides)
    try:
        settings = Settings.model_construct(**dict(_Loaded(environ=variables, **values)))
    except ValidationError as error:
        raise _explained(error, str(file or CONFIG_FILE), overrides) from None
    return settings.model_copy(update={"data_dir": settings.data_dir.expanduser().absolute()})


def _read_file(file: Path, environ: Mapping[str, str]) -> dict:
    try:
        text = file.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise ConfigError(
            f"{file}: no such configuration file; check the path given to --config.",
            f"{file} : ce fichier de configuration n'existe pas ; vérifiez le chemin donné à --config.",
        ) from None
    except (OSError, UnicodeDecodeError) as error:
        why = reason_of(error)
        raise ConfigError(
            f"{file}: can't be read ({why}).", f"{file} : la lecture est impossible ({why.french})."
        ) from None
    try:
        values = yaml.safe_load(text)
    except yaml.YAMLError as error:
        mark, problem = getattr(error, "problem_mark", None), getattr(error, "problem", error)
        line, ligne = (f", line {mark.line + 1}", f", ligne {mark.line + 1}") if mark else ("", "")
        raise ConfigError(
            f"{file}{line}: not valid YAML ({problem}).",
            f"{file}{ligne} : ce n'est pas du YAML correct ({problem}).",
        ) from None
    if values is None:
        return {}
    if not isinstance(values, dict):
        found = type(values).__name__
        raise ConfigError(
            f"{file}: expected sections with keys, found {found}.",
            f"{file} : il faut des sections avec des clés, et non {found}.",
        )
    values = _substitute(values, environ, file)
    for key in values:  # the library takes some that aren't ours for options of its own
        if key not in Settings.model_fields:
            raise _unknown_key(str(file), str(key))
    for key in Settings.model_fields:
        if values.get(key) is None:  # a section whose keys are all commented out
            values.pop(key, None)
    if isinstance(values.get("data_dir"), str):
        values["data_dir"] = _beside(file, values["data_dir"])
    sources = values.get("sources")
    for source in sources if isinstance(sources, list) else []:
        if isinstance(source, dict) and isinstance(source.get("path"), str):
            source["path"] = _beside(file, source["path"])
    match values.get("notify"):
        case {"atom": {"path": str(path)} as atom}:
            atom["path"] = _beside(file, path)
    return values


def _beside(file: Path, path: str) -> str:
    """Return a path of the file, which is relative to it."""
    return str(file.parent / Path(path).expanduser())


def _substitute(value: object, environ: Mapping[str, str], file: Path) -> object:
    if isinstance(value, dict):
        return {key: _substitute(item, environ, file) for key, item in value.items()}
    if isinstance(value, list):
        return [_substitute(item, environ, file) for item in value]
    if not isinstance(value, str):
        return value

    def replace(match: re.Match[str]) -> str:
        name = match[1]
        if name not in environ:
            raise ConfigError(
                f"{file}: ${{{name}}} is not set; set the variable {name} or remove it.",
                f"{file} : ${{{name}}} n'est pas définie ; définissez la variable {name} ou retirez-la.",
            )
        return environ[name]

    return _VARIABLE.sub(replace, value)


def _check_places(values: Mapping[str, object], overrides: Mapping[str, list[str]]) -> None:
    """Refuse a variable that sets no key of ours, which the library would pass over without a word."""
    for name, (key, *inner) in overrides.items():
        if key not in Settings.model_fields:
            raise _unknown_key(name, ".".join([key, *inner]))
        is_section = isinstance(Settings.model_fields[key].default, Section)
        if inner and not (is_section and isinstance(values.get(key, {}), dict)):
            raise _no_section(name, key)
        for depth in range(1, len(inner) + 1):  # of two variables, the library would drop the inner one
            if [key, *inner[: depth - 1]] in overrides.values():
                raise _no_section(name, [key, *inner][depth - 1])


def _no_section(variable: str, key: str) -> ConfigError:
    return ConfigError(f"{variable}: {key} is not a section.", f"{variable} : {key} n'est pas une section.")


def _unknown_key(where: str, key: str) -> ConfigError:
    return ConfigError(
        f"{where}: unknown key {key}; the known keys are in docs/configuration.md.",
        f"{where} : clé inconnue {key} ; les clés connues sont dans docs/configuration.md.",
    )


def _explained(error: ValidationError, file: str, overrides: Mapping[str, list[str]]) -> ConfigError:
    first = error.errors()[0]
    keys = [str(key) for key in first["loc"]]
    where = next((name for name, path in overrides.items() if path[: len(keys)] == keys), file)
    key = ".".join(keys)
    if first["type"] == "extra_forbidden":
        return _unknown_key(where, key)
    reason = first["msg"]
    untold = _UNTOLD & set(keys) or isinstance(first.get("input"), dict)
    found = "…" if untold else redacted(repr(first.get("input")))
    return ConfigError(
        f"{where}: {key}: {reason} (found {found}).",
        f"{where} : {key} : {reason} (valeur trouvée : {found}).",
    )
