"""Two gates at once, and whoever restricts contact at once with a gate. Each race is run through
its worst moment, and each is shown to be lost by a gate that locks nothing or too little."""

from __future__ import annotations

import os
import subprocess
import threading
from collections import Counter
from datetime import date, timedelta
from functools import partial
from pathlib import Path

import pytest
from django.db import connection, transaction

from arrears.actions import holds, imports, opt_outs, payments
from arrears.actions.gate import gate_due
from arrears.actions.gating import claims, deciding
from arrears.actions.holds import place_hold
from arrears.actions.opt_outs import record_opt_out
from arrears.actions.payments import post_payment
from arrears.kernel.law.rules import Effect, Rule, Strength
from arrears.store import audit, models
from arrears.store.locks import holding, scope_keys
from tests.actions.importing.builders import NOT_LATE, a_row
from tests.actions.importing.stored import AT, load
from tests.actions.sending import (
    ACTOR,
    LAW,
    SAMPLE,
    a_cap,
    a_due_contact,
    a_writing_lender,
    end_of,
    for_all,
    gate,
    law_with,
    loan_of,
    states,
)
from tests.builders import NOW, TODAY, a_person, a_planned_contact, an_attempt
from tests.chaos.racing import (
    PATIENCE_SECONDS,
    Racer,
    each_takes_its_own,
    make_naive,
    race_gates,
    wait_until,
    waiting_for_locks,
)
from tests.forking import python

pytestmark = pytest.mark.django_db(transaction=True)
ONE_PER_ADDRESS = law_with(a_cap("test.one", scope="value", most=1))
DAYS = (NOW - AT).days
"""From the first day of the import tests to `NOW`."""


def gated_beside_each_other(monkeypatch, planned, *, law=LAW):
    """How many contacts two gates cleared between them, each taking one of the contacts."""
    takes = each_takes_its_own(monkeypatch, planned)
    laws, strategies = for_all(law), for_all(SAMPLE)

    def one(n):
        takes(n)
        return gate_due(channel="in_app", laws=laws, strategies=strategies, limit=1, actor=ACTOR).cleared

    return sum(race_gates(monkeypatch, [partial(one, n) for n in range(len(planned))]))


def of_one_person():
    lender = a_writing_lender()
    person = a_person(lender)
    return [a_due_contact(lender, person=person) for _ in range(2)]


def of_one_address():
    lender = a_writing_lender()
    return [a_due_contact(lender, value="shared") for _ in range(2)]


def test_two_gates_contact_one_person_once(monkeypatch):
    assert gated_beside_each_other(monkeypatch, of_one_person()) == 1


def test_two_gates_use_one_address_of_two_people_as_often_as_its_cap_allows(monkeypatch):
    assert gated_beside_each_other(monkeypatch, of_one_address(), law=ONE_PER_ADDRESS) == 1


def test_six_gates_use_one_address_as_often_as_its_cap_allows(monkeypatch):
    lender = a_writing_lender()
    planned = [a_due_contact(lender, value="shared") for _ in range(6)]
    law = law_with(a_cap("test.two", scope="value", most=2))

    assert gated_beside_each_other(monkeypatch, planned, law=law) == 2
    assert states(models.Attempt) == {"reserved": 2}


@pytest.mark.parametrize(
    ("how", "planned"),
    [
        ("no locks", of_one_person),
        ("no locks", of_one_address),
        ("persons only", of_one_address),
        ("repeatable read", of_one_person),
        ("repeatable read", of_one_address),
    ],
)
def test_the_race_is_lost_by_a_gate_that_locks_wrongly(monkeypatch, how, planned):
    """So the two tests above mean something."""
    make_naive(monkeypatch, how)

    assert gated_beside_each_other(monkeypatch, planned(), law=ONE_PER_ADDRESS) == 2


