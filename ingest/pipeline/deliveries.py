"""What becomes of an article that an agency delivers: kept back, taken out, or older than what is known.

Knows the library and the clock; no formats. What is under embargo or withheld isn't read, or kept apart from
the catalogue if the user wants so: no answer, list or search can show it before its time has come.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from ingest.converters.registry import article_id
from ingest.schema.delivery import Delivery
from ingest.schema.document import Notice
from ingest.schema.metadata import iso_date
from rag.errors import UserError
from rag.library.library import Library
from rag.schema.article import Article

# Where a moment without an offset comes last; a day begins there last too.
_LAST_ZONE = timedelta(hours=12)
_WITHDRAWN = (
    "its provider has withdrawn it; this version isn't read.",
    "son fournisseur l'a retiré ; cette version n'est pas lue.",
)


def id_of(delivery: Delivery) -> str:
    """Return the id of the article that the sender of a delivery knows by its identity."""
    return article_id(delivery.known_as)


@dataclass(frozen=True, slots=True)
class Deliveries:
    """The articles of a library by what their providers know them by, and which of them were withdrawn.

    With `noted` nothing is written: what is withdrawn is remembered there, for who only tries.
    """

    library: Library
    noted: dict[str, str] | None = None

    def holds_back(self, delivery: Delivery, now: datetime) -> bool:
        """Return whether a delivery forbids to publish any version of its article now."""
        until = _Moment.of(delivery.embargo)
        is_embargoed = bool(delivery.embargo) and (until is None or not until.has_passed(now))
        return is_embargoed or delivery.status != "usable"

    def releases_at(self, delivery: Delivery) -> datetime | None:
        """Return from when on a delivery that is held back may be published without another version."""
        until = _Moment.of(delivery.embargo)
        return until.latest if until is not None and delivery.status == "usable" else None

    def notice(self, delivery: Delivery, source: str) -> Notice:
        """Return what is said of an article that is kept until it may be published."""
        until = _Moment.of(delivery.embargo)
        if until is None or delivery.status != "usable":
            english = "is kept out of answers until a version that may be published is delivered"
            french = "est gardé hors des réponses jusqu'à ce qu'une version publiable en soit livrée"
        else:
            english = f"under embargo until {until.text('en')}; kept out of answers until then"
            french = f"sous embargo jusqu'au {until.text('fr')} ; gardé hors des réponses jusque-là"
        return Notice(source, f"{source}: {english}.", f"{source} : {french}.", keeps_article=True)

    def is_superseded(self, delivery: Delivery, article: Article) -> bool:
        """Return whether a later version of what a delivery holds back is known, or waits already."""
        if self._is_withdrawn(delivery):
            return True
        waiting = self.library.embargoes.get(article.id)
        stored = waiting.article if waiting else self.library.as_stated(article.id)
        return self.is_older(delivery, stored)

    def withdraw(self, delivery: Delivery) -> bool:
        """Take out the article that a delivery cancels or holds back; return whether it was there.

        It is remembered, by a hash, that earlier versions aren't to be read again; what is remembered of a
        later version stays.
        """
        if not delivery.identity or self._is_outdated(delivery) or self._is_withdrawn(delivery):
            return False
        status = "canceled" if delivery.status == "canceled" else "withheld"
        until = self.releases_at(delivery) if status == "withheld" else None
        fact = f"{status} {iso_date(delivery.moment) or ''}"
        if until is not None:
            fact += f" {iso_date(delivery.embargo)}"
        if self.noted is not None:
            self.noted[_fact(delivery)] = fact
            return self.library.stored(id_of(delivery)) is not None
        self.library.facts.put(_fact(delivery), fact)
        return self.library.withdraw(id_of(delivery), keeps_waiting=status == "withheld")

    def check(self, delivery: Delivery, source: str, now: datetime) -> None:
        """Raise UserError if an article isn't to be read now: withheld, under embargo, or withdrawn since."""
        try:
            self._check(delivery, now)
        except UserError as error:
            raise UserError(f"{source}: {error}", f"{source} : {error.text('fr')}") from error

    def check_canceled(self, delivery: Delivery, source: str) -> None:
        """Raise UserError if its provider has canceled an article since: no time is to be waited for."""
        if self._is_withdrawn(delivery, by=("canceled",)):
            raise UserError(f"{source}: {_WITHDRAWN[0]}", f"{source} : {_WITHDRAWN[1]}")

    def _check(self, delivery: Delivery, now: datetime) -> None:
        until = _Moment.of(delivery.embargo)
        if self._is_withdrawn(delivery, by=("canceled",)):
            raise UserError(_WITHDRAWN[0], _WITHDRAWN[1])
        if delivery.status == "withheld":
            raise _withheld(until)
        if delivery.embargo and self.holds_back(delivery, now):
            raise _embargoed(until, delivery.embargo)
        if self._is_withdrawn(delivery, by=("withheld",)):
            until = _Moment.of(self._fact(delivery)[2])
            if until is None or not until.has_passed(now):
                raise _held_by_later(until)

    def is_older(self, delivery: Delivery, stored: Article | None) -> bool:
        """Return whether a version was made before the one in the library."""
        made = _Moment.of(delivery.moment)
        known = _Moment.of(stored.updated_at or stored.published_at) if stored else None
        return made is not None and known is not None and made.latest < known.latest

    def _is_outdated(self, delivery: Delivery) -> bool:
        return self.is_older(delivery, self.library.as_stated(id_of(delivery)))

    def _is_withdrawn(self, delivery: Delivery, by: tuple[str, ...] = ("canceled", "withheld")) -> bool:
        if not delivery.identity:
            return False
        status, moment, _ = self._fact(delivery)
        if status not in by:
            return False
        withdrawn, made = _Moment.of(moment), _Moment.of(delivery.moment)
        if withdrawn is None or made is None:
            return status == "canceled"
        return made.latest < withdrawn.latest or (status == "canceled" and made.latest == withdrawn.latest)

    def _fact(self, delivery: Delivery) -> tuple[str, str, str]:
        """Return how the article was withdrawn, by a version of when, and until when; '' if it wasn't."""
        key = _fact(delivery)
        fact = (self.noted or {}).get(key) or self.library.facts.get(key) or ""
        status, moment, until = (*fact.split(" "), "", "", "")[:3]
        return status, moment, until


