"""The Dockerfile and the Compose file: what linters say, what they promise, and what they name exists.

Images aren't built here: that takes Docker and a network.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from rag.config import Settings

ROOT = Path(__file__).parents[2]
DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")
COMPOSE = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))
SERVICES = COMPOSE["services"]
STATEMENTS = re.findall(r"^([A-Z]+) (.*)$", re.sub(r"\\\n\s*", "", DOCKERFILE), re.MULTILINE)
COPIES = [value.split()[:-1] for word, value in STATEMENTS if word == "COPY" and "--from" not in value]
# Sections of the settings that a team's engines bring.
ENGINES = {"library", "store"}
needs_sh = pytest.mark.skipif(shutil.which("sh") is None, reason="there is no shell here")


def program(name: str) -> Path:
    return Path(sys.executable).parent / name


def lint(dockerfile: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([program("hadolint"), dockerfile], capture_output=True, text=True)


def validated(compose: Path) -> subprocess.CompletedProcess[str]:
    command = [program("check-jsonschema"), "--builtin-schema", "vendor.compose-spec", compose]
    return subprocess.run(command, capture_output=True, text=True)


def test_the_dockerfile_has_no_fault_that_a_linter_knows(tmp_path: Path):
    done = lint(ROOT / "Dockerfile")
    assert (done.returncode, done.stdout) == (0, "")
    (tmp_path / "Dockerfile").write_text("FROM python:latest\nRUN cd /tmp && sudo pip install x\n")
    assert {"DL3004", "DL3007"} <= set(re.findall(r"DL\d+", lint(tmp_path / "Dockerfile").stdout))


def test_the_compose_file_is_of_the_schema(tmp_path: Path):
    assert validated(ROOT / "compose.yaml").returncode == 0
    wrong = (ROOT / "compose.yaml").read_text(encoding="utf-8").replace("healthcheck:", "health_check:")
    (tmp_path / "compose.yaml").write_text(wrong, encoding="utf-8")
    assert "health_check" in validated(tmp_path / "compose.yaml").stdout


# --- the image ---


def test_every_image_is_pinned_by_version():
    bases = [value.split()[0] for word, value in STATEMENTS if word == "FROM"]
    assert len(bases) == 2
    assert len(set(bases)) == 1
    stated = [re.sub(r"\$\{\w+:-([^}]+)\}", r"\1", service["image"]) for service in SERVICES.values()]
    for image in (*bases, *stated):
        assert re.fullmatch(r"[\w./-]+:[\w.-]*\d[\w.-]*", image), image


def test_the_image_runs_as_nobody_in_particular_and_says_how_it_is():
    stated = dict(STATEMENTS)
    assert re.fullmatch(r"[1-9]\d+:[1-9]\d+", stated["USER"])
    assert "/readyz" in stated["HEALTHCHECK"]
    assert stated["VOLUME"] == '["/data"]'
    assert [word for word, _ in STATEMENTS].index("USER") < [word for word, _ in STATEMENTS].index("CMD")


def test_what_is_copied_exists_and_is_let_through_and_nothing_else_is():
    assert COPIES
    wanted = {name for names in COPIES for name in names}
    assert [name for name in wanted if not (ROOT / name).exists()] == []
    lines = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    rules = [line for line in lines if line and not line.startswith("#")]
    assert rules[0] == "*"
    let_through = {rule[1:] for rule in rules if rule.startswith("!")}
    names = {name for one in let_through for name in ({one} if "*" not in one else _matching(one))}
    owners = {next((one for one in names if f"{name}/".startswith(f"{one}/")), None) for name in wanted}
    assert owners == names
    assert "config.yaml" not in let_through


def _matching(pattern: str) -> set[str]:
    return {file.name for file in ROOT.glob(pattern)}


def test_the_base_is_of_a_python_that_the_project_takes():
    (version,) = {
        re.match(r"python:(\d+)\.(\d+)", value).groups() for word, value in STATEMENTS if word == "FROM"
    }
    assert tuple(map(int, version)) >= (3, 11)


# --- the services ---


def test_the_services_wait_for_one_another_until_they_are_well():
    assert SERVICES.keys() == {"page", "postgres", "chroma", "model"}
    waits = SERVICES["page"]["depends_on"]
    assert waits.keys() == SERVICES.keys() - {"page"}
    assert {one["condition"] for one in waits.values()} == {"service_healthy"}
    assert all("healthcheck" in SERVICES[name] for name in waits)
    assert not waits["model"]["required"]


def test_only_the_page_is_published_and_on_this_machine_alone():
    assert [name for name, service in SERVICES.items() if "ports" in service] == ["page"]
    assert all(port.startswith("127.0.0.1:") for port in SERVICES["page"]["ports"])
    assert COMPOSE["networks"]["back"]["internal"]
    assert {name for name, service in SERVICES.items() if service["networks"] != ["back"]} == {"page"}


def test_no_secret_stands_in_the_files():
    for service in SERVICES.values():
        for name, value in service.get("environment", {}).items():
            if re.search("PASSWORD|KEY|TOKEN|SECRET", name):
                assert name.endswith("_FILE"), name
                assert Path(value).parent == Path("/run/secrets")
                assert Path(value).name in service["secrets"]
    assert {Path(secret["file"]).parent.name for secret in COMPOSE["secrets"].values()} == {"secrets"}
    assert "/secrets/" in (ROOT / ".gitignore").read_text(encoding="utf-8").splitlines()


def test_volumes_and_secrets_are_used():
    named = {volume.split(":")[0] for service in SERVICES.values() for volume in service.get("volumes", ())}
    assert {name for name in named if re.fullmatch(r"\w+", name)} == set(COMPOSE["volumes"])
    assert {name for one in SERVICES.values() for name in one.get("secrets", ())} == set(COMPOSE["secrets"])


def test_every_variable_is_a_setting():
    variables = set(SERVICES["page"]["environment"]) | set(re.findall(r"SOURCIER_\w+(?==)", DOCKERFILE))
    settings = {name.removesuffix("_FILE") for name in variables if name.startswith("SOURCIER_")}
    assert len(settings) > 5
    for variable in settings:
        section, _, key = variable.removeprefix("SOURCIER_").lower().partition("__")
        if section in Settings.model_fields:
            assert not key or key in Settings.model_fields[section].annotation.model_fields, variable
        else:
            assert section in ENGINES, variable


def test_the_vector_store_is_of_the_client_s_version():
    pinned = re.search(
        r"^chromadb==(\S+)", (ROOT / "constraints.txt").read_text(encoding="utf-8"), re.MULTILINE
    )
    assert SERVICES["chroma"]["image"] == f"chromadb/chroma:{pinned[1]}"


# --- secrets that are files ---


def entered(*program: str, **environ: str) -> subprocess.CompletedProcess[str]:
    command = ["sh", str(ROOT / "scripts" / "entrypoint.sh"), *program]
    return subprocess.run(command, capture_output=True, text=True, env={"PATH": os.environ["PATH"]} | environ)


@needs_sh
def test_a_secret_s_file_becomes_a_variable(tmp_path: Path):
    (tmp_path / "key").write_text('s\'il "vous" $plaît `id`\n', encoding="utf-8")
    (tmp_path / "password").write_text("pass word", encoding="utf-8")
    names = {
        "SOURCIER_CHAT_MODEL__API_KEY_FILE": str(tmp_path / "key"),
        "PGPASSWORD_FILE": str(tmp_path / "password"),
        "OTHER_FILE": str(tmp_path / "key"),
    }
    told = entered("env", SOURCIER_UI__PORT="8000", **names).stdout.splitlines()
    assert 'SOURCIER_CHAT_MODEL__API_KEY=s\'il "vous" $plaît `id`' in told
    assert "PGPASSWORD=pass word" in told
    assert "SOURCIER_UI__PORT=8000" in told
    assert [line for line in told if "_FILE=" in line] == [f"OTHER_FILE={tmp_path / 'key'}"]


@needs_sh
@pytest.mark.parametrize("name", ["none", "."])
def test_a_secret_that_can_t_be_read_is_said(tmp_path: Path, name: str):
    done = entered("env", PGPASSWORD_FILE=str(tmp_path / name))
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == f"PGPASSWORD_FILE: {tmp_path / name} can't be read.\n"


@needs_sh
def test_the_program_s_exit_code_is_kept():
    assert entered("sh", "-c", "exit 7").returncode == 7
