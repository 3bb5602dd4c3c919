"""Eleven days of a small invented portfolio: what may not happen, and both records of what did."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import time
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from arrears.actions.laws import shipped_law
from arrears.channels.smtp.sink_process import SinkProcess
from arrears.demo import figures, foretelling, people, story
from arrears.demo.life import FORETELLING_DAY, MISSING_FEED_DAY, Day, Life
from arrears.demo.sources import synthetic_source
from arrears.kernel.vocabulary import ActorKind
from arrears.store import models

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

DAYS = FORETELLING_DAY + 2
CONDUCT = {"refuse": ["*7@*"], "drop": ["*3@*"]}


@dataclass
class Lived:
    life: Life
    days: list[Day]
    taken: list[dict[str, Any]]


@pytest.fixture
def lived(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Lived]:
    """Livelier than the demo itself: much happens to few."""
    monkeypatch.setattr(people, "PAYS_BEFORE_THE_MESSAGE", 0.05)
    monkeypatch.setattr(people, "SWITCHES_OFF", 0.2)
    monkeypatch.setattr(people, "PROMISES", 0.1)
    source = synthetic_source(tmp_path / "portfolio.csv", loans=400, seed=3)
    with SinkProcess(tmp_path / "record", CONDUCT) as sink:
        life = Life(source, shipped_law(ActorKind.ASSIGNEE), sink.url, tmp_path, seed=3)
        assert life.begin().rows_accepted == 400
        yield Lived(life, list(life.live(DAYS)), sink.taken())


def test_a_small_lender_lives_through_its_days(lived: Lived) -> None:
    """One life, many sentences: it takes seconds to live."""
    _both_records_agree(lived)
    _every_planned_contact_has_an_end()
    _nobody_is_contacted_while_the_file_is_missing(lived)
    _a_debt_without_a_balance_is_refused_and_never_mentioned()
    _nobody_is_contacted_outside_the_hours_of_where_he_is()
    _nobody_is_contacted_through_what_he_switched_off()
    _nobody_is_contacted_twice_a_day()
    _somebody_paid_before_the_message_and_the_gate_noticed(lived)
    _the_story_tells_of_several_things(lived)
    _what_was_foretold_came_true_where_nothing_changed(lived)
    _both_ladders_were_climbed()


def _both_records_agree(lived: Lived) -> None:
    found = figures.reconcile(lived.taken)

    assert found.is_exact, found
    assert found.ours["accepted"] > 10
    assert found.ours["refused_by_provider"] > 0
    assert found.ours["unsure"] == found.unsure_kept > 0
    assert found.theirs == found.ours["accepted"] + found.ours["unsure"]


def _every_planned_contact_has_an_end() -> None:
    assert set(figures.planned_states()) <= {"sent", "unsure", "lapsed", "not_permitted", "cancelled"}


def _nobody_is_contacted_while_the_file_is_missing(lived: Lived) -> None:
    day = lived.days[MISSING_FEED_DAY - 1]

    assert day.is_feed_missing
    assert day.held_back > 0
    assert models.Attempt.objects.filter(planned_contact__planned_for_on=day.on).count() == 0
    assert "house.books" in {found.rule for found in figures.refusals_by_rule()}


def _a_debt_without_a_balance_is_refused_and_never_mentioned() -> None:
    without = models.Decision.objects.filter(is_amount_known=False).values("loan_id")

    assert without.count() > 0
    assert models.AttemptLoan.objects.filter(loan_id__in=without, attempt__origin="gate").count() == 0


def _nobody_is_contacted_outside_the_hours_of_where_he_is() -> None:
    rows = _rows(
        "SELECT zone, (attempt.at AT TIME ZONE zone)::time FROM attempt JOIN zone_evidence USING (person_id)"
        " WHERE origin = 'gate'"
    )

    assert len({zone for zone, _ in rows}) >= 5
    assert all(time(8) <= local < time(20) for _, local in rows)


def _nobody_is_contacted_through_what_he_switched_off() -> None:
    rows = _rows(
        "SELECT count(*) FROM attempt JOIN preference AS off"
        " ON off.person_id = attempt.person_id OR off.value_key = attempt.value_key"
        " WHERE attempt.at > off.from_at AND coalesce(off.channel, attempt.channel) = attempt.channel"
    )

    assert rows == [(0,)]
    assert models.Preference.objects.count() > 0


def _nobody_is_contacted_twice_a_day() -> None:
    rows = _rows(
        "SELECT count(*) FROM attempt JOIN zone_evidence USING (person_id)"
        " WHERE state <> 'not_sent' AND origin = 'gate'"
        " GROUP BY person_id, (attempt.at AT TIME ZONE zone)::date ORDER BY 1 DESC LIMIT 1"
    )

    assert rows == [(1,)]


def _somebody_paid_before_the_message_and_the_gate_noticed(lived: Lived) -> None:
    found = {each.rule: each for each in figures.refusals_by_rule()}

    assert sum(day.early_payments for day in lived.days) > 0
    assert found["house.payment-since-report"].by_gate > 0


def _the_story_tells_of_several_things(lived: Lived) -> None:
    loan = story.eventful_loan(lived.life.lender)
    assert loan is not None
    told = story.happenings(loan, lender=lived.life.lender, law=lived.life.law)

    assert len(told) >= 4
    assert told == sorted(told, key=lambda each: each.at)
    assert told[0].said.startswith("Reported for 2026-05-31")


def _what_was_foretold_came_true_where_nothing_changed(lived: Lived) -> None:
    held = foretelling.hold_against(lived.life.foretold, through_on=lived.days[-1].on)
    quiet = [each for each in held if not each.news]

    assert [each for each in quiet if not each.came_true] == []
    assert any(each.expected for each in quiet)


def _both_ladders_were_climbed() -> None:
    champion, challenger = figures.arms()

    assert (champion.is_challenger, challenger.is_challenger) == (False, True)
    assert min(champion.contacts, challenger.contacts) > 10
    assert champion.calls + challenger.calls > 0


def _rows(query: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query)
        return list(cursor.fetchall())
