"""Names that French and English write differently: places, peoples and institutions. Data, no logic.

One line is one name: its forms without accents, separated by `|`; peoples stand with their country. Forms in
capitals are read only in capitals (`UN` is no article).
"""

from rag.text.folding import word_set

EXONYMS = """
etats-unis|etats-unis d'amerique|united states|united states of america|USA|US|U.S.|U.S|U.S.A.|amerique|america|americain|americaine|americains|americaines|american|americans
royaume-uni|united kingdom|UK|U.K.|grande-bretagne|britain|great britain|britannique|britanniques|british|briton|britons
angleterre|england|anglais|anglaise|english
ecosse|scotland|ecossais|ecossaise|scottish
pays de galles|wales|gallois|galloise|welsh
irlande|ireland|irlandais|irlandaise|irish
france|francais|francaise|francaises|french
allemagne|germany|allemand|allemande|allemands|allemandes|german|germans
autriche|austria|autrichien|autrichienne|autrichiens|austrian|austrians
suisse|suisses|switzerland|swiss
belgique|belgium|belge|belges|belgian|belgians
pays-bas|netherlands|the netherlands|hollande|holland|neerlandais|neerlandaise|dutch
luxembourg|luxemburg|luxembourgeois
espagne|spain|espagnol|espagnole|espagnols|espagnoles|spanish|spaniards
portugal|portugais|portugaise|portuguese
italie|italy|italien|italienne|italiens|italiennes|italian|italians
grece|greece|grec|grecque|grecs|grecques|greek|greeks
turquie|turkey|turkiye|turc|turque|turcs|turques|turkish|turks
chypre|cyprus|chypriote|cypriot
malte|malta|maltais|maltese
danemark|denmark|danois|danoise|danish|danes
norvege|norway|norvegien|norvegienne|norvegiens|norwegian|norwegians
suede|sweden|suedois|suedoise|swedish|swedes
finlande|finland|finlandais|finlandaise|finnish|finns
islande|iceland|islandais|islandaise|icelandic
pologne|poland|polonais|polonaise|polonaises|polish|poles
hongrie|hungary|hongrois|hongroise|hungarian|hungarians
roumanie|romania|roumain|roumaine|roumains|romanian|romanians
bulgarie|bulgaria|bulgare|bulgares|bulgarian
tchequie|czechia|republique tcheque|czech republic|tcheque|tcheques|czech|czechs
slovaquie|slovakia|slovaque|slovaques|slovak|slovaks
slovenie|slovenia|slovene|slovenian
croatie|croatia|croate|croates|croatian|croats
serbie|serbia|serbe|serbes|serbian|serbs
bosnie|bosnie-herzegovine|bosnia|bosnia and herzegovina|bosniaque|bosniaques|bosnian
albanie|albania|albanais|albanian|albanians
moldavie|moldova|moldave|moldaves|moldovan
estonie|estonia|estonien|estonian
lettonie|latvia|letton|lettone|lettons|latvian
lituanie|lithuania|lituanien|lituanienne|lithuanian
russie|russia|federation de russie|russian federation|russe|russes|russian|russians
ukraine|ukrainien|ukrainienne|ukrainiens|ukrainiennes|ukrainian|ukrainians
bielorussie|belarus|bielorusse|bielorusses|belarusian
georgie|georgia|georgien|georgienne|georgian
armenie|armenia|armenien|armenienne|armeniens|armenian|armenians
azerbaidjan|azerbaijan|azerbaidjanais|azeri|azerbaijani
kazakhstan|kazakh
ouzbekistan|uzbekistan|ouzbek|uzbek
chine|china|chinois|chinoise|chinoises|chinese
japon|japan|japonais|japonaise|japonaises|japanese
coree du sud|south korea|sud-coreen|sud-coreenne|south korean
coree du nord|north korea|nord-coreen|nord-coreenne|north korean
coree|korea|coreen|coreenne|korean
inde|india|indien|indienne|indiens|indian|indians
pakistan|pakistanais|pakistani
birmanie|myanmar|burma|birman|burmese
thailande|thailand|thailandais|thai
vietnam|viet nam|vietnamien|vietnamese
indonesie|indonesia|indonesien|indonesian
malaisie|malaysia|malaisien|malaysian
australie|australia|australien|australienne|australian|australians
nouvelle-zelande|new zealand|neo-zelandais
canada|canadien|canadienne|canadiens|canadian|canadians
mexique|mexico|mexicain|mexicaine|mexicains|mexican|mexicans
bresil|brazil|bresilien|bresilienne|bresiliens|brazilian|brazilians
argentine|argentina|argentin|argentins|argentinian|argentine
chili|chile|chilien|chilean
colombie|colombia|colombien|colombienne|colombian
perou|peru|peruvien|peruvian
equateur|ecuador|equatorien|ecuadorian
bolivie|bolivia|bolivien|bolivian
venezuela|venezuelien|venezuelienne|venezuelan
cuba|cubain|cubaine|cubans|cuban
haiti|haitien|haitienne|haitians|haitian
maroc|morocco|marocain|marocaine|marocains|moroccan|moroccans
algerie|algeria|algerien|algerienne|algeriens|algerian|algerians
tunisie|tunisia|tunisien|tunisienne|tunisiens|tunisian|tunisians
libye|libya|libyen|libyenne|libyan
egypte|egypt|egyptien|egyptienne|egyptiens|egyptian|egyptians
ethiopie|ethiopia|ethiopien|ethiopian
erythree|eritrea|erythreen|eritrean
somalie|somalia|somalien|somali
soudan|sudan|soudanais|sudanese
soudan du sud|south sudan
tchad|chad|tchadien|tchadienne|chadian
niger|nigerien|nigerienne|nigerien
nigeria|nigerian|nigeriane|nigerians
mali|malien|malienne|maliens|malian
burkina faso|burkinabe
senegal|senegalais|senegalaise|senegalese
cote d'ivoire|ivory coast|ivoirien|ivoirienne|ivorian
cameroun|cameroon|camerounais|camerounaise|cameroonian
afrique du sud|south africa|sud-africain|sud-africaine|south african
republique democratique du congo|democratic republic of congo|democratic republic of the congo|RDC|DRC|congo|congolais|congolaise|congolese
mauritanie|mauritania|mauritanien|mauritanian
rwanda|rwandais|rwandaise|rwandan
ouganda|uganda|ougandais|ugandan
israel|israelien|israelienne|israeliens|israeliennes|israeli|israelis
palestine|palestinien|palestinienne|palestiniens|palestiniennes|palestinian|palestinians
cisjordanie|west bank
liban|lebanon|libanais|libanaise|lebanese
syrie|syria|syrien|syrienne|syriens|syrian|syrians
irak|iraq|irakien|irakienne|iraqi
iran|iranien|iranienne|iraniens|iranian|iranians
jordanie|jordan|jordanien|jordanian
arabie saoudite|saudi arabia|saoudien|saoudienne|saudi
emirats arabes unis|united arab emirates|UAE|EAU|emirati
qatar|qatari|qatarien
koweit|kuwait|koweitien|kuwaiti
yemen|yemenite|yemeni
afghanistan|afghan|afghane|afghans
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
singapour|singapore
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
"""  # noqa: E501  (one name is one line)

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
    nouvelles grand grande petit petite janvier fevrier mars avril mai juin juillet aout septembre octobre
    novembre decembre lundi mardi mercredi jeudi vendredi samedi dimanche c ce d j je l m n s t y interroge
    interrogee ne nee nes fonde fondee situe situee face grace objectif resultat premiere premier seul
    seule seuls jeune jeunes simple vrai vraie derniere dernier meme ensemble bonne bon belle beau vieux
    vieille longue long rare rares
    """
    ),
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
    why will with within without would yes yesterday yet you your january february march april may june july
    august september october november december monday tuesday wednesday thursday friday saturday sunday new
    old young asked founded born built known located
    """
    ),
}
