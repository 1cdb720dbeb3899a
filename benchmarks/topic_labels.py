"""How the clusters of the panorama are named: groups of articles whose subject is known.

    python -m benchmarks.topic_labels                    made-up articles of known subjects, with a seed
    python -m benchmarks.topic_labels --squad FILE…      paragraphs of sets in SQuAD's format: its titles are
                                                         the subjects (`.json`, `NAME.LANGUAGE.json` or PIAF)

Counts, of all groups: those whose first term, and one of whose first three, is of the subject; terms that
are outlets' boilerplate, that repeat a word of the group in another inflection, or that aren't in any text
as they are written.
"""

from __future__ import annotations

import argparse
import json
import random
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from rag.schema.article import Article
from rag.text.normalization import fold, words
from rag.topic_map.cluster_labels import typical_words

_TERMS = 6
# Language → subject → its words (nouns with their inflections); then what papers say whatever it is about.
_SUBJECTS = {
    "fr": {
        "grève des cheminots": "cheminots syndicats trains préavis gares",
        "crue de la Meuse": "digues inondations rivière pompiers évacuations",
        "réforme des retraites": "pensions cotisations âge députés carrière",
        "procès des lanternes": "accusés juges tribunal avocats audience",
    },
    "en": {
        "school meals": "canteens pupils menus kitchens parents",
        "ferry service": "islanders harbours crossings boats fares",
        "wind turbines": "turbines planners hillsides blades grid",
    },
    "de": {
        "Haushalt der Stadt": "Schulden Steuern Ausgaben Kämmerer Defizit",
        "Streik der Lokführer": "Bahn Gewerkschaft Züge Fahrplan Tarif",
    },
    "es": {
        "sequía del río": "embalses agricultores riego cosechas lluvias",
        "elecciones municipales": "candidatos alcalde urnas votos concejales",
    },
    "ru": {
        "забастовка шахтёров": "шахта профсоюз уголь зарплата рабочие",
        "выборы губернатора": "кандидат голоса избиратели партия бюллетень",
    },
    "uk": {
        "реформа освіти": "школи вчителі учні підручники іспити",
        "ремонт мостів": "дороги інженери бюджет річка опори",
    },
    "zh": {"高速铁路": "列车车站乘客票价", "空气污染": "雾霾工厂口罩排放"},
    "hi": {"किसान आंदोलन": "फसल मंडी सरकार कानून", "विधानसभा चुनाव": "मतदाता उम्मीदवार गठबंधन सीटें"},
    "ar": {
        "إضراب المعلمين": "المدارس النقابة الرواتب التلاميذ الوزارة",
        "سباق الدراجات": "المتسابق الفريق الجبال المراحل القميص",
    },
}
_FRAMES = {
    "fr": ("La {s} inquiète les {w}.", "Selon le maire, les {w} attendent depuis lundi.", "La {s} a repris.",
           "Abonnez-vous à notre lettre quotidienne.", "Des {w} et des {v} ont été cités."),
    "en": ("The {s} worries the {w}.", "The mayor said on Monday that {w} will wait.", "The {s} has resumed.",
           "Subscribe to our daily newsletter.", "The {w} and the {v} were mentioned."),
    "de": ("Der {s} beschäftigt die {w}.", "Die {w} sagte am Montag nichts.", "Um den {s} geht es wieder.",
           "Abonnieren Sie unseren Newsletter.", "Die {w} und die {v} wurden genannt."),
    "es": ("La {s} preocupa a los {w}.", "Los {w} esperan desde el lunes.", "La {s} sigue.",
           "Suscríbase a nuestro boletín diario.", "Los {w} y las {v} fueron citados."),
    "ru": ("Вот что такое {s}.", "{w} и {v} были названы.", "Сегодня {s} продолжается.",
           "Подпишитесь на нашу рассылку.", "Так говорят {w}."),
    "uk": ("Триває {s}.", "{w} та {v} були названі.", "Ось така {s} сьогодні.",
           "Підпишіться на нашу розсилку.", "Так кажуть {w}."),
    "zh": ("{s}的问题。", "{w}和{s}。", "今天{s}继续。", "请订阅本报每日新闻。", "关于{s}。"),
    "hi": ("{s} जारी है।", "{w} और {v} के बारे में।", "आज {s} फिर से।", "हमारा समाचार पत्र पढ़ें।", "{w} ने कहा।"),
    "ar": ("يستمر {s} اليوم.",
           "{w} و {v} في البيان.", "عاد {s} من جديد.", "اشترك في نشرتنا اليومية.", "قالت {w} ذلك."),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Group:
    """Articles of one subject, and the words that are right for it."""

    subject: str
    right: frozenset[str]
    articles: tuple[Article, ...]


def made_up(seed: int, size: int = 12) -> list[Group]:
    """Return a mixed library of known subjects, `size` articles each, of two outlets that advertise."""
    chance = random.Random(seed)
    groups = []
    for language, subjects in _SUBJECTS.items():
        for subject, listed in subjects.items():
            own = listed.split() if " " in listed else [listed[i : i + 2] for i in range(0, len(listed), 2)]
            articles = []
            for number in range(size):
                outlet = chance.choice(("Gazette du Fleuve", "Morning Herald"))
                frames = list(_FRAMES[language])
                chance.shuffle(frames)
                said = [
                    frame.format(s=subject, w=chance.choice(own), v=chance.choice(own)) for frame in frames
                ]
                text = "\n".join((*said, f"{outlet} – {chance.randrange(9999)}."))
                articles.append(_article(f"{subject}{number}", said[0], text, language, outlet))
            groups.append(Group(subject, frozenset(words(f"{subject} {listed}")), tuple(articles)))
    return groups


def of_squad(paths: Sequence[Path]) -> list[Group]:
    """Return the paragraphs of each title of SQuAD's sets with at least three."""
    groups = []
    for path in paths:
        listed = json.loads(path.read_bytes())["data"]
        parts = path.name.split(".")
        language = parts[-2] if len(parts) > 2 and len(parts[-2]) == 2 else "fr"
        for place, one in enumerate(listed):
            title = one.get("title", "").replace("_", " ")
            texts = [paragraph["context"] for paragraph in one["paragraphs"]]
            if len(texts) < 3:
                continue
            articles = [
                _article(f"{path.name}{place}-{n}", "", text, language, None) for n, text in enumerate(texts)
            ]
            groups.append(Group(title, frozenset(words(title)), tuple(articles)))
    return groups


def _article(id_: str, title: str, text: str, language: str, outlet: str | None) -> Article:
    return Article(id_, text, title, id_, "", outlet=outlet, language=language)


def _is_right(term: str, group: Group) -> bool:
    mine = words(term)
    return any(
        one == right or (len(one) > 3 and one[: max(4, len(one) - 3)] == right[: max(4, len(one) - 3)])
        for one in mine
        for right in group.right
    )


def main() -> None:
    """Print the terms of every group, and what was counted."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--squad", nargs="*", type=Path, default=[])
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    groups = of_squad(options.squad) if options.squad else made_up(options.seed)
    begun = time.process_time()
    named = typical_words([group.articles for group in groups], _TERMS)
    seconds = time.process_time() - begun
    first = three = 0
    terms = repeated = unwritten = 0
    for group, typical in zip(groups, named, strict=True):
        said = [one.word for one in typical]
        print(f"{group.subject[:40]:40} {' | '.join(said)}")
        first += bool(said) and _is_right(said[0], group)
        three += any(_is_right(term, group) for term in said[:3])
        texts = [f"{article.title}\n{article.text}" for article in group.articles]
        for place, term in enumerate(said):
            terms += 1
            unwritten += not any(term in text for text in texts)
            before = {word[:5] for other in said[:place] for word in words(other) if len(word) >= 5}
            repeated += any(word[:5] in before for word in words(term) if len(word) >= 5)
    sold = ("abonn", "subscri", "newsletter", "gazette", "herald", "suscr", "подпи", "підпи", "订阅")
    boilerplate = sum(fold(one.word).startswith(sold) for typical in named for one in typical)
    print(f"\n{len(groups)} groups, {terms} terms, {seconds:.2f} s of processor time")
    print(f"first term right {first}, one of three {three}; repeated {repeated}, boilerplate {boilerplate},"
          f" not as written {unwritten}")  # fmt: skip


if __name__ == "__main__":
    main()
