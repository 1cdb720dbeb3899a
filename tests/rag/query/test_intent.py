"""The way a question is put tells the kind of answer; what only looks like such a way asks for a fact."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from rag.query.intent import FACT, Intent, read_intent
from rag.query.understanding import normalised, understand
from rag.schema.question import Question
from rag.text.folding import flatten

WAYS: dict[Intent, str] = {
    Intent("newest"): """
        Quoi de neuf ?|quoi de nouveau|Quoi de neuf aujourd'hui ?|Les dernières nouvelles|Quelles sont
        les dernières nouvelles ?|Donne-moi les dernières infos|Dernières actualités ?|Qu'y a-t-il de
        nouveau ?|Il y a du neuf ?|Quelles sont les actualités du jour ?|Bonjour, quoi de neuf ?|What's
        new?|whats new|What is new today?|Any news?|Latest news|What's the latest?|Give me the latest
        headlines|What's happening?|Catch me up, please|Is there anything new?""",
    Intent("newest", subject="la crue"): """
        Quoi de neuf sur la crue ?|quoi de neuf au sujet de la crue|Du nouveau sur la crue ?|Les
        dernières nouvelles de la crue|Quelles sont les dernières infos sur la crue ?|Y a-t-il du
        nouveau concernant la crue ?|As-tu des nouvelles de la crue ?|Tiens-moi au courant de la
        crue|Quels sont les derniers développements sur la crue ?""",
    Intent("newest", subject="the ferry"): """
        What's new on the ferry?|whats new with the ferry|Any news on the ferry?|What's the latest on
        the ferry?|Latest news about the ferry|What's happening with the ferry?|Update me on the
        ferry|Any updates on the ferry?|Is there anything new about the ferry?|Can you tell me the
        latest on the ferry?""",
    Intent("summary", "conversation"): """
        Résume la conversation|resume la conversation|Résume notre conversation.|Résumez nos
        échanges|Peux-tu résumer la conversation, s'il te plaît ?|Fais-moi un résumé de la
        conversation|Résume ce que nous avons dit|Résume cette discussion jusqu'ici|Résume ce qu'on a
        appris|Summarize the conversation|summarise our chat|Sum up the discussion so far|Give me a
        summary of this conversation|Recap what we've discussed|Can you summarise our conversation,
        please?|What have we learned so far?""",
    Intent("summary", "this"): """
        Résume cet article|Résume l'article|De quoi parle cet article ?|Que dit cet article ?|Fais un
        résumé de cet article|Résumé de l'article|Summarize this article|What is this article
        about?|Give me a summary of the article|What does this article say?|sum up that story""",
    Intent("summary", "article", subject="la crue"): """
        Résume l'article sur la crue|Résume-moi l'article intitulé « la crue »|Fais-moi un résumé de
        l'article sur la crue|De quoi parle l'article sur la crue ?|Que dit l'article sur la crue ?|Que
        raconte l'article qui parle de la crue ?|résume l'article à propos de la crue""",
    Intent("summary", "article", subject="the ferry"): """
        Summarize the article about the ferry|What does the article on the ferry say?|Give me a summary
        of the article about the ferry|Sum up the story titled “the ferry”|What is the article about the
        ferry about?""",
    Intent("summary", "subject", subject="la crue"): """
        Résume la crue|Fais le point sur la crue|Que sait-on de la crue ?|Que disent les articles de la
        crue ?|Parle-moi de la crue|Donne-moi un résumé de la crue|Fais-moi une synthèse sur la
        crue|L'essentiel sur la crue|Que sais-tu sur la crue ?|dis-m'en plus sur la crue""",
    Intent("summary", "subject", subject="the flood"): """
        Summarize the flood|What do the articles say about the flood?|Tell me about the flood|What do we
        know about the flood?|Give me an overview of the flood|Key points on the flood|What is known
        about the flood?""",
    # Said of something: not the conversation that we have.
    Intent("summary", "subject", subject="la conversation entre Paul et Marie"): """
        Résume la conversation entre Paul et Marie""",
    Intent("summary", "subject", subject="le discours du maire"): """
        Résume le discours du maire|Résume le discours du maire, je n'ai pas suivi""",
    Intent("comparison", subject="Brécy", other="Toury"): """
        Compare Brécy et Toury|Comparez Brécy avec Toury|compare Brécy à Toury|Quelle est la différence
        entre Brécy et Toury ?|différences entre Brécy et Toury|Quelles sont les principales différences
        entre Brécy et Toury ?|En quoi Brécy diffère-t-il de Toury ?|Brécy vs Toury|Peux-tu comparer
        Brécy et Toury ?|Compare Brécy and Toury|Compare Brécy with Toury|What's the difference between
        Brécy and Toury?|How does Brécy differ from Toury?|How do Brécy and Toury differ?|Contrast Brécy
        and Toury|Brécy versus Toury""",
    Intent("comparison", subject="Brécy", other="Toury", aspect="prix"): """
        Quelle est la différence de prix entre Brécy et Toury ?|Compare Brécy et Toury en matière de
        prix|Quelle est la différence entre Brécy et Toury en matière de prix ?|L'écart de prix entre
        Brécy et Toury""",
    Intent("comparison", subject="Brécy", other="Toury", aspect="price"): """
        What's the difference in price between Brécy and Toury?|Compare Brécy and Toury in terms of price""",
    Intent("comparison", subject="Le Courrier", other="L'Écho", aspect="la crue"): """
        Compare ce que disent Le Courrier et L'Écho de la crue|Compare le traitement de la crue par Le
        Courrier et L'Écho""",
    Intent("catalogue", "count"): """
        Combien d'articles ?|Combien d'articles y a-t-il ?|Combien d'articles as-tu ?|Combien d'articles
        contient la bibliothèque ?|Combien d'articles y a-t-il dans la bibliothèque ?|Nombre
        d'articles|Il y a combien d'articles ?|How many articles are there?|How many articles do you
        have?|How many articles does the library contain?|number of articles in the library|how many
        articles""",
    Intent("catalogue", "count", subject="la crue"): """
        Combien d'articles sur la crue ?|combien d'articles parlent de la crue|Combien d'articles
        évoquent la crue ?|Combien d'articles y a-t-il sur la crue ?|Quel est le nombre d'articles sur
        la crue ?|Combien d'articles as-tu sur la crue ?|Combien de papiers mentionnent la crue ?""",
    Intent("catalogue", "count", subject="the ferry"): """
        How many articles about the ferry?|How many articles mention the ferry?|how many articles are
        there on the ferry|How many stories cover the ferry?|How many articles do you have about the
        ferry?""",
    Intent("catalogue", "count", author="Jean Dupont"): """
        Combien d'articles signés par Jean Dupont ?|Combien d'articles sont signés par Jean Dupont ?|How
        many articles by Jean Dupont?""",
    Intent("catalogue", "count", by="Jean Dupont"): """
        Combien d'articles a écrits Jean Dupont ?|How many articles did Jean Dupont write?|Combien
        d'articles Jean Dupont a-t-il écrits ?""",
    Intent("catalogue", "outlets", subject="la crue"): """
        Quels journaux parlent de la crue ?|quels medias ont parle de la crue|Quels titres de presse
        évoquent la crue ?|Combien de journaux parlent de la crue ?|Dans quels journaux parle-t-on de la
        crue ?|Liste les journaux qui parlent de la crue""",
    Intent("catalogue", "outlets", subject="the ferry"): """
        Which newspapers mention the ferry?|What outlets wrote about the ferry?|How many papers covered
        the ferry?|Which newspapers have articles about the ferry?""",
    Intent("catalogue", "outlets"): """
        Quels journaux y a-t-il dans la bibliothèque ?|Quels sont tes journaux ?|Which newspapers do you
        have?""",
    Intent("catalogue", "newest"): """
        Quel est l'article le plus récent ?|L'article le plus récent|le dernier article|De quand date
        l'article le plus récent ?|What is the most recent article?|the latest article|Which is the
        newest article in the library?""",
    Intent("catalogue", "newest", subject="la crue"): """
        Quel est l'article le plus récent sur la crue ?|le dernier article sur la crue|Montre-moi le
        plus récent article qui parle de la crue""",
    Intent("catalogue", "oldest", subject="the ferry"): """
        What is the oldest article about the ferry?|the first article on the ferry""",
    Intent(
        "catalogue", "oldest"
    ): "Quel est le plus ancien article ?|L'article le plus vieux|The oldest article?",
    Intent("catalogue", "list"): """
        Liste les articles|Quels articles as-tu ?|Montre-moi tous les articles|List all articles|Which
        articles do you have?|Show me the articles|Quels sont les articles ?""",
    Intent("catalogue", "list", subject="la crue"): """
        Liste les articles sur la crue|Quels articles parlent de la crue ?|Montre-moi les articles qui
        parlent de la crue|Y a-t-il des articles sur la crue ?|Les articles sur la crue|As-tu des
        articles sur la crue ?|donne la liste des articles sur la crue|Quels sont les articles sur la
        crue ?""",
    Intent("catalogue", "list", subject="the ferry"): """
        List the articles about the ferry|Which articles mention the ferry?|Show me articles on the
        ferry|Do you have articles about the ferry?|Are there any articles about the ferry?|articles
        about the ferry""",
    Intent("catalogue", "list", by="Jean Dupont"): """
        Les articles de Jean Dupont|Liste les articles de Jean Dupont|Quels articles a écrits Jean
        Dupont ?|Which articles did Jean Dupont write?|Show me the articles by Jean Dupont""",
    Intent("catalogue", "author", subject="le lichen"): """
        Qui a écrit l'article sur le lichen ?|Quel est l'auteur de l'article sur le lichen ?|De qui est
        l'article sur le lichen ?|qui signe l'article sur le lichen|Par qui a été écrit l'article sur le
        lichen ?""",
    Intent("catalogue", "author", subject="kelp"): """
        Who wrote the article about kelp?|Who is the author of the article on kelp?|Which journalist
        wrote the story on kelp?""",
    Intent("catalogue", "author this"): """
        Qui a écrit cet article ?|Who wrote this article?|Qui signe cet article ?|Qui a écrit cela ?|Qui a
        écrit ça ?|Qui l'a écrit ?|Who wrote that?|Who wrote this?""",
    Intent("catalogue", "source this"): """
        Selon qui ?|D'après qui ?|Qui dit cela ?|Qui le dit ?|Qui affirme cela ?|Tu tiens ça de qui ?|Says
        who?|Who says so?|Who says that?|According to whom?|Who told you that?""",
    Intent("catalogue", "outlets this"): """
        De quel journal cela vient-il ?|D'où vient cette information ?|C'est dans quel journal ?|Quel journal
        le dit ?|Quel journal a publié ça ?|D'où tu sors ça ?|D'où vient cet article ?|Which newspaper says
        that?|Where does that come from?|What paper is it from?|Quelle est la source ?|Quelle est ta source
        ?|C'est quoi la source ?|Source ?|Tes sources ?|Quelle est la source de cette information ?|Tu
        tiens ça d'où ?|C'est écrit où ?|Dans quel journal ?|Quel journal dit ça ?|De quel article ça
        vient ?|Où as-tu lu ça ?|What's your source?|What is the source?|What is the source of that?|Which
        article is that from?|Where did you get that?|Where is that from?|Sources?""",
    Intent("catalogue", "date", subject="le lichen"): """
        Quand a paru l'article sur le lichen ?|De quand date l'article sur le lichen ?|Quand a été
        publié l'article sur le lichen ?|Quelle est la date de publication de l'article sur le lichen ?""",
    Intent("catalogue", "date", subject="kelp"): """
        When was the article about kelp published?|What is the publication date of the article on kelp?""",
    Intent("catalogue", "date this"): """
        De quand date cet article ?|When was this article published?|C'est de quand ?|Ça date de quand
        ?|De quand date cette information ?|Quand est-ce que ça a été publié ?|C'est paru quand ?|Quand
        cela a-t-il été publié ?|Quelle est la date de publication ?|When was that published?|When was it
        published?|When is that from?|How old is that information?|What day was that published?""",
    Intent("statements", speaker="le maire", subject="la piscine"): """
        Qu'a dit le maire sur la piscine ?|Que dit le maire de la piscine ?|Que pense le maire de la
        piscine ?|Qu'a déclaré le maire à propos de la piscine ?|Qu'est-ce que le maire a dit de la
        piscine ?|Quel est l'avis de le maire sur la piscine|Comment le maire a-t-il réagi à la piscine
        ?|le maire a dit quoi sur la piscine""",
    Intent("statements", speaker="Helen Abernoth", subject="the change"): """
        What did Helen Abernoth say about the change?|What does Helen Abernoth think of the change?|what
        has Helen Abernoth said on the change|How did Helen Abernoth react to the change?|What was Helen
        Abernoth's reaction to the change?|Quotes from Helen Abernoth on the change""",
    Intent("statements", speaker="Jean Dupont"): """
        Qu'a dit Jean Dupont ?|Que dit Jean Dupont ?|What did Jean Dupont say?|Qu'en pense Jean Dupont
        ?|Comment a réagi Jean Dupont ?|Les déclarations de Jean Dupont sur rien|Donne-moi les citations
        de Jean Dupont""",
    Intent(
        "statements", speaker="le maire de Toury"
    ): "Qu'a dit le maire de Toury ?|Que dit le maire de Toury ?",
    Intent("statements", speaker="le maire de Toury", subject="la piscine"): """
        Que pense le maire de Toury sur la piscine ?|Qu'a dit le maire de Toury à propos de la piscine ?""",
    Intent("statements", "talk", speaker="Ann Blake et Berg"): """
        De quoi ont parlé Ann Blake et Berg ?|De quoi Ann Blake et Berg ont-ils parlé ?|De quoi
        discutaient Ann Blake et Berg ?|de quoi est-ce que Ann Blake et Berg ont parlé""",
    Intent("statements", "talk", speaker="Ann Blake", other="Berg"): """
        De quoi Ann Blake a-t-elle parlé avec Berg ?|What did Ann Blake talk about with Berg?|What
        did Ann Blake discuss with Berg?""",
    Intent("yes_no"): """
        Est-ce que la maternité va fermer ?|Le pont est-il rouvert ?|Y a-t-il eu des morts ?|le maire
        a-t-il démissionné|La grève est-elle finie, oui ou non ?|Est-il vrai que le pont est fermé ?|le
        pont est il rouvert|Dis-moi si le pont est rouvert|Le préfet était-il là ?|La Ville a-t-elle
        voté le budget ?|La maternité rouvrira-t-elle ?|Le pont ferme-t-il
        ?|Is the ferry back?|Did the board approve the change?|Has the pool closed?|Are
        there any victims?|is it true that the ferry is back|Can you tell me whether the ferry is
        back?|The ferry is back, yes or no?|Will the school move?""",
    Intent("list"): """
        Quels élus ont voté contre ?|Quelles communes sont inondées ?|Dans quelles villes a-t-il plu
        ?|Citez les communes inondées|Lesquels ont voté contre ?|Qui sont les candidats ?|Énumère les
        mesures|quelles sont les mesures|Liste les communes inondées|Which teams won?|What measures did
        the council take?|Who are the candidates?|Name the four schools|List the towns hit by the
        flood|Which people died?|Which of the libraries are safe?|Où jeter ses ordures ? Donne-moi tous
        les endroits.|Peux-tu me dire quels élus ont voté contre ?""",
}
# Each looks like one of these ways in a word or two.
FACTS = """
        Qui a gagné ?|Combien de lits à la maternité ?|Où le maire est-il né ?|Quel âge a-t-il
        ?|Qu'a-t-il décidé ?|Que dit-il ?|Quand a-t-elle été élue ?|Sept trains au lieu de neuf
        ?|Pourquoi neuf trains sur dix ?|Quel est le nouveau maire ?|Qu'est-ce que le neuf-trois ?|Quel
        est l'immeuble neuf de Toury ?|Quelle nouvelle règle s'applique à la cantine ?|Qui a résumé la
        conversation ?|La conversation téléphonique a duré combien de temps ?|Qui a écouté la
        conversation ?|Combien d'articles compte le projet de loi ?|Combien d'articles la loi
        contient-elle ?|Qui a écrit l'article 49 de la Constitution ?|Que dit l'article 3 du règlement
        ?|Que dit la loi sur les piscines ?|Que dit le rapport ?|Que pense l'étude du prix ?|Combien
        d'articles la police a-t-elle saisis ?|Quel article de la loi a été censuré ?|Quelle est la
        différence de prix ?|Qui compare le maire à un roi ?|Comment Paul et Marie comparent-ils leurs
        budgets ?|Quelle est la position du navire ?|Quand est sorti le dernier album d'Odile Brac ?|Qui
        a écrit le livre sur le lichen ?|Quand a paru le livre sur la crue ?|Le train est-il à l'heure
        ou en retard ?|Qui a dit que le pont tiendrait ?|À qui le maire a-t-il parlé ?|Combien de voix
        a-t-il obtenues ?|Quel maire a-t-on élu ?|Le dernier article de presse de Camus parlait de quoi
        ?|Peux-tu me dire qui a gagné ?|Quel est le dernier train ?|Quelle est la dernière nouvelle
        d'Odile Brac parue en livre ?|Explique la crue|Qui est Odile Brac ? |Who won?|What is the new
        start time?|What's the latest time the ferry leaves?|How many articles does the treaty
        have?|What causes the flood?|Which officer died?|What does the report say about costs?|What does
        the law say?|Who summarized the conversation?|How long was the phone conversation?|What is the
        news agency's name?|Who wrote the book about kelp?|When was the ship's last article of cargo
        unloaded?|What happened at the bridge?|How does it work?|Can you tell me who won?|Is it the red
        or the blue one?|What did he say?|What was the difference in price?|Which newspaper was
        sold?|What happens next?|When did the first article of the treaty apply?|Who said that the
        bridge would hold?|What is it about? |Which story won the prize?|What repels immune cells?|What
        slows down growth during sleep?|After the storm was over, who paid?|The office was moved
        where?|How many points did they score versus Leeds?|Quelles est la date du vote ?|Which of the
        two won?|Who compared Brécy to Toury?|Quelle est la source de la Loire ?|Quelle est la source de
        l'incendie ?|D'où vient-elle ?|D'où vient-elle, la nouvelle maire ?|D'où vient cette eau ?|C'est
        quand ?|C'est quand, la crue ?|Qui dit que le pont tiendrait ?|Selon qui la crue est-elle finie
        ?|Qui a dit non ?|Quelle est la date ?|Dans quel journal travaille-t-elle ?|Où est la source
        ?|Where is it from?|When did it appear?|What is the source of the Thames?|What is the source of
        the leak?|Who said no?|When was the book published?|How old is she?|When was it built?"""


