"""`arrears verify`: the answer for somebody who asks whether a contact was ours."""

from __future__ import annotations

import pytest

from arrears.locale.verification import say_unknown
from tests.builders import MING, a_contact_point, a_lender, a_loan, a_person, an_attempt

CODE = "K7QM-2XRD-9TVBF"


@pytest.mark.django_db(transaction=True)
def test_staff_read_out_what_they_are_shown(typed) -> None:
    lender = a_lender(name="Example Bank")
    person = a_person(lender, MING)
    point = a_contact_point(person, "mobile")
    an_attempt(a_loan(lender, person), point, state="accepted", channel="sms", verification_code=CODE)

    code, said = typed("verify", "k7qm-2xrd-9tvbf")
    assert code == 0
    assert said.startswith(
        "This contact is genuine. Example Bank made it by text message on 2026-07-14, between 10:00 and 11:00"
    )
    assert typed("verify", "K7QM", "--language", "zh-Hant") == (0, say_unknown("zh-Hant") + "\n")
