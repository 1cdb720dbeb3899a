"""All settings, section by section, validated: unknown keys and bad values are errors.

Knows no file and no variable.
"""

from __future__ import annotations

import re
from ipaddress import ip_network
from pathlib import Path
from typing import Annotated, Literal, Self

import platformdirs
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SecretStr,
    model_validator,
)

from rag.storage.database import Place

# How often a source is looked at: so many minutes, hours or days.
EVERY = re.compile(r"[1-9][0-9]{0,3}[mhd]")
# The scheme and the host of an address that is posted to.
_HOOK = re.compile(r"(https?)://([A-Za-z0-9._-]{1,253}|\[[0-9A-Fa-f:]+\])(?::[0-9]{1,5})?(?:[/?][^\s#]*)?")
# The address of a server, without a name and password in it.
_SERVER = r"^https?://([A-Za-z0-9._-]{1,253}|\[[0-9A-Fa-f:]+\])(:[0-9]{1,5})?(/[A-Za-z0-9._~/-]*)?$"


class Section(BaseModel):
    """Keys that belong together: none but these, and none is changed."""

    model_config = ConfigDict(extra="forbid", frozen=True, protected_namespaces=())


_DATABASE = re.compile(r"postgres(?:ql)?://\S+")


class LibrarySettings(Section):
    """Where the library is kept: in the data folder, or with `url` in a PostgreSQL database."""

    url: SecretStr | None = None

    @model_validator(mode="after")
    def _known_scheme(self) -> Self:
        if self.url is not None and not _DATABASE.fullmatch(self.url.get_secret_value()):
            raise ValueError("is the address of a database, postgresql://user:password@host:5432/name")
        return self


class ServedSettings(Section):
    """The server of a model: where it is, its key, and how long it is waited for, in seconds.

    `connect_timeout` until a connection stands, `read_timeout` between two pieces of a reply,
    `request_timeout` for a request as a whole. A request is made up to `attempts` times if the server refuses
    the connection, or says that it is busy or starting.
    """

    base_url: str | None = None
    api_key: SecretStr | None = None
    connect_timeout: Annotated[float, Field(gt=0, le=60)] = 5.0
    read_timeout: Annotated[float, Field(gt=0, le=3600)] = 120.0
    request_timeout: Annotated[float, Field(gt=0, le=7200)] = 600.0
    attempts: Annotated[int, Field(ge=1, le=10)] = 3


# A model that a server has which speaks OpenAI's protocol.
SERVED = "openai:"
OPENAI = "https://api.openai.com/v1"


class EmbeddingSettings(ServedSettings):
    """Which encoder makes vectors. A library remembers its encoder and refuses another.

    `openai:name` is a model of the server at `base_url`. Its tokens aren't known here: `max_tokens` is how
    many it reads, by a careful estimate of theirs. `dimensions` is asked for, if given, and checked.
    """

    model: str = "bundled"
    batch_size: Annotated[int, Field(ge=1, le=512)] = 8  # a processor's cache holds these; a GPU wants more
    query_prompt: str = "query: "
    passage_prompt: str = "passage: "
    max_tokens: Annotated[int, Field(ge=64, le=32768)] = 512
    dimensions: Annotated[int, Field(ge=8, le=16384)] | None = None

    @model_validator(mode="before")
    @classmethod
    def _suiting_a_server(cls, values: object) -> object:
        """Let a server have batches that suit it, and texts as they are: prompts are the bundled model's."""
        if isinstance(values, dict) and str(values.get("model", "")).startswith(SERVED):
            return {"batch_size": 64, "query_prompt": "", "passage_prompt": ""} | values
        return values

    @property
    def served(self) -> str:
        """The name of the model for its server; empty for one that this process loads."""
        return self.model.removeprefix(SERVED).strip() if self.model.startswith(SERVED) else ""


class StoreSettings(Section):
    """Where vectors are kept: in the data folder, or on a Chroma server that several machines share."""

    # The server's address, `http://host:8000`; without one, the data folder.
    url: Annotated[str, Field(pattern=_SERVER)] | None = None
    # What the library's collection is called there: libraries that share a server have a name each.
    collection: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{1,120}[A-Za-z0-9]$")] = "sourcier"
    # What the server, or the proxy before it, is told: `Bearer …` in Authorization, else as it is.
    token: SecretStr | None = None
    token_header: Annotated[str, Field(pattern=r"^[A-Za-z0-9-]{1,60}$")] = "Authorization"


