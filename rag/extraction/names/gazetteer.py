"""Names that French and English write differently: places, peoples and institutions.

Territories have CLDR's names and those of `TERRITORIES`; the rest is one name a line: its forms without
accents, separated by `|`. Peoples stand with their country. Forms in capitals are read only in capitals (`UN`
is no article).
"""

from __future__ import annotations

from collections.abc import Iterator

from rag.text.cldr import calendar_words, territories
from rag.text.folding import flatten, word_set

# Territory of CLDR → other forms of its name than CLDR's own, and its people.
TERRITORIES = """
US|etats-unis d'amerique|united states of america|USA|US|U.S.|U.S|U.S.A.|amerique|america|americain|americaine|americains|americaines|american|americans
GB|UK|U.K.|grande-bretagne|britain|great britain|britannique|britanniques|british|briton|britons
IE|irlandais|irlandaise|irish|republique d'irlande|republic of ireland
FR|francais|francaise|francaises|french
DE|allemand|allemande|allemands|allemandes|german|germans
AT|autrichien|autrichienne|autrichiens|austrian|austrians
CH|suisses|swiss|helvetique|helvetiques|confederation helvetique
BE|belge|belges|belgian|belgians
NL|the netherlands|hollande|holland|neerlandais|neerlandaise|dutch
LU|luxemburg|luxembourgeois
ES|espagnol|espagnole|espagnols|espagnoles|spanish|spaniards
PT|portugais|portugaise|portuguese
IT|italien|italienne|italiens|italiennes|italian|italians
GR|grec|grecque|grecs|grecques|greek|greeks
TR|turkey|turc|turque|turcs|turques|turkish|turks
CY|chypriote|cypriot
MT|maltais|maltese
DK|danois|danoise|danish|danes
NO|norvegien|norvegienne|norvegiens|norwegian|norwegians
SE|suedois|suedoise|swedish|swedes
FI|finlandais|finlandaise|finnish|finns
IS|islandais|islandaise|icelandic
PL|polonais|polonaise|polonaises|polish|poles
HU|hongrois|hongroise|hungarian|hungarians
RO|roumain|roumaine|roumains|romanian|romanians
BG|bulgare|bulgares|bulgarian
CZ|republique tcheque|czech republic|tcheque|tcheques|czech|czechs
SK|slovaque|slovaques|slovak|slovaks
SI|slovene|slovenian
HR|croate|croates|croatian|croats
RS|serbe|serbes|serbian|serbs
BA|bosnie|bosnia|bosniaque|bosniaques|bosnian
AL|albanais|albanian|albanians
MD|moldave|moldaves|moldovan
EE|estonien|estonian
LV|letton|lettone|lettons|latvian
LT|lituanien|lituanienne|lithuanian
RU|federation de russie|russian federation|russe|russes|russian|russians
UA|ukrainien|ukrainienne|ukrainiens|ukrainiennes|ukrainian|ukrainians
BY|bielorusse|bielorusses|belarusian
GE|georgien|georgienne|georgian
AM|armenien|armenienne|armeniens|armenian|armenians
AZ|azerbaidjanais|azeri|azerbaijani
KZ|kazakh
UZ|ouzbek|uzbek
CN|chinois|chinoise|chinoises|chinese
JP|japonais|japonaise|japonaises|japanese
KR|sud-coreen|sud-coreenne|south korean|republique de coree|republic of korea|sud-coreens|sud-coreennes|south koreans
KP|nord-coreen|nord-coreenne|north korean|RPDC|DPRK|nord-coreens|nord-coreennes|north koreans
IN|indien|indienne|indiens|indian|indians
PK|pakistanais|pakistani
MM|birmanie|myanmar|burma|birman|burmese
TH|thailandais|thai
VN|vietnamien|vietnamese
ID|indonesien|indonesian
MY|malaisien|malaysian
AU|australien|australienne|australian|australians
NZ|neo-zelandais
CA|canadien|canadienne|canadiens|canadian|canadians
MX|mexicain|mexicaine|mexicains|mexican|mexicans
BR|bresilien|bresilienne|bresiliens|brazilian|brazilians
AR|argentin|argentins|argentinian
CL|chilien|chilean
CO|colombien|colombienne|colombian
PE|peruvien|peruvian
EC|equatorien|ecuadorian
BO|bolivien|bolivian
VE|venezuelien|venezuelienne|venezuelan
CU|cubain|cubaine|cubans|cuban
HT|haitien|haitienne|haitians|haitian
MA|marocain|marocaine|marocains|moroccan|moroccans
DZ|algerien|algerienne|algeriens|algerian|algerians
TN|tunisien|tunisienne|tunisiens|tunisian|tunisians
LY|libyen|libyenne|libyan
EG|egyptien|egyptienne|egyptiens|egyptian|egyptians
ET|ethiopien|ethiopian
ER|erythreen|eritrean
SO|somalien|somali
SD|soudanais|sudanese
SS|sud-soudanais|sud-soudanaise|south sudanese
TD|tchadien|tchadienne|chadian
NE|nigerien|nigerienne
NG|nigerian|nigeriane|nigerians
ML|malien|malienne|maliens|malian
BF|burkinabe
SN|senegalais|senegalaise|senegalese
CI|ivory coast|ivoirien|ivoirienne|ivorian
CM|camerounais|camerounaise|cameroonian
ZA|sud-africain|sud-africaine|south african
MR|mauritanien|mauritanian
RW|rwandais|rwandaise|rwandan
UG|ougandais|ugandan
IL|israelien|israelienne|israeliens|israeliennes|israeli|israelis
PS|palestine|palestinien|palestinienne|palestiniens|palestiniennes|palestinian|palestinians
LB|libanais|libanaise|lebanese
SY|syrien|syrienne|syriens|syrian|syrians
IQ|irakien|irakienne|iraqi
IR|iranien|iranienne|iraniens|iranian|iranians
JO|jordanien|jordanian
SA|saoudien|saoudienne|saudi
AE|UAE|EAU|emirati
QA|qatari|qatarien
KW|koweitien|kuwaiti
YE|yemenite|yemeni
AF|afghan|afghane|afghans
CD|republique democratique du congo|democratic republic of congo|democratic republic of the congo|RDC|DRC|rd congo|dr congo|zaire
CG|republique du congo|republic of congo|republic of the congo
GN|guinee-conakry|guinea-conakry|guineen|guineenne|guineens|guinean
GW|bissau-guineen|bissau-guinean
GQ|equato-guineen|equatoguineen|equatorial guinean
PG|papouasie|papou|papoue|papua
DM|commonwealth of dominica
MU|ile maurice|republique de maurice|mauricien|mauricienne|mauriciens|mauritian
MK|macedoine|macedonia|macedonien|macedonienne|macedonian
VI|iles vierges americaines|us virgin islands
GS|georgie du sud|south georgia
TL|east timor
SZ|swaziland
CV|cabo verde
HK|hong kong|hongkong|hongkongais
MO|macao|macau
VA|vatican|saint-siege|holy see
TW|taiwanais|taiwanaise|taiwanese
WS|samoan|samoans
RE|ile de la reunion|reunion island|reunionnais|reunionnaise
SX|saint-martin neerlandais
KE|kenyan|kenyans|kenyane
FK|malouines|falklands
CF|centrafrique|centrafricain|centrafricaine
GM|la gambie
KG|kirghizistan|kirghizie
"""  # noqa: E501  (one name is one line)

