"""`arrears calls`, as an agent types it."""

from __future__ import annotations

import pytest

from arrears.actions import strategies
from arrears.cli import calls
from arrears.store import models
from arrears.store.models.attempts import MESSAGES_LEFT
from arrears.store.models.call_outcomes import ANSWERED_BY, CALL_RESULTS
from tests.actions.calling import CALLS, a_due_call
from tests.actions.sending import a_writing_lender


def test_the_words_of_the_command_are_those_of_the_tables() -> None:
    from arrears.actions.calls.outcomes import WISHES

    assert (calls._RESULTS, calls._ANSWERED_BY, calls._LEFT) == (CALL_RESULTS, ANSWERED_BY, MESSAGES_LEFT)
    assert calls._WISHES == WISHES


@pytest.mark.django_db(transaction=True)
def test_an_agent_takes_dials_and_reports(typed, monkeypatch) -> None:
    monkeypatch.setattr(strategies, "strategy_now", lambda _lender, at: CALLS)
    lender = a_writing_lender()
    a_due_call(lender)

    assert typed("calls", "next", "--agent", "anna") == (0, "")
    attempt = models.Attempt.objects.get()
    number = str(attempt.pk)
    assert typed("calls", "dial", number, "--agent", "anna") == (0, "")
    code, said = typed("calls", "outcome", number, "busy", "--answered-by", "self")
    assert (code, "answered_by" in said) == (1, True)
    told = ("answered", "--answered-by", "self", "--conversation", "--wish", "promise")
    code, said = typed("calls", "outcome", number, *told)
    assert (code, "promise" in said) == (0, True)
    assert typed("calls", "next", "--agent", "anna") == (0, "No call is due that may be made now.\n")
    assert typed("calls", "list") == (0, "")
    attempt.refresh_from_db()
    assert (attempt.state, attempt.network_result) == ("accepted", "answered")
