"""The run of a business day on a real database: once, again, missed, killed, and lived."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.db import connection

from arrears.actions import days, planning
from arrears.actions.days import run_day
from arrears.kernel.errors import NotFound, NotPossible
from arrears.rulepacks import load_law
from arrears.store.models import (
    AuditEntry,
    DatabaseIdentity,
    Decision,
    PlannedContact,
    PlannedContactLoan,
    Run,
    StepRecord,
)
from arrears.store.partitions import ensure_month
from arrears.strategies import load_strategy, read_strategy
from tests.actions.lives import SAMPLE_TEXT, deliver, morning_of, without_change_guards
from tests.builders import (
    NOW,
    TODAY,
    a_contact_point,
    a_hold,
    a_lender,
    a_loan,
    a_person,
    a_report,
    a_watermark,
    an_opt_out,
)

pytestmark = pytest.mark.django_db(transaction=True)
SAMPLE, LAW = load_strategy("sample"), load_law()
BOTH = ("app_inbox", "email")


def run(lender, on=TODAY, *, at=None, strategy=SAMPLE, law=LAW):
    at = morning_of(on) if at is None else at
    return run_day(lender=lender.pk, on=on, strategy=strategy, law=law, actor="program:test", at=at)


def a_late_loan(lender, *, overdue_days=4, points=BOTH, **columns):
    return a_loan(lender, a_person(lender, points=points), overdue_days=overdue_days, **columns)


def contents():
    """Everything a run writes, in one comparable value."""
    models = (Decision, PlannedContact, PlannedContactLoan, StepRecord, Run, AuditEntry)
    return {model.__name__: list(model.objects.order_by("pk").values()) for model in models}


def test_a_late_loan_is_planned_for_its_first_permitted_instant_with_its_decision():
    lender = a_lender()
    loan = a_late_loan(lender)

    summary = run(lender)

    planned = PlannedContact.objects.get()
    assert (planned.channel, planned.notice, planned.tone, planned.state) == (
        "in_app",
        "payment_reminder",
        "friendly",
        "planned",
    )
    assert (planned.planned_for_on, planned.run_id) == (TODAY, summary.run_id)
    assert planned.not_before_at == morning_of(TODAY)
    assert planned.not_after_at == morning_of(TODAY, hour=20)
    served = PlannedContactLoan.objects.get()
    assert (served.loan_id, served.step, served.rank, served.is_live) == (loan.pk, "app-message", 10, True)
    assert served.episode_start_on == TODAY - timedelta(days=5)
    decision = Decision.objects.get()
    assert (decision.id, decision.planned_contact_id) == (served.decision_id, planned.pk)
    assert (decision.use, decision.result, decision.outcome) == ("plan", "allow", "planned")
    assert (decision.law_version, decision.strategy_version) == (LAW.version, SAMPLE.version)
    assert (decision.from_at, decision.until_at) == (planned.not_before_at, planned.not_after_at)
    assert (decision.contact_point_id, decision.value_key) == (planned.contact_point_id, planned.value_key)


def test_the_summary_counts_the_portfolio_and_what_was_decided():
    lender = a_lender()
    a_late_loan(lender)
    a_late_loan(lender, overdue_days=1)
    a_late_loan(lender, overdue_minor=None, statement_minor=-500)
    a_loan(lender, a_person(lender, points=BOTH))

    summary = run(lender)

    assert summary.is_new
    assert summary.counts == {
        "loans": 4,
        "late": 3,
        "in_episode": 3,
        "late_without_balance": 1,
        "due": 2,
        "decisions": 2,
        "contacts": 1,
        "loans_told": 1,
        "superseded": 0,
        "lapsed": 0,
        "planned": {"in_app": {"app-message": 1}},
        "refused": {"house.amount": 1},
        "ladders": {"standard": {"due": 2, "loans_told": 1}},
    }


def test_every_candidate_has_one_decision_with_its_reasons_and_releases():
    lender = a_lender()
    loan = a_late_loan(lender, overdue_minor=None, statement_minor=0, as_of_on=TODAY - timedelta(days=2))

    run(lender, at=morning_of(TODAY, hour=0))

    decision = Decision.objects.get(loan_id=loan.pk)
    assert (decision.result, decision.outcome, decision.from_at) == ("refuse", "refused", None)
    eight = "2026-07-14T00:00:00+00:00"
    assert [each for each in decision.reasons if each["rule"].startswith("house.")] == [
        {
            "rule": "house.hours",
            "from": eight,
            "now": True,
            "release": {"kind": "time", "fact": "", "at": eight},
        },
        {
            "rule": "house.amount",
            "from": None,
            "now": True,
            "release": {"kind": "fact", "fact": "amount", "at": None},
        },
    ]


def test_a_loan_late_without_balance_is_never_planned():
    lender = a_lender()
    a_late_loan(lender, overdue_minor=None, statement_minor=0)

    for day in range(10):
        run(lender, TODAY + timedelta(days=day))

    assert not PlannedContact.objects.exists()


def test_the_same_day_run_again_changes_nothing_and_says_so():
    lender = a_lender()
    a_late_loan(lender)
    first = run(lender)
    before = contents()

    second = run(lender, at=morning_of(TODAY, hour=15))

    assert contents() == before
    assert (first.is_new, second.is_new) == (True, False)
    assert second.counts == first.counts
    assert second.run_id == first.run_id


def test_two_loans_of_one_person_make_one_contact_and_a_decision_each():
    lender = a_lender()
    person = a_person(lender, points=BOTH)
    a_loan(lender, person, overdue_days=4), a_loan(lender, person, overdue_days=5)

    summary = run(lender)

    assert (summary.counts["contacts"], summary.counts["loans_told"]) == (1, 2)
    assert sorted(Decision.objects.values_list("outcome", flat=True)) == ["joined", "planned"]
    assert PlannedContactLoan.objects.count() == 2


def test_a_missed_day_bursts_nothing():
    lender = a_lender()
    a_late_loan(lender, overdue_days=20)
    told = []

    for day in (0, 1, 2, 5, 6):
        on = TODAY + timedelta(days=day)
        a_watermark(lender, payments_complete_through_on=on - timedelta(days=1), recorded_at=morning_of(on))
        run(lender, on)
        for planned in PlannedContact.objects.filter(state="planned"):
            deliver(planned)
            told.append((day, planned.channel))

    assert told == [(0, "in_app"), (5, "email")]


def test_unclaimed_contacts_of_earlier_days_lapse_and_are_planned_anew():
    lender = a_lender()
    a_late_loan(lender)
    run(lender)
    tomorrow = TODAY + timedelta(days=1)
    a_watermark(lender, payments_complete_through_on=TODAY, recorded_at=morning_of(tomorrow))

    summary = run(lender, tomorrow)

    states = PlannedContact.objects.order_by("pk").values_list("planned_for_on", "state", "end_reason")
    assert list(states) == [(TODAY, "lapsed", "planned_anew"), (tomorrow, "planned", None)]
    assert summary.counts["lapsed"] == 1


def test_a_loan_cured_in_between_is_let_go():
    lender = a_lender()
    loan = a_late_loan(lender)
    run(lender)
    tomorrow = TODAY + timedelta(days=1)
    a_report(loan, TODAY)

    summary = run(lender, tomorrow)

    assert PlannedContact.objects.get().state == "lapsed"
    assert (summary.counts["late"], summary.counts["decisions"]) == (0, 0)


@pytest.mark.parametrize("state", ["reserved", "unsure"])
def test_a_contact_under_way_or_of_unknown_fate_is_left_alone(state):
    lender = a_lender()
    a_late_loan(lender)
    run(lender)
    PlannedContact.objects.update(state="reserved")
    PlannedContact.objects.update(state=state)

    summary = run(lender, TODAY + timedelta(days=1))

    assert PlannedContact.objects.get().state == state
    assert (summary.counts["due"], summary.counts["lapsed"]) == (0, 0)


def test_without_a_watermark_every_contact_is_refused_by_the_books_and_says_what_releases_it():
    lender = a_lender()
    a_late_loan(lender)

    summary = run(lender, TODAY + timedelta(days=2))

    assert summary.counts["refused"] == {"house.books": 1}
    assert not PlannedContact.objects.exists()
    reason = next(r for r in Decision.objects.get().reasons if r["rule"] == "house.books")
    assert reason["release"] == {"kind": "fact", "fact": "payments_complete_through", "at": None}


def test_steps_passed_over_are_recorded_with_the_contact_that_passes_them_over():
    lender = a_lender()
    loan = a_late_loan(lender, overdue_days=20)
    strategy = read_strategy(SAMPLE_TEXT.replace("in_order", "latest"), file="latest.toml")

    summary = run(lender, strategy=strategy)
    tomorrow = TODAY + timedelta(days=1)
    a_watermark(lender, payments_complete_through_on=TODAY, recorded_at=morning_of(tomorrow))
    again = run(lender, tomorrow, strategy=strategy)

    record = StepRecord.objects.get()
    assert (record.loan_id, record.step, record.outcome, record.done_on) == (
        loan.pk,
        "app-message",
        "superseded",
        TODAY,
    )
    assert (summary.counts["superseded"], again.counts["superseded"]) == (1, 0)
    assert PlannedContact.objects.filter(state="planned").get().channel == "email"


def test_an_opted_out_channel_is_refused_and_a_hold_too():
    lender = a_lender()
    quiet = a_person(lender, points=BOTH)
    a_loan(lender, quiet, overdue_days=4)
    an_opt_out(quiet, channel="in_app")
    a_hold(loan=a_late_loan(lender))

    summary = run(lender)

    assert summary.counts["refused"] == {"house.opt-out": 1, "house.hold": 1}


def test_decisions_are_as_many_as_candidates():
    lender = a_lender()
    person = a_person(lender, points=("app_inbox",))
    a_contact_point(person, "app_inbox")
    a_loan(lender, person, overdue_days=4)
    a_late_loan(lender, points=())

    summary = run(lender)

    assert summary.counts["decisions"] == Decision.objects.count() == 3
    assert sorted(Decision.objects.values_list("outcome", flat=True)) == ["other_point", "planned", "refused"]


def test_a_simulation_may_go_back_behind_the_last_day_run():
    lender = a_lender()
    a_late_loan(lender)
    run(lender, TODAY + timedelta(days=1))

    summary = run(lender, TODAY)

    assert summary.is_new
    assert PlannedContact.objects.filter(state="planned").count() == 1


def test_a_lender_without_loans_has_no_day_to_run():
    lender = a_lender()

    with pytest.raises(NotPossible, match="no loans on file"):
        run(lender)

    assert not Run.objects.exists()


def a_live_lender():
    lender = a_lender()
    a_late_loan(lender)
    with without_change_guards("database_identity"):
        DatabaseIdentity.objects.update(kind="live", simulated_at=None)
    return lender


def test_a_live_database_never_goes_back_behind_the_last_day_run():
    lender = a_live_lender()
    run(lender, TODAY)
    before = contents()

    with pytest.raises(NotPossible) as raised:
        run(lender, TODAY - timedelta(days=1), at=NOW)

    assert (raised.value.code, raised.value.facts["last_on"]) == ("run.behind", "2026-07-14")
    assert contents() == before


def test_a_live_database_runs_no_day_that_has_not_come():
    lender = a_live_lender()

    with pytest.raises(NotPossible, match="2026-07-16 has not come yet"):
        run(lender, TODAY + timedelta(days=2), at=NOW)

    assert not Run.objects.exists()


def test_a_lender_that_does_not_exist_is_named():
    a_lender()

    with pytest.raises(NotFound) as raised:
        run_day(lender=0, on=TODAY, strategy=SAMPLE, law=LAW, actor="program:test", at=NOW)

    assert raised.value.code == "lender.unknown"


class Killed(BaseException):
    """Stands for the process being gone: nothing catches it."""


@pytest.mark.parametrize("writes_before", range(9))
def test_a_run_killed_anywhere_leaves_nothing_half_and_goes_on_where_it_stopped(monkeypatch, writes_before):
    lender = a_lender()
    for _ in range(6):
        a_late_loan(lender)
    monkeypatch.setattr(days, "BATCH", 2)
    done, copy_rows = [], planning.copy_rows

    def killed_after(*args):
        if len(done) == writes_before:
            raise Killed
        done.append(args)
        return copy_rows(*args)

    monkeypatch.setattr(planning, "copy_rows", killed_after)
    was_killed = writes_before < 6
    try:
        run(lender)
        assert not was_killed
    except Killed:
        assert was_killed
    decided = Decision.objects.count()
    assert decided == PlannedContactLoan.objects.count() == PlannedContact.objects.count()
    assert decided % 2 == 0

    monkeypatch.setattr(planning, "copy_rows", copy_rows)
    summary = run(lender)

    assert summary.is_new is was_killed
    assert summary.counts["decisions"] == Decision.objects.count() == 6
    assert PlannedContact.objects.count() == 6
    assert Run.objects.get().finished_at is not None


def test_an_unfinished_run_is_not_gone_on_with_under_another_strategy(monkeypatch):
    lender = a_lender()
    a_late_loan(lender)

    def killed(*_, **__):
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(days, "write_batch", killed)
        with pytest.raises(Killed):
            run(lender)
    other = read_strategy(SAMPLE_TEXT.replace("offset_days = 7", "offset_days = 8"), file="other.toml")

    with pytest.raises(NotPossible) as raised:
        run(lender, strategy=other)

    assert raised.value.code == "run.begun_otherwise"
    assert not Decision.objects.exists()


def test_two_runs_of_one_day_at_once_decide_everything_once(monkeypatch):
    lender = a_lender()
    for _ in range(8):
        a_late_loan(lender)
    monkeypatch.setattr(days, "BATCH", 1)
    ensure_month("decision", morning_of(TODAY))  # making a partition is not what is raced for here
    together = Barrier(3)

    def one_of_them(_):
        together.wait()
        try:
            return run(lender)
        finally:
            connection.close()

    with ThreadPoolExecutor(3) as pool:
        summaries = list(pool.map(one_of_them, range(3)))

    assert {summary.run_id for summary in summaries} == {Run.objects.get().pk}
    assert [summary.counts for summary in summaries] == [summaries[0].counts] * 3
    assert Decision.objects.count() == PlannedContact.objects.count() == summaries[0].counts["due"] == 8


def test_progress_is_told_as_candidates_are_written(monkeypatch):
    lender = a_lender()
    for _ in range(3):
        a_late_loan(lender)
    monkeypatch.setattr(days, "BATCH", 1)
    told = []

    run_day(
        lender=lender.pk,
        on=TODAY,
        strategy=SAMPLE,
        law=LAW,
        actor="program:test",
        at=NOW,
        progress=lambda done, total: told.append((done, total)),
    )

    assert told == [(1, 3), (2, 3), (3, 3)]


def test_facts_recorded_after_the_run_began_are_not_known_to_it():
    lender = a_lender()
    loan = a_late_loan(lender)
    a_report(loan, TODAY, recorded_at=NOW + timedelta(hours=1))

    summary = run(lender, at=NOW)

    assert summary.counts["late"] == 1


def test_what_a_run_did_is_in_the_audit_trail():
    lender = a_lender()
    a_late_loan(lender)

    run(lender)

    assert list(AuditEntry.objects.order_by("id").values_list("what", flat=True)) == [
        "run.begun",
        "run.batch_written",
        "run.finished",
    ]


def test_a_loan_without_a_borrower_on_file_is_passed_by():
    lender = a_lender()
    loan = a_late_loan(lender)
    with without_change_guards("loan_party"), connection.cursor() as cursor:
        cursor.execute("DELETE FROM loan_party WHERE loan_id = %s", [loan.pk])

    assert run(lender).counts["due"] == 0
