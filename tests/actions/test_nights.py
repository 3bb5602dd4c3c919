"""The run of a business day in parts: the same rows as in one piece, whatever the parts and whoever dies."""

from __future__ import annotations

import hashlib
import shutil
from datetime import timedelta

import pytest
from django.db import connection, transaction

from arrears.actions import days, nights
from arrears.actions.feeds.importing import import_folder
from arrears.actions.nights import InParts, run_night
from arrears.demo.books import write_books
from arrears.engines.files import alone_in
from arrears.kernel.errors import Conflict, NotPossible
from arrears.kernel.planning.strategy import CatchUp, Ladder, Step, Strategy, Tone
from arrears.kernel.vocabulary import Channel, NoticeKind, Purpose
from arrears.rulepacks import load_law
from arrears.store.models import (
    AuditEntry,
    Decision,
    Person,
    PlannedContact,
    PlannedContactLoan,
    StepRecord,
)
from arrears.strategies import load_strategy
from tests.actions.lives import morning_of
from tests.builders import (
    NOW,
    TODAY,
    a_contact_point,
    a_hold,
    a_lender,
    a_loan,
    a_party,
    a_person,
    an_opt_out,
)
from tests.builders.requests import a_measure
from tests.engines.town import a_snapshot

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
SAMPLE, LAW = load_strategy("sample"), load_law()
BOTH = ("app_inbox", "email")


CALLS = Strategy(
    "calls",
    "v1",
    (
        Ladder(
            "standard",
            (
                Step(
                    id="call",
                    rank=10,
                    offset_days=1,
                    channels=(Channel.CALL,),
                    notice=NoticeKind.CALL_TASK,
                    purpose=Purpose.COLLECT,
                    window_days=3,
                    catch_up=CatchUp.LATEST,
                    tone=Tone.PLAIN,
                ),
            ),
        ),
    ),
    calls_per_day=3,
)


def in_parts(lender, tmp_path, *, workers=1, loans_a_part=2, on=TODAY, strategy=SAMPLE, **more):
    return run_night(
        lender=lender.pk,
        on=on,
        strategy=strategy,
        law=LAW,
        parts=InParts(workers, tmp_path, loans_a_part),
        actor="program:test",
        at=morning_of(on),
        **more,
    )


def in_one_piece(lender, on=TODAY, *, strategy=SAMPLE):
    return days.run_day(
        lender=lender.pk, on=on, strategy=strategy, law=LAW, actor="program:test", at=morning_of(on)
    )


def a_town(loans=7):
    """Late loans with what makes the law say no, one couple of loans, and one shared mailbox."""
    lender = a_lender()
    people = [a_person(lender) for _ in range(loans)]
    for person in people:
        a_contact_point(person, "app_inbox")
        a_contact_point(person, "email")
    lent = [
        a_loan(lender, person, overdue_days=days) for person, days in zip(people, range(1, 99), strict=False)
    ]
    a_loan(lender, people[0], overdue_days=6)
    a_party(lent[2], people[3], "guarantor")
    for person in people[1:6:4]:
        a_contact_point(person, "email", value="together@example.org")
    an_opt_out(people[4])
    a_hold(loan=lent[5])
    return lender


def rows_written():
    """Everything a run writes but its own numbers: each contact with its loans, each decision, each step."""
    contact_of = {}
    numbers = ("id", "run_id", "planned_contact_id", "decision_id", "decided_at")
    contacts = sorted(PlannedContact.objects.values(), key=lambda row: (row["person_id"], row["channel"]))
    for place, row in enumerate(contacts):
        contact_of[row["id"]] = place
    decisions = {row["id"]: row for row in Decision.objects.values()}
    kept = [
        *contacts,
        *(
            row | {"of": contact_of[row["planned_contact_id"]], "why": _plain(decisions[row["decision_id"]])}
            for row in PlannedContactLoan.objects.order_by("loan_id").values()
        ),
        *(
            row | {"of": contact_of.get(row["planned_contact_id"])}
            for row in Decision.objects.order_by("loan_id", "contact_point_id").values()
        ),
        *StepRecord.objects.order_by("loan_id", "step").values(),
    ]
    return [_plain(row, numbers) for row in kept]


