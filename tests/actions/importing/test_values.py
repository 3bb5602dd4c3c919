"""What each kind of field accepts, and the reason it gives for the rest."""

from __future__ import annotations

import contextlib
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arrears.actions.importing import values
from arrears.actions.importing.target import REPORTED
from arrears.store.values import normalise

READS_ON = r"^(is|has|must|contains|begins|lies|was|holds) "  # after the field's name


@pytest.mark.parametrize("text", ["1", "L-2005/77", "合同0001", "a b", "x" * 64])
def test_a_reference_is_taken_as_it_is(text):
    assert values.ref(text) == text


@pytest.mark.parametrize(
    "text",
    ["x" * 65, "=1", "+1", "-1", "@x", "a\tb", "a\x00b", "a\u202eb", "a\u200bb", "a\udc80", "a\u2028b"],
)
def test_a_reference_that_is_long_or_odd_or_like_a_formula_is_refused(text):
    with pytest.raises(ValueError, match=READS_ON):
        values.ref(text)


def test_a_name_is_composed_and_keeps_what_spelling_needs():
    assert values.name("Jose\u0301") == "Jos\u00e9"
    assert values.name("𤋮䶮·O'Hara-Đặng") == "𤋮䶮·O'Hara-Đặng"
    assert values.name("علی\u200cرضا") == "علی\u200cرضا"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ('=HYPERLINK("x")', "formula"),
        ("Mallory\r\nBcc: x@y.example", "control"),
        ("Mal\u202elory", "invisible"),
        ("Mal\u2066lory", "invisible"),
        ("Mal\ufefflory", "invisible"),
        ("Mal\x7flory", "control"),
        ("林\x85", "control"),
        ("林\udcff", "UTF-8"),
        ("林\ufffd", "damaged"),
        ("林\ufffe", "control"),
        ("x" * 201, "longer"),
    ],
)
def test_a_name_hides_nothing(text, reason):
    with pytest.raises(ValueError, match=reason):
        values.name(text)


@pytest.mark.parametrize(
    "text",
    ["20050930", "2005-9-30", "30.09.2005", "2005-09-31", "1899-12-31", "2005-W39-5", "２００５-09-30", "x"],
)
def test_only_a_day_of_the_calendar_is_a_date(text):
    with pytest.raises(ValueError, match=READS_ON):
        values.day(text)


def test_a_date_is_a_day():
    assert values.day("2024-02-29") == date(2024, 2, 29)


@pytest.mark.parametrize("text", ["-1", "1201", "1000000000", "1.0", "one", "9" * 400])
def test_months_are_few_and_whole(text):
    with pytest.raises(ValueError, match=READS_ON):
        values.months(text)


@pytest.mark.parametrize("text", ["a@b.example", "first.last+tag@mail.co.example", "o'hara@x-y.example"])
def test_an_address_is_taken_as_it_is(text):
    assert values.email(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "a@b",
        "@b.example",
        "a@",
        "a b@c.example",
        "a@b..example",
        ".a@b.example",
        "a.@b.example",
        "a@-b.example",
        "a@b.example\r\nBcc: all@c.example",
        "a@b.example\n",
        "a,b@c.example",
        "<a@b.example>",
        '"a b"@c.example',
        "=1@b.example",
        "林@b.example",
        "a@林.example",
        "x" * 65 + "@b.example",
        "a@" + "b" * 64 + ".example",
        "a@" + "b." * 130 + "example",
    ],
)
def test_what_a_mail_server_might_misread_is_no_address(text):
    with pytest.raises(ValueError, match=READS_ON):
        values.email(text)


def test_a_telephone_number_without_its_country_code_is_of_the_place():
    assert values.mobile_of("+886 (912) 345-678", None) == "+886912345678"
    assert values.mobile_of("0912 345 678", "TW") == "+886912345678"
    for text, country in (
        ("0912345678", None),
        ("0912345678", "AQ"),
        ("+886", "TW"),
        ("+886912345678x", None),
    ):
        with pytest.raises(ValueError, match=READS_ON):
            values.mobile_of(text, country)


@pytest.mark.parametrize(
    ("parse", "text"),
    [
        (values.place, "Taiwan"),
        (values.place, "tw"),
        (values.place, "US-"),
        (values.zone, "Mars/Phobos"),
        (values.zone, "../etc/passwd"),
        (values.currency, "NTD"),
        (values.currency, "XXX"),
        (values.language, "zh"),
        (values.flag, "true"),
    ],
)
def test_words_are_those_of_their_list(parse, text):
    with pytest.raises(ValueError, match=READS_ON):
        parse(text)


@given(st.emails())
def test_every_address_that_is_accepted_has_one_form_in_the_store(text):
    with contextlib.suppress(ValueError):
        assert normalise("email", values.email(text)) == text.casefold()


@given(field=st.sampled_from(REPORTED), text=st.text(min_size=4, max_size=300))
def test_any_text_gives_a_value_or_a_reason_that_does_not_repeat_it(field, text):
    with contextlib.suppress(ValueError):
        field.parse(text)
        return
    assert text not in reason_of(field, text)


def reason_of(field, text) -> str:
    with pytest.raises(ValueError, match=READS_ON) as caught:
        field.parse(text)
    return str(caught.value)