# Names of CLDR that are ordinary words, first names or several places': they say no territory.
HOMOGRAPHS = frozenset(
    (
        "dominique",
        "grenade",
        "jersey",
        "la reunion",
        "maurice",
        "reunion",
        "saint-martin",
        "salvador",
        "st. martin",
    )
)

EXONYMS = """
angleterre|england|anglais|anglaise|english
ecosse|scotland|ecossais|ecossaise|scottish
pays de galles|wales|gallois|galloise|welsh
irlande du nord|northern ireland|nord-irlandais|nord-irlandaise|northern irish
coree|korea|coreen|coreenne|korean
congo|congolais|congolaise|congolese
cisjordanie|west bank
europe|europeen|europeenne|europeens|europeennes|european|europeans
asie|asia|asiatique|asian
afrique|africa|africain|africaine|africains|african|africans
amerique du nord|north america
amerique du sud|south america
amerique latine|latin america
moyen-orient|proche-orient|middle east
londres|london|londonien
paris|parisien|parisienne|parisiens|parisian
moscou|moscow|moscovite
kiev|kyiv
odessa|odesa
kharkiv|kharkov
pekin|beijing
bruxelles|brussels|bruxellois
anvers|antwerp
gand|ghent
la haye|the hague
geneve|geneva|genevois
bale|basel|basle
berne|bern
zurich|zuerich
lisbonne|lisbon
seville|sevilla
saragosse|zaragoza
rome|roma|romain
venise|venice
florence|firenze
genes|genoa
turin|torino
milan|milano
naples|napoli
vienne|vienna
varsovie|warsaw
cracovie|krakow
bucarest|bucharest
prague|praha
athenes|athens
copenhague|copenhagen
edimbourg|edinburgh
douvres|dover
cologne|koln
munich|munchen
francfort|frankfurt
hambourg|hamburg
nuremberg|nurnberg
aix-la-chapelle|aachen
mayence|mainz
treves|trier
dunkerque|dunkirk
marseille|marseilles
lyon|lyons
le caire|cairo
alger|algiers
tanger|tangier
jerusalem|jerusalem
beyrouth|beirut
damas|damascus
bagdad|baghdad
teheran|tehran
le cap|cape town
tbilissi|tbilisi
erevan|yerevan
bakou|baku
bombay|mumbai
calcutta|kolkata
la nouvelle-orleans|new orleans
la havane|havana
mexico|mexico city
californie|california|californien
floride|florida
caroline du nord|north carolina
caroline du sud|south carolina
virginie|virginia
pennsylvanie|pennsylvania
louisiane|louisiana
bretagne|brittany|breton|bretonne
normandie|normandy|normand|normande
bourgogne|burgundy
corse|corsica|corsican
sicile|sicily|sicilien|sicilian
sardaigne|sardinia
baviere|bavaria|bavarois|bavarian
saxe|saxony
catalogne|catalonia|catalan|catalane|catalans
crimee|crimea|crimean
siberie|siberia|siberien
cachemire|kashmir
alpes|alps
tamise|thames
rhin|rhine
manche|english channel|channel
mediterranee|mediterranean|mediterraneen
atlantique|atlantic
pacifique|pacific
mer noire|black sea
mer du nord|north sea
mer rouge|red sea
nations unies|united nations|ONU|UN|U.N.
union europeenne|european union|UE|EU|E.U.
OTAN|NATO
OMS|WHO|organisation mondiale de la sante|world health organization|world health organisation
FMI|IMF|fonds monetaire international|international monetary fund
BCE|ECB|banque centrale europeenne|european central bank
banque mondiale|world bank
CPI|ICC|cour penale internationale|international criminal court
AIE|IEA|agence internationale de l'energie|international energy agency
AIEA|IAEA
OCDE|OECD
OMC|WTO|organisation mondiale du commerce|world trade organization
GIEC|IPCC
croix-rouge|red cross
maison blanche|maison-blanche|white house
PIB|GDP
TVA|VAT
ONG|NGO
sida|aids
ADN|DNA
maison des communes|chambre des communes|house of commons
commission europeenne|european commission
parlement europeen|european parliament
conseil de securite|security council
chambre des representants|house of representatives
senat|senate
congres|congress
cour supreme|supreme court
premiere guerre mondiale|first world war|world war i
seconde guerre mondiale|second world war|world war ii
guerre froide|cold war
jeux olympiques|olympic games|olympics
coupe du monde|world cup
noel|christmas
paques|easter
jean-paul ii|john paul ii
francois|francis
benoit|benedict
jesus-christ|jesus christ
"""

