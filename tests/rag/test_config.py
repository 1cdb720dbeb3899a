"""Settings come from a file and the environment, and every mistake is named with its place."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from rag.config import Settings, load_settings
from rag.errors import ConfigError, UserError

KNOWN = "the known keys are in docs/configuration.md."
REPOSITORY = Path(__file__).parents[2]


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder that is the current one."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def configured(here: Path) -> Callable[..., Settings]:
    """`configured(yaml, **variables)`: settings from this `config.yaml`, with this environment alone."""

    def load(text: str | None = None, **variables: str) -> Settings:
        if text is not None:
            (here / "config.yaml").write_text(text, encoding="utf-8")
        return load_settings(None if text is None else "config.yaml", variables)

    return load


def refusal(load: Callable[..., Settings], *args: object, **variables: str) -> str:
    with pytest.raises(ConfigError) as refused:
        load(*args, **variables)
    return str(refused.value)


# --- where values come from ---


def test_without_a_file_the_defaults_hold(configured):
    assert configured() == Settings()


def test_config_yaml_of_the_folder_is_read_when_none_is_named(here: Path, configured):
    (here / "config.yaml").write_text("ui: {port: 8000}", encoding="utf-8")
    assert configured().ui.port == 8000


def test_the_repository_s_own_file_is_valid_and_keeps_the_library_beside_it():
    settings = load_settings(REPOSITORY / "config.yaml", {})
    assert settings == Settings(data_dir=REPOSITORY / "data")


def test_variables_override_the_file(configured):
    text = "chat_model: {model: bundled, max_tokens: 100}\nui: {language: fr}\n"
    settings = configured(
        text, SOURCIER_CHAT_MODEL__MODEL="none", SOURCIER_UI__LANGUAGE="en", SOURCIER_RETRIEVAL__HITS="3"
    )
    assert settings.chat_model.model == "none"
    assert settings.chat_model.max_tokens == 100
    assert settings.ui.language == "en"
    assert settings.retrieval.hits == 3


def test_a_variable_that_is_empty_counts_as_unset(configured):
    assert configured("ui: {port: 8000}", SOURCIER_UI__PORT="", SOURCIER_DATA_DIR="").ui.port == 8000


def test_null_in_a_variable_takes_a_value_away(configured):
    text = "chat_model: {base_url: 'http://127.0.0.1:8000'}"
    assert configured(text, SOURCIER_CHAT_MODEL__BASE_URL="null").chat_model.base_url is None


def test_a_value_that_looks_like_a_number_stays_the_name_that_it_is(configured):
    assert configured(SOURCIER_EMBEDDING__MODEL="1e5").embedding.model == "1e5"


def test_other_variables_are_none_of_our_business(configured):
    assert configured(SOURCIERE="x", PATH="/bin", sourcier_ui__port="1") == Settings()


def test_variables_in_values_are_read_from_the_environment(configured):
    text = "chat_model: {api_key: '${KEY}', base_url: 'http://${HOST_1}:8000/v1'}"
    settings = configured(text, KEY="${HOST_1}", HOST_1="box")
    assert (
        settings.chat_model.api_key.get_secret_value() == "${HOST_1}"
    )  # what a variable holds isn't read again
    assert settings.chat_model.base_url == "http://box:8000/v1"


def test_a_key_is_shown_neither_by_settings_nor_by_what_is_wrong_with_it(configured):
    key = "sk-7f3a"
    settings = configured(f"chat_model: {{api_key: {key}}}")
    assert settings.chat_model.api_key.get_secret_value() == key
    assert [text for text in (repr(settings), str(settings), settings.model_dump_json()) if key in text] == []
    assert refusal(configured, f"chat_model: {{api_key: [{key}]}}") == (
        "config.yaml: chat_model.api_key: Input should be a valid string (found …)."
    )


def test_a_section_with_all_its_keys_commented_out_is_empty(configured):
    text = "chat_model:\n  # base_url: http://127.0.0.1:8000/v1\nui:\n"
    assert configured(text, SOURCIER_UI__PORT="8000") == configured("ui: {port: 8000}")


def test_an_empty_file_is_a_file_without_keys(configured):
    assert configured("") == configured("# nothing\n") == Settings()


# --- the library's folder ---


def test_a_relative_folder_in_the_file_is_beside_the_file(here: Path):
    (here / "etc").mkdir()
    (here / "etc" / "mine.yaml").write_text("data_dir: ../lib", encoding="utf-8")
    assert load_settings("etc/mine.yaml", {}).data_dir == here / "etc" / "../lib"


def test_a_relative_folder_in_the_environment_is_here(here: Path, configured):
    assert configured("data_dir: there", SOURCIER_DATA_DIR="lib").data_dir == here / "lib"


def test_a_tilde_is_the_user_s_folder(configured, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("HOME", "/nowhere/me")
    assert configured("data_dir: ~/articles").data_dir == Path("/nowhere/me/articles")
    assert configured(SOURCIER_DATA_DIR="~/articles").data_dir == Path("/nowhere/me/articles")


def test_reading_settings_makes_no_folder(here: Path, configured):
    configured("data_dir: lib")
    assert [path.name for path in here.iterdir()] == ["config.yaml"]


# --- mistakes ---


@pytest.mark.parametrize(
    ("text", "variables", "message"),
    [
        (
            "chat_modle: {model: none}",
            {},
            f"config.yaml: unknown key chat_modle; {KNOWN}",
        ),
        ("chat_modle:", {}, f"config.yaml: unknown key chat_modle; {KNOWN}"),
        (
            "ui: {prot: 1}",
            {},
            f"config.yaml: unknown key ui.prot; {KNOWN}",
        ),
        (
            "ui: {port: 0}",
            {},
            "config.yaml: ui.port: Input should be greater than or equal to 1 (found 0).",
        ),
        (
            "ui: {port: 8000}",
            {"SOURCIER_UI__PORT": "many"},
            "SOURCIER_UI__PORT: ui.port: Input should be a valid integer,"
            " unable to parse string as an integer (found 'many').",
        ),
        (
            "",
            {"SOURCIER_UI__PROT": "1"},
            f"SOURCIER_UI__PROT: unknown key ui.prot; {KNOWN}",
        ),
        (
            "ui: {language: de}",
            {},
            "config.yaml: ui.language: Input should be 'fr' or 'en' (found 'de').",
        ),
        (
            "chunking: {max_tokens: 481}",
            {},
            "config.yaml: chunking.max_tokens: Input should be less than or equal to 480 (found 481).",
        ),
        (
            "data_dir: here",
            {"SOURCIER_DATA_DIR__X": "1"},
            "SOURCIER_DATA_DIR__X: data_dir is not a section.",
        ),
        ("ui: here", {"SOURCIER_UI__PORT": "1"}, "SOURCIER_UI__PORT: ui is not a section."),
        (
            "",
            {"SOURCIER_UI__USERS": "ada:secret-one", "SOURCIER_UI__USERS__BOB": "secret-two"},
            "SOURCIER_UI__USERS__BOB: users is not a section.",
        ),
        # What the library of settings takes for arguments of its own, or for the key written otherwise.
        ("environ: {a: b}", {}, f"config.yaml: unknown key environ; {KNOWN}"),
        ("_env_file: .env", {}, f"config.yaml: unknown key _env_file; {KNOWN}"),
        ("UI: {port: 81}\nui: {port: 82}", {}, f"config.yaml: unknown key UI; {KNOWN}"),
        ("1: x", {}, f"config.yaml: unknown key 1; {KNOWN}"),
        ("- ui\n", {}, "config.yaml: expected sections with keys, found list."),
        (
            "ui: {\n",
            {},
            "config.yaml, line 2: not valid YAML (expected the node content, but found '<stream end>').",
        ),
        (
            "chat_model: {api_key: '${MY_KEY}'}",
            {},
            "config.yaml: ${MY_KEY} is not set; set the variable MY_KEY or remove it.",
        ),
    ],
)
def test_a_mistake_is_one_sentence_that_names_its_place(configured, text: str, variables: dict, message: str):
    assert refusal(configured, text, **variables) == message


MAIL = "host: h, sender: a@b.example, to: [c@d.example]"
HOOK = "secret: 0123456789abcdef"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("email: {host: h, sender: a@b.example, to: ['a@b.example\\r\\nBcc: x']}", "to"),
        (f"email: {{{MAIL}, user: u}}", "user and password go together"),
        (f"email: {{{MAIL}, user: u, password: pw, security: none}}", "a password is only sent with"),
        (f"email: {{{MAIL}, user: u, password: sésame}}", "user and password are written in ASCII"),
        (f"webhook: {{{HOOK}, url: 'http://hook.example/'}}", "url is https"),
        (f"webhook: {{{HOOK}, url: 'https://u:p@hook.example/'}}", "without a name and password"),
        (f"webhook: {{{HOOK}, url: 'file:///etc/passwd'}}", "url is an address of http or https"),
        ("webhook: {secret: short-one, url: 'https://hook.example/'}", "at least 16 items"),
        ("page_url: 'javascript:alert(1)'", "should match pattern"),
    ],
)
def test_a_mistake_in_a_channel_is_told_without_its_secrets(configured, text: str, message: str):
    said = refusal(configured, f"notify: {{{text}}}")
    assert message in said
    assert not any(secret in said for secret in ("sésame", "short-one", "u:p@", "0123456789abcdef"))


def test_channels_are_read_from_the_file_and_the_environment(configured):
    settings = configured(
        f"notify: {{email: {{{MAIL}, user: u}}, webhook: {{{HOOK}, url: 'http://HOOK.desk:8/a?b',"
        " allowed_hosts: [hook.desk]}, atom: {path: news.atom}}",
        SOURCIER_NOTIFY__EMAIL__PASSWORD="pw",
        SOURCIER_NOTIFY__WEBHOOK__USERS="ada, bob",
    ).notify
    assert (settings.email.stated_port, settings.email.to) == (587, {"": ("c@d.example",)})
    assert settings.email.password.get_secret_value() == "pw"
    assert (settings.webhook.host, settings.webhook.is_internal) == ("hook.desk", True)
    assert settings.webhook.users == ("ada", "bob")
    assert settings.atom.path.is_absolute() or settings.atom.path.name == "news.atom"
    assert "pw" not in repr(settings) and "0123456789abcdef" not in repr(settings)


@pytest.mark.usefixtures("here")
def test_a_file_that_is_not_there():
    assert refusal(load_settings, "autre.yaml", {}) == (
        "autre.yaml: no such configuration file; check the path given to --config."
    )


def test_a_file_that_cannot_be_read(here: Path):
    (here / "folder.yaml").mkdir()
    (here / "latin.yaml").write_bytes(b"ui: {host: caf\xe9}")
    for name in ("folder.yaml", "latin.yaml"):
        assert refusal(load_settings, name, {}).startswith(f"{name}: can't be read (")


def test_mistakes_in_the_configuration_are_the_user_s():
    assert issubclass(ConfigError, UserError)


def test_settings_cannot_be_changed_after_reading(configured):
    with pytest.raises(ValidationError, match="frozen"):
        configured().ui.port = 1


def test_yaml_makes_no_objects(configured):
    assert refusal(configured, "ui: !!python/object/apply:os.getcwd []\n").startswith(
        "config.yaml, line 1: not valid YAML (could not determine a constructor for the tag"
    )


text = st.text(st.characters(codec="utf-8", exclude_characters="\0="), max_size=20)
known = st.sampled_from(
    ["DATA_DIR", "UI", "UI__PORT", "UI__LANGUAGE", "UI__HOST", "ANSWERING__EVIDENCE_CERTAINTY"]
)
values = st.one_of(
    text, st.integers().map(str), st.floats().map(str), st.sampled_from(["fr", "null", "true"])
)


@given(st.dictionaries((known | text).map(lambda name: f"SOURCIER_{name}"), values, max_size=3))
def test_any_environment_is_settings_or_a_mistake_that_names_a_variable(variables: dict[str, str]):
    try:
        settings = load_settings(REPOSITORY / "config.yaml", variables)
    except ConfigError as error:
        assert any(str(error).startswith(f"{name}: ") for name in variables)
    else:
        assert 0 < settings.answering.evidence_certainty <= 1
        assert 1 <= settings.ui.port <= 65535
        assert settings.data_dir.is_absolute()


def test_sources_are_listed_with_paths_relative_to_the_file(tmp_path):
    file = tmp_path / "config.yaml"
    file.write_text(
        "sources:\n- path: articles\n- path: /srv/t.csv\n  columns: {text: Corps}\n"
        "- url: https://journal.example/rss\n  every: 2h\n"
    )
    folder, table, feed = load_settings(file, {}).sources
    assert (folder.place, folder.seconds) == (str(tmp_path / "articles"), None)
    assert (table.place, table.columns) == ("/srv/t.csv", {"text": "Corps"})
    assert (feed.place, feed.seconds) == ("https://journal.example/rss", 7200.0)


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("{path: a, url: 'https://b.example'}", "sources.0: Value error, a source has a path or a url"),
        ("{every: 5m}", "sources.0: Value error, a source has a path or a url"),
        ("{url: 'https://b.example', every: 5s}", "sources.0.every: String should match pattern"),
        ("{url: 'https://b.example', often: 5m}", "unknown key sources.0.often"),
    ],
)
def test_a_source_that_cannot_be_is_told(tmp_path, source, said):
    file = tmp_path / "config.yaml"
    file.write_text(f"sources: [{source}]")
    with pytest.raises(ConfigError) as caught:
        load_settings(file, {})
    assert said in str(caught.value)


def test_the_database_of_a_library_is_one_of_postgresql_and_its_password_is_never_told(
    configured: Callable[..., Settings],
) -> None:
    url = "postgresql://desk:secret-word@db.example/news"
    found = configured("library: {url: '${URL}'}\ndata_dir: here", URL=url)
    assert (found.place.url, found.place.folder.name) == (url, "here")
    assert configured("", SOURCIER_LIBRARY__URL=url).place.url == url
    assert configured("").place.url is None
    assert "secret-word" not in f"{found!r} {found} {found.place!r} {found.model_dump_json()}"
    with pytest.raises(ConfigError, match=r"config\.yaml: library: .*postgresql://.*\(found …\)") as told:
        configured("library: {url: 'mysql://desk:secret-word@db/news'}")
    assert "secret-word" not in str(told.value)
