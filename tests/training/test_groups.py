"""Questions with several passages: what is marked, how they are drawn, and what they are judged by."""

import itertools

import numpy as np
import pytest
import torch

from rag.reading.schema import PassageWindow
from rag.schema.article import Span
from training.corpus import Context, Corpus, Item
from training.groups import UNOFFERED, Group, GroupDrawer, found_groups
from training.hits import Asked, Offer
from training.model import Scores
from training.pairs import Drawer, tensors
from training.train import group_loss


def words(texts):
    """Cut texts at spaces; a token's id is its word's length."""
    made = []
    for text in texts:
        spans, at = [], 0
        for word in text.split():
            at = text.index(word, at)
            spans.append((at, at + len(word)))
            at += len(word)
        ids = [100 + end - start for start, end in spans]
        made.append((np.array(ids, dtype=np.int32), np.array(spans, dtype=np.int32).reshape(-1, 2)))
    return made


def window(*sentences: str) -> PassageWindow:
    text = " ".join(sentences)
    starts = [text.index(one) for one in sentences]
    return PassageWindow(
        text, tuple(Span(start, start + len(one)) for start, one in zip(starts, sentences, strict=True))
    )


def asked() -> Asked:
    """One hit whose second sentence answers, one that doesn't, and one that says the answer elsewhere."""
    windows = [
        window("Rien ici.", "Le pont est à Brécy."),
        window("Une autre chose.", "Et encore une."),
        window("Brécy est loin."),
    ]
    offers = [Offer(False, 0.2, 0, 0), Offer(True, 0.7, 0, 1), Offer(False, 0.1, 1, 0)]
    return Asked("Où est le pont ?", "a", ("Brécy",), windows, offers)


def test_what_a_search_found_is_marked_where_the_answer_stands():
    [group] = found_groups([asked()], words)
    [(pair, rated)] = group.answered
    assert pair.ids[pair.first : pair.last + 1] == [106]  # Brécy with its full stop
    assert pair.gold == [1] and pair.first >= pair.sentences[1][0]
    assert rated == pytest.approx([np.log(0.2 / 0.8), np.log(0.7 / 0.3)])
    [(other, others)] = group.others  # what says the answer's words elsewhere is neither right nor wrong
    assert not other.answered and others == pytest.approx([np.log(0.1 / 0.9), UNOFFERED])


def test_a_question_whose_answer_was_not_found_is_no_group():
    lost = asked()
    lost.offers[1] = Offer(False, 0.7, 0, 1)
    assert found_groups([lost], words) == []


def drawer(found=(), share=0.0) -> GroupDrawer:
    texts = ["aa bb . cc dd .", "ee ff .", "gg hh ."]
    contexts = []
    for text in texts:
        [(ids, offsets)] = words([text])
        ends = [at + 1 for at, word in enumerate(text.split()) if word == "."]
        ranges = list(zip([0, *ends], ends, strict=False))
        spans = [(int(offsets[a][0]), int(offsets[b - 1][1])) for a, b in ranges]
        contexts.append(Context(text, "en", ids, offsets, ranges, spans))
    item = Item(
        "?", [50], 0, 3, 4, (1,), "cc dd", "en", "squad-en", "a", "k", "", [[51]], negatives=[1], siblings=[2]
    )
    return GroupDrawer(Drawer(Corpus([item], contexts), 1), found, share, 1)


def test_a_group_is_one_question_with_its_answer_first_and_fits():
    for batch in itertools.islice(drawer().batches(0.9, 200), 30):
        given = tensors([pair for group in batch for pair in group.pairs])
        assert given.ids.numel() <= 200
        for group in batch:
            assert len({tuple(pair.ids[1 : pair.passage - 2]) for pair in group.pairs}) == 1
            assert not any(pair.answered for pair in group.pairs[1:])
            assert [len(one) for one in group.rated] == [len(pair.sentences) for pair in group.pairs]


def test_groups_that_a_search_found_are_drawn_with_their_ratings():
    found = found_groups([asked()], words)
    drawn = next(drawer(found, 1.0).batches(0.9, 200))
    assert any(group.rated[0] == found[0].answered[0][1] for group in drawn if group.pairs[0].answered)


def scores_of(groups: list[Group], sentence: float) -> tuple[Scores, object]:
    """Return logits that are nothing but for the sentences of each group's second pair."""
    batch = [pair for group in groups for pair in group.pairs]
    given = tensors(batch)
    flat = torch.zeros(given.ids.shape)
    high = flat.clone()
    high[1] = sentence
    return Scores(flat, flat, high, torch.zeros(len(batch))), given


def test_passages_of_one_question_compete():
    [found] = found_groups([asked()], words)
    pairs = [found.answered[0][0], found.others[0][0]]
    group = Group(pairs, [[0.0, 0.0], [0.0, 0.0]])
    even, given = scores_of([group], 0.0)
    drawn_to_another, _ = scores_of([group], 5.0)
    assert group_loss(even, [group], given) < group_loss(drawn_to_another, [group], given)


def test_what_the_ranking_tells_already_is_not_learnt_again():
    [found] = found_groups([asked()], words)
    pairs = [found.answered[0][0], found.others[0][0]]
    known = Group(pairs, [[-9.0, 9.0], [-9.0, -9.0]])
    unknown = Group(pairs, [[0.0, 0.0], [0.0, 0.0]])
    gradients = []
    for group in (known, unknown):
        scores, given = scores_of([group], 0.0)
        scores.sentence.requires_grad_(True)
        group_loss(scores, [group], given).backward()
        low, high = pairs[0].sentences[1]
        gradients.append(float(scores.sentence.grad[0, low:high].abs().sum()))
    assert gradients[0] < gradients[1]