def a_reply_once_law():
    """Nothing is permitted but one answer to whoever wrote to us within the day (property P8)."""
    forbidden = Rule(
        id="test.never",
        kind="forbid",
        jurisdiction="house",
        match={},
        params={},
        strength=Strength.MUST_NOT,
        effect=Effect.HARD,
        citation="test",
        certainty="A",
        is_uncertain=False,
        about={"en": "never"},
    )
    reply = Rule(
        **{field: getattr(forbidden, field) for field in Rule.__dataclass_fields__}
        | {"id": "test.reply", "kind": "one_reply", "params": {"within_hours": 24}, "lifts": ("test.never",)}
    )
    return type(LAW)((forbidden,), (reply,), "test", LAW.zones, LAW.zones_version)


def who_wrote_to_us():
    planned = of_one_person()
    point = models.ContactPoint.objects.get(pk=planned[0].contact_point_id)
    an_attempt(
        loan_of(planned[0]),
        point,
        origin="received",
        direction="in",
        initiator="person",
        at=NOW - timedelta(hours=1),
        channel="in_app",
    )
    return planned


def test_one_reply_is_used_once_by_two_gates(monkeypatch):
    assert gated_beside_each_other(monkeypatch, who_wrote_to_us(), law=a_reply_once_law()) == 1


def test_one_reply_is_used_twice_by_gates_that_lock_nothing(monkeypatch):
    make_naive(monkeypatch, "no locks")

    assert gated_beside_each_other(monkeypatch, who_wrote_to_us(), law=a_reply_once_law()) == 2


def test_one_reply_is_used_once_within_a_batch():
    who_wrote_to_us()

    assert gate(law=a_reply_once_law()).cleared == 1


# -- a restriction and a gate ------------------------------------------------------------------


def opting_out(planned):
    record_opt_out(lender=planned.lender_id, person=planned.person_id, told_by="portal", actor=ACTOR, at=NOW)


def opting_out_of_the_address(planned):
    record_opt_out(
        lender=planned.lender_id, value_key=planned.value_key, told_by="portal", actor=ACTOR, at=NOW
    )


def holding_the_loan(planned):
    place_hold(
        lender=planned.lender_id,
        loan=loan_of(planned).pk,
        reason="dispute",
        shown_reason="We are checking.",
        stops=["notices"],
        actor=ACTOR,
        at=NOW,
    )


def paying(planned):
    post_payment(
        loan=loan_of(planned).pk, source_ref="P-1", amount_minor=1, value_on=TODAY, actor=ACTOR, at=NOW
    )


RESTRICTIONS = [
    (opting_out, opt_outs, "house.opt-out"),
    (opting_out_of_the_address, opt_outs, "house.opt-out"),
    (holding_the_loan, holds, "house.hold"),
    (paying, payments, "house.payment-since-report"),
]
restrictions = pytest.mark.parametrize(
    ("restrict", "module", "rule"), RESTRICTIONS, ids=[each[0].__name__ for each in RESTRICTIONS]
)


class _Audit:
    """`store.audit` whose caller stops, in its transaction, until a gate waits for its locks."""

    @staticmethod
    def record(*what, **entry):
        wait_until(lambda: waiting_for_locks() >= 1, "a gate waited")
        return audit.record(*what, **entry)


@restrictions
def test_what_commits_before_the_gates_lock_binds_the_contact(monkeypatch, restrict, module, rule):
    """The gate is already on its way, and has already seen the contact due, when it has to wait."""
    planned = a_due_contact(a_writing_lender())
    monkeypatch.setattr(module, "audit", _Audit)

    writer = Racer(partial(restrict, planned), "writer")
    wait_until(_holds_scopes, "the writer held the locks")
    racing_gate = Racer(gate, "gate")
    writer.join_and_tell()

    assert racing_gate.join_and_tell().not_permitted == 1
    assert end_of(planned) == ("not_permitted", rule)


@restrictions
def test_what_comes_after_the_gates_lock_waits_for_it(monkeypatch, restrict, module, rule):
    planned = a_due_contact(a_writing_lender())
    writer = during_the_gate(monkeypatch, partial(restrict, planned))

    assert gate().cleared == 1
    writer()
    # an opt-out also takes back what nobody has begun to hand over
    assert end_of(planned) == ("planned" if module is opt_outs else "reserved", None)