# What CLDR lists among territories and is none, or is a name of `EXONYMS`.
_NO_TERRITORIES = frozenset(("EU", "EZ", "QO", "UN", "XA", "XB", "ZZ"))


def names() -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield each name's canonical form with all its forms; no two territories have a form in common."""
    yield from territory_names()
    for line in EXONYMS.strip().splitlines():
        forms = tuple(line.split("|"))
        yield forms[0].lower(), forms


def territory_names() -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield those of `names` that are territories."""
    others = dict(line.split("|", 1) for line in TERRITORIES.strip().splitlines())
    for code, stated in territories().items():
        if code in _NO_TERRITORIES:
            continue
        known = [form for name in stated for form in _forms(name) if form not in HOMOGRAPHS]
        forms = tuple(dict.fromkeys((*known, *others.get(code, "").split("|"))))
        yield _forms(stated[0])[0], tuple(filter(None, forms))


def _forms(name: str) -> list[str]:
    """Return `Congo - Kinshasa` → `congo-kinshasa`.

    A name with something in brackets has other forms listed.
    """
    plain = flatten(name).lower().replace(" - ", "-")
    forms = [plain.replace("&", "and"), plain] if "&" in plain else [plain]
    return [form for form in forms if "(" not in form] or [plain.split(" (")[0]]


# Folded words that stand before or after names without being part of them, as French and English say them.
ROLES = word_set(
    """
    m mm mme mlle mr mrs ms miss dr docteur doctor pr professeur professor prof me maitre sir lord lady dame
    monsieur madame mademoiselle messieurs mesdames president presidente presidents vice vice-president
    premier premiere prime ministre ministres minister ministers secretary secretaire chancelier chanceliere
    chancellor roi reine king queen prince princesse princess duke duc pape pope cardinal eveque bishop
    archbishop archeveque imam rabbi pere father soeur sister saint sainte st ste general generale colonel
    capitaine captain commandant commander major marechal marshal admiral amiral lieutenant sergent sergeant
    maire mayor gouverneur governor senateur senatrice senator depute deputee deputy representative
    congressman congresswoman ambassadeur ambassadrice ambassador prefet prefete prefect juge judge justice
    procureur prosecutor directeur directrice director chef chief head leader patron state foreign affairs
    defence defense interior finance attorney etat affaires etrangeres spokesman spokeswoman spokesperson
    porte-parole
    """
)

# First words of sentences that no lower-case elsewhere would give away: never taken for a name by themselves.
OPENERS = {
    "fr": word_set(
        """
    a abord actuellement afin ailleurs ainsi alors apres aucun aucune aujourd'hui auparavant aupres aussi
    aussitot autant autour autre autres autrefois avant avec beaucoup bien bientot bref car ceci cela celle
    celles celui cependant certaines certains certes ces cet cette ceux chacun chacune chaque chez combien
    comme comment contre d'abord d'ailleurs d'apres dans davantage de debout dedans dehors deja depuis
    derriere des dessous dessus desormais deux devant dix donc dont dorenavant douze du durant elle elles en
    encore enfin ensemble ensuite entre envers environ est et etant eux faute finalement guere hier hors
    huit ici il ils jadis jamais jusqu'a jusque la le les leur leurs loin lors lorsque lui ma maintenant
    mais malgre meme mes mieux mille moins mon neanmoins neuf ni non nos notamment notre nous nul nulle on
    onze or ou oui outre par parce parfois parmi partout pas pendant peu peut-etre plus plusieurs plutot
    pour pourquoi pourtant pres presque puis puisque qu quand quant quatre que quel quelle quelles quelque
    quelques quels qui quiconque quinze quoi quoique rien sa sans sauf se selon sept ses si sinon sitot six
    soit son sous souvent suite sur surtout tandis tant tantot tard tel telle telles tels toi tot toujours
    tous tout toute toutefois toutes travers treize trente tres trois trop un une vers via vingt voici voila
    volontiers vos votre vous vu accuse accusee age agee appele arrive arrivee composee composes conscient
    construit cree creee dirige dirigee ancien ancienne anciens anciennes nouveau nouvelle nouveaux
    nouvelles grand grande petit petite c ce d j je l m n s t y interroge
    interrogee ne nee nes fonde fondee situe situee face grace objectif resultat premiere premier seul
    seule seuls jeune jeunes simple vrai vraie derniere dernier meme ensemble bonne bon belle beau vieux
    vieille longue long rare rares
    """
    )
    | calendar_words("fr"),
    "en": word_set(
        """
    a about above according across after afterwards again against ago all almost along already also although
    always amid among an and another any anyone around as asked at away based because been before behind
    being below beside besides between beyond both but by can certain clearly compared considering could
    despite did do does down due during each earlier eight eighteen eighty either eleven elsewhere enough
    even eventually every everyone everything except few fewer fifteen fifty finally first five following
    for former forty four fourteen from further given he hence her here hers him his how however hundreds i
    if in indeed inside instead into is it its just last lastly late later least less like likewise made
    many me meanwhile might more moreover most much must my near nearly neither never nevertheless next nine
    nineteen ninety no nobody none nor not nothing now of off officials often on once one only onto or other
    others otherwise our out outside over overall own part people per perhaps police prior quite rather
    regarding residents same scientists second seven seventeen seventy several she should since six sixteen
    sixty so some someone sometimes soon still such ten than that the their them themselves then there
    thereafter therefore these they third thirteen thirty this those though thousands three through
    throughout thus to today together tomorrow too toward towards twelve twenty two under unlike until up
    upon us usually was we well were what when whenever where whereas whether which while who whoever whose
    why will with within without would yes yesterday yet you your new
    old young asked founded born built known located
    """
    )
    | calendar_words("en"),
    # Of these, what the lists of small words lack: words that ask.
    "de": word_set("welche welcher welches welchen welchem wieso weshalb woher wohin worin womit wozu"),
    "es": word_set("cual cuales cuanto cuanta cuantos cuantas cuando adonde"),
    "it": word_set("qual quale quali quanta quante quanti quanto dove dov com come chi"),
    "nl": word_set("welk welke hoeveel wanneer waarom waarheen wiens"),
    "pt": word_set("qual quais quanta quantas quanto quantos quando onde aonde quem"),
}