def split(listed: str) -> list[str]:
    return [text for line in " ".join(listed.split()).split("|") if (text := line.strip())]


@pytest.mark.parametrize(
    ("intent", "text"), [(intent, text) for intent, listed in WAYS.items() for text in split(listed)]
)
def test_a_way_of_asking_tells_the_kind(intent: Intent, text: str):
    said = read_intent(text, flatten(text), "fr")
    if intent.speaker and "sur rien" in text:
        assert (said.kind, said.speaker) == (intent.kind, intent.speaker)
    else:
        assert said == replace(
            intent, wanted=said.wanted if intent.kind in ("comparison", "statements") else intent.wanted
        )


def same(intent: Intent) -> tuple[str, ...]:
    words = (
        intent.subject,
        intent.other,
        intent.aspect,
        intent.speaker,
        intent.author,
        intent.outlet,
        intent.by,
    )
    return (intent.kind, intent.wanted, *(flatten(word).lower().replace("'", " ") for word in words))


@pytest.mark.parametrize("text", [text for listed in WAYS.values() for text in split(listed)])
def test_it_is_told_without_case_accents_and_question_mark(text: str):
    plain = flatten(text).lower().rstrip(" ?.")
    spoken = {"en", "fr"}
    told = {same(read_intent(plain, flatten(plain), language)) for language in spoken}
    assert told == {same(read_intent(text, flatten(text), "fr"))}