class ChatModelSettings(ServedSettings):
    """Which model writes answers: `none`, `bundled`, a GGUF path, or `provider:name`."""

    model: str = "none"
    context_tokens: Annotated[int, Field(ge=512, le=131072)] = 4096
    max_tokens: Annotated[int, Field(ge=16, le=4096)] = 220
    threads: Annotated[int, Field(ge=1, le=256)] | None = None


class IngestSettings(Section):
    """What becomes of what is read."""

    # What becomes of an article that its provider has put under embargo or withheld: it is refused, or stored
    # and kept out of every answer, search and count until it may be published.
    embargoed: Literal["refuse", "store"] = "refuse"


class ReaderSettings(ServedSettings):
    """Which reader finds the words that answer: `bundled`, `none`, a folder with weights, or a server's.

    `openai:name` is a chat model of the server at `base_url`.
    """

    model: str = "bundled"

    @property
    def served(self) -> str:
        """The name of the model for its server; empty for one that this process loads."""
        return self.model.removeprefix(SERVED).strip() if self.model.startswith(SERVED) else ""


class ChunkingSettings(Section):
    """How articles are cut, in the encoder's tokens. Passages are whole sentences."""

    max_tokens: Annotated[int, Field(ge=32, le=480)] = 320
    overlap_tokens: Annotated[int, Field(ge=0, le=128)] = 0


class RetrievalSettings(Section):
    """How passages are found and scored."""

    candidates: Annotated[int, Field(ge=1, le=1000)] = 50
    hits: Annotated[int, Field(ge=1, le=100)] = 8
    # A cross-encoder that reorders the best passages: a sentence-transformers name or folder, or
    # `openai:name` for a model of `reranker_server`.
    reranker: str | None = None
    reranker_server: ServedSettings | None = None


class AnsweringSettings(Section):
    """How much the model reads and when it says nothing."""

    evidence_sentences: Annotated[int, Field(ge=1, le=30)] = 12
    evidence_tokens: Annotated[int, Field(ge=64, le=4096)] = 500
    # Sentences are added until one of them holds the answer with at least this estimated probability.
    evidence_certainty: Annotated[float, Field(gt=0, le=1)] = 0.9
    # Whose words answers are in: the model's `own`, the articles' (`quoted`), or `auto`: the model's own but
    # for the bundled one, which states what its quotes don't too often to be shown.
    wording: Literal["auto", "own", "quoted"] = "auto"
    # What becomes of a drafted sentence that its quote doesn't bear out: withdrawn, or shown with a mark.
    # One that its quote contradicts is always withdrawn.
    unsupported: Literal["withdraw", "mark"] = "withdraw"
    # Answer when the estimated probability that the articles hold an answer is at least this.
    min_answerable: Annotated[float, Field(ge=0, le=1)] = 0.5


class SourceSettings(Section):
    """A place that articles come from.

    The `path` of a file, a folder, a pattern or a table, or the `url` of a page, a feed or a sitemap.
    """

    path: str | None = None
    url: str | None = None
    # Of a table: which of its columns holds what.
    columns: dict[str, str] = {}
    # Of a table: whether 05/06/2024 is the 5th of June, whatever its column tells.
    day_first: bool | None = None
    # How often it is looked at as a whole while it is watched: `15m`, `2h`, `1d`. By default a URL every
    # quarter of an hour, a path at the start, and then whenever something in it changes.
    every: Annotated[str, Field(pattern=f"^{EVERY.pattern}$")] | None = None

    @model_validator(mode="after")
    def _one_place(self) -> Self:
        if (self.path is None) == (self.url is None):
            raise ValueError("a source has a path or a url")
        return self

    @property
    def place(self) -> str:
        """The path or the URL, as `sourcier ingest` would be given it."""
        return self.path or self.url or ""

    @property
    def seconds(self) -> float | None:
        """The interval in seconds; None for a path that has none."""
        stated = self.every or ("15m" if self.url else None)
        return int(stated[:-1]) * {"m": 60.0, "h": 3600.0, "d": 86400.0}[stated[-1]] if stated else None