def during_the_gate(monkeypatch, work):
    """Let somebody start while the gate reads its facts; the gate goes on when he waits for it."""
    racers, load_facts = [], deciding.load_facts

    def load_while_another_starts(**asked):
        racers.append(Racer(work, "writer"))
        wait_until(lambda: waiting_for_locks() >= 1, "the writer waited")
        return load_facts(**asked)

    monkeypatch.setattr(deciding, "load_facts", load_while_another_starts)
    return lambda: racers[0].join_and_tell()  # noqa: PLW0108 - he has not started yet


def _holds_scopes():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_locks"
            " WHERE relation = 'contact_scope'::regclass AND mode = 'RowShareLock'"
        )
        return cursor.fetchone()[0] >= 1


def imported_and_planned(tmp_path):
    """A customer from a file, nine days late, with a message in the app planned for now."""
    lender = a_writing_lender()
    load(tmp_path, [a_row(as_of="2026-07-12", since="2026-07-03")], days=DAYS - 1)
    loan = models.Loan.objects.get()
    point = models.ContactPoint.objects.get(kind="app_inbox")
    assert lender.pk == loan.lender_id
    return a_planned_contact(
        loan,
        point,
        step="app-message",
        rank=10,
        episode_start_on=date(2026, 7, 3),
        strategy_version=SAMPLE.version,
    )


def test_a_file_that_says_it_is_paid_binds_the_gate_that_had_to_wait_for_it(tmp_path, monkeypatch):
    planned = imported_and_planned(tmp_path)
    lock = imports.lock_scopes

    def lock_and_wait(keys):
        lock(keys)
        wait_until(lambda: waiting_for_locks() >= 1, "a gate waited")

    monkeypatch.setattr(imports, "lock_scopes", lock_and_wait)
    paid = a_row(as_of="2026-07-13", **NOT_LATE)

    writer = Racer(lambda: load(tmp_path, [paid], days=DAYS), "import")
    wait_until(_holds_scopes, "the import held the locks")
    racing_gate = Racer(gate, "gate")

    assert writer.join_and_tell().state == "stored"
    assert racing_gate.join_and_tell().cancelled == 1
    assert end_of(planned) == ("cancelled", "not_late")


def test_a_file_that_comes_after_the_gates_lock_waits_for_it(tmp_path, monkeypatch):
    imported_and_planned(tmp_path)
    paid = a_row(as_of="2026-07-13", **NOT_LATE)
    writer = during_the_gate(monkeypatch, lambda: load(tmp_path, [paid], days=DAYS))

    assert gate().cleared == 1
    assert writer().state == "stored"


# -- gates beside each other take different contacts -------------------------------------------


def deciding_meanwhile(monkeypatch, work):
    """Run `work` to its end while the first gate that comes to its facts stands there; what it returned."""
    told, load_facts = [], deciding.load_facts

    def load_while_another_works(**asked):
        monkeypatch.setattr(deciding, "load_facts", load_facts)
        told.append(Racer(work, "other gate").join_and_tell())
        return load_facts(**asked)

    monkeypatch.setattr(deciding, "load_facts", load_while_another_works)
    return told


def test_a_gate_beside_one_that_decides_takes_others_and_waits_for_nobody(monkeypatch):
    lender = a_writing_lender()
    planned = [a_due_contact(lender, not_after_at=NOW + timedelta(hours=n + 1)) for n in range(4)]
    told = deciding_meanwhile(monkeypatch, partial(gate, limit=2))

    assert gate(limit=2).cleared == 2
    assert [each.cleared for each in told] == [2]
    assert [end_of(each) for each in planned] == [("reserved", None)] * 4


