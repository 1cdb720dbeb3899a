"""Numbers of French and English text as values with their units."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.extraction.numbers.quantities import find_quantities
from rag.verification.quantity_match import matches


def read(text: str, language: str) -> list[tuple[float, str]]:
    return [(quantity.value, quantity.unit) for quantity in find_quantities(text, language)]


@pytest.mark.parametrize(
    ("text", "language", "found"),
    [
        ("12 000 habitants", "fr", [(12000, "")]),
        ("12\u202f000 habitants", "fr", [(12000, "")]),
        ("12.000 habitants", "fr", [(12000, "")]),
        ("12,000 people", "en", [(12000, "")]),
        ("12'000 habitants", "fr", [(12000, "")]),
        ("douze mille habitants", "fr", [(12000, "")]),
        ("twelve thousand people", "en", [(12000, "")]),
        ("3,5 millions", "fr", [(3.5e6, "")]),
        ("3.5 million", "en", [(3.5e6, "")]),
        ("a $23-million centre", "en", [(23e6, "USD")]),
        ("the 1.2-billion-euro plan", "en", [(1.2e9, "EUR")]),
        ("deux millions et demi d'euros", "fr", [(2.5e6, "EUR")]),
        ("deux virgule cinq millions d'euros", "fr", [(2.5e6, "EUR")]),
        ("un virgule deux milliard d'euros et trois enfants", "fr", [(1.2e9, "EUR"), (3, "")]),
        ("trois virgule zéro cinq pour cent", "fr", [(3.05, "percent")]),
        ("vingt-deux virgule vingt-cinq euros", "fr", [(22.25, "EUR")]),
        ("two point five million euros", "en", [(2.5e6, "EUR")]),
        ("two point two five per cent", "en", [(2.25, "percent")]),
        ("les deux, virgule, cinq", "fr", [(2, ""), (5, "")]),
        ("a ten point lead, five votes", "en", [(10, ""), (5, "")]),
        ("one hundred and five", "en", [(105, "")]),
        ("48 Millionen Euro", "de", [(48e6, "EUR")]),
        ("3,5 Mrd. Euro", "de", [(3.5e9, "EUR")]),
        ("1.200 Gäste, 12,5 Prozent", "de", [(1200, ""), (12.5, "percent")]),
        ("1.500 millones de euros", "es", [(1.5e9, "EUR")]),
        ("80 mil personas, 3 años", "es", [(80e3, ""), (36, "calendar")]),
        ("900mila euro", "it", [(900e3, "EUR")]),
        ("2,4 miliardi di dollari", "it", [(2.4e9, "USD")]),
        ("7 miljoen euro, 40 procent", "nl", [(7e6, "EUR"), (40, "percent")]),
        ("3,5 milhões de euros", "pt", [(3.5e6, "EUR")]),
        ("cerca de 2 mil milhões", "pt", [(2e9, "")]),
        ("quatre-vingt-dix-sept", "fr", [(97, "")]),
        ("nonante-cinq", "fr", [(95, "")]),
        ("41 %", "fr", [(41, "percent")]),
        ("41 percent", "en", [(41, "percent")]),
        ("quarante et un pour cent", "fr", [(41, "percent")]),
        ("de 10 à 15 %", "fr", [(10, "percent"), (15, "percent")]),
        ("la moitié des voix", "fr", [(50, "percent")]),
        ("3 M€, 20 k€ et 4,2 Md€", "fr", [(3e6, "EUR"), (20e3, "EUR"), (4.2e9, "EUR")]),
        ("$3.5bn and £3m", "en", [(3.5e9, "USD"), (3e6, "GBP")]),
        ("2 billions", "fr", [(2e12, "")]),
        ("2 billion", "en", [(2e9, "")]),
        ("1,5 tonne et 250 kg", "fr", [(1500, "mass"), (250, "mass")]),
        ("620 km", "fr", [(620_000, "length")]),
        ("300m de long", "fr", [(300, "length")]),
        ("18h30", "fr", [(1110, "time")]),
        ("6:30 p.m.", "en", [(1110, "time")]),
        ("une vingtaine de chats", "fr", [(20, "")]),
        ("a 45-year-old man", "en", [(540, "calendar")]),
        ("-5 °C", "fr", [(5, "temperature")]),
        ("le 21e siècle", "fr", [(21, "")]),
        ("au second tour", "fr", [(2, "")]),
        ("les années 1940, les années quarante", "fr", [(1940, "decade"), (1940, "decade")]),
        ("the 1990s and the sixties", "en", [(1990, "decade"), (1960, "decade")]),
        ("une heure dix", "fr", [(70, "time")]),
    ],
)
def test_a_number_is_read_in_any_form(text, language, found):
    assert read(text, language) == found


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("un homme et une femme", "fr"),
        ("a man and one woman", "en"),
        ("le G7, un F-16 et le COVID-19", "fr"),
        ("le Premier ministre", "fr"),
        ("des millions de gens", "fr"),
        ("la version 3.1.0", "fr"),
    ],
)
def test_articles_names_and_vague_plurals_are_no_numbers(text, language):
    assert read(text, language) == []


def test_a_range_taken_by_a_date_is_left_out():
    assert read("le 16 août", "fr") == [(16, "")]
    assert find_quantities("le 16 août", "fr", [(3, 10)]) == []


def test_offsets_point_at_the_words():
    text = "Près de 1 240 habitants et quarante-deux élus."
    assert [text[q.start : q.end] for q in find_quantities(text, "fr")] == ["1 240", "quarante-deux"]


def only(text: str, language: str):
    (quantity,) = find_quantities(text, language)
    return quantity


@pytest.mark.parametrize(
    ("stated", "given_", "same"),
    [
        (("12 000 habitants", "fr"), ("twelve thousand inhabitants", "en"), True),
        (("12 000 habitants", "fr"), ("12,000 inhabitants", "en"), True),
        (("41 %", "fr"), ("41 euros", "fr"), False),
        (("41", "fr"), ("41 %", "fr"), True),
        (("3,5 M€", "fr"), ("3 500 000 euros", "fr"), True),
        (("3,5 milliards", "fr"), ("3.5 million", "en"), False),
        (("60 cm", "fr"), ("0,6 mètre", "fr"), True),
        (("environ 500", "fr"), ("487", "fr"), True),
        (("environ 480", "fr"), ("500", "fr"), False),
        (("500", "fr"), ("487", "fr"), False),
        (("plus de 500", "fr"), ("523", "fr"), True),
        (("plus de 500", "fr"), ("478", "fr"), False),
        (("41 %", "fr"), ("41,3 %", "fr"), True),
        (("41,3 %", "fr"), ("41 %", "fr"), False),
        (("3,5 millions", "fr"), ("3 487 000", "fr"), True),
        (("une dizaine", "fr"), ("12", "fr"), True),
        (("une dizaine", "fr"), ("15", "fr"), False),
        (("12e", "fr"), ("12", "fr"), False),
        (("twelfth", "en"), ("12e", "fr"), True),
        (("+3 %", "fr"), ("-3 %", "fr"), False),
        (("£40 a year", "en"), ("£40 a month", "en"), False),
        (("£40 a year", "en"), ("40 livres sterling par an", "fr"), True),
    ],
)
def test_numbers_match_as_precisely_as_they_are_stated(stated, given_, same):
    assert matches(only(*stated), only(*given_)) is same


@given(st.integers(min_value=2, max_value=999_999_999), st.sampled_from([("fr", " "), ("en", ",")]))
def test_grouping_never_changes_a_value(number, convention):
    language, separator = convention
    grouped = f"{number:,}".replace(",", separator)
    assert only(grouped + " x", language).value == number


@given(st.text(max_size=300), st.sampled_from(["fr", "en", "de", None]))
def test_any_text_can_be_read(text, language):
    for quantity in find_quantities(text, language):
        assert text[quantity.start : quantity.end] == quantity.text


@pytest.mark.parametrize("written", ["18e", "18ème", "18ième"])
def test_an_ordinal_counts_nothing_however_it_is_written(written: str):
    (found,) = find_quantities(f"au {written} siècle", "fr")
    assert (found.value, found.noun, found.ordinal) == (18, "siecle", True)


@pytest.mark.parametrize("language", ["fr", "en", None])
@pytest.mark.parametrize("many", [309, 5_000])
def test_hundreds_of_digits_are_a_number_and_no_error(many: int, language: str | None):
    digits = "1" * many
    for text in (f"1,{digits} euros", f"{digits} %", f"{digits},5 millions", f"1.{digits}", "1 111" * 300):
        assert all(matches(one, one) in (True, False) for one in find_quantities(text, language))
    (decimal,) = find_quantities(f"0,{'1' * many} euros", language)
    assert (round(decimal.value, 6), decimal.unit) == (0.111111, "EUR")
