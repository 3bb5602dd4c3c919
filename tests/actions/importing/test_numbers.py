"""Numbers are read exactly, in any notation, and never written out before their size is known."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arrears.actions.importing.numbers import any_number, integral_text, plain_number


@pytest.mark.parametrize(
    "text", ["1e+05", "100000", "100000.0", "+1E5", "1.0e5", "1000000e-1", "0.1E+6", "100000.", "1e005"]
)
def test_one_number_in_many_notations(text):
    assert integral_text(text) == "100000"


@pytest.mark.parametrize("text", ["0", "-0", "0.000", "0e999999999", "-0e-999999999", ".0"])
def test_zero_is_zero_and_has_no_sign(text):
    assert integral_text(text) == "0"


@pytest.mark.parametrize("text", ["0.5", "1e-1", "12.30", "1e-999999999", "123456.7e0"])
def test_what_is_not_whole_is_refused(text):
    with pytest.raises(ValueError, match="not a whole number"):
        integral_text(text)


@pytest.mark.parametrize("text", ["1e999999999", "1e15", "9" * 16, "-1e+99999999999999999999"])
def test_an_absurd_size_is_refused_without_building_the_number(text):
    with pytest.raises(ValueError, match="more than 15 digits"):
        integral_text(text)


@pytest.mark.parametrize(
    "text",
    [
        *[
            "",
            "-",
            "e5",
            "1e",
            "1e+",
            ".",
            "1,000",
            "1 000",
            "0x10",
            "1_000",
            "NaN",
            "inf",
            "--1",
            "1.2.3",
            "٣",
        ],
        *["1e5.0", "1" * 61, "\n1", "1\n"],
    ],
)
def test_what_is_no_number_is_refused(text):
    with pytest.raises(ValueError, match="not a number"):
        integral_text(text)


def test_a_plain_number_has_no_exponent():
    with pytest.raises(ValueError, match="not a number"):
        plain_number("1e5")
    with pytest.raises(ValueError, match="not a number"):
        plain_number(".5")


DECIMALS = st.decimals(allow_nan=False, allow_infinity=False, places=4, min_value=-(10**9), max_value=10**9)


@given(number=DECIMALS, form=st.sampled_from(["{:f}", "{:E}", "{:e}", "{:+e}", "{}"]))
def test_any_notation_says_what_decimal_says(number, form):
    exact = any_number(form.format(number))

    assert exact.scaled(4) == number * 10**4
    assert exact.is_whole_at(2) == (number * 100 == int(number * 100))


@given(st.text(st.sampled_from("0123456789.eE+-"), max_size=9))
def test_a_text_is_a_number_here_exactly_when_it_is_one_for_decimal(text):
    try:
        known = Decimal(text)
    except InvalidOperation:
        with pytest.raises(ValueError, match="not a number"):
            any_number(text)
        return
    exact = any_number(text)
    digits = tuple(map(int, exact.digits or "0"))
    assert Decimal((int(exact.is_negative), digits, exact.exponent)) == known
