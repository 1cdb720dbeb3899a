"""French and English words that change what a sentence asserts: negators, modals, opposites. Data.

All words are without accents unless a form needs them to be told apart (`espérait`, `signerait`).
"""

from __future__ import annotations

import re

from rag.text.folding import word_set

# Words without meaning of their own beside the stop words: auxiliaries, light verbs, small adverbs.
LIGHT = word_set(
    """
    ai as a avons avez ont avait avaient aura auront aurait auraient ayant avoir eu ete etre est sont
    etait etaient sera seront serait seraient fut furent soit soient etant fait font faire va vont
    allait allaient aller peut peuvent pouvait pouvaient pu pourra pourront pourrait pourraient doit
    doivent devait devaient devra devront devrait devraient veut veulent voulait voulaient voulu ne n
    pas plus jamais rien aucun aucune nul nulle ni guere point moins fewer less que qu se s y en me te
    le la les l de d du des un une ce cet cette ces et ou mais donc or car si encore toujours deja aussi
    meme non oui bien tres trop peu tout tous toute toutes sans avec pour par dans sur afin lors selon
    apres avant is are was were be been being has have had having do does did will would shall should
    can could may might must not no never nor neither nothing nobody none t ll ve re s to of the a an
    and or but if that this these those still yet also already even very too ever any some there it so
    more less longer without with by for in on at as before after than go goes went gone going can't
    cannot won't didn't doesn't don't isn't aren't wasn't weren't hasn't haven't hadn't wouldn't
    couldn't shouldn't mustn't vient viennent venait
    """
)
CHUNK_OPENERS = word_set(
    "mais but que qu that which who qui et and ou or car because although though bien tandis alors while"
    " whereas tant parce puisque lorsque quand when if si dont where"
)
AUXILIARIES = word_set(
    "a ont avait avaient est sont etait etaient sera seront ete fut furent aura auront n ne"
    " was were is are has have had been will be did"
)
# Words that a cue passes over on its way to what it applies to.
ADVERB = {
    "fr": re.compile(r"\w{3,}ment|jamais|encore|toujours|deja|tout|du|pour|autant|aussi|bientot"),
    "en": re.compile(r"\w{3,}ly|yet|ever|even|also|any|soon|immediately"),
}
NEGATORS = word_set(
    "pas plus jamais rien aucun aucune nul nulle ni guere nullement personne sans"
    " not never no nobody nothing neither nor without cannot can't won't didn't doesn't don't isn't aren't"
    " wasn't weren't hasn't haven't hadn't wouldn't couldn't shouldn't mustn't none"
)
NOUN_NEGATORS = word_set("aucun aucune nul nulle no sans without ni nor neither none nobody personne rien")
NOT_ONLY = word_set("seulement uniquement simplement moins only just merely least necessarily mal")
DENIAL = re.compile(
    r"echapp\w+|evit(?:e|er|ee?s?|ent|era)|escap\w+|avoid\w*|spared|dement\w*|nie|nient|niait|nier|niee?s?|refut\w+|refus\w*|renonc\w+|echou\w+|empech\w+|interdi\w+|exclu\w*"
    r"|cess(?:e|er|era|ent|eront|ait)|arret(?:e|er|era|ent|eront)|stop(?:s|ped)?|ruled"
    r"|den(?:y|ies|ied|ying)|refus(?:e|es|ed|ing)|declin(?:e|es|ed)|fail(?:s|ed|ing)?|unable|incapables?"
)
DISPUTE = re.compile(
    r"echapp\w+|evit(?:e|er|ee?s?|ent|era)|escap\w+|avoid\w*|spared|dement\w*|nie|nient|niait|nier|niee?s?|refut\w+|den(?:y|ies|ied|ying)"
)
RUMOUR = re.compile(
    r"rumeurs?|informations?|accusations?|allegations?|propos|claims?|reports?|charges?|faits|toute?s?"
)
GERUND = re.compile(r"\w{2,}ing|\w{3,}ant")
GERUND_MARKERS = word_set("by of for without before after in from out whether stopped stop en")

