"""Summaries, in the articles' sentences: of an article, of a subject, of the conversation.

Knows main sentences and which articles speak of a subject. Each sentence is a pointer; nothing is composed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from rag.answering.catalogue import this_article
from rag.answering.longer_names import headed
from rag.answering.main_sentences import Body, MainSentence, body, covering, fitting_count
from rag.answering.newest import without_twins
from rag.answering.outcome import Outcome, Sources, quoting
from rag.answering.relevance import relevant
from rag.answering.subject import Subject
from rag.answering.unfound import no_articles
from rag.answering.wording import said
from rag.extraction.analysed_sentence import SentenceAnalyses
from rag.query.parsed_question import ParsedQuestion
from rag.schema.article import Article
from rag.schema.evidence import Evidence

# Articles that a subject's summary is made from, and its sentences.
_ARTICLES, _SENTENCES = 6, 6


def answer(question: ParsedQuestion, sources: Sources) -> Outcome | None:
    """Return a summary; None if the question's subject says nothing."""
    intent = question.intent
    if intent.wanted == "conversation":
        return _of_conversation(question, sources)
    if intent.wanted == "this":
        article = this_article(question, sources)
        if article is None:
            return Outcome("conversation", plain_text=said("which_article", question.language))
        return quoting(of_article(article, sources), sources.library)
    subject = sources.subjects.read(intent.subject, question.searched_in)
    if subject is None:
        return None
    if intent.wanted == "article":
        article = _named(subject, question, sources)
        if article is not None:
            return headed(
                quoting(of_article(article, sources), sources.library), [subject], question.language
            )
        return no_articles(question, question.filters, subject, sources)
    return _of_subject(subject, question, sources)


def of_article(article: Article, sources: Sources) -> list[Evidence]:
    """Return the main sentences of an article, in its order."""
    whole = sources.library.whole([article.id]).get(article.id)
    if whole is None:
        return []
    read = body(whole, SentenceAnalyses())
    lead = read.lead()
    chosen = covering(
        read.sentences, read.weights, fitting_count(len(read.sentences)), first=[lead] if lead else []
    )
    return [one.evidence for one in chosen]


def _named(subject: Subject, question: ParsedQuestion, sources: Sources) -> Article | None:
    """Return the article that is called by these words: by its title, else the likeliest about them."""
    ids = sources.subjects.about(subject, question.filters)
    titled = sources.subjects.with_title(subject, ids) if ids else frozenset()
    found = relevant(subject, sources, question.filters, among=titled or None).ids
    return sources.library.article(found[0]) if found else None


# --- a subject ---


def _of_subject(subject: Subject, question: ParsedQuestion, sources: Sources) -> Outcome:
    """Return what the articles say of a subject: the likeliest articles' sentences, by date."""
    found = relevant(subject, sources, question.filters)
    if not found.ids:
        return no_articles(question, question.filters, subject, sources)
    ids = _on_it(subject, found.ids, sources)[:_ARTICLES]
    analyses = SentenceAnalyses()
    wholes = sources.library.whole(ids)
    read = [body(wholes[article_id], analyses) for article_id in ids if article_id in wholes]
    read = without_twins(read, sources.library)
    chosen = _chosen(read, subject)
    evidence = sorted((one.evidence for one in chosen), key=_in_time)
    outcome = quoting(evidence, sources.library, found.hits[:_SENTENCES])
    return headed(outcome, [subject], question.language)


def _in_time(item: Evidence) -> tuple[str, str, int]:
    return item.article.published_at or "9999", item.article.id, item.start


def _on_it(subject: Subject, ids: Sequence[str], sources: Sources) -> list[str]:
    """Return the articles that have the subject in their titles before those that only mention it."""
    titled = sources.subjects.with_title(subject, ids)
    if len(titled) == len(ids):
        return list(ids)
    return [i for i in ids if i in titled] + [i for i in ids if i not in titled]


def _chosen(read: Sequence[Body], subject: Subject) -> list[MainSentence]:
    """Return the sentences that cover what these articles say of a subject: each one's own, then others."""
    if len(read) == 1 and _is_on(read[0], subject):
        lead = read[0].lead()
        count = fitting_count(len(read[0].sentences))
        return covering(read[0].sentences, read[0].weights, count, first=[lead] if lead else [])
    weights: Counter[str] = Counter()
    for one in read:
        weights.update(one.weights)
    leads = [told for one in read if (told := one.telling(subject)) is not None]
    able = [
        sentence
        for one in read
        for sentence in one.sentences
        if subject.covered(sentence.said.terms) or (_is_on(one, subject) and sentence.place < 8)
    ]
    able += [one for one in leads if one not in able]
    first: list[MainSentence] = []
    for lead in leads:
        if not any(lead.repeats(other) for other in first):
            first.append(lead)
    return covering(able, weights, _SENTENCES, subject, first)


def _is_on(read: Body, subject: Subject) -> bool:
    """Return whether a subject is what an article is about: most of it stands in the title or the lead."""
    lead = read.lead()
    said = [*read.title.terms, *(lead.said.terms if lead else ())]
    return 2 * subject.covered(said) >= len(subject.units)


# --- the conversation ---


def _of_conversation(question: ParsedQuestion, sources: Sources) -> Outcome:
    """Return what the conversation's answers cited, in order, each once."""
    spans = dict.fromkeys(one for turn in question.question.history for one in turn.cited)
    ids = dict.fromkeys(one.article_id for one in spans)
    known = {article.id: article for article in sources.library.articles(list(ids))}
    evidence = [
        Evidence(article, one.start, one.end)
        for one in spans
        if (article := known.get(one.article_id)) is not None
        and article.content_hash == one.content_hash
        and 0 <= one.start < one.end <= len(article.text)
    ]
    if not evidence:
        return Outcome("conversation", plain_text=said("nothing_said", question.language))
    return quoting(evidence, sources.library)
