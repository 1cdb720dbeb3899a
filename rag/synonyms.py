"""Words of the news that say the same thing, in French and in English: one class a line. Data and a lookup.

Checking compares classes instead of stems where a word has one: irregular forms (`reçu`, `recevoir`),
plain synonyms (`rencontrer`, `s'entretenir`) and translations. Only words that rarely mean another thing;
opposites never share a line. Left of `|` French, right of it English.
"""

from __future__ import annotations

from functools import cache

from rag.language import terms

_CLASSES = """
rencontrer rencontre entretenir entretien entretenus entretenu réunir réunion réuni sommet discuter discussion discussions | meet meets met meeting summit talk talks discuss discussed discussion
annoncer annonce annoncé déclarer déclaration déclaré dire dit dise disait indiquer indiqué affirmer affirmé assurer préciser expliquer confier souligner ajouter ajouté estimer juger soutenir rapporter raconter lancer insister | say says said saying announce announced announcement state stated statement tell told tells add added declare claim report reported explain
promettre promis promet promettent promesse engager engagement | promise promised promises pledge pledged vow vowed commit commitment
démentir dément démenti nier nie nié réfuter | deny denied denies denying
mourir mort morts morte mortes meurt mourut décéder décédé décès tuer tué tués tuée tuées victime victimes | die died dies dead death deaths kill killed kills victim victims fatality
naître né née nés naît naquit naissance | born birth
blesser blessé blessés blessée blessure | injure injured wounded wound injury hurt
habitant habitants population résident résidents riverain âmes | inhabitant inhabitants population resident residents people
coûter coût coûts coûtera coûteront prix montant tarif facture budget passer | cost costs price prices bill budget
durer durée long longueur mesurer mesure mesurera longue | last lasted lasts length long measure measured measures wide
commencer commence début débuter débuté démarrer démarrage entamer premier première | begin begins began begun beginning start starts started launch launched first
finir fini fin terminer terminé achever achevé conclure conclu cesser | end ended ends finish finished complete completed conclude concluded
ouvrir ouvert ouverte ouverts ouvertes ouvre ouvrira ouverture inaugurer inauguration rouvrir rouvert | open opened opens opening reopen reopened inaugurate
fermer fermé fermée fermeture fermera | close closed closes closing closure shut shuts
construire construit construite construction construira bâtir bâti reconstruire reconstruit reconstruite édifier | build built builds building construct constructed construction rebuild rebuilt
détruire détruit détruite destruction démolir ravager | destroy destroyed destruction demolish demolished
créer crée créé création fonder fondé fondée fondation | create created creates creation found founded establish established founder
supprimer suppression supprimé | cut cuts cutting axe axed scrap scrapped
augmenter augmentation hausse progresser progression grimper croître croissance accroître accroissement bondir monter relever | rise rises rose risen rising increase increased increases grow grew growth climb climbed jump jumped surge soar raise raised raises gain gained up
baisser baisse diminuer diminution reculer recul chuter chute réduire réduit réduction replier repli | fall fell fallen falling falls drop dropped drops decline declined decrease decreased lower lowered reduce reduced reduction cut shrink shrank down
gagner gagné gagne remporter remporté victoire vainqueur battre battu bat battant | win won wins winning winner victory beat beaten beats defeat defeated
perdre perdu perdue perd perdent perte pertes défaite | lose lost loses losing loss losses
accepter accepté acceptation consentir convenir convenus convenu accord accords entente entendre | accept accepted agree agreed agrees agreement deal accord
signer signé signature parapher | sign signed signs signature signing
refuser refusé refus rejeter rejeté rejet décliner | refuse refused refusal reject rejected rejects rejection decline
autoriser autorisé autorisation permettre permis permet permission | allow allowed allows permit permitted authorise authorize authorised
interdire interdit interdite interdiction interdits prohiber | ban banned bans forbid forbidden prohibit prohibited
demander demandé demande réclamer réclamé requérir requis exiger | ask asked asks demand demanded request requested call called
soutenir soutien appuyer approuver approuvé approbation adopter adopté voter voté favorable | support supported supports back backed approve approved approval adopt adopted endorse
opposer oppose opposé opposition contester contre hostile | oppose opposed opposes opposition against
élire élu élue élection élections scrutin | elect elected election elections
vote voter voix suffrage suffrages électeur électeurs | vote voted votes ballot voter voters
attendre attendu attend prévoir prévu prévoit prévision espérer envisager comptent projeter projet plan intention | expect expected plan planned plans intend intends intention hope hopes aim project proposal scheduled due
partir parti départ quitter quitté quitte | leave leaves left leaving depart departure departed move moved moves
arriver arrivé arrivée venir venu venue rejoindre | arrive arrived arrival come came join joined
assister assistait présent présence participer participé participation accompagner accompagnait accompagnaient accompagné présents | attend attended attends present presence participate participated accompany accompanied
aider aide aides soutien subvention subventions verser versement financer financement financé | aid help helped helps subsidy grant fund funded funding pay pays paid finance financed
acheter achat acheté acquérir acquis acquisition racheter rachat | buy buys bought purchase purchased acquire acquired acquisition
vendre vendu vendue vend vente ventes céder | sell sells sold sale sales selling
produire produit produite production fabriquer fabrication | produce produced produces production make made makes manufacture
employer emploie emploi emplois salarié salariés employé employés travailleur effectif poste postes | employ employs employed employee employees job jobs worker workers staff
licencier licenciement licenciés | fire fired sack sacked layoff dismissal
condamner condamné condamnation peine | convict convicted conviction sentence sentenced
acquitter acquitté relaxer relaxé acquittement | acquit acquitted acquittal
accuser accusé accusation | accuse accused accuses accusation allege
soupçonner soupçonné soupçon suspecter | suspect suspected suspicion
enquête enquêter enquêteurs investigation | investigation investigate investigated inquiry probe
arrêter arrêté arrestation interpeller interpellé | arrest arrested detain detained
tribunal cour justice juge procès audience jugement | court trial judge justice hearing
voler volé vol cambriolage dérober | steal stole stolen theft rob robbed
recevoir reçu reçoit recevra reçue accueillir accueilli accueil | receive received receives get gets got welcome host hosted
rendre rendu rendra rendue rend | make render return returned
donner donné donne remettre remis offrir offert attribuer décerner | give gave given gives hand handed award awarded offer offered
prendre pris prise prend prendra | take takes took taken taking
mettre mis mise met mettra | put puts set
tenir tenu tient tiendra dérouler déroulé lieu | hold held holds take place
voir vu voit verra apercevoir | see saw seen sees
écrire écrit écrite écrivain auteur rédiger | write wrote written writes author
faire fait réaliser réalisé mener mené effectuer | do did done make made carry carried
savoir su sait connaître connu connaissance | know knew known knows
trouver trouvé découvrir découvert découverte détecter | find found finds discover discovered discovery detect detected
chercher recherche rechercher | seek sought search research look
montrer montré révéler révélé démontrer | show showed shown shows reveal revealed
publier publié parution paraître paru | publish published publication
étude recherche rapport | study research report survey
chercheur scientifique savant | researcher scientist
casser céder cédé cède rompre rompu rompt rupture briser | break broke broken breaks burst breach breached collapse
évacuer évacué évacuation | evacuate evacuated evacuation
inonder inondation inondations crue submerger | flood floods flooded flooding
incendie feu brûler | fire blaze burn burned burnt
tempête orage ouragan cyclone | storm hurricane thunderstorm cyclone
tremblement séisme | earthquake quake
dégât dégâts dommage dommages préjudice | damage damages
accident collision heurter percuter | accident crash crashed collide hit
déverser marée | spill spilled spilt
pétrole pétrolier hydrocarbure | oil tanker
gaz gazoduc conduite | gas pipeline
énergie électricité électrique | energy electricity power electric
fleuve rivière | river
pont viaduc | bridge
digue barrage | dyke dike dam levee
route chaussée circulation trafic | road traffic
train rail ferroviaire tramway tram | train rail railway tram tramway
avion vol aérien | plane flight aircraft
navire bateau bateaux | ship boat vessel boats
port portuaire | harbour harbor port
école collège lycée scolaire établissement | school schools
élève étudiant | pupil student
hôpital clinique | hospital clinic
médecin docteur praticien | doctor physician
malade patient | patient sick
maladie épidémie | disease illness epidemic
vaccin vacciner vaccination vaccinale injection injections | vaccine vaccinate vaccination vaccinated jab
protéger protège protection | protect protects protected protection
usine site fabrique | factory plant site
entreprise société groupe compagnie firme | company firm group business
banque bancaire | bank banking
agence succursale agences | branch branches
action actions titre bourse | share shares stock
bénéfice profit | profit earnings
chiffre affaires ventes | revenue turnover
impôt taxe taxes fiscal | tax taxes
argent fonds somme | money funds cash
dette endettement | debt
salaire rémunération | wage wages salary pay
loyer loyers | rent rents
maison logement habitation | house home housing
ville commune municipalité municipal cité | town city municipality
village bourg hameau | village
pays nation état | country nation countries
région régional régionale province | region regional province
monde mondial mondiale | world global
capitale | capital
frontière | border
guerre conflit combat | war conflict fighting
paix trêve cessez-le-feu | peace truce ceasefire
armée militaire soldat | army military soldier troops
police policier gendarme gendarmerie | police officer
pompier pompiers secours secouriste | firefighter firefighters rescue rescuers
préfet préfecture | prefect
maire mairie | mayor
président présidente | president chair chairman
ministre ministère | minister ministry
chancelier chancelière | chancellor
gouvernement exécutif | government
parlement assemblée | parliament assembly
sénat sénateur | senate senator
conseil | council board
député parlementaire | lawmaker representative deputy
loi législation texte | law bill legislation
roi reine royaume | king queen kingdom
dirigeant directeur directrice patron dirigeants chef direction | leader director chief head executive boss management leaders
propriétaire | owner
syndicat syndical syndicats syndicale | union unions
grève gréviste débrayage | strike walkout
manifestation manifester défilé manifestant | demonstration protest demonstrate protester march
équipe club formation | team club
match finale partie rencontre | match game final
coupe trophée | cup trophy
joueur attaquant | player striker
entraîneur sélectionneur | coach manager trainer
but buts marquer marqué score | goal goals score scored
saison | season
spectateur public | spectator crowd audience
film cinéma | film movie
livre ouvrage roman | book novel
image photo photographie images | image picture photo images
télescope | telescope
miroir | mirror
planète | planet
étoile | star
instrument appareil | instrument device
nouveau nouvelle neuf récent nouveaux | new recent
ancien ancienne vieux ex | former old ex
grand grande vaste important importante | big large great major important
petit petite | small little
complet complète totalement entièrement pleinement total entier | full fully complete completely totally entire entirely
possible possibilité éventuel probable | possible possibility likely potential
nécessaire nécessité falloir faut faudra besoin | necessary need needs must
menacer menacé menace menaces | threaten threatened threatens threat
chance heureux chanceux | luck lucky fortunate
vent | wind
oiseau oiseaux | bird birds
poisson pêche | fish fishing
visiteur touriste visiteurs tourisme | visitor visitors tourist tourism
nombre total | number total
semaine | week
mois | month
année an annuel annuelle | year annual yearly
jour journée | day
minute | minute
heure | hour
matin matinée | morning
soir soirée | evening
nuit nocturne | night
hiver | winter
été | summer
printemps | spring
automne | autumn
nord | north northern
sud | south southern
ouest | west western
importer importation importations | import imports imported
exporter exportation exportations | export exports exported
réussir réussi réussite succès | succeed succeeded success successful
échouer échoué échec | fail failed failure fails
causer cause provoquer provoqué entraîner | cause caused causes lead led
remplacer remplacera remplacement succéder | replace replaced replacement succeed
vivre vit vécu vie demeurer habiter | live lives lived life
jouer joue jouera évoluer évoluera disputer | play plays played
travail travailler travaux chantier | work works worked construction
service mise | service
client clientèle | customer client customers
avocat avocate défense | lawyer attorney defence defense
prison détention emprisonnement réclusion | prison jail imprisonment
épouse femme conjoint mari | wife husband spouse
enfant enfants mineur | child children
décider décision décidé trancher tranché | decide decided decision decides
appartenir appartient propriété propriétaire posséder détenir | belong belongs own owns owned owner property
collecter récolter récolté réunir réuni cagnotte don dons collecte | raise raised collect collected donation donations fundraiser
chaque | each every
foyer foyers ménage ménages | household households
reconnaître reconnu reconnaissance reconnaît admettre admis avouer | recognise recognised recognition admit admitted acknowledge
avancer avancé avance anticiper accélérer | advance bring forward
logement loger logé relogement héberger hébergé | housing house housed shelter accommodate
annuler annulé annulation | cancel cancelled canceled cancellation
maintenir maintenu maintenue maintien | maintain maintained keep kept
entretenir entretien maintenance | maintenance maintain maintained
réparer réparation réparé | repair repairs repaired
dépenser dépense dépenses | spend spent spending
emprunter emprunt prêt prêter | borrow borrowed loan lend lent
rembourser remboursement | repay repaid refund reimburse
indemniser indemnisation indemnité | compensation compensate
augmentation prime | bonus raise
contrat | contract
marché | market
membre adhérent adhérents | member members
parti formation | party
candidat candidature | candidate
opposant opposition adversaire | opponent opposition
majorité | majority
voyage voyager trajet déplacement | trip travel journey
voiture automobile véhicule automobiliste | car vehicle motorist
camion poids-lourd | truck lorry
gare station | station
passager | passenger
pluie précipitations | rain rainfall
neige | snow
froid | cold
sécheresse | drought
animal animaux bête | animal animals
arbre arbres | tree trees
plante végétal | plant
nourriture aliment alimentaire repas cantine | food meal meals canteen
boire boisson potable | drink drinking
eau eaux | water
manger | eat ate eaten
dormir sommeil | sleep slept
courir course coureur | run ran race runner
parler parole discours langue | speak spoke spoken talk speech language
écouter entendre entendu | hear heard listen
lire lu lecture lecteur | read reader
appeler appelé appel | call called appeal
nommer nommé nomination désigner désigné | appoint appointed appointment name named
diriger dirigé dirige présider présidé | lead led head headed chair chaired run runs
suivre suivi | follow followed follows
sortir sorti sortie sortiront | release released exit come out
entrer entré entrée | enter entered entry
tomber tombé chute | fall fell fallen drop
atteindre atteint atteindra parvenir | reach reached hit hits
dépasser dépassé excéder | exceed exceeded exceeds
manquer manque absence faute | lack lacking absence shortage
rester resté reste demeurer restera | stay stays stayed remain remains remained
changer changement changé évoluer évolution bouger bougé | change changed changes move moved
choisir choisi choix | choose chose chosen choice select selected
utiliser utilisation usage employer | use used uses usage
tenter essayer tentative tenté | try tried attempt attempted
préparer préparation préparé | prepare prepared preparation
organiser organisation organisé | organise organised organize organized
célébrer célébration fêter fête | celebrate celebrated celebration
gratuit gratuite gratuitement | free
premier première | first
dernier dernière | last
second deuxième | second
moitié demi | half
tiers | third
quart | quarter
principal principale | main
prix récompense lauréat lauréate récompensé | prize award winner
roman romancier romancière | novel novelist
éteindre éteint | extinguish extinguished
dette | debt
gens personnes personne individus | people persons person
homme hommes | man men
femme femmes | woman women
fille filles garçon | girl boy
père mère parent parents | father mother parent parents
frère sœur | brother sister
valeur valoir vaut valent évaluer estimer estimée estimé | worth value valued estimate estimated
température thermomètre degré degrés | temperature thermometer degree degrees
lune lunaire | moon lunar
soleil solaire | sun solar
lac | lake
mer océan maritime | sea ocean
montagne mont | mountain mount
île insulaire | island isle
forêt | forest wood
pôle polaire | pole polar
sonde atterrisseur engin | probe lander spacecraft
poser posée atterrir atterrissage | land landed lands touch touched
essai test tester | trial test tested
médicament remède pilule | drug medicine pill medication
obtenir obtenu obtient obtention accorder accordé accordée décrocher recueillir recueilli recevoir | obtain obtained get got secure granted grant
cacher caché dissimuler | hide hid hidden hiding
toit | roof
tableau tableaux toile œuvre œuvres peinture peintre | painting paintings artwork painter
voleur cambrioleur | thief burglar robber
alarme | alarm
caméra | camera
sécurité sûreté | security safety
agriculteur paysan exploitant exploitation agricole | farmer farm farming agricultural
vigneron viticulteur vignoble vin | winegrower vineyard wine
récolte vendange moisson | harvest crop
passager voyageur | passenger traveller
conducteur chauffeur | driver
canicule chaleur chaud | heatwave heat hot
démissionner démission | resign resigned resigns resignation
transporter transport | carry carried carrying transport
interdire interdit | ban
rapport | report
recours saisir saisi appel | appeal
école collégien collégiens écolier élève | pupil student
débattre débat | debate
analyse analyser | analyse analyze analysis
survivre survie survécu | survive survived survival
concevoir conçu conception | design designed
retard retarder retardé tardif repousser repoussé reporter reporté | delay delayed late postpone postponed
toucher percevoir perçu touché | receive received touch
"""  # noqa: E501  (one class is one line)


@cache
def _classes_of() -> dict[tuple[str, str], frozenset[str]]:
    """(language, stem) → the names of its classes; a stem that two words share is in both of theirs."""
    table: dict[tuple[str, str], set[str]] = {}
    for number, line in enumerate(_CLASSES.strip().splitlines()):
        for language, words in zip(("fr", "en"), line.split("|"), strict=True):
            for stem in terms(words, language):
                table.setdefault((language, stem), set()).add(f"={number}")
    return {key: frozenset(classes) for key, classes in table.items()}


def meanings(stem: str, language: str | None) -> frozenset[str]:
    """What a stem may stand for: itself and its classes, such as `=12`."""
    return _classes_of().get((language or "", stem), frozenset()) | {stem}


def related(a: str, b: str) -> bool:
    """Whether two stems are one family by their beginnings: `intervenus`, `intervention`."""
    if a[:4] != b[:4] or len(a) < 4 or len(b) < 4:
        return False
    shared = next((i for i, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b)))
    return (
        shared >= 6 or shared == min(len(a), len(b)) or (shared >= 5 and shared >= 0.7 * max(len(a), len(b)))
    )