def _named_passwords(value: object) -> object:
    """Return `ada:secret,bob:other`, as a variable has it, as a mapping; anything else as it is."""
    if not isinstance(value, str):
        return value
    pairs = [pair.partition(":") for pair in value.split(",")]
    if not all(name.strip() and password for name, _, password in pairs):
        raise ValueError("expected name:password, with commas between users")
    return {name.strip(): password for name, _, password in pairs}


def _listed(value: object) -> object:
    """Return `a, b`, as a variable has it, as a list; anything else as it is."""
    return [one.strip() for one in value.split(",") if one.strip()] if isinstance(value, str) else value


def _network(value: str) -> str:
    """Refuse what is neither an address nor a network: it would be trusted by no one's leave, or never."""
    try:
        ip_network(value)
    except ValueError:
        raise ValueError("expected an address (127.0.0.1) or a network (10.0.0.0/8)") from None
    return value


HostNames = Annotated[
    tuple[Annotated[str, Field(pattern=r"^[A-Za-z0-9._-]{1,253}(:[0-9]{1,5})?$")], ...],
    BeforeValidator(_listed),
]
Origins = Annotated[
    tuple[Annotated[str, Field(pattern=r"^https?://[A-Za-z0-9._-]{1,253}(:[0-9]{1,5})?$")], ...],
    BeforeValidator(_listed),
]
Networks = Annotated[tuple[Annotated[str, AfterValidator(_network)], ...], BeforeValidator(_listed)]
Passwords = Annotated[dict[str, Annotated[SecretStr, Field(min_length=8)]], BeforeValidator(_named_passwords)]


class UiSettings(Section):
    """Where the page is served, by which names, in which language its words are, and who may sign in.

    `users` come on top of those that `sourcier users add` wrote; with neither, nobody has to.
    """

    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=1, le=65535)] = 7860
    language: Literal["fr", "en"] = "fr"
    users: Passwords | None = None
    # Names, beside the machine's own, by which the page is asked for: `sourcier.example.org`, with a port
    # if browsers show one.
    allowed_hosts: HostNames = ()
    # Reverse proxies whose word is taken for who asks and over which scheme: addresses or networks.
    trusted_proxies: Networks = ()
    # Whether the page may be served to other machines though nobody has to sign in.
    open_to_all: bool = False


class ApiSettings(Section):
    """What programs may ask of the page's server, with a key of `sourcier keys`."""

    enabled: bool = True
    # Whether programs of this machine may read without a key, where nobody has to sign in and the server is
    # reached from this machine alone.
    local_without_key: bool = True
    # Sites whose pages may use it in a browser, with a key: `https://tools.example.org`.
    origins: Origins = ()


class LoggingSettings(Section):
    """How the log is written: for people, or an object of JSON for each event."""

    format: Literal["text", "json"] = "text"
    # By default what the page's server says, and warnings; with `json` everything that has happened.
    level: Literal["debug", "info", "warning", "error"] | None = None
    # Whether questions may be in it.
    questions: bool = False


class MetricsSettings(Section):
    """Who is told what the server measures: this machine, and whoever says the token."""

    enabled: bool = True
    token: Annotated[SecretStr, Field(min_length=16)] | None = None


class TracingSettings(Section):
    """Where questions are sent to as traces: the address of an OTLP collector (gRPC). By default nowhere."""

    endpoint: (
        Annotated[str, Field(pattern=r"^https?://([A-Za-z0-9._-]+|\[[0-9A-Fa-f:]+\])(:[0-9]{1,5})?$")] | None
    ) = None


class AtomSettings(Section):
    """The file that a feed of what changed is written to, and whose standing queries it tells of."""

    path: Path
    user: str = ""


def _recipients(value: object) -> object:
    """Return addresses that are nobody's in particular, a list or `a@x, b@y`, as a mapping of users."""
    return value if isinstance(value, dict) else {"": _listed(value)}


MailAddress = Annotated[str, Field(pattern=r"^[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}@[A-Za-z0-9.-]{1,253}$")]
Recipients = Annotated[
    dict[str, Annotated[tuple[MailAddress, ...], Field(min_length=1, max_length=50)]],
    BeforeValidator(_recipients),
]


