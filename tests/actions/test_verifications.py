"""A code shows that a contact was genuine exactly when the contact may have reached somebody."""

from __future__ import annotations

import math
import re
from datetime import timedelta

import pytest

from arrears.actions.sweeping import sweep
from arrears.actions.verifications import (
    ALPHABET,
    CODE_LENGTH,
    Verified,
    as_code,
    find_seen,
    find_verified,
    new_verification_code,
)
from arrears.locale.notices import LANGUAGES, load_texts
from arrears.store import models
from tests.actions.sending import ACTOR, a_due_contact, a_writing_lender, gate, move_clock, send
from tests.builders import MING, NOW, a_contact_point, a_lender, a_loan, a_person, an_attempt


def test_a_code_has_sixty_bits_or_more_and_nothing_that_is_read_for_0_or_1() -> None:
    assert CODE_LENGTH * math.log2(len(ALPHABET)) > 60
    assert len(set(ALPHABET)) == len(ALPHABET) == 28
    assert not set(ALPHABET) & set("01OILAEU")
    codes = {new_verification_code() for _ in range(500)}
    assert len(codes) == 500
    assert all(
        re.fullmatch(rf"[{ALPHABET}]{{4}}-[{ALPHABET}]{{4}}-[{ALPHABET}]{{5}}", each) for each in codes
    )
    assert set("".join(codes)) == {*ALPHABET, "-"}


def test_every_text_of_every_channel_says_the_code_and_where_to_check_it() -> None:
    texts = load_texts().templates

    assert {each.channel for each in texts} >= {"in_app", "email", "sms", "letter", "call"}
    assert {each.language for each in texts} == set(LANGUAGES)
    for each in texts:
        assert {"{verification}", "{check_through}"} <= set(re.findall(r"\{\w+\}", each.body)), each.notice


@pytest.mark.parametrize(
    "typed",
    [
        "K7QM-2XRD-9TVBF",
        " k7qm 2xrd 9tvbf ",
        "K7QM2XRD9TVBF",
        "Ｋ７ＱＭ－２ＸＲＤ－９ＴＶＢＦ",
        "k7qm–2xrd–9tvbf\n",
        "K7QM.2XRD.9TVBF",
    ],
)
def test_what_a_person_types_is_read_as_the_code(typed: str) -> None:
    assert as_code(typed) == "K7QM-2XRD-9TVBF"


@pytest.mark.parametrize("typed", ["", "-", "K7QM-2XRD-9TVB0", "x" * 10_000, "\x00", "%", "K7QM-2XRD"])
def test_what_is_no_code_is_read_as_no_code(typed: str) -> None:
    code = as_code(typed)

    assert not re.fullmatch(rf"[{ALPHABET}]{{4}}-[{ALPHABET}]{{4}}-[{ALPHABET}]{{5}}", code)
    assert len(code) < 200


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("state", "is_genuine"),
    [
        ("reserved", False),
        ("not_sent", False),
        ("refused_by_provider", False),
        ("handing_over", True),
        ("unsure", True),
        ("accepted", True),
        ("delivered", True),
        ("undelivered", True),
        ("returned", True),
        ("complained", True),
    ],
)
def test_a_code_is_genuine_unless_certainly_nothing_left(state: str, is_genuine: bool) -> None:
    lender = a_lender()
    person = a_person(lender, MING)
    point = a_contact_point(person, "mobile")
    an_attempt(a_loan(lender, person), point, state=state, channel="sms", verification_code="K7QM-2XRD-9TVBF")

    seen = find_seen("k7qm 2xrd 9tvbf")

    hour = NOW.astimezone(seen.verified.hour_local.tzinfo).replace(minute=0) if seen.verified else None
    genuine = Verified(lender.name, "sms", hour, "Asia/Taipei") if hour else None
    assert (seen.state, seen.verified) == (state, genuine)
    assert (seen.verified is not None) is is_genuine


@pytest.mark.django_db
def test_an_unknown_code_is_nobodys() -> None:
    assert find_seen(new_verification_code()) is None
    assert find_verified("\x00'; --") is None


@pytest.mark.django_db(transaction=True)
def test_the_code_of_a_try_that_expired_is_replaced_and_never_genuine() -> None:
    lender = a_writing_lender()
    a_due_contact(lender)
    gate()
    expired = models.Attempt.objects.get().verification_code

    move_clock(minutes=6)
    sweep(actor=ACTOR)
    send()

    sent = models.Attempt.objects.exclude(verification_code=expired).get().verification_code
    assert find_verified(expired) is None
    told = find_verified(sent)
    assert told is not None
    assert told.hour_local <= NOW + timedelta(minutes=6) < told.until_local
