"""Each rule by which a follow-up becomes a question that stands alone, in French and in English."""

from __future__ import annotations

from datetime import date

import pytest

from rag.query.understanding import normalised, understand
from rag.schema.question import Question, Turn

DAY = date(2026, 11, 2)


def turn(question: str, words: str = "", quote: str = "", *titles: str) -> Turn:
    """A turn, the words that answered it, the sentence that was quoted, and the articles' titles."""
    quote = quote or words
    return Turn(
        question, f"« {quote} » [1]" if quote else "", answer_words=words, quotes=(quote,), titles=titles
    )


def said_by(question: str, quotes: tuple[str, ...]) -> Turn:
    """A turn that was answered by several sentences, none of which has words that answer alone."""
    return Turn(question, " ".join(f"« {quote} » [1]" for quote in quotes), quotes=quotes)


SIDES = (
    "« Le texte est prêt », a déclaré Roux.",
    "Il n'y a rien à signer, a répondu la présidente de l'office, Odile Brac.",
)
CROWD = ("Rien ne presse, estime Denis Aubin.", "C'est trop tard, a jugé Paul Vernet.")
WOMEN = ("Le texte est prêt, a déclaré la maire Odile Brac.", "Rien n'est prêt, a dit la juge Martine Aubin.")
TURNS = {
    "pool": turn("Pourquoi la piscine d'Orvanne est-elle fermée ?", "La facture de gaz"),
    "election": turn(
        "Qui a remporté la municipale partielle de Brécy ?",
        "Nora Haddad (divers gauche)",
        "Nora Haddad (divers gauche) a remporté l'élection devant le maire sortant, Paul-Henri Guérin.",
        "Brécy choisit Nora Haddad",
        "Le nouveau conseil de Brécy",
    ),
    "trophy": turn("Qui a gagné le prix ?", "Odile Brac"),
    "towns": turn("Quelles communes ont fermé leur piscine ?", "Orvanne, Saint-Aubert et Toury"),
    "exports": turn("Combien la Chine a-t-elle exporté de voitures en 2024 ?", "6,4 millions"),
    "trial": turn("Quand le procès de Nicolas Sarkozy s'est-il ouvert ?", "le 6 janvier"),
    "births": turn("Combien y a-t-il eu de naissances en 2025 ?", "486"),
    "accident": turn("Que s'est-il passé sur la N12 ?", "", "Un car est sorti de la route."),
    "dam": turn("À qui appartient le barrage ?", "la société Hydrolande"),
    "cause": turn("Comment roulait le tracteur sur la D918 ?", "le tracteur roulait sans éclairage"),
    "theft": turn("Combien a volé Gérald Puymorin au festival des Lanternes ?", "87 400 euros"),
    "job": turn("Quel est le métier de Nadia Lacourtade ?", "Professeure de mathématiques"),
    "councils": turn("How many councils voted on a tram?", "two"),
    "boat": turn("What happened off Gull Point?", "", "The lifeboat rescued four people."),
    "tram": turn("How much will the Harrowick tram cost?", "£240m", "", "A tram to the port"),
    "owner": turn("Who owns the Lumière cinema in Ostremer?", "Victor Halloran"),
    "works": turn("Who owns the Dunmarrow biscuit works?", "Brightcrest Foods"),
    "final": turn(
        "Who won the men's final at Roland-Garros?", "Carlos Alcaraz", "Carlos Alcaraz beat Jannik Sinner."
    ),
    "bank": turn("What did the ECB decide in June?", "to cut its main rate"),
    "mill": turn("Les Tissages Armelier vont-ils fermer ?", "", "La maison cessera son activité."),
    "homeless": turn(
        "Combien de familles n'étaient pas rentrées chez elles en novembre 2025 ?", "Quarante-six familles"
    ),
    "damage": turn("Combien a coûté la crue à Valbrume ?", "18,4 millions d'euros"),
    "bridge": turn(
        "Quoi de neuf sur le pont des Aulnes ?", "", "Le préfet de la Haute-Orlande a visité le chantier."
    ),
    "travellers": turn("Combien de voyageurs sont attendus sur la ligne de Corvenne ?", "1 900 voyageurs"),
    "trips": turn(
        "Combien d'allers-retours par jour sont prévus sur la ligne de Corvenne ?", "sept allers-retours"
    ),
    "eat": turn("What do the otters eat?", "purple urchins"),
    "quake": turn("How many people died in the Sorvana earthquake?", "214"),
    "compared": turn("Compare la crue de Toury et celle de Brécy", "deux morts"),
    "which of": turn("Which of Harrowick's libraries are safe?", "Market Street"),
    "missing": turn("How many people are still missing after the earthquake in Kheldar?", "Eleven"),
    "refused": turn("Pourquoi le préfet a-t-il refusé trois des huit éoliennes ?", "à cause des milans"),
    "elected": turn("Qui a été élue maire de Brécy ?", "Nora Haddad"),
    "going": turn("Is the mayor of Harrowick going to stand again?", ""),
    "mairie": turn("Qui est le maire de Brécy ?", "Nora Haddad"),
    "prosecutor": turn("Que réclamait la procureure contre Hervé Castagnac ?", "six ans"),
    "repairs": turn("How much will the repairs to the Lady Maura cost?", "£3.4m"),
    "otters": turn(
        "How many otters were released in Kestrel Bay?", "46", "46 were, says a study by Whitlow University."
    ),
    "march": turn("Quelles piscines ont fermé en mars 2025 ?", "Orvanne et Toury"),
    "week": turn("What did the council of Brécy decide last week?", "to close the pool"),
    "budget": turn("Quel est le budget de Valbrume ?", "61,3 millions d'euros"),
    "final tie": turn("Où a eu lieu la finale ?", "à Brévennes"),
    "votes": turn("Combien de voix a obtenu Bernard Roux ?", "1 974"),
    "mayor": turn("Who is the mayor of Harrowick?", "Yasmin Thornbury"),
    "strike": turn("How many collectors are on strike?", "180 of the 210 collectors"),
    "ferry": turn("Pourquoi le Lady Maura a-t-il été retiré du service ?", "des fissures"),
    "deal": said_by("Un compromis a-t-il été signé ?", SIDES),
    "deal told in English": said_by("Was a compromise signed?", SIDES),
    "one side": said_by("Un compromis a-t-il été signé ?", SIDES[:1]),
    "crowd": said_by("Un compromis a-t-il été signé ?", (*SIDES, *CROWD)),
    "women": said_by("Un compromis a-t-il été signé ?", WOMEN),
    "talks": turn("Où Bernard Roux a-t-il reçu Odile Brac ?", "à Toury"),
    "visit": turn("Where did Bernard Roux receive Odile Brac?", "in Toury"),
    "host": turn("Qui a reçu Odile Brac ?", "Bernard Roux"),
    "news": turn("What's new on the Harrowick tram?", "", "The council of Selby Cross has voted."),
}
# Turn | what is said | the question that stands alone
ASKED = """
    # another place, thing, time or person in the same question
    pool | Et à Brécy ? | Pourquoi la piscine de Brécy est-elle fermée ?
    pool | Et Toury ? | Pourquoi la piscine de Toury est-elle fermée ?
    pool | Et celle de Brécy ? | Pourquoi la piscine de Brécy est-elle fermée ?
    pool | Merci, et à Toury ? | Pourquoi la piscine de Toury est-elle fermée ?
    pool | Et la bibliothèque ? | Pourquoi la bibliothèque d'Orvanne est-elle fermée ?
    pool | Et le musée ? | Pourquoi le musée d'Orvanne est-il fermé ?
    exports | Et en 2023 ? | Combien la Chine a-t-elle exporté de voitures en 2023 ?
    exports | Et l'année d'avant ? | Combien la Chine a-t-elle exporté de voitures en 2023 ?
    exports | Et le Japon ? | Combien le Japon a-t-il exporté de voitures en 2024 ?
    exports | Et de camions ? | Combien la Chine a-t-elle exporté de camions en 2024 ?
    births | Et cinq ans plus tôt ? | Combien y a-t-il eu de naissances cinq ans plus tôt qu'en 2025 ?
    election | Et à Orvanne ? | Qui a remporté la municipale partielle d'Orvanne ?
    election | Et la présidentielle ? | Qui a remporté la présidentielle de Brécy ?
    election | Et Guérin ? | Qu'en est-il de Paul-Henri Guérin, à propos de la municipale partielle de Brécy ?
    trial | Et celui de Marine Le Pen ? | Quand le procès de Marine Le Pen s'est-il ouvert ?
    tram | And the old one? | How much will the old tram cost?
    tram | And the Selby Cross tram? | How much will the Selby Cross tram cost?
    tram | In Selby Cross? | How much will the Selby Cross tram cost?
    owner | And the cinema in Querville? | Who owns the cinema in Querville?
    final | And at Wimbledon? | Who won the men's final at Wimbledon?
    final | And the women's final? | Who won the women's final at Roland-Garros?
    bank | And the Bank of England? | What did the Bank of England decide in June?
    bank | And in March? | What did the ECB decide in March?
    # what isn't like anything in it takes no place
    damage | Et les assureurs ? | Qu'en est-il des assureurs, à propos de la crue à Valbrume ?
    repairs | And the insurers? | What about the insurers, regarding the repairs to the Lady Maura?
    repairs | And the islanders? | What about the islanders, regarding the repairs to the Lady Maura?
    eat | Who complained? | Who complained, regarding the otters?
    trips | Pourquoi ? | Pourquoi est-ce que sept allers-retours sont prévus sur la ligne de Corvenne ?
    quake | Et combien de disparus ? | Combien de disparus, à propos de Sorvana ?
    travellers | Et d'allers-retours ? | Combien d'allers-retours sont attendus sur la ligne de Corvenne ?
    strike | And according to the council? | How many collectors are on strike according to the council?
    march | Et la piscine de Brécy ? | Qu'en est-il de la piscine de Brécy en mars 2025 ?
    march | Et à Brécy ? | Quelles piscines ont fermé en mars 2025 à Brécy ?
    week | And the mayor? | What did the mayor of Brécy decide last week?
    budget | Et sa dette ? | Quelle est la dette de Valbrume ?
    budget | What about its debt? | What about Valbrume's debt?
    final tie | Et la demi-finale ? | Où a eu lieu la demi-finale ?
    # several people who were named apart
    deal | Où et quand se sont-ils rencontrés ? | Où et quand Roux et Odile Brac se sont-ils rencontrés ?
    deal | Qu'ont-ils décidé ? | Qu'ont décidé Roux et Odile Brac ?
    deal | Qui les accompagnait ? | Qui accompagnait Roux et Odile Brac ?
    deal | Où les a-t-on vus ? | Où a-t-on vu Roux et Odile Brac ?
    deal | Where did they meet? | Where did Roux and Odile Brac meet?
    deal told in English | When and where did they meet? | When and where did Roux and Odile Brac meet?
    deal told in English | Who was with them? | Who was with Roux and Odile Brac?
    deal told in English | Où se sont-ils rencontrés ? | Où Roux et Odile Brac se sont-ils rencontrés ?
    women | Où se sont-elles rencontrées ? | Où Odile Brac et Martine Aubin se sont-elles rencontrées ?
    talks | Quand se sont-ils parlé ? | Quand Bernard Roux et Odile Brac se sont-ils parlé ?
    visit | When did they meet? | When did Bernard Roux and Odile Brac meet?
    host | Quand se sont-ils vus ? | Quand Odile Brac et Bernard Roux se sont-ils vus ?
    # nobody, or more than are meant
    one side | Où se sont-ils rencontrés ? | Où se sont-ils rencontrés, à propos d'un compromis ?
    crowd | Où se sont-ils rencontrés ? | Où se sont-ils rencontrés, à propos d'un compromis ?
    # another question word
    travellers | Pourquoi ? | Pourquoi est-ce que les voyageurs sont attendus sur la ligne de Corvenne ?
    votes | Pourquoi ? | Pourquoi est-ce que Bernard Roux a obtenu autant de voix ?
    votes | Comment ça se fait ? | Pourquoi est-ce que Bernard Roux a obtenu autant de voix ?
    tram | How come? | Why will the Harrowick tram cost that much?
    votes | Qui d'autre ? | Qui d'autre, à propos de Bernard Roux ?
    trophy | Qui d'autre était candidat ? | Qui d'autre était candidat, à propos du prix ?
    boat | How many were hurt? | How many were hurt, regarding Gull Point?
    pool | Jusqu'à quand ? | Jusqu'à quand la piscine d'Orvanne est-elle fermée ?
    pool | Depuis quand ça ? | Depuis quand la piscine d'Orvanne est-elle fermée ?
    trophy | Avec combien de voix ? | Avec combien de voix est-ce qu'Odile Brac a gagné le prix ?
    election | Face à qui ? | Face à qui est-ce que Nora Haddad a remporté la municipale partielle de Brécy ?
    exports | Pourquoi ? | Pourquoi la Chine a-t-elle exporté autant de voitures en 2024 ?
    accident | Quand ? | Quand cela s'est-il passé sur la N12 ?
    accident | Combien de blessés ? | Combien de blessés y a-t-il eu sur la N12 ?
    towns | Combien ? | Combien de communes ont fermé leur piscine ?
    boat | When was that? | When did this happen off Gull Point?
    boat | How many injured? | How many injured were there off Gull Point?
    final | Against whom? | Against whom was it that Carlos Alcaraz won the men's final at Roland-Garros?
    tram | Why? | Why will the Harrowick tram cost that much?
    bank | Why? | Why did the ECB decide in June to cut its main rate?
    mill | Et à cause de quoi ? | À cause de quoi les Tissages Armelier vont-ils fermer ?
    pool | En raison de quoi ? | En raison de quoi la piscine d'Orvanne est-elle fermée ?
    exports | Grâce à quoi ? | Grâce à quoi la Chine a-t-elle exporté autant de voitures en 2024 ?
    trophy | À l'issue de quel débat ? | À l'issue de quel débat est-ce qu'Odile Brac a gagné le prix ?
    tram | Because of what? | Because of what will the Harrowick tram cost that much?
    mairie | Depuis quand ? | Depuis quand est-ce que Nora Haddad est le maire de Brécy ?
    mayor | Since when? | Since when is Yasmin Thornbury the mayor of Harrowick?
    # pronouns
    homeless | Où ont-elles été logées ? | Où les familles ont-elles été logées en novembre 2025 ?
    otters | What do they eat? | What do the otters eat?
    strike | What do they want? | What do the collectors want?
    bridge | Qu'en dit le préfet ? | Que dit le préfet sur le pont des Aulnes ?
    bridge | Qu'en pensent les riverains ? | Que pensent les riverains du pont des Aulnes ?
    news | What does the mayor say about it? | What does the mayor say about the Harrowick tram?
    prosecutor | Et combien a-t-il eu ? | Combien Hervé Castagnac a-t-il eu ?
    pool | Quand rouvrira-t-elle ? | Quand rouvrira la piscine d'Orvanne ?
    pool | Peut-on encore y nager ? | Peut-on encore nager à la piscine d'Orvanne ?
    pool | Qu'en pense le maire ? | Que pense le maire de la piscine d'Orvanne ?
    pool | Combien ça coûte ? | Combien coûte la piscine d'Orvanne ?
    election | Quel âge a-t-elle ? | Quel âge a Nora Haddad ?
    election | Qu'a-t-elle promis ? | Qu'a promis Nora Haddad ?
    election | A-t-elle des enfants ? | Nora Haddad a-t-elle des enfants ?
    election | Et son adversaire ? | Qui est l'adversaire de Nora Haddad ?
    election | Qui sont ses adjoints ? | Qui sont les adjoints de Nora Haddad ?
    election | Quel âge a-t-il ? | Quel âge a Paul-Henri Guérin ?
    trial | De quoi est-il accusé ? | De quoi Nicolas Sarkozy est-il accusé ?
    trial | Son avocat a-t-il réagi ? | L'avocat de Nicolas Sarkozy a-t-il réagi ?
    trial | Combien de temps va-t-il durer ? | Combien de temps le procès de Nicolas Sarkozy va-t-il durer ?
    dam | Depuis quand l'exploite-t-elle ? | Depuis quand la société Hydrolande exploite-t-elle le barrage ?
    theft | A-t-il fait appel ? | Gérald Puymorin a-t-il fait appel ?
    job | Qu'a-t-elle dit à ses partisans ? | Qu'a dit Nadia Lacourtade à ses partisans ?
    owner | How old is he? | How old is Victor Halloran?
    owner | Who is his wife? | Who is Victor Halloran's wife?
    owner | When did he buy it? | When did Victor Halloran buy the Lumière cinema in Ostremer?
    owner | What's his job? | What's Victor Halloran's job?
    works | What did its chief executive say? | What did Brightcrest Foods' chief executive say?
    works | Where will they move production? | Where will Brightcrest Foods move production?
    tram | Who opposed it? | Who opposed the Harrowick tram?
    final | How long did it last? | How long did the men's final at Roland-Garros last?
    # nouns told of nothing
    pool | Quand rouvrira la piscine ? | Quand rouvrira la piscine d'Orvanne ?
    pool | Que dit le maire ? | Que dit le maire d'Orvanne ?
    pool | Qui sont les responsables ? | Qui sont les responsables, à propos de la piscine d'Orvanne ?
    # who said it, which, the others, the second
    cause | Qui l'a dit ? | Qui a dit : « le tracteur roulait sans éclairage » ?
    towns | Et les autres ? | Quelles autres communes ont fermé leur piscine ?
    towns | Que dit le maire de la deuxième ? | Que dit le maire de Saint-Aubert ?
    election | Qui d'autre ? | Qui d'autre a remporté la municipale partielle de Brécy ?
    election | De quand date le deuxième article ? | De quand date l'article « Le nouveau conseil de Brécy » ?
    election | Que dit le premier article ? | Que dit l'article « Brécy choisit Nora Haddad » ?
    councils | Which ones? | Which councils voted on a tram?
    tram | When was the first article published? | When was the article “A tram to the port” published?
    # what was meant
    pool | non, à Saint-Aubert | Pourquoi la piscine de Saint-Aubert est-elle fermée ?
    pool | Non, je parlais de Brécy | Pourquoi la piscine de Brécy est-elle fermée ?
    pool | pas Orvanne, Toury | Pourquoi la piscine de Toury est-elle fermée ?
    tram | No, I meant Selby Cross | How much will the Selby Cross tram cost?
    # what came next
    pool | Et ensuite ? | Que s'est-il passé ensuite, à propos de la piscine d'Orvanne ?
    boat | Then what? | What happened next, regarding Gull Point?
    # in another language: names are the same
    pool | And in Brécy? | Pourquoi la piscine de Brécy est-elle fermée ?
    pool | Why? | Pourquoi la piscine d'Orvanne est-elle fermée ?
    election | Who is she? | Who is Nora Haddad?
    bank | Et la Fed ? | What did the Fed decide in June?
    tram | Quand ouvrira-t-il ? | Quand ouvrira « the Harrowick tram » ?
    ferry | How much did it cost to repair? | How much did Lady Maura cost to repair?
    # a topic and a question of it
    pool | Et la crue de Toury, quand a-t-elle eu lieu ? | Quand la crue de Toury a-t-elle eu lieu ?
    pool | Et le festival des Lanternes, qui le préside ? | Qui préside le festival des Lanternes ?
    mayor | What about the Selby strike: who joined? | Who joined, regarding the Selby strike?
    mayor | And the Harrowick tram, when will it open? | When will the Harrowick tram open?
    # a question word that the last question can't be asked with
    pool | Combien ? | Combien, à propos de la piscine d'Orvanne ?
    compared | Pourquoi ? | Pourquoi, à propos de la crue de Toury ?
    which of | Why? | Why, regarding Harrowick's libraries?
    missing | Why? | Why are the people still missing after the earthquake in Kheldar?
    bank | Who else? | Who else, regarding the ECB in June?
    # what it is asked about
    refused | Qu'en dit le préfet ? | Que dit le préfet sur trois des huit éoliennes ?
    missing | What does the mayor say about it? | What does the mayor say about the earthquake in Kheldar?
    elected | Et les riverains ? | Qu'en est-il des riverains, à propos de maire de Brécy ?
    going | What does the council say about it? | What does the council say about the mayor of Harrowick?
    # what stands alone
    pool | Et que s'est-il passé sur la N12 ? | Que s'est-il passé sur la N12 ?
    pool | Et combien de lits perd l'hôpital d'Amblise ? | Combien de lits perd l'hôpital d'Amblise ?
    pool | Et sinon, qui est Nora Haddad ? | Qui est Nora Haddad ?
    tram | And when did the Blue Heron sink? | When did the Blue Heron sink?
    pool | Où exactement se situe l'épicentre de Sorvana ? | Où exactement se situe l'épicentre de Sorvana ?
    pool | Et quoi de neuf au sujet des éoliennes ? | Quoi de neuf au sujet des éoliennes ?
    pool | Quels journaux parlent de Nora Haddad ? | Quels journaux parlent de Nora Haddad ?
    pool | Pourquoi ce lichen se plaît-il à Toury ? | Pourquoi ce lichen se plaît-il à Toury ?
    pool | À qui de ses amis la maire a-t-elle écrit ? | À qui de ses amis la maire a-t-elle écrit ?
    owner | And how much of her pay did the mayor give up? | How much of her pay did the mayor give up?
    owner | What did the novelist do before she wrote? | What did the novelist do before she wrote?
    owner | What would it tell us if the lichen died? | What would it tell us if the lichen died?
    tram | By the way, who is Martha Ollerton? | Who is Martha Ollerton?
"""
CASES = [
    pytest.param(*(part.strip() for part in line.split("|")), id=" / ".join(line.split("|")[:2]).strip())
    for line in ASKED.strip().splitlines()
    if not line.strip().startswith("#")
]


