"""The small French and English words by which sides and items are told: lists in `data/`."""

from __future__ import annotations

from rag.text.word_lists import WordList


def _listed(file: str, heading: str) -> WordList:
    return WordList("rag.composition", file, (heading,))


IDLE = _listed("polarity", "idle")
SETTINGS = _listed("polarity", "settings")
REJECTING = _listed("polarity", "rejecting")
HYPOTHETICAL = _listed("polarity", "hypothetical")
WISHED = _listed("polarity", "wished")
ACCORDING = _listed("polarity", "according")
COMPANY_ASKED = _listed("company", "company asked")
COMING = _listed("company", "coming")
SIDE_ASKED = _listed("company", "side asked")
COMPANY = _listed("company", "company")
WITH = _listed("company", "with")
MEETING = _listed("company", "meeting")
SIDE_OPENING = _listed("company", "side opening")
REPRESENTED = _listed("company", "represented")
BY = _listed("company", "by")
DYING = _listed("company", "dying")
AGREEMENT = _listed("agreement", "agreement")
AGREED_ON = _listed("agreement", "agreed on")
DEAL = _listed("agreement", "deal")
DECIDED = _listed("agreement", "decided")
DEAL_ASKED = _listed("agreement", "which deal")
DEAL_SIGNED = _listed("agreement", "signed")
DEAL_REACHED = _listed("agreement", "reached")
DEAL_REACHING = _listed("agreement", "to reach")
DEAL_KNOWN = _listed("agreement", "known deal")
DEAL_THREATENED = _listed("agreement", "deal threatened")
DEAL_BESIDE = _listed("agreement", "beside a deal")
DEAL_DENIED = _listed("agreement", "denied deal")
IS_DEAL = _listed("agreement", "there is a deal")
NO_DEAL = _listed("agreement", "there is no deal")
DEAL_SUPPOSED = _listed("agreement", "deal supposed")
# What stands before the word of a statement that says something, and says nothing itself.
HELPERS = _listed("polarity", "helpers")
LIGHT_VERBS = WordList("rag.composition", "polarity", ("light verbs",), accents=True)
# What stands before a noun, and before what a verb has a part of: `de l'argent`.
DETERMINING = _listed("polarity", "determining")
PARTITIVE = _listed("polarity", "partitive")
# Pronouns that a statement may have for its subject.
SUBJECTS = _listed("polarity", "subjects")
# What names somebody or something by what it is, and stands for a name: `la ville`, `son client`.
DESCRIPTIONS = _listed("polarity", "descriptions")
# What changes something either way: whoever denies it denies that it has risen and that it has fallen.
ALTERING = _listed("polarity", "altering")
MONEY = _listed("polarity", "money")
# Nouns of prepositions: `à cause de`.
LOCUTIONS = _listed("polarity", "locutions")
# What takes the truth from what stands after `que`, `that`.
DOUBTING = _listed("polarity", "doubting")
# What says that another occasion is spoken of.
EARLIER = _listed("polarity", "earlier")
