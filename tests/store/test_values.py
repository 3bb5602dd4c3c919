"""The same address written in two ways is one address."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arrears.kernel.errors import BadInput
from arrears.store.values import normalise


@pytest.mark.parametrize(
    ("country", "written", "number"),
    [
        ("TW", "0912 345 678", "+886912345678"),
        ("TW", "+886-912-345-678", "+886912345678"),
        ("TW", "886912345678", "+886912345678"),
        ("TW", "００８８６ ９１２３４５６７８", "+886912345678"),
        ("TW", "(02) 2345-6789", "+886223456789"),
        ("CN", "13812345678", "+8613812345678"),
        ("CN", "86 138 1234 5678", "+8613812345678"),
        ("CN", "010-6512 3456", "+861065123456"),
        ("CN", "0571 8765 4321", "+8657187654321"),
        ("US", "(212) 555-0123", "+12125550123"),
        ("US", "1 212 555 0123", "+12125550123"),
        ("GB", "+44 (0)20 7946 0958", "+442079460958"),
        ("GB", "020 7946 0958", "+442079460958"),
        ("IT", "06 1234 5678", "+390612345678"),
        ("HK", "2345 6789", "+85223456789"),
        ("SG", "+65 6123 4567", "+6561234567"),
        (None, "+33 1 23 45 67 89", "+33123456789"),
    ],
)
def test_a_number_has_one_form_however_it_is_written(country, written, number):
    assert normalise("mobile", written, country=country) == number
    assert normalise("landline", written, country=country) == number


@pytest.mark.parametrize(
    ("country", "written"),
    [
        (None, "0912345678"),
        ("ZZ", "0912345678"),
        ("TW", "99"),
        ("TW", "0912345678 ext. 5"),
        ("TW", "call me"),
        ("TW", ""),
        ("TW", "+1234567890123456"),
        ("US", "911"),
    ],
)
def test_a_number_that_cannot_be_read_is_refused_without_being_quoted(country, written):
    with pytest.raises(BadInput) as error:
        normalise("mobile", written, country=country)

    assert error.value.code == "contact_point.value"
    assert not written or written not in str(error.value)


@pytest.mark.parametrize(
    ("written", "address"),
    [
        (" Ming.Wang@Example.ORG ", "ming.wang@example.org"),
        ("ming@例子.公司", "ming@xn--fsqu00a.xn--55qx5d"),
        ("ming@XN--FSQU00A.xn--55qx5d", "ming@xn--fsqu00a.xn--55qx5d"),
        ("ｍｉｎｇ@example.org", "ming@example.org"),
        ("ming@example.org.", "ming@example.org"),
    ],
)
def test_an_e_mail_address_has_one_form(written, address):
    assert normalise("email", written) == address


@pytest.mark.parametrize(
    "written", ["", "ming", "ming@", "@example.org", "a b@example.org", "a@b@c", "a@..org", "a@b\x00c"]
)
def test_what_is_no_e_mail_address_is_refused(written):
    with pytest.raises(BadInput):
        normalise("email", written)


def test_an_inbox_keeps_its_letters_and_a_postal_address_its_words():
    assert normalise("app_inbox", " User-7 ") == "User-7"
    assert normalise("postal", "臺北市  重慶南路一段１２２號，\n100") == "臺北市 重慶南路一段122號 100"


@given(
    st.sampled_from(["email", "mobile", "app_inbox", "postal"]),
    st.text(max_size=40) | st.from_regex(r"\+?[0-9 ()-]{6,18}", fullmatch=True) | st.emails(),
)
def test_the_one_form_is_its_own_form(kind, written):
    try:
        once = normalise(kind, written, country="TW")
    except BadInput:
        return
    assert normalise(kind, once, country="TW") == once