def understood(said: str, *turns: Turn):
    return understand(normalised(Question(said, turns)), ["fr", "en"], DAY, lambda *_: False)


@pytest.mark.parametrize(("before", "said", "expected"), CASES)
def test_a_follow_up_becomes_a_question_that_stands_alone(before: str, said: str, expected: str):
    assert understood(said, TURNS[before]).standalone == expected


@pytest.mark.parametrize("question", sorted({case.values[2] for case in CASES}))
def test_what_stands_alone_is_understood_so_again(question: str):
    assert understood(question).standalone == question


def test_of_a_long_conversation_only_what_is_needed_is_taken():
    said = understood("Quand ?", TURNS["pool"], TURNS["tram"], TURNS["trial"], TURNS["election"])
    assert said.standalone == "Quand est-ce que Nora Haddad a remporté la municipale partielle de Brécy ?"


def test_a_word_that_only_opens_a_sentence_in_capitals_is_no_name():
    last = turn(
        "Combien de voix a obtenu Kévin Morlanche ?", "652", "Maire depuis 2008, il a obtenu 652 voix."
    )
    assert (
        understood("Et le maire sortant ?", last).standalone == "Combien de voix a obtenu le maire sortant ?"
    )


def test_what_the_last_turn_does_not_name_is_found_in_the_one_before():
    said = understood("When will he reopen it?", TURNS["owner"], turn("How old is Victor Halloran?", "63"))
    assert said.standalone == "When will Victor Halloran reopen the Lumière cinema in Ostremer?"


@pytest.mark.parametrize("said", ["oui", "ok", "Non.", "yes", "sure"])
def test_what_asks_nothing_does_not_ask_again(said: str):
    assert understood(said, TURNS["pool"]).small_talk is not None


@pytest.mark.parametrize(
    ("said", "language"), [("And in Brécy?", "en"), ("Et à Brécy ?", "fr"), ("Why?", "en")]
)
def test_the_answer_is_in_the_language_of_the_follow_up(said: str, language: str):
    asked = understood(said, TURNS["pool"])
    assert (asked.language, asked.searched_in) == (language, "fr")
