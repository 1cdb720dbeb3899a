"""The language of a text: by its letters, and of a short one by the function words of French and English."""

import pytest

from rag.text.language_detection import _SHORT, detect_language, likeliest_language

FRENCH = (
    "Le pont de Lézan ferme.", "La mairie de Sète.", "Le prix du gaz augmente.",
    "La course du Gard.", "Il neige à Mende.", "Un mort dans l'Hérault.", "Les élus votent le budget.",
    "Le maire démissionne.", "La piscine ouvre lundi.", "Grève à la SNCF.", "Pluie sur le Gard.",
    "Incendie à Alès : deux blessés.",
)  # fmt: skip
ENGLISH = (
    "The bridge is closed.", "The pool opens Monday.", "Fire in Leeds.", "Rain expected on Monday.",
    "Budget passed by council.", "School bus crash injures five.", "The end of the line.",
)  # fmt: skip
OTHERS = {
    "es": ("El puente está cerrado.", "El alcalde dimite.", "La piscina abre el lunes."),
    "de": ("Die Brücke ist gesperrt.", "Streik bei der Bahn.", "Zwei Verletzte bei Brand."),
    "it": ("Il ponte è chiuso.", "La piscina apre lunedì.", "Sciopero dei treni."),
    "pt": ("O prefeito renuncia.", "Greve dos transportes em Lisboa."),
    "nl": ("De brug is dicht.", "De burgemeester treedt af.", "Staking bij het spoor."),
    "ca": ("El pont està tancat.", "L'alcalde dimiteix.", "La piscina obre dilluns.", "Vaga a Barcelona."),
    "oc": ("Lo pont es tampat.", "La piscina dubrís diluns."),
    "ht": ("Pon an fèmen.", "Majistra a demisyone."),
    "br": ("Serret eo ar pont.",),
    "pl": ("Most jest zamknięty.", "Burmistrz rezygnuje."),
    "sv": ("Bron är stängd.", "Borgmästaren avgår."),
    "ro": ("Podul este închis.", "Primarul demisionează."),
    "ru": ("Мост закрыт.", "Мэр ушёл в отставку."),
    "tr": ("Köprü kapalı.", "Belediye başkanı istifa etti."),
    "el": ("Η γέφυρα έκλεισε.",),
    "ar": ("الجسر مغلق.",),
    "ja": ("橋は閉鎖されています。",),
}  # fmt: skip
SENTENCES = [("fr", one) for one in FRENCH] + [("en", one) for one in ENGLISH]
SENTENCES += [(code, one) for code, listed in OTHERS.items() for one in listed]


@pytest.mark.parametrize(("code", "sentence"), SENTENCES, ids=[one for _, one in SENTENCES])
def test_a_short_sentence_is_in_its_language(code: str, sentence: str):
    assert detect_language(sentence) == code


@pytest.mark.parametrize(
    "sentence", [*(one for _, one in SENTENCES), "Y Donna Noble.", "Jan Brueghel the Elder."]
)
def test_the_language_of_a_long_text_is_told_by_its_letters_alone(sentence: str):
    long = f"{sentence} " * (_SHORT // len(sentence) + 1)
    assert detect_language(long) == likeliest_language(long, ())


def test_names_alone_say_nothing():
    assert detect_language("Barack Obama, Theodore D., Franklin D.") != "en"


def test_what_has_no_words_is_in_no_language():
    assert detect_language("12 000 – 14 : 30 !") is None
    assert detect_language("") is None
