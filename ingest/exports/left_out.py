"""What an export has beside its articles → one sentence with how many there are of each kind.

Pure. An entry that is no article is no failure: it is told once for its file, never line by line.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from ingest.schema.delivery import LeftOut
from ingest.schema.document import Notice
from rag.errors import UserError

ADDRESS = LeftOut("address")
REFERENCE = LeftOut("reference")
FILELESS = LeftOut("fileless")
MISSING_FILE = LeftOut("missing file")
HIGHLIGHT = LeftOut("highlight")
CODES = LeftOut("codes")
NGRAM = LeftOut("ngram")

_KINDS = {
    "draft": ("drafts", "brouillons"),
    "pending": ("posts that wait for review", "articles en attente de relecture"),
    "future": ("scheduled posts", "articles programmés"),
    "private": ("private posts", "articles privés"),
    "trash": ("posts in the trash", "articles à la corbeille"),
    "protected": ("posts protected by a password", "articles protégés par un mot de passe"),
    "empty": ("posts without a text", "articles sans texte"),
    "attachment": ("attached files", "fichiers joints"),
    "revision": ("revisions", "révisions"),
    "nav_menu_item": ("menu items", "éléments de menu"),
    ADDRESS.kind: ("addresses without a text", "adresses sans texte"),
    REFERENCE.kind: ("references without a text", "références sans texte"),
    FILELESS.kind: ("references without a file or an abstract", "références sans fichier ni résumé"),
    MISSING_FILE.kind: ("references whose file isn't there", "références dont le fichier manque"),
    HIGHLIGHT.kind: ("highlights and notes", "surlignages et notes"),
    CODES.kind: ("GDELT's codes of articles, without a text", "codes d'articles de GDELT, sans texte"),
    NGRAM.kind: (
        "words of GDELT's Web NGrams, which are no articles",
        "mots des Web NGrams de GDELT, qui ne sont pas des articles",
    ),
}
_ADVICE = {
    ADDRESS.kind: (
        "give `sourcier ingest` the addresses themselves",
        "donnez à `sourcier ingest` les adresses elles-mêmes",
    ),
    REFERENCE.kind: (
        "export them as Zotero RDF with their files",
        "exportez-les en Zotero RDF avec leurs fichiers",
    ),
    MISSING_FILE.kind: (
        "export with files, and keep the folder `files` beside the .rdf",
        "exportez avec les fichiers, et laissez le dossier `files` à côté du .rdf",
    ),
    CODES.kind: (
        "give `sourcier ingest` the addresses that they name",
        "donnez à `sourcier ingest` les adresses qu'ils citent",
    ),
}
_LONGEST_KIND = 40
_MOST_KINDS = 30


@dataclass
class Tally:
    """How many entries of each kind an export has that aren't read."""

    counts: Counter[str] = field(default_factory=Counter)

    def add(self, one: LeftOut) -> None:
        """Count an entry. Of kinds without a name here, whatever files call them, only so many are told."""
        kind = one.kind[:_LONGEST_KIND]
        is_known = kind in self.counts or kind in _KINDS or len(self.counts) < _MOST_KINDS
        self.counts[kind if is_known else "…"] += 1

    def notices(self, source: str, has_articles: bool) -> Iterator[Notice]:
        """Yield the sentence for a file that has articles too; nothing if nothing was left out.

        Raises:
            UserError: There is nothing else in the file.
        """
        if not self.counts:
            return
        english, french = self._sentence()
        if not has_articles:
            raise UserError(f"no article to read in it; {english}.", f"aucun article à y lire ; {french}.")
        yield Notice(source, f"{source}: {english}.", f"{source} : {french}.")

    def _sentence(self) -> tuple[str, str]:
        order = self.counts.most_common()
        english = ", ".join(f"{_words(kind)[0]} ({count})" for kind, count in order)
        french = ", ".join(f"{_words(kind)[1]} ({count})" for kind, count in order)
        advice = [_ADVICE[kind] for kind, _ in order if kind in _ADVICE]
        return (
            "; ".join([f"left out: {english}", *(one[0] for one in advice)]),
            " ; ".join([f"laissés de côté : {french}", *(one[1] for one in advice)]),
        )


def _words(kind: str) -> tuple[str, str]:
    shown = " ".join(kind.split())
    return _KINDS.get(kind, (f"items of the kind {shown}", f"éléments du genre {shown}"))
