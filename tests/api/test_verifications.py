"""`GET /verifications/{code}`: what anybody may ask, and all that he learns."""

from __future__ import annotations

import json

import pytest
from django.test import Client

from arrears.api import verifications
from arrears.locale.notices import LANGUAGES
from arrears.locale.verification import load_verification_texts, say_unknown
from tests.api.asking import BASE, System, problem_of
from tests.api.test_reservations import a_late_loan, reserve
from tests.builders import MING, a_contact_point, a_lender, a_loan, a_person, an_attempt

pytestmark = pytest.mark.django_db
CODE = "K7QM-2XRD-9TVBF"


@pytest.fixture(autouse=True)
def _fresh_rates():
    verifications.RATES.left.clear()


def ask(code: str = CODE, *, address: str = "192.0.2.1", language: str = "", **query: str):
    headers = {"Accept-Language": language} if language else {}
    return Client().get(
        f"{BASE}/verifications/{code}", query, headers=headers, REMOTE_ADDR=address, follow=False
    )


def a_sent_message(**columns):
    lender = a_lender(name="Example Bank")
    person = a_person(lender, MING)
    point = a_contact_point(person, "mobile", value="0912345678")
    loan = a_loan(lender, person, source_ref="K300038")
    return an_attempt(
        loan, point, **{"state": "accepted", "channel": "sms", "verification_code": CODE, **columns}
    )


def test_a_genuine_code_is_answered_by_who_and_when_and_nothing_else():
    a_sent_message()

    told = ask("k7qm 2xrd 9tvbf").json()

    assert set(told) == {"genuine", "lender", "channel", "hour", "zone", "text"}
    assert {name: told[name] for name in ("genuine", "lender", "channel", "hour", "zone")} == {
        "genuine": True,
        "lender": "Example Bank",
        "channel": "sms",
        "hour": "2026-07-14T10+08:00",
        "zone": "Asia/Taipei",
    }
    assert "between 10:00 and 11:00" in told["text"]
    said = json.dumps(told, ensure_ascii=False)
    for secret in (MING.name, "0912345678", "300038", "payment", "borrower", "loan", "attempt"):
        assert secret not in said


def test_an_unknown_code_is_told_what_to_do():
    answered = ask("AAAA-BBBB-CCCCC")

    assert answered.status_code == 200
    assert answered.json() == {"genuine": False, "text": say_unknown("en")}


def test_of_a_contact_that_was_not_sent_nothing_is_told():
    a_sent_message(state="not_sent")

    assert ask().json() == {"genuine": False, "text": say_unknown("en")}


def test_a_hit_and_a_miss_ask_the_database_the_same(django_assert_num_queries):
    a_sent_message()

    for code in (CODE, "K7QM-2XRD-9TVBG", "no code"):
        with django_assert_num_queries(1):
            ask(code)


@pytest.mark.parametrize(
    ("asked", "spoken"),
    [("", "en"), ("zh-TW,zh;q=0.9", "zh-Hant"), ("zh-CN", "zh-Hans"), ("fr;q=0.5", "en"), (";", "en")],
)
def test_it_speaks_the_language_of_the_browser(asked, spoken):
    assert ask("x", language=asked).json()["text"] == say_unknown(spoken)


def test_a_language_that_is_named_goes_before_the_browsers():
    answered = Client().get(
        f"{BASE}/verifications/x?language=zh-Hant", headers={"Accept-Language": "en"}, REMOTE_ADDR="192.0.2.1"
    )

    assert answered.json()["text"] == say_unknown("zh-Hant")


def test_every_language_has_every_text():
    names = [set(load_verification_texts(each)) for each in LANGUAGES]

    assert names == [{"genuine", "unknown", "too_often"}] * 3


def test_one_address_is_held_up_and_others_are_not(monkeypatch):
    monkeypatch.setattr(verifications, "PER_ADDRESS", 2)

    assert [ask(address="192.0.2.1").status_code for _ in range(3)] == [200, 200, 429]
    assert ask(address="192.0.2.2").status_code == 200
    held = ask(address="192.0.2.1", language="zh-Hans")
    assert problem_of(held) == (429, "verification.too_often")
    assert held.json()["detail"] == load_verification_texts("zh-Hans")["too_often"]
    assert int(held.headers["Retry-After"]) > 0


def test_one_network_of_ipv6_is_one_address(monkeypatch):
    monkeypatch.setattr(verifications, "PER_ADDRESS", 1)
    asked = ["2001:db8::1", "2001:db8::2", "2001:db8:0:1::1", "::ffff:192.0.2.1", "192.0.2.1"]

    assert [ask(address=each).status_code for each in asked] == [200, 429, 200, 200, 200]


def test_all_together_are_held_up_too(monkeypatch):
    monkeypatch.setattr(verifications, "IN_TOTAL", 3)

    statuses = [ask(address=f"192.0.2.{host}").status_code for host in range(5)]

    assert statuses == [200, 200, 200, 429, 429]


@pytest.mark.django_db(transaction=True)
def test_what_another_system_reserves_has_a_code_that_is_genuine(monkeypatch):
    from arrears.api import reservations
    from tests.actions.sending import LAW

    monkeypatch.setattr(reservations, "law_asked_now", lambda _lender, at: LAW)
    lender = a_lender()
    loan, _, _ = a_late_loan(lender)
    system = System(lender)

    told = reserve(system, loan)

    assert reserve(system, loan)["verification"] == told["verification"]
    assert ask(told["verification"]).json()["channel"] == "call"
