"""A small library of a valley's papers, for questions that no single passage answers. All is invented."""

from __future__ import annotations

from pathlib import Path

from desk import Desk

from rag.storage.database import Place, place_of

POOL = (
    "La piscine de Lormont fermera du 20 janvier au 20 mars, a annoncé jeudi la mairie. La fermeture doit"
    " faire"
    " économiser 90 000 euros de chauffage à la commune.\n\n« Nous n'avons pas le choix », a déclaré le"
    " maire,"
    " Alain Verdier. Il a ajouté que les écoles seraient prévenues lundi.\n\nPrésidente du club de"
    " natation, Nadia"
    " Ferri n'est pas de cet avis : « On ferme un bassin pour boucler un budget. » Les enfants iront"
    " nager à"
    " Brunoy, dit-elle."
)
ARTICLES = {
    "piscine-lormont.md": (
        {"title": "Lormont ferme sa piscine pour deux mois", "outlet": "Le Val", "author": "Jean Dupont",
         "date": "2025-01-10"},
        POOL,
    ),
    "reprise.md": (
        {"title": "Deux mois sans piscine à Lormont", "outlet": "La Gazette des Monts", "date": "2025-01-11"},
        POOL,
    ),
    "piscine-brunoy.md": (
        {"title": "À Brunoy, la piscine reste ouverte", "outlet": "La Gazette des Monts",
         "author": "Marie Lenoir", "date": "2025-01-22"},
        "La piscine de Brunoy restera ouverte tout l'hiver, a décidé mardi le conseil municipal. Le"
        " chauffage"
        " coûtera 120 000 euros à la commune.\n\n« Fermer serait une faute », a affirmé la maire de"
        " Brunoy, Claire"
        " Vasseur. Elle a refusé de parler du budget de Lormont.",
    ),
    "mer.md": (
        {"title": "La mer gagne sur la dune", "outlet": "Le Val", "author": "Jean Dupont",
         "date": "2025-02-01"},
        "La mer a emporté six mètres de dune en une nuit, à la pointe des Aulnes. Les relevés datent de"
        " mercredi.",
    ),
    "mere.md": (
        {"title": "La mère du champion raconte", "outlet": "La Gazette des Monts", "author": "Marie Lenoir"},
        "La mère du champion de judo a ouvert sa porte. Elle garde dans un tiroir les médailles de son"
        " fils.",
    ),
    "ferry.md": (
        {"title": "Ferry returns to Ferrow after eight months", "outlet": "The Ferrow Post",
         "author": "Anne Reed", "date": "2025-02-14", "language": "en"},
        "The Ferrow ferry is back in service after eight months in the yard. The repair cost 1.4 million"
        " pounds."
        "\n\n“The engine is new and the crew is the same,” said Moira Tallon, the harbour master. She told"
        " passengers that the first boat would leave at six.\n\nThe mayor of Ferrow, Neil Garvie, thanked"
        " the"
        " crew. “People waited too long,” he said.",
    ),
    "scierie.md": (
        {"title": "Grève à la scierie Morand", "outlet": "La Gazette des Monts",
         "author": "Marie Lenoir et Paul Roux", "date": "2025-03-18"},
        "Les salariés de la scierie Morand, à Brunoy, ont cessé le travail lundi. Ils réclament 4 %"
        " d'augmentation"
        " et la fin du travail de nuit.\n\n« Nous irons jusqu'au bout », a prévenu la déléguée syndicale,"
        " Nadia"
        " Ferri. La direction n'a pas souhaité s'exprimer.",
    ),
    "budget.md": (
        {"title": "Lormont vote un budget de huit millions", "outlet": "Le Val", "date": "2025-04-20"},
        "Le conseil municipal de Lormont a voté samedi un budget de 8 millions d'euros. Le maire, Alain"
        " Verdier, a"
        " défendu la fermeture de la piscine : « Elle a payé la cantine. »\n\nL'opposition a voté contre.",
    ),
    "pont.md": (
        {"title": "Le pont des Aulnes rouvre aux camions", "outlet": "Le Val", "author": "Jean Dupont",
         "date": "2025-05-06"},
        "Le pont des Aulnes a rouvert lundi aux camions, après trois ans de travaux. Le chantier a coûté"
        " 2,4"
        " millions d'euros. Les camions y passeront à 30 km/h.\n\nLe préfet, Henri Castel, a salué la fin"
        " du"
        " chantier. « Personne n'y croyait plus », a-t-il dit.",
    ),
}  # fmt: skip


def valley(place: Path | Place) -> Desk:
    """A desk whose library holds the articles."""
    place = place_of(place)
    desk = Desk(place.folder, url=place.url)
    for name, (stated, text) in ARTICLES.items():
        about = {"language": "fr", **stated}
        lines = "\n".join(f'{key}: "{value}"' for key, value in about.items())
        desk.write(name, f"---\n{lines}\n---\n\n{text}\n")
    assert desk.ingest().new == len(ARTICLES)
    return desk
