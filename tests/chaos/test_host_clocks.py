"""A live database and a machine whose clock is wrong, or goes wrong while it sends."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from arrears.kernel.errors import Misconfigured
from arrears.store import clock, models
from tests.actions.sending import a_due_contact, a_writing_lender, send, states

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def host(monkeypatch):
    """Sets this machine's clock so many seconds ahead of what it is; the database's stays right."""
    ahead = [timedelta(0)]

    class Shifted(datetime):
        @classmethod
        def now(cls, tz=None):
            return datetime.now(tz) + ahead[0]

    monkeypatch.setattr(clock, "datetime", Shifted)
    monkeypatch.setattr(clock, "get_kind", lambda: "live")

    def set_ahead(seconds):
        ahead[0] = timedelta(seconds=seconds)

    return set_ahead


@pytest.mark.parametrize("seconds", [4, -4])
def test_a_clock_a_little_wrong_changes_nothing(host, seconds):
    a_due_contact(a_writing_lender())
    host(seconds)

    assert send()["in_app"].states == {"delivered": 1}


@pytest.mark.parametrize("seconds", [6, -6, 3600, -86_400])
def test_a_clock_that_is_wrong_lets_nothing_leave_and_spends_no_try(host, seconds):
    planned = a_due_contact(a_writing_lender())
    host(seconds)

    with pytest.raises(Misconfigured, match="clock"):
        send()

    planned.refresh_from_db()
    assert (planned.state, planned.tries, models.Attempt.objects.count()) == ("planned", 0, 0)


def test_a_clock_that_jumps_while_sending_stops_the_next_batch_and_leaves_nothing_half(host, monkeypatch):
    lender = a_writing_lender()
    for _ in range(3):
        a_due_contact(lender)
    check, checks = clock.check_host_clock, []

    def jumping():
        checks.append(1)
        host(60 if len(checks) == 2 else 0)
        check()

    monkeypatch.setattr(clock, "check_host_clock", jumping)

    with pytest.raises(Misconfigured):
        send(batch=1)

    assert states(models.Attempt) == {"delivered": 1}
    assert states() == {"sent": 1, "planned": 2}