@dataclass(frozen=True, slots=True)
class _Moment:
    """A stated moment, and when it has come everywhere that it may mean."""

    stated: datetime
    latest: datetime

    @classmethod
    def of(cls, stated: str | None) -> _Moment | None:
        iso = iso_date(stated)
        if iso is None:
            return None
        moment = datetime.fromisoformat(iso)
        if moment.tzinfo:
            return cls(moment, moment.astimezone(UTC))
        return cls(moment, moment.replace(tzinfo=UTC) + _LAST_ZONE)

    def has_passed(self, now: datetime) -> bool:
        return self.latest <= now

    def text(self, language: str) -> str:
        zone = self.stated.strftime("%z")
        offset = f" (UTC{zone[:3]}:{zone[3:5]})" if zone else ""
        if language == "fr":
            return f"{self.stated:%d/%m/%Y à %H:%M}{offset}"
        return f"{self.stated:%Y-%m-%d %H:%M}{offset}"


def _fact(delivery: Delivery) -> str:
    # A hash: of what was withdrawn no byte is to stay.
    return f"withdrawn {hashlib.sha256(delivery.known_as.encode('utf-8', 'backslashreplace')).hexdigest()}"


def _withheld(until: _Moment | None) -> UserError:
    if until is None:
        return UserError(
            "withheld by its provider until further notice; it isn't read.",
            "retenu par son fournisseur jusqu'à nouvel ordre ; il n'est pas lu.",
        )
    return UserError(
        f"withheld by its provider, under embargo until {until.text('en')}; it is read once a version that"
        " may be published is delivered.",
        f"retenu par son fournisseur, sous embargo jusqu'au {until.text('fr')} ; il sera lu quand une version"
        " publiable en sera livrée.",
    )


def _held_by_later(until: _Moment | None) -> UserError:
    """Return the error for a version that isn't held back itself, while a later one of its article is."""
    if until is None:
        return UserError(
            "withheld by its provider: a later version isn't to be published yet; this version isn't read.",
            "retenu par son fournisseur : une version plus récente n'est pas encore publiable ; celle-ci"
            " n'est pas lue.",
        )
    return UserError(
        f"withheld by its provider: a later version is under embargo until {until.text('en')}; this version"
        " isn't read before.",
        f"retenu par son fournisseur : une version plus récente est sous embargo jusqu'au {until.text('fr')}"
        " ; celle-ci n'est pas lue avant.",
    )


def _embargoed(until: _Moment | None, stated: str) -> UserError:
    if until is None:
        shown = " ".join(stated.split())[:60]
        return UserError(
            f"under embargo until a time that can't be read ({shown}); it isn't read.",
            f"sous embargo jusqu'à une date illisible ({shown}) ; il n'est pas lu.",
        )
    return UserError(
        f"under embargo until {until.text('en')}; ingest it again then.",
        f"sous embargo jusqu'au {until.text('fr')} ; ajoutez-le de nouveau à ce moment-là.",
    )
