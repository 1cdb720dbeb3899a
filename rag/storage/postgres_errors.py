"""What PostgreSQL and the way to it say → one sentence for the user. No sentence tells a password."""

from __future__ import annotations

from collections.abc import Mapping

import psycopg
from psycopg import errors

from rag.errors import LibraryBusyError, LibraryError, SourcierError, UserError

# What libpq says where there is no code: whatever the language of the server, these are in its messages.
_PASSWORD = ("password authentication failed", "no password supplied", "authentification par mot de passe")
_SETTINGS = ("pg_hba.conf",)
_MISSING = ('database "', "base de données «")


def server_name(parameters: Mapping[str, object]) -> str:
    """Return what messages call the database: its address without name and password."""
    host = parameters.get("host") or parameters.get("hostaddr") or "localhost"
    port = f":{parameters['port']}" if parameters.get("port") else ""
    return f"postgresql://{host}{port}/{parameters.get('dbname') or parameters.get('user') or ''}"


def explained(error: psycopg.Error, name: str) -> SourcierError | None:
    """Return the sentence for an error; None if it is a fault of ours, which a traceback tells better."""
    match error:
        case errors.LockNotAvailable() | errors.DeadlockDetected() | errors.SerializationFailure():
            return LibraryBusyError(
                f"{name}: another process has been using the library for long; try again later.",
                f"{name} : un autre processus occupe la bibliothèque depuis longtemps ; réessayez plus tard.",
            )
        case errors.DiskFull():
            return LibraryError(
                f"{name}: the server's disk is full; make room there and run the same command again."
                " The library is intact.",
                f"{name} : le disque du serveur est plein ; libérez-y de la place et relancez la même"
                " commande. La bibliothèque est intacte.",
            )
        case errors.InsufficientPrivilege() | errors.ReadOnlySqlTransaction():
            return LibraryError(
                f"{name}: this user may not write there; let it create schemas and tables, or name the server"
                " that can be written to.",
                f"{name} : cet utilisateur ne peut pas y écrire ; autorisez-le à créer schémas et tables, ou"
                " nommez le serveur ouvert en écriture.",
            )
        case errors.TooManyConnections():
            return _full(name)
        case errors.ProgramLimitExceeded():
            return UserError(
                f"{name}: a name or an address of the article is too long to be kept there.",
                f"{name} : un nom ou une adresse de l'article est trop long pour y être conservé.",
            )
        case psycopg.OperationalError() | psycopg.InterfaceError():
            return _unreached(error, name)
    return None


def _unreached(error: psycopg.Error, name: str) -> LibraryError:
    said = " ".join(str(error).split())
    low = said.lower()
    if isinstance(error, errors.InvalidPassword | errors.InvalidAuthorizationSpecification) or any(
        words in low for words in _PASSWORD
    ):
        return LibraryError(
            f"{name}: the server refuses the user or the password; check library.url.",
            f"{name} : le serveur refuse l'utilisateur ou le mot de passe ; vérifiez library.url.",
        )
    if isinstance(error, errors.InvalidCatalogName) or (
        any(words in low for words in _MISSING)
        and "not exist" in low + low.replace("n'existe pas", "not exist")
    ):
        return LibraryError(
            f"{name}: there is no such database; make it (createdb), or check library.url.",
            f"{name} : cette base de données n'existe pas ; créez-la (createdb), ou vérifiez library.url.",
        )
    if any(words in low for words in _SETTINGS):
        return LibraryError(
            f"{name}: the server lets this user or machine in nowhere (pg_hba.conf); allow it there.",
            f"{name} : le serveur n'admet pas cet utilisateur ou cette machine (pg_hba.conf) ; autorisez-le.",
        )
    if "too many c" in low:
        return _full(name)
    if low.startswith(("connection failed", "connection is bad", "connection timeout", "could not")):
        return LibraryError(
            f"{name}: the PostgreSQL server can't be reached; start it, or check library.url.",
            f"{name} : le serveur PostgreSQL est injoignable ; démarrez-le, ou vérifiez library.url.",
        )
    return LibraryError(
        f"{name}: the connection to the server was lost; what wasn't acknowledged is to be done again.",
        f"{name} : la connexion au serveur a été perdue ; ce qui n'était pas confirmé est à refaire.",
    )


def _full(name: str) -> LibraryError:
    return LibraryError(
        f"{name}: the server has no connection left; raise its max_connections, or stop a process.",
        f"{name} : le serveur n'a plus de connexion libre ; augmentez max_connections, ou arrêtez un"
        " processus.",
    )
