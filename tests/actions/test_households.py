"""Households: the lender says who lives together, and the gate counts their contacts together."""

from __future__ import annotations

import time
from threading import Thread

import pytest
from django.db import connection

from arrears.actions.gate import gate_due
from arrears.actions.gating import claims
from arrears.actions.households import find_household, place_in_household
from arrears.cli.household import household
from arrears.kernel.errors import BadInput
from arrears.store import clock, models
from arrears.store.locks import holding, scope_keys, scope_keys_of
from tests.actions.sending import (
    ACTOR,
    SAMPLE,
    a_cap,
    a_due_contact,
    a_writing_lender,
    for_all,
    gate,
    law_with,
    loan_of,
    move_clock,
)
from tests.builders import MING, NA, NOW, a_household_member, a_lender, a_person
from tests.cli.test_sending import say

pytestmark = pytest.mark.django_db(transaction=True)
HOME = 7
LAW = law_with(a_cap("own.household", scope="household", most=1))


def two_of_a_household(household=HOME):
    """Two borrowers with a contact due each, by different channels."""
    lender = a_writing_lender()
    planned = [a_due_contact(lender, who=MING), a_due_contact(lender, who=NA, channel="email")]
    for each in planned:
        a_household_member(each.person, household)
    return planned


def reached():
    return models.Attempt.objects.count()


@pytest.mark.parametrize(
    ("household", "law", "count"), [(HOME, LAW, 1), (None, LAW, 2), (HOME, law_with(), 2)]
)
def test_the_gate_counts_what_went_to_the_household(household, law, count):
    two_of_a_household(household)

    gate("in_app", law=law)
    gate("email", law=law)

    assert reached() == count


@pytest.mark.parametrize(("household", "count"), [(HOME, 1), (None, 2)])
def test_two_of_a_household_in_one_batch_are_counted_together(household, count):
    lender = a_writing_lender()
    for who in (MING, NA):
        a_household_member(a_due_contact(lender, who=who).person, household)

    gated = gate(law=LAW)

    assert (gated.due, gated.cleared, reached()) == (2, count, count)


def test_what_is_recorded_of_a_refusal_says_nothing_of_the_other_of_the_household():
    first, second = two_of_a_household()

    gate("in_app", law=LAW)
    gate("email", law=LAW)

    decision = models.Decision.objects.get(planned_contact_id=second.pk)
    (reason,) = [each for each in decision.reasons if each["rule"] == "own.household"]
    assert reason["now"]
    others = {first.pk, first.person_id, first.value_key, models.Attempt.objects.get().pk}
    assert not others & {each for each in reason.values() if type(each) is int}


def test_two_gates_side_by_side_do_not_exceed_the_count_of_a_household():
    two_of_a_household()
    failures = []

    def one(channel):
        try:
            gate(channel, law=LAW)
        except Exception as error:  # noqa: BLE001
            failures.append(error)
        finally:
            connection.close()

    gates = [Thread(target=one, args=[channel]) for channel in ("in_app", "email")]
    with holding(scope_keys(households=[HOME])):
        for each in gates:
            each.start()
        wait_until_both_wait()
    for each in gates:
        each.join()

    assert (failures, reached()) == ([], 1)


def wait_until_both_wait():
    for _ in range(600):
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_stat_clear_snapshot()")
            cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'")
            if cursor.fetchone()[0] >= 2:
                return
        time.sleep(0.05)
    pytest.fail("the gates do not wait for the household")


def test_the_lender_says_so_on_the_command_line():
    planned = a_due_contact(a_writing_lender())
    ref = loan_of(planned).source_ref

    assert say(household, "join", ref, "H1", "--by", "anna").stderr == "Recorded.\n"
    assert say(household, "join", ref, "H1", "--by", "anna").stderr == "So it stands already.\n"
    assert find_household(planned.person_id) is not None
    move_clock(minutes=1)
    assert say(household, "leave", ref, "--by", "anna").stderr == "Recorded.\n"
    assert find_household(planned.person_id) is None


def test_who_joins_a_household_between_being_found_and_being_locked_is_left_for_another_batch(monkeypatch):
    planned, _ = two_of_a_household(household=None)
    find_due = claims.find_due

    def joined_meanwhile(**asked):
        due = find_due(**asked)
        place_in_household(
            lender=planned.lender_id, person=planned.person_id, household_ref="H1", actor=ACTOR, at=NOW
        )
        return due

    monkeypatch.setattr(claims, "find_due", joined_meanwhile)
    asked = {"channel": "in_app", "strategies": for_all(SAMPLE), "limit": 10, "actor": ACTOR}
    assert gate_due(laws=for_all(LAW), **asked).cleared == 0
    monkeypatch.undo()

    assert gate_due(laws=for_all(LAW), **asked).cleared == 1


def test_the_lender_says_who_lives_together():
    lender = a_lender()
    ming, ana = a_person(lender, MING), a_person(lender, NA)

    def place(person, ref):
        move_clock(minutes=1)
        return place_in_household(
            lender=lender.pk, person=person.pk, household_ref=ref, actor=ACTOR, at=clock.now()
        )

    assert find_household(ming.pk) is None
    assert [place(ming, "H1"), place(ana, " H1 "), place(ana, "H1")] == [True, True, False]
    assert find_household(ming.pk) == find_household(ana.pk) != None  # noqa: E711
    assert scope_keys(households=[find_household(ming.pk)])[0] in scope_keys_of([ana.pk])
    assert place(ana, None)
    assert find_household(ana.pk) is None
    entry = models.AuditEntry.objects.filter(what="household.changed").latest("id")
    assert entry.facts == {"is_of_one": False}
    with pytest.raises(BadInput):
        place(ana, " ")
