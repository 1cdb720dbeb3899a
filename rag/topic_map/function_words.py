"""Small words by language (ISO 639-1), folded: what joins nouns, what stands before a noun, before a verb.

A lookup. A language that isn't listed is read without them.
"""

from __future__ import annotations

from collections.abc import Mapping


def _table(listed: Mapping[str, str]) -> dict[str, frozenset[str]]:
    return {language: frozenset(words.split()) for language, words in listed.items()}


# What may stand between two nouns of one term: `grève des cheminots`, `price of bread`.
CONNECTIVES = _table(
    {
        "fr": "de du des d la le les l",
        "en": "of the",
        "es": "de del la las los el",
        "pt": "de do da dos das",
        "gl": "de do da dos das",
        "it": "di del dello della dei degli delle dell d",
        "ca": "de del dels la les d l",
        "ro": "de al a ale",
        "nl": "van de het der",
        "af": "van die",
    }
)
DETERMINERS = _table(
    {
        "fr": "le la les l un une des du au aux ce cet cette ces mon ma mes son sa ses notre nos votre"
        " vos leur leurs quelques plusieurs chaque aucun aucune deux trois quatre cinq",
        "en": "the a an this that these those my his her its our their your of no some any each every two"
        " three four five in on for with from by",
        "es": "el la los las un una unos unas del al este esta estos estas su sus dos tres",
        "pt": "o a os as um uma uns umas do da dos das no na nos nas ao este esta seu sua",
        "gl": "o a os as un unha do da dos das no na",
        "it": "il lo la i gli le l un uno una del dello della dei degli delle al alla nel nella questo"
        " questa suo sua dell all nell",
        "ca": "el la els les l un una del dels de d",
        "de": "der die das den dem des ein eine einen einem einer eines kein keine dieser diese dieses"
        " seine ihre im am zum zur beim vom",
        "nl": "de het een deze dit die dat zijn haar hun van in op",
        "da": "en et den det de",
        "sv": "en ett den det de",
        "no": "en et ei den det de",
    }
)
# Whoever stands before a verb: pronouns, auxiliaries, negations.
VERB_SIGNS = _table(
    {
        "fr": "je j tu il elle on nous vous ils elles qui ne n se s a ont avait avaient aura auront est sont"
        " etait etaient sera seront ete etre avoir va vont peut peuvent doit doivent fait pas pour y",
        "en": "i you he she it we they who to not is are was were be been being has have had will would can"
        " could may might must should do does did",
        "es": "yo el ella ellos ellas que no se ha han habia es son fue fueron para puede pueden debe",
        "pt": "eu ele ela eles elas que nao se foi foram e sao tem para pode podem deve",
        "it": "io lui lei loro che non si ha hanno e sono era erano per puo possono deve",
        "de": "ich du er sie es wir ihr zu nicht wird werden wurde wurden hat haben ist sind war waren",
        "nl": "ik jij hij zij wij te niet wordt worden werd werden heeft hebben is zijn was waren",
    }
)
# Languages whose nouns have a determiner nearly wherever they stand: what never has one is none.
WITH_DETERMINERS = frozenset(("fr", "es", "pt", "gl", "it", "ca"))
CAPITAL_NOUNS = frozenset(("de", "lb"))
# Where nouns and adjectives are both in the plural, in -s or -x; French nouns that end so in the singular.
PLURALS_IN_S = frozenset(("fr", "es", "pt", "gl", "ca"))
UNCHANGED = _table(
    {
        "fr": "pays prix proces cours mois temps corps bras poids gaz choix voix succes progres acces avis"
        " abus bois secours discours parcours"
        " recours concours univers virus campus bus refus croix paix tapis"
    }
)["fr"]
# Words of news that are about no subject, and that lists of stop words leave out.
NO_SUBJECTS = _table(
    {
        "fr": "lundi mardi mercredi jeudi vendredi samedi dimanche annee annees an ans mois semaine semaines"
        " jour jours heure heures soir matin hier demain million millions milliard milliards mille cent dit"
        " dits dite indique explique annonce annoncer declare selon precise affirme ajoute estime rappelle"
        " assure raconte souligne confie derniere dernier derniers dernieres prochain prochaine premier"
        " premiere nouveau nouvelle nouveaux nouvelles grand grande grands grandes fois depuis apres avant"
        " article articles lire photo credit abonnes abonnez reuters afp redaction environ encore deja"
        " ensuite enfin notamment c'est-a-dire"
        " toujours ainsi alors fin debut cours euros",
        "en": "monday tuesday wednesday thursday friday saturday sunday year years month months week weeks"
        " day days hour hours today yesterday tomorrow morning evening million millions billion billions"
        " thousand hundred said says say told added according announced reported last next first new new"
        " article read photo credit subscribe newsletter reuters afp editor editors since before after"
        " people time times including however became become later",
        "es": "lunes martes miercoles jueves viernes sabado domingo ano anos mes meses dia dias semana hoy"
        " ayer dijo segun millones euros",
        "de": "montag dienstag mittwoch donnerstag freitag samstag sonntag jahr jahre jahren monat woche tag"
        " tage heute gestern sagte prozent euro millionen",
        "it": "lunedi martedi mercoledi giovedi venerdi sabato domenica anno anni mese giorno oggi ieri ha"
        " detto secondo milioni euro",
        "pt": "segunda terca quarta quinta sexta sabado domingo ano anos mes dia hoje ontem disse segundo"
        " milhoes euros",
        "nl": "maandag dinsdag woensdag donderdag vrijdag zaterdag zondag jaar maand week dag gisteren"
        " vandaag zei volgens miljoen euro",
    }
)