INFINITIVE = re.compile(r"\w{2,}(?:er|ir|re|oir)")
VERB_LIKE = re.compile(r"\w+(?:é|ée|és|ées|i|u|is|it|er|ir|ed|en|ing)")
# What stands before nouns (`en hausse`, `the close`).
DETERMINERS = {
    "fr": word_set("le la les l un une des du en ce cette ces son sa ses leur leurs aucun aucune"),
    "en": word_set("the a an its their his her this these no"),
}
ALLEGED = re.compile(r"alleg\w+|suspect\w*|soupconn\w+|accus\w+|presum\w+")
# Verbs after which a conditional is only the future as it was told.
REPORTING = re.compile(
    r"annonc\w+|repond\w+|prevenu|estim\w+|declar\w+|dit|disait|affirm\w+|assur\w+|indiqu\w+|precis\w+|promis|confirm\w+|expliqu\w+|ajout\w+"
    r"|said|says|announced|told|promised|confirmed|added|pledged|vowed|warned|insisted"
)
SPEECH = re.compile(
    r"(?:annonc|declar|affirm|assur|indiqu|precis|confirm|expliqu|ajout|soulign|estim|jug(?=e|ent|ait)|confi|lanc"
    r"|insist|soutien|souten|regrett|deplor|rappel|repond|reconn|promet|promis|dement|denonc|critiqu|salu|dit|disait"
    r"|soupir|tranch|resum|observ|temoign|racont|plaid|justifi|preven|constat|martel|ironis|gliss|not(?=e|ait)|avert"
    r"|repliqu|retorqu|assen|conclu|s'amus|said|say|announc|told|confirm|add|warn|claim|argu|insist|explain|stat"
    r"|den(?:y|ied|ies)|accus|recall|joke|ask|repl|complain|lament)[a-z]*"
)
SHOULD = re.compile(r"devr\w+")
# Conditionals that no reporting verb turns into a future.
UNREAL = word_set("aurait auraient pourrait pourraient could might")
INFINITIVE_MARKERS = word_set("de d a pour afin to avant sans")
POSSIBLE = re.compile(
    r"pourrai\w+|could|might|may|reportedly|allegedly|apparently|supposedly|possibly|perhaps|probablement"
    r"|probably|possiblement|vraisemblablement|eventuellement|presumee?s?|alleged|suspected|soupconnee?s?"
    r"|suspectee?s?|accusee?s?|accused|semble|semblent|semblait|seems?|seemed|appears?|appeared|pretend\w*|whether|before|avant|exclu\w*"
)
PROJECTED = re.compile(
    r"va|vont|allait|allaient|doit|doivent|devait|devaient|devra|devront|will|shall|should|must"
    r"|veut|veulent|voulait|souhait(?:e|ent|ait|aient|er)|esper(?:e|ent|ait|aient|er)|envisag\w+|prevoi\w+|prevue?s?"
    r"|prevoyai\w+|compte|comptent|comptait|entend|entendent|promet\w*|promis|menac\w+|propos(?:e|ent|ait|er|ee?s?)"
    r"|decide\w*|projett?\w+|appret\w+|ambitionn\w+|vise|visent|viser|appel(?:le|lent|e|ee|ait)|demand(?:e|ent|ait|ee?)"
    r"|plans?|planned|planning|wants?|wanted|hop(?:e|es|ed|ing)|intend(?:s|ed)?|aim(?:s|ed|ing)?|vow(?:s|ed)"
    r"|pledg\w+|promis(?:e|es|ed|ing)|threaten\w*|propos(?:es|ed|ing)|expect(?:s|ed)?|scheduled|set|due|going"
    r"|decision|projet|volonte|intention|promesse|proposition|espoir|promise|threat|proposal|bid"
    r"|decid\w+|urg(?:e|es|ed|ing)|call(?:s|ed)?|ask(?:s|ed)?|ready|prets?|pretes?"
)
# Cues that come after what they are about (`no cuts are planned`, `une aide est possible`).
PLANNED = re.compile(r"planned|expected|scheduled|prévue?s?|attendue?s?")
CONCEIVABLE = re.compile(r"possibles?|likely|unlikely|considered|envisagée?s?|probables?")
# `asked for it` isn't `got it`.
REQUEST = re.compile(
    r"réclam\w+|demand\w+|exig\w+|propos\w+|souhait\w+|sollicit\w+|prom(?:et|is|ise|ettent|esse)|ask(?:s|ed)?"
    r"|call(?:s|ed)?|urg\w+|sought|offer\w*|promis\w+|pledg\w+"
)
ACHIEVED = re.compile(
    r"obten\w+|reçu\w*|décroch\w+|accept\w+|accord(?:é|ée|és|ées)|vers(?:é|ée|és|ées)|pay(?:é|ée|és|ées)|obtained|got"
    r"|received|secured|won|granted|resigned|paid|gave|given"
)
# Deeds that nobody may be said to have done when the quotes have no word for it.
ACTS = re.compile(
    r"sign(?:é|ée|és|ées|ent|era|ed|s)|démissionn(?:é|e|era)|condamn(?:é|ée|és|ées)|arrêt(?:é|ée|és|ées)"
    r"|interpell(?:é|ée|és|ées)|accept(?:é|ée|és|e|ent|ed|s)|achet(?:é|ée|és)|acquis|vendu(?:e|s|es)?|élue?s?"
    r"|licenci(?:é|ée|és|ées)|ferm(?:é|ée|és|ées)|interdite?s?|autoris(?:é|ée|és|ées)|annul(?:é|ée|és|ées)"
    r"|tu(?:é|ée|és|ées)|bless(?:é|ée|és|ées)|attaqu(?:é|ée|és|ées)|avou(?:é|ée|e)|approuv(?:é|ée|és|ées)"
    r"|adopt(?:é|ée|és|ées|ed)|ratifi(?:é|ée|ed)|nomm(?:é|ée|és|ées)|épous(?:é|ée)|détruite?s?|démenti"
    r"|resigned|convicted|arrested|bought|acquired|sold|elected|fired|closed|banned|allowed|cancell?ed|killed"
    r"|injured|attacked|admitted|approved|appointed|married|destroyed|denied|agreed"
)
# Cues that are verbs with a meaning of their own and pass their level on to what follows.
MODAL_VERB = re.compile(f"{POSSIBLE.pattern}|{PROJECTED.pattern}")
NEEDS_INFINITIVE = re.compile(
    rf"(?!(?:will|shall|should|must|devr\w+)$)(?:{PROJECTED.pattern}|whether|before|avant|exclu\w*|out)"
)
HEARSAY = re.compile(
    r"(?i)\b(?:selon|d'apres) (?:des|certaines?|plusieurs|une|les|de) (?:sources?|rumeurs?|temoins?"
    r"|temoignages?|medias?|informations?)\b"
    r"|\baccording to (?:unconfirmed|some|anonymous|several|media|rumou?rs|sources|witnesses)\b"
    r"|\bil (?:est|serait) possible qu|\bil se p(?:eut|ourrait) qu|\bit is possible that\b"
    r"|\bpeut-etre\b|\brumou?rs?\b"
)