class MailSettings(Section):
    """The server by which changes are sent as e-mail, and to whom: addresses, or those of each user."""

    host: Annotated[str, Field(pattern=r"^[A-Za-z0-9._:-]{1,253}$")]
    port: Annotated[int, Field(ge=1, le=65535)] | None = None
    security: Literal["starttls", "tls", "none"] = "starttls"
    user: str | None = None
    password: SecretStr | None = None
    sender: MailAddress
    to: Recipients
    timeout: Annotated[float, Field(ge=1, le=120)] = 20.0

    @model_validator(mode="after")
    def _nothing_in_clear(self) -> Self:
        if (self.user is None) != (self.password is None):
            raise ValueError("user and password go together")
        if self.password is not None and self.security == "none":
            raise ValueError("a password is only sent with security: starttls or tls")
        signing_in = self.user or "", self.password.get_secret_value() if self.password else ""
        if not all(map(str.isascii, signing_in)):
            raise ValueError("user and password are written in ASCII")
        return self

    @property
    def stated_port(self) -> int:
        """The port, or the usual one of what secures the connection."""
        return self.port or {"starttls": 587, "tls": 465, "none": 25}[self.security]


class WebhookSettings(Section):
    """An address that changes are posted to as JSON, signed with the secret, and whose they are.

    `allowed_hosts` are the names of hosts that may stand in a private network.
    """

    url: SecretStr
    secret: Annotated[SecretStr, Field(min_length=16)]
    users: Annotated[tuple[str, ...], BeforeValidator(_listed)] = ("",)
    allowed_hosts: HostNames = ()
    timeout: Annotated[float, Field(ge=1, le=120)] = 10.0

    @model_validator(mode="after")
    def _safe_address(self) -> Self:
        found = _HOOK.fullmatch(self.url.get_secret_value())
        if found is None:
            raise ValueError("url is an address of http or https, without a name and password in it")
        if found[1] == "http" and not self.is_internal:
            raise ValueError("url is https, or the address of a host in allowed_hosts")
        return self

    @property
    def host(self) -> str:
        """The host that is posted to, lower case, in brackets no more if it is an address of IPv6."""
        found = _HOOK.fullmatch(self.url.get_secret_value())
        return found[2].lower().strip("[]") if found else ""

    @property
    def is_internal(self) -> bool:
        """Whether the host may stand in a private network."""
        return self.host in {name.lower() for name in self.allowed_hosts}


class NotifySettings(Section):
    """Who is told what changed in what standing queries find, besides the page: nobody unless it is said.

    `page_url` is where readers open the page, for links.
    """

    terminal: bool = True
    page_url: Annotated[str, Field(pattern=r"^https?://[^\s<>\"']{1,500}$")] | None = None
    atom: AtomSettings | None = None
    email: MailSettings | None = None
    webhook: WebhookSettings | None = None


class Settings(Section):
    """All settings. `data_dir` holds the library; None means the user's data folder."""

    data_dir: Path = Path(platformdirs.user_data_dir("sourcier"))
    library: LibrarySettings = LibrarySettings()
    store: StoreSettings = StoreSettings()
    embedding: EmbeddingSettings = EmbeddingSettings()
    chat_model: ChatModelSettings = ChatModelSettings()
    reader: ReaderSettings = ReaderSettings()
    chunking: ChunkingSettings = ChunkingSettings()
    retrieval: RetrievalSettings = RetrievalSettings()
    answering: AnsweringSettings = AnsweringSettings()
    ingest: IngestSettings = IngestSettings()
    sources: tuple[SourceSettings, ...] = ()
    ui: UiSettings = UiSettings()
    api: ApiSettings = ApiSettings()
    logging: LoggingSettings = LoggingSettings()
    metrics: MetricsSettings = MetricsSettings()
    tracing: TracingSettings = TracingSettings()
    notify: NotifySettings = NotifySettings()

    @property
    def place(self) -> Place:
        """Where the library is."""
        url = self.library.url and self.library.url.get_secret_value()
        # Vectors on a server, the rest in the database: nothing here that one process writes at a time.
        return Place(self.data_dir, url, has_own_indexes=url is None or self.store.url is None)

    def in_folder(self, folder: Path) -> Settings:
        """Return the same for a library in a folder of its own: what is shared with others isn't touched."""
        alone = {"data_dir": folder, "library": LibrarySettings(), "store": StoreSettings()}
        return self.model_copy(update=alone)

    @property
    def model_writes(self) -> bool:
        """Whether a chat model puts answers into its own words."""
        model, wording = self.chat_model.model.strip(), self.answering.wording
        return model != "none" and (wording == "own" or (wording == "auto" and model != "bundled"))