def _plain(row, without=("id", "run_id", "planned_contact_id")):
    return {name: value for name, value in row.items() if name not in without}


def undisturbed(lender, **more):
    """What a run in one piece sums up and writes; it is taken back."""
    summary = in_one_piece(lender, **more)
    written = rows_written()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        for table in ("planned_contact_loan", "planned_contact", "decision", "step_record", "run"):
            cursor.execute(f"DELETE FROM {table}")
    return summary, written


@pytest.mark.parametrize(("workers", "loans_a_part"), [(1, 1), (2, 3), (1, 100)])
def test_a_run_in_parts_writes_what_one_in_one_piece_writes(tmp_path, workers, loans_a_part):
    lender = a_town()
    whole, rows = undisturbed(lender)

    summary = in_parts(lender, tmp_path, workers=workers, loans_a_part=loans_a_part)

    assert rows_written() == rows
    assert summary.counts == whole.counts
    assert summary.counts["contacts"] > 2


@pytest.mark.parametrize("loans_a_part", [1, 3, 100])
def test_calls_of_all_parts_together_are_no_more_than_people_can_make(tmp_path, loans_a_part):
    lender = a_town()
    for person in Person.objects.all():
        a_contact_point(person, "mobile")
    whole, rows = undisturbed(lender, strategy=CALLS)

    summary = in_parts(lender, tmp_path, loans_a_part=loans_a_part, strategy=CALLS)

    assert rows_written() == rows
    assert summary.counts == whole.counts
    assert summary.counts["planned"] == {"call": {"call": 3}}
    assert Decision.objects.filter(outcome="no_capacity").exists()


def test_invented_books_of_three_thousand_loans_give_the_same_rows_by_both_ways(tmp_path):
    write_books(tmp_path / "books", loans=3_000, seed=5, on=TODAY - timedelta(days=1))
    lender = a_lender()
    import_folder(
        folder=tmp_path / "books",
        lender=lender.pk,
        actor="staff:anna",
        at=morning_of(TODAY) - timedelta(hours=1),
    )
    whole, rows = undisturbed(lender)

    summary = in_parts(lender, tmp_path, workers=2, loans_a_part=700)

    assert rows_written() == rows
    assert summary.counts == whole.counts
    assert summary.counts["loans"] == 3_000
    assert summary.counts["contacts"] > 100


def test_a_day_run_in_parts_again_changes_nothing(tmp_path):
    lender = a_town()
    in_parts(lender, tmp_path)
    before = rows_written(), AuditEntry.objects.count()

    again = in_parts(lender, tmp_path)

    assert not again.is_new
    assert (rows_written(), AuditEntry.objects.count()) == before


def test_the_audit_trail_has_the_digest_of_every_file_of_decisions(tmp_path):
    lender = a_town()

    summary = in_parts(lender, tmp_path, loans_a_part=3)

    entries = AuditEntry.objects.order_by("id").values_list("what", "facts")
    assert [what for what, _ in entries] == ["run.begun", *["run.part_loaded"] * 3, "run.finished"]
    folder = tmp_path / f"{TODAY}-run-{summary.run_id}" / "decisions"
    for number, (_, facts) in enumerate(entries[1:4]):
        part = folder / f"{number:05}"
        assert facts["part"] == number
        assert facts["files"] == {
            path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in part.glob("*.parquet")
        }


def test_facts_recorded_after_the_run_began_are_not_known_to_it_when_it_goes_on(tmp_path, monkeypatch):
    lender = a_town()
    _, rows = undisturbed(lender)
    with monkeypatch.context() as patch:
        patch.setattr(nights, "plan_parts", _killed)
        with pytest.raises(Killed):
            in_parts(lender, tmp_path)
    shutil.rmtree(next(tmp_path.iterdir()))
    a_loan(lender, a_person(lender), overdue_days=4, recorded_at=morning_of(TODAY) + timedelta(minutes=1))

    in_parts(lender, tmp_path)

    assert rows_written() == rows


class Killed(BaseException):
    pass


def _killed(*_, **__):
    raise Killed