# Stems of the conditional and the future that their endings alone don't tell from an imperfect in -rait.
_FUTURE_STEMS = word_set(
    """
    se au pour dev voud viend tiend fe ver enver sau faud vaud recev cour mour prend rend mett permett promett
    admett batt perd attend dépend viv suiv écri di condui produi rédui interdi agi fini réuni choisi établi
    garanti parti reviend deviend obtiend parviend interviend soutiend maintiend reprend comprend ouvri rouvri
    offri défend vend répond appartiend i
    """
)
_STEM = rf"(?:\w*[^é\W]e|{'|'.join(sorted(_FUTURE_STEMS))})r"
_CONDITIONAL = re.compile(rf"{_STEM}ai(?:t|ent)")
_FUTURE = re.compile(rf"{_STEM}(?:a|ont)")


def is_conditional(word: str) -> bool:
    """French conditional by its ending, with accents: `signerait`, `aurait`; not `espérait`, `montrait`."""
    return _CONDITIONAL.fullmatch(word) is not None


def is_future(word: str) -> bool:
    """French simple future by its ending: `signera`, `aura`; not `déclara`."""
    return _FUTURE.fullmatch(word) is not None


def _sides(one: str, other: str) -> tuple[re.Pattern[str], re.Pattern[str]]:
    return re.compile(one), re.compile(other)