def test_four_gates_that_saw_the_same_contacts_take_each_once_and_wait_for_nobody(monkeypatch):
    """None ends before all have come to their facts: so none got its own by waiting for another."""
    lender = a_writing_lender()
    for n in range(40):
        a_due_contact(lender, not_after_at=NOW + timedelta(hours=n + 1))
    all_have_looked, find_due, looked = threading.Barrier(4), claims.find_due, threading.local()

    def find_and_wait(**asked):
        due = find_due(**asked)
        if not hasattr(looked, "once"):
            looked.once = True
            all_have_looked.wait(PATIENCE_SECONDS)
        return due

    with monkeypatch.context() as patch:
        patch.setattr(claims, "find_due", find_and_wait)
        gated = race_gates(monkeypatch, [partial(gate, limit=10)] * 4)

    assert min(each.due for each in gated) > 0
    assert sum(each.cleared for each in gated) == sum(each.due for each in gated)
    assert states(models.Attempt) == {"reserved": sum(each.due for each in gated)}
    while gate(limit=10).due:
        pass
    assert states() == {"reserved": 40}
    looked_at = models.AuditEntry.objects.filter(what="gate.decided").values_list("facts__due", flat=True)
    assert sum(looked_at) == 40


def test_nobodys_later_contact_goes_before_his_earlier_one_that_has_to_wait(monkeypatch):
    """Somebody writes about the address of the first; the second is to another address of the same person."""
    lender = a_writing_lender()
    person = a_person(lender)
    first = a_due_contact(lender, person=person, value="busy", not_after_at=NOW + timedelta(hours=1))
    second = a_due_contact(lender, person=person, value="free", not_after_at=NOW + timedelta(hours=2))
    other = a_due_contact(lender, not_after_at=NOW + timedelta(hours=3))

    with holding(scope_keys(values=[first.value_key])):
        assert Racer(partial(gate, limit=3)).join_and_tell().due == 1
    assert [end_of(each)[0] for each in (first, second, other)] == ["planned", "planned", "reserved"]
    assert gate().cleared == 1
    assert [end_of(each)[0] for each in (first, second)] == ["reserved", "not_permitted"]


def test_an_earlier_contact_that_another_gate_looks_at_is_not_overtaken(monkeypatch):
    lender = a_writing_lender()
    person = a_person(lender)
    first = a_due_contact(lender, person=person, not_after_at=NOW + timedelta(hours=1))
    second = a_due_contact(lender, person=person, not_after_at=NOW + timedelta(hours=2))
    other = a_due_contact(lender, not_after_at=NOW + timedelta(hours=3))

    with transaction.atomic():
        models.PlannedContact.objects.select_for_update(no_key=True).get(pk=first.pk)
        gated = Racer(gate).join_and_tell()

    assert gated.due == 1
    assert [end_of(each)[0] for each in (first, second, other)] == ["planned", "planned", "reserved"]


# -- many gates, in processes of their own -----------------------------------------------------

GATE_UNTIL_EMPTY = """
import sys
from arrears.conf.database import set_up_django
set_up_django()
from django.conf import settings
settings.DATABASES["default"]["NAME"] = sys.argv[1]
from tests.actions.sending import a_cap, gate, law_with
law = law_with(a_cap("test.two", scope="value", most=2))
sys.stdin.readline()
while gate(law=law, limit=7).due:
    pass
"""


def test_four_processes_break_no_count_and_never_deadlock():
    """Forty people, each with two contacts and both addresses shared with a neighbour, crosswise."""
    lender = a_writing_lender()
    for n in range(40):
        person = a_person(lender)
        for address in (n % 20, (n + 7) % 20):
            a_due_contact(lender, person=person, value=f"inbox-{address}")

    gates = [_process(GATE_UNTIL_EMPTY) for _ in range(4)]
    for each in gates:
        each.stdin.write("go\n")
        each.stdin.flush()
    failures = [
        stderr for _, stderr in (each.communicate(timeout=4 * PATIENCE_SECONDS) for each in gates) if stderr
    ]

    assert failures == []
    reserved = models.Attempt.objects.filter(state="reserved")
    by_person = Counter(reserved.values_list("person", flat=True))
    by_address = Counter(reserved.values_list("value_key", flat=True))
    assert max(by_person.values()) == 1  # house.daily
    assert max(by_address.values()) == 2
    assert states()["planned"] == 0
    refused = models.Decision.objects.filter(outcome="refused").count()
    assert reserved.count() + refused == 80  # each was decided exactly once


def _process(script):
    return subprocess.Popen(
        python("-c", script, connection.settings_dict["NAME"]),
        cwd=Path(__file__).parents[2],
        env={**os.environ, "PYTHONPATH": "."},
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