@pytest.mark.parametrize("text", split(FACTS))
@pytest.mark.parametrize("language", ["fr", "en"])
def test_what_looks_like_such_a_way_asks_for_a_fact(text: str, language: str):
    assert read_intent(text, flatten(text), language) == FACT
    plain = flatten(text).lower().rstrip(" ?")
    assert read_intent(plain, flatten(plain), language) == FACT


def test_a_long_text_is_no_way_of_asking():
    text = "Résume " + "la crue de l'Orlande " * 40
    assert read_intent(text, flatten(text), "fr") == FACT


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("Quoi de neuf sur la grève depuis lundi ?", Intent("newest", subject="la grève")),
        ("Quoi de neuf depuis le 3 février 2026 ?", Intent("newest")),
        ("Quoi de neuf cette semaine ?", Intent("newest")),
        ("What's new on the ferry since Monday?", Intent("newest", subject="the ferry")),
        ("What's new since last week?", Intent("newest")),
        ("Que s'est-il passé la semaine dernière ?", Intent("newest")),
        ("What happened last week?", Intent("newest")),
        ("Liste les articles de mai 2025", Intent("catalogue", "list")),
        ("Liste les articles sur la grève de mai 2025", Intent("catalogue", "list", subject="la grève")),
        ("Quels sont les articles parus en mai 2025 ?", Intent("catalogue", "list")),
        ("Combien d'articles publiés en 2025 ?", Intent("catalogue", "count")),
        ("Combien d'articles sur la grève en mai 2025 ?", Intent("catalogue", "count", subject="la grève")),
        ("How many articles were published in May 2025?", Intent("catalogue", "count")),
        ("Articles from last week", Intent("catalogue", "list")),
        ("Combien d'articles L'Écho a-t-il publiés en mai 2025 ?", Intent("catalogue", "count", by="L'Écho")),
        ("Résume la grève depuis lundi", Intent("summary", "subject", subject="la grève")),
    ],
)
def test_the_words_of_the_period_are_no_subject(text: str, intent: Intent):
    for infer_dates in (True, False):
        question = normalised(Question(text, infer_dates=infer_dates))
        asked = understand(question, ["fr", "en"], date(2026, 3, 1), lambda *_: True)
        assert asked.intent == intent
        assert (asked.period is not None) == infer_dates