# Pairs of opposites: words of one side, words of the other. Only words that rarely mean anything else.
OPPOSITES = {
    "up": _sides(
        r"augment\w*|hauss\w*|progress(?:e|er|é|ée|ion|ent|ait|ed)|grimp\w+|croissance"
        r"|accr(?:u|ue|us|oître|oit|oissement)|bondi\w*|bonds?|envol\w*|monter|monte|monté|montera|lever|hausser|rais(?:e|es|ed|ing)|gain(?:s|ed)?|rise|rises|rose|risen|rising|increas\w+|grew|grow|grows|grown|growth|climb\w*"
        r"|surg(?:e|ed|es|ing)|soar\w*|jump\w*",
        r"baiss\w*|diminu\w*|recul\w*|chut(?:e|es|er|é|ée|ent|ait)|repli\w*|plong(?:e|é|er|ée)|effondr\w*|réduction|rédui\w+|cut|cuts|cutting|lower(?:s|ed|ing)|lost|loses|reduc\w+"
        r"|décroissance|fall|falls|fell|fallen|falling|drop|drops|dropped|dropping|declin\w+|decreas\w+|shrank|shrunk"
        r"|shrink\w*|plung\w+|slump\w*|tumbl\w+|plummet\w*",
    ),
    "win": _sides(
        r"gagn\w+|remport\w+|victoires?|vainqueurs?|gain(?:s|ed)?|win|wins|won|winning|victor(?:y|ies)",
        r"perd|perdu|perdue|perdent|perdre|perdra|défaites?|lose|loses|lost|losing|defeats?",
    ),
    "open": _sides(
        r"ouvr\w+|ouvert\w*|rouvr\w+|rouvert\w*|réouverture|open|opens|opened|opening|reopen\w*",
        r"ferm(?:er|é|ée|és|ées|eture|era|eront|ent|ait|aient)|clos(?:e|es|ed|ing|ure)|shut|shuts|shutting",
    ),
    "allow": _sides(
        r"autoris\w+|permis|permet|permett\w+|légalis\w+|allow\w*|permit\w*|authori[sz]\w+|legali[sz]\w+",
        r"interdi\w+|prohib\w+|ban|bans|banned|banning|forbid\w*|forbade|outlaw\w*",
    ),
    "support": _sides(
        r"soutien\w*|souten\w+|favorables?|approuv\w+|support|supports|supported|supporting|backs|backed|backing"
        r"|approv\w+|endors\w+",
        r"oppos\w+|défavorables?|rejet\w*|hostiles?|reject\w*|disapprov\w+",
    ),
    "accept": _sides(
        r"accept\w*|adopt\w+|agree|agrees|agreed", r"refus\w*|rejet\w*|reject\w*|declined|declines"
    ),
    "confirm": _sides(
        r"confirm\w*|reconn\w+|admet\w*|admis|avou\w+|admit\w*|acknowledg\w+",
        r"dément\w*|infirm(?:e|é|er|ée)|nie|nient|niait|nié|nier|den(?:y|ies|ied|ying)",
    ),
    "succeed": _sides(
        r"réuss\w*|succès|succeed\w*|success\w*", r"échou\w*|échecs?|fail|fails|failed|failure\w*"
    ),
    "begin": _sides(
        r"commenc\w+|démarr\w+|débute|débuté|débuter|débutera|begin|begins|began|begun|start|starts|started|starting",
        r"termin(?:e|é|ée|er|ent|era|ait)|achev\w+|cess(?:e|é|er|era)|ended|ends|finish\w*|stopped|stops",
    ),
    "born": _sides(
        r"né|née|nés|nées|naît|naissance|naquit|born|birth",
        r"mort|morte|meurt|mourut|décéd\w+|décès|died|dies|death",
    ),
    "guilty": _sides(
        r"condamn\w+|coupables?|convicted|guilty", r"acquitt\w+|relax(?:é|ée|és|e)|innocent\w*|acquitted"
    ),
    "hire": _sides(
        r"embauch\w*|recrut\w+|hire|hires|hired|hiring|recruit\w*", r"licenci\w+|fired|laid|layoffs?|sack\w*"
    ),
    "trade": _sides(r"import(?:er|e|é|ée|ations?|s|ed|ing)", r"export(?:er|e|é|ée|ations?|s|ed|ing)"),
    "create": _sides(
        r"cré(?:e|er|é|ée|és|ées|era|ation|ations)|create[sd]?|creation",
        r"suppr\w+|cut|cuts|cutting|axe[sd]?",
    ),
    "victory": _sides(r"majorit\w+", r"minorit\w+"),
    "build": _sides(r"constru\w+|build|builds|built|building", r"démoli\w*|détrui\w*|demolish\w*|destroy\w*"),
    "enter": _sides(
        r"entr(?:é|ée|er|e|ent|és)|rejoin\w*|adhér\w+|join\w*|enter\w*", r"quitt\w+|leaves?|leaving"
    ),
    "change": _sides(
        r"stables?|inchangée?s?|stagn\w+|unchanged|steady|flat",
        r"boug\w+|chang\w+|augment\w*|baiss\w*|hauss\w*|diminu\w*|progressé\w*|recul\w*|rise|rose|rises|fell"
        r"|falls|increas\w+|decreas\w+",
    ),
    "advise": _sides(
        r"encourag\w+|recommand\w+|conseill(?:e|é|ée|er|ent|aient|ait)|recommend\w*",
        r"décourag\w+|déconseill\w+|dissuad\w+|discourag\w+",
    ),
    "cancel": _sides(r"maintenue?s?|maintained|go(?:es)? ahead", r"annul\w+|cancel\w+|supprimée?s?|scrapped"),
    "postpone": _sides(
        r"repouss\w+|report(?:é|ée|er|e|és|ées)|retard\w*|postpon\w+|delay\w*",
        r"avanc(?:é|ée|er|e|és|ées)|accélér\w+|advanced",
    ),
    "size": _sides(
        r"grande?s?|large|larger|largest|big|bigger|biggest|great|greatest",
        r"petite?s?|small|smaller|smallest",
    ),
    "heat": _sides(
        r"chaude?s?|chaleur|hot|hotter|hottest|warm|warmer|warmest", r"froide?s?|froid|cold|colder|coldest"
    ),
    "height": _sides(r"haute?s?|élevée?s?|high|higher|highest", r"basse?s?|bas|faibles?|low|lower|lowest"),
    "early": _sides(r"tôt|early|earlier|earliest", r"tard|late|later|latest"),
    "length": _sides(r"longue?s?|long|longer|longest", r"courte?s?|short|shorter|shortest"),
    "youth": _sides(r"jeunes?|young|younger|youngest", r"vieux|vieille|vieilles|âgée?s?|old|older|oldest"),
    "speed": _sides(r"rapides?|fast|faster|fastest|quick", r"lente?s?|slow|slower|slowest"),
    "strength": _sides(r"forte?s?|strong|stronger|strongest", r"faibles?|weak|weaker|weakest"),
    "sign": _sides(r"positi(?:f|ve|fs|ves)", r"négati(?:f|ve|fs|ves)|negative"),
    "side": _sides(r"gauche", r"droite"),
    "legal": _sides(r"légale?s?|legal", r"illégale?s?|illegal"),
    "before": _sides(r"avant|before", r"après|after"),
    "more": _sides(r"plus|more", r"moins|less|fewer"),
    "north": _sides(r"nord|north|northern", r"sud|south|southern"),
    "east": _sides(r"est|east|eastern", r"ouest|west|western"),
    "best": _sides(r"meilleure?s?|best|maximum|maximale?|highest", r"pires?|worst|minimum|minimale?|lowest"),
    "for": _sides(r"pour|for", r"contre|against"),
}
# Opposites that say where or how much something is: compared only before the same next word.
OF_THE_NEXT = frozenset({"before", "more", "east", "youth", "length", "early"})
# … and those that say how somebody stands, after the same word (`voted for`).
OF_THE_LAST = frozenset({"for"})
# Pairs without a middle: what isn't the one is the other.
DENIED_IS_OPPOSITE = frozenset({"change", "cancel", "open"})
# Words that deny by their meaning: after them `n'est pas …` may be a fair way to say it.
IMPLICIT_NEGATIVES = re.compile(
    r"(?i)\b(?:manqu\w+|absence|absents?|loin d|impropres?|inaccessible\w*|insuffis\w+|inutil\w+|prive\w*"
    r"|depourvu\w*|impossible|incapables?|rejet\w+|echec\w*|echou\w+|faute d|exclu\w*|annul\w+|suspendu\w*"
    r"|interdi\w+|ferm\w+|refus\w+|dement\w*|nie\w*|renonc\w+|empech\w+|seul\w*|uniquement|ni|sans|ne|n'"
    r"|lack\w*|absent|far from|unable|reject\w+|fail\w+|exclud\w+|cancel\w+|suspend\w+|ban\w*|clos\w+"
    r"|den(?:y|ied|ies)|only|un\w{4,}|in\w{4,}able|without|no|not|never|nor|neither|rest\w* a|avort\w+"
    r"|abandon\w*|stop\w*|arret\w+)\b"
)