@pytest.mark.parametrize(("begun", "how"), [("in one piece", "in one piece"), ("in parts", "by workers")])
def test_a_run_is_finished_in_the_way_it_was_begun(tmp_path, monkeypatch, begun, how):
    lender = a_town()
    go = {"in one piece": in_one_piece, "in parts": lambda lender: in_parts(lender, tmp_path)}
    begin = go.pop(begun)
    (other,) = go.values()
    monkeypatch.setattr(days, "BATCH", 1)
    with monkeypatch.context() as patch:
        for module in (days, nights):
            _stop_after(patch, module, 2)
        with pytest.raises(Killed):
            begin(lender)

    with pytest.raises(NotPossible, match=f"was begun {how}"):
        other(lender)

    assert begin(lender).is_new


def _stop_after(monkeypatch, module, batches):
    done, write_batch = [], module.write_batch

    def stopped(*args, **more):
        if len(done) == batches:
            raise Killed
        done.append(args)
        return write_batch(*args, **more)

    monkeypatch.setattr(module, "write_batch", stopped)


def test_a_run_is_not_gone_on_with_from_other_files_than_were_loaded(tmp_path, monkeypatch):
    lender = a_town()
    with monkeypatch.context() as patch:
        _stop_after(patch, nights, 1)
        with pytest.raises(Killed):
            in_parts(lender, tmp_path)
    decided = Decision.objects.count()

    with pytest.raises(NotPossible, match="was loaded from files that are not in"):
        in_parts(lender, tmp_path / "elsewhere", loans_a_part=4)

    assert Decision.objects.count() == decided
    assert in_parts(lender, tmp_path).is_new


def test_a_snapshot_of_a_database_that_is_gone_is_written_anew(tmp_path):
    lender = a_town()
    run = days.begin_run(lender.pk, TODAY, SAMPLE, LAW, actor="program:test", at=morning_of(TODAY))
    a_snapshot(nights.folder_of(run, tmp_path) / "snapshot", known_at=7)

    assert in_parts(lender, tmp_path).counts["loans"] == 8


def test_two_runs_at_once_are_one_and_a_refusal(tmp_path):
    lender = a_town()
    run = days.begin_run(lender.pk, TODAY, SAMPLE, LAW, actor="program:test", at=morning_of(TODAY))

    with alone_in(nights.folder_of(run, tmp_path)), pytest.raises(Conflict, match="another run is at work"):
        in_parts(lender, tmp_path)

    assert in_parts(lender, tmp_path).is_new


def test_progress_tells_each_stage_in_loans(tmp_path):
    told = []

    in_parts(a_town(), tmp_path, loans_a_part=5, progress=lambda *each: told.append(each))

    assert told == [
        *(("exported", loans, 8) for loans in (6, 2)),
        *(("planned", loans, 8) for loans in (0, 6, 2)),
        *(("loaded", loans, 8) for loans in (6, 2)),
    ]


def test_a_large_portfolio_is_run_in_parts_unasked_and_a_begun_run_as_it_was_begun(tmp_path, monkeypatch):
    lender = a_town()
    assert not nights.is_better_in_parts(lender.pk, TODAY)

    monkeypatch.setattr(nights, "LARGE", 8)
    assert nights.is_better_in_parts(lender.pk, TODAY)

    in_one_piece(lender)
    assert not nights.is_better_in_parts(lender.pk, TODAY)


def test_what_the_law_wants_told_is_planned_in_parts_too(tmp_path):
    lender = a_lender()
    loans = [
        a_loan(lender, a_person(lender, points=("app_inbox",)), overdue_days=10, governing_law="CN")
        for _ in range(3)
    ]
    for loan in loans:
        a_measure(loan, decided_at=NOW - timedelta(days=1), takes_effect_at=NOW + timedelta(days=5))

    summary = in_parts(lender, tmp_path, loans_a_part=1)

    served = PlannedContactLoan.objects.order_by("loan_id").values_list("loan_id", "step", "track")
    assert list(served) == [(loan.pk, "duties:negative_data", "duty") for loan in loans]
    assert summary.counts["ladders"]["duties"] == {"due": 3, "loans_told": 3}