def test_a_conversation_of_others_is_no_request_for_ours():
    asked = understand(Question("Résume la conversation"), ["fr", "en"], date(2026, 3, 1), lambda *_: True)
    assert asked.intent == Intent("summary", "conversation")


@pytest.mark.parametrize(
    ("text", "subject"),
    [
        ("Combien d'articles parlent d'elle, à propos de Nadia Ferri ?", "Nadia Ferri"),
        ("Quels journaux en parlent, à propos de la grève ?", "grève"),
        ("How many articles mention it, about the ferry?", "the ferry"),
        # Its own words say what it is about.
        ("Quels journaux parlent de la mer, à propos d'Anne Reed ?", "la mer"),
    ],
)
def test_a_subject_that_is_named_after_a_pronoun(text: str, subject: str):
    assert read_intent(text, flatten(text), "fr").subject.removeprefix("la ") == subject.removeprefix("la ")


WHETHER = """
    dis, les cars roulent encore ou c'est fini | la piscine, elle est fermée ou pas ? | le préfet a signé ?
    | est-ce que c'est vrai que le pont rouvre ? | il paraît que le marché déménage, c'est vrai ?
    | vous confirmez que la crèche ferme ? | du coup la gare ferme ou elle reste ouverte ?
    | la fête est annulée ou pas encore | ça y est, le tram roule ? | the ferry is back in service?
    | is it true the mill closed?
    | did they really move the market? | has the pool closed or is it still open?
    | they fired the coach, right? | they say the bridge is shut, is that true?
"""


@pytest.mark.parametrize("text", split(WHETHER))
def test_yes_or_no_is_asked_for_without_turning_the_verb_round(text: str):
    assert {read_intent(text, flatten(text), language).kind for language in ("fr", "en")} == {"yes_no"}


@pytest.mark.parametrize(
    "text",
    split(
        "prix du ticket de cantine ? | la foire aux ânes d'Orvanne ? | concert a Brécy ? | next home match?"
        " | le maire ou le préfet a signé ? | la piscine ferme quand ? | le club a gagné combien de matchs ?"
    ),
)
def test_a_heap_of_words_and_what_asks_for_more_than_yes_or_no_ask_for_a_fact(text: str):
    assert {read_intent(text, flatten(text), language).kind for language in ("fr", "en")} == {"fact"}
