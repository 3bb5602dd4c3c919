"""A provider that fails again and again is left alone for a while, by every sender."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import pytest

from arrears.actions import breakers, sending
from arrears.actions.breakers import (
    FAILURES_MAX,
    WAIT_FIRST,
    WAIT_MAX,
    Breaker,
    Standing,
    ask_breaker,
    following,
    wait_after,
)
from arrears.channels.base import Accepted
from arrears.conf.checks.database import _providers
from arrears.conf.checks.finding import State
from arrears.store import clock, models
from tests.actions.sending import a_due_contact, a_writing_lender, end_of, gate, move_clock, send, states
from tests.actions.test_handing_over import AWAY, LATER, NO_ANSWER, Provider
from tests.builders import NOW


@pytest.fixture
def provider(monkeypatch):
    """The e-mail provider of every sender, in a database whose breakers wait."""
    monkeypatch.setattr(breakers, "is_live", lambda: True)
    monkeypatch.setattr(breakers, "wait_after", lambda opens, _chance: WAIT_FIRST * 2 ** (opens - 1))
    provider = Provider()
    monkeypatch.setattr(sending, "open_for", lambda *asked, **named: provider)
    return provider


def provider_state():
    return models.ProviderState.objects.get(channel="email")


def a_broken(provider, contacts: int = 5):
    """That many contacts, of which the first three failed."""
    lender = a_writing_lender()
    planned = [a_due_contact(lender, channel="email") for _ in range(contacts)]
    provider.answers = [AWAY] * FAILURES_MAX
    send()
    return planned


# -- the breaker by itself ----------------------------------------------------------------------


def test_fewer_failures_than_too_many_are_only_counted():
    after = following(Breaker(), 2, was=0, code="away", at=NOW, chance=1.0)

    assert after == Breaker(failures=2, failure_code="away")


def test_too_many_failures_open_it_for_the_first_wait():
    after = following(Breaker(failures=2), 3, was=2, code="away", at=NOW, chance=1.0)

    assert after == Breaker(3, 1, NOW, NOW + WAIT_FIRST, "away")


def test_a_try_that_fails_opens_it_for_twice_as_long():
    before = Breaker(3, 1, NOW, NOW + WAIT_FIRST, "away")
    later = NOW + WAIT_FIRST

    after = following(before, 4, was=3, code="away", at=later, chance=1.0)

    assert after == Breaker(4, 2, NOW, later + 2 * WAIT_FIRST, "away")


def test_a_second_sender_that_finds_the_same_does_not_make_the_wait_longer():
    before = Breaker(3, 1, NOW, NOW + WAIT_FIRST, "away")

    after = following(before, 3, was=0, code="silent", at=NOW + timedelta(seconds=1), chance=1.0)

    assert (after.opens, after.next_try_at) == (1, NOW + WAIT_FIRST)


def test_a_success_closes_it_and_forgets():
    before = Breaker(3, 4, NOW, NOW + WAIT_MAX, "away")

    assert following(before, 0, was=3, code="away", at=NOW, chance=1.0) == Breaker()


def test_waits_double_to_the_longest_and_half_of_each_is_left_to_chance():
    longest = [wait_after(n, 1.0) for n in range(1, 9)]

    assert longest[:3] == [WAIT_FIRST, 2 * WAIT_FIRST, 4 * WAIT_FIRST]
    assert longest[-1] == wait_after(10_000, 1.0) == WAIT_MAX
    assert wait_after(1, 0.0) == WAIT_FIRST / 2


# -- senders ------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_an_open_breaker_is_seen_by_the_next_sender_and_spends_neither_decision_nor_try(provider):
    planned = a_broken(provider)
    decisions, asked = models.Decision.objects.count(), len(provider.asked)
    move_clock(seconds=WAIT_FIRST.seconds - 1)
    other = a_due_contact(a_writing_lender(name="Other Bank"), channel="email")

    run = send()["email"]

    assert (run.away, run.gated.due) == ("paused", 0)
    assert (models.Decision.objects.count(), len(provider.asked)) == (decisions, asked)
    assert end_of(other) == ("planned", None)
    other.refresh_from_db()
    assert other.tries == 0
    assert {end_of(each)[0] for each in planned} == {"planned"}


@pytest.mark.django_db(transaction=True)
def test_an_open_breaker_lets_go_of_what_others_reserved_meanwhile(provider):
    a_broken(provider)
    move_clock(seconds=1)
    a_due_contact(a_writing_lender(name="Other Bank"), channel="email")
    gate("email")
    send()

    assert states(models.Attempt) == {"not_sent": 6}


@pytest.mark.django_db(transaction=True)
def test_when_its_time_has_come_one_contact_is_tried_and_a_failure_costs_no_other(provider):
    a_broken(provider)
    move_clock(minutes=5)  # every contact is due again
    provider.answers, provider.asked = [AWAY], []

    run = send()["email"]

    assert (len(provider.asked), run.gated.due, run.states) == (1, 1, Counter(not_sent=1))
    assert provider_state().next_try_at == clock.now() + 2 * WAIT_FIRST


@pytest.mark.django_db(transaction=True)
def test_a_try_that_succeeds_closes_it_and_all_the_rest_follows(provider):
    a_broken(provider)
    move_clock(minutes=5)
    provider.answers, provider.asked = [Accepted()], []

    run = send()["email"]

    assert (len(provider.asked), run.states) == (5, Counter(accepted=5))
    state = provider_state()
    assert (state.failures, state.opens, state.opened_at, state.next_try_at) == (0, 0, None, None)
    told = models.AuditEntry.objects.filter(what__startswith="provider.").order_by("id")
    assert list(told.values_list("what", flat=True)) == ["provider.given_up", "provider.back"]


@pytest.mark.django_db(transaction=True)
def test_of_two_senders_one_tries_and_the_other_waits_until_that_one_is_taken_for_dead(provider):
    a_broken(provider)
    move_clock(seconds=WAIT_FIRST.seconds)

    assert ask_breaker(provider) is Standing.TRYING
    assert ask_breaker(provider) is Standing.OPEN
    move_clock(minutes=1)
    assert ask_breaker(provider) is Standing.TRYING


@pytest.mark.django_db(transaction=True)
def test_failures_in_a_row_are_counted_over_senders_and_a_success_begins_anew(provider):
    lender = a_writing_lender()
    for answer, in_a_row in ((NO_ANSWER, 1), (AWAY, 2), (LATER, 0), (AWAY, 1)):
        a_due_contact(lender, channel="email")
        provider.answers = [answer]
        send()
        assert provider_state().failures == in_a_row


@pytest.mark.django_db(transaction=True)
def test_a_provider_that_is_not_there_opens_it_without_a_contact_being_tried(provider, monkeypatch):
    def away():
        raise AWAY

    planned = a_due_contact(a_writing_lender(), channel="email")
    monkeypatch.setattr(provider, "check", away)

    told = [send()["email"].away for _ in range(FAILURES_MAX + 1)]

    assert told == ["smtp.no_connection"] * FAILURES_MAX + ["paused"]
    planned.refresh_from_db()
    assert (planned.state, planned.tries) == ("planned", 0)


@pytest.mark.django_db(transaction=True)
def test_a_simulation_waits_for_nothing(provider, monkeypatch):
    monkeypatch.setattr(breakers, "is_live", lambda: False)
    a_broken(provider)

    assert ask_breaker(provider) is Standing.TRYING


@pytest.mark.django_db(transaction=True)
def test_the_doctor_says_who_is_left_alone_and_until_when(provider):
    assert _providers("providers").state is State.OK
    a_broken(provider)

    finding = _providers("providers")

    assert (finding.state, finding.is_needed) == (State.WARNING, False)
    assert finding.found == (
        "email (smtp): 3 failures in a row, the last one smtp.no_connection;"
        " next try at 2026-07-14 02:00:20 UTC"
    )
