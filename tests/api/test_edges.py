"""Who is let in, how often, with how much; and that whatever goes wrong is a problem in words."""

from __future__ import annotations

import logging

import pytest

from arrears.actions.tokens import revoke_token
from arrears.api import decisions
from arrears.api.callers import RATES
from arrears.api.rates import Rates
from tests.api.asking import System, problem_of
from tests.api.test_decisions import situation
from tests.builders import NOW, a_lender

pytestmark = pytest.mark.django_db
ASK = "/contact-decisions"
ONE = {"items": [situation()]}


@pytest.mark.parametrize("shown", ["", "Bearer", "Bearer arr_nobodys", "Basic YTpi", "Bearer " + "x" * 500])
def test_without_a_token_of_ours_nobody_is_let_in(shown):
    answer = System(a_lender()).post(ASK, ONE, Authorization=shown)

    assert problem_of(answer) == (401, "token.missing")
    assert answer.headers["WWW-Authenticate"] == "Bearer"


def test_a_revoked_token_is_shut_out_at_once():
    system = System(a_lender())
    assert system.post(ASK, ONE).status_code == 200

    revoke_token(token=system.token, actor="staff:anna", at=NOW)

    assert problem_of(system.post(ASK, ONE)) == (401, "token.missing")


def test_a_token_may_only_what_it_was_made_for():
    system = System(a_lender(), scopes=["report"])

    assert problem_of(system.post(ASK, ONE)) == (403, "token.scope")


def test_who_asks_too_often_is_told_when_to_come_back():
    system = System(a_lender(), requests_per_minute=1)
    RATES.left.pop(system.token, None)

    assert system.post(ASK, ONE).status_code == 200
    answer = system.post(ASK, ONE)

    assert problem_of(answer) == (429, "token.too_often")
    assert answer.headers["Retry-After"] == "60"


def test_a_rate_fills_evenly_up_to_a_minutes_requests():
    rates = Rates()

    assert [rates.take("dialler", 60, 0.0) for _ in range(61)] == [0] * 60 + [1]
    assert [rates.take("dialler", 60, 1.5) for _ in range(2)] == [0, 1]
    assert sum(rates.take("dialler", 60, 1e6) == 0 for _ in range(70)) == 60


def test_of_too_many_who_ask_the_longest_silent_are_forgotten():
    rates = Rates(most=2)
    for who in ("a", "b", "a", "c"):
        rates.take(who, 1, 0.0)

    assert list(rates.left) == ["a", "c"]


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        (b" ", (400, "request.not_json")),
        (b"{", (400, "request.not_json")),
        (b"\xff\xfe", (400, "request.not_json")),
        (b"[" * 100_000, (400, "request.not_json")),
        (b"[]", (422, "request.wrong")),
        (b"{}", (422, "request.wrong")),
        (b'{"items": []}', (422, "request.wrong")),
        (b'{"items": [{}], "more": 1}', (422, "request.wrong")),
        (b'{"items": [5]}', (422, "request.wrong")),
        (b'{"items": [{"loan_ref": "L\\u0000", "channel": "sms", "notice": "validation"}]}',
         (422, "request.wrong")),
        (b'{"items": [{"loan_ref": "\\ud800", "channel": "sms", "notice": "validation"}]}',
         (400, "request.not_json")),
    ],
)  # fmt: skip
def test_what_is_not_as_described_is_refused_in_words(body, problem):
    assert problem_of(System(a_lender()).post(ASK, body)) == problem


def test_what_is_wrong_is_pointed_at_and_not_quoted():
    item = {"loan_ref": "L1", "channel": "fax 0912345678", "notice": "overdue_notice"}

    answer = System(a_lender()).post(ASK, {"items": [item]})

    assert "/channel" in answer.json()["errors"][0]["pointer"]
    assert "0912345678" not in answer.content.decode()


def test_a_request_that_is_too_large_is_not_read(settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 100

    assert problem_of(System(a_lender()).post(ASK, {"items": [situation()] * 3})) == (
        413,
        "request.too_large",
    )


def test_only_json_is_taken():
    system = System(a_lender())

    answer = system.client.post("/api/v1" + ASK, "a=1", content_type="application/x-www-form-urlencoded")

    assert problem_of(answer) == (415, "request.not_json")


def test_addresses_and_methods_that_are_not_are_problems_too():
    client = System(a_lender()).client

    assert problem_of(client.get("/api/v1/nothing")) == (404, "http.404")
    assert problem_of(client.get("/api/v1" + ASK)) == (405, "http.405")
    asked = client.get("/api/v1/openapi.json", headers={"Host": "evil.example"})
    assert problem_of(asked) == (421, "request.host")


def test_what_nobody_foresaw_is_a_problem_and_no_value_of_it_is_logged(monkeypatch, caplog):
    def fails(*_, **__):
        raise RuntimeError("about 0912345678")

    monkeypatch.setattr(decisions, "ask_by_value", fails)
    with caplog.at_level(logging.DEBUG):
        answer = System(a_lender()).post(ASK, ONE)

    assert problem_of(answer) == (500, "unforeseen")
    assert "RuntimeError in fails" in caplog.text
    assert "0912345678" not in caplog.text + answer.content.decode()


@pytest.mark.parametrize("asked", [ONE, {"items": []}])
def test_an_answer_says_how_long_it_is_so_that_it_is_sent_in_one_piece(asked):
    answer = System(a_lender()).post(ASK, asked)

    assert answer.headers["Content-Length"] == str(len(answer.content))
