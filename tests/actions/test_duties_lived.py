"""A year of days: obligations arise, are planned, sent and proved, and none is missed unseen."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from arrears.actions.days import run_day
from arrears.actions.obligations import NextStep, list_open
from arrears.kernel.obligations.standing import Standing
from arrears.rulepacks import load_law
from arrears.store import models
from arrears.strategies import load_strategy
from tests.actions.lives import deliver, morning_of
from tests.builders import ANA, NA, TODAY, a_contact_point, a_lender, a_loan, a_person, a_refusal, a_watermark
from tests.builders.requests import a_measure, a_notice_proof

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
SAMPLE, LAW = load_strategy("sample"), load_law()
DAY = timedelta(days=1)
YEAR = [TODAY + n * DAY for n in range(365)]


class Year:
    """The lender's days, what its messages came to, and what was seen open on each."""

    def __init__(self) -> None:
        self.lender = a_lender()
        self.bounces: set[int] = set()  # persons whose e-mail comes back
        self.seen: dict[tuple[str, str], set[NextStep]] = {}  # (rule, loan) -> what was next, on any day
        self.overdue: set[tuple[str, str]] = set()

    def a_loan(self, who=NA, points=("app_inbox", "email"), law="CN"):
        person = a_person(self.lender, who, points=points)
        return a_loan(self.lender, person, overdue_days=10, governing_law=law), person

    def a_report(self, loan, on: date, *, in_days: int | None = 10, kind: str = "report", **columns):
        at = morning_of(on, hour=7)
        effect = None if in_days is None else at + in_days * DAY
        return a_measure(loan, kind, decided_at=at, recorded_at=at, takes_effect_at=effect, **columns)

    def live(self, on: date) -> None:
        """A morning's run where there is something to plan, its contacts made, and what came of them."""
        if NextStep.PLAN in self.look(on):
            a_watermark(
                self.lender, payments_complete_through_on=on - DAY, recorded_at=morning_of(on, hour=7)
            )
            run_day(lender=self.lender.pk, on=on, strategy=SAMPLE, law=LAW, actor="test", at=morning_of(on))
            for planned in models.PlannedContact.objects.filter(state="planned").order_by("id"):
                if planned.not_before_at < morning_of(on + DAY, hour=0):
                    self.make(planned)

    def make(self, planned: models.PlannedContact) -> None:
        deliver(planned)
        attempt = models.Attempt.objects.get(planned_contact=planned)
        came_back = planned.channel == "email" and planned.person_id in self.bounces
        models.Attempt.objects.filter(pk=attempt.pk).update(
            state="undelivered" if came_back else "delivered", state_at=attempt.at + timedelta(minutes=9)
        )

    def look(self, on: date) -> set[NextStep]:
        """Note what is open in the morning, and what is done next about it."""
        at = morning_of(on)
        found = list_open(lender_id=self.lender.pk, at=at, known_at=at)
        for each in found:
            key = (each.rule.id, str(each.loan_ref))
            self.seen.setdefault(key, set()).add(each.next_step)
            if each.standing is Standing.OVERDUE:
                self.overdue.add(key)
        return {each.next_step for each in found}


def notices_about(loan) -> list[tuple[str, str]]:
    """(channel, state) of every notice before negative data, in the order in which they were made."""
    about = models.AttemptLoan.objects.filter(loan=loan).values("attempt")
    told = models.Attempt.objects.filter(pk__in=about)
    rows = told.filter(notice="negative_data").order_by("at")
    return [(row.channel, row.state) for row in rows]


def test_in_a_year_every_duty_is_met_once_or_seen_before_its_last_day():
    year = Year()
    told, _ = year.a_loan()
    again, _ = year.a_loan()
    bounced, unlucky = year.a_loan(points=("email",))
    paper, _ = year.a_loan(points=("postal",))
    silent, quiet = year.a_loan()
    called_off, _ = year.a_loan()
    reported, _ = year.a_loan(ANA, law="US")
    placed, tenant = year.a_loan(law="HK")
    year.bounces.add(unlucky.pk)
    a_refusal(quiet)
    for month in range(12):
        year.a_report(again, YEAR[5 + month * 30], in_days=4 + month)
    year.a_report(told, YEAR[3])
    year.a_report(bounced, YEAR[40])
    year.a_report(paper, YEAR[80])
    year.a_report(silent, YEAR[120], in_days=20)
    year.a_report(called_off, YEAR[150], ended_at=morning_of(YEAR[150], hour=7))
    year.a_report(reported, YEAR[200], in_days=0)
    year.a_report(placed, YEAR[250], kind="placement")

    for on in YEAR:
        if on == YEAR[41]:
            a_contact_point(unlucky, "app_inbox")
        if on == YEAR[252]:
            a_notice_proof(placed, tenant, "delivered", morning_of(on), notice="outsourcing_notice")
        year.live(on)

    assert notices_about(told) == [("in_app", "delivered")]
    assert notices_about(again) == [("in_app", "delivered")] * 12
    assert notices_about(bounced) == [("email", "undelivered"), ("in_app", "delivered")]
    assert notices_about(paper) == [("letter", "delivered")]
    assert notices_about(silent) == notices_about(called_off) == []
    assert notices_about(reported) == [("in_app", "delivered")]
    assert year.seen["cn.cr.prenotice", silent.source_ref] == {NextStep.RESOLVE}
    assert NextStep.WRITE in year.seen["hk.dca.notice", placed.source_ref]
    assert ("cn.cr.prenotice", called_off.source_ref) not in year.seen
    assert year.overdue == {
        ("cn.cr.prenotice", silent.source_ref),
        ("us.fcra.dofd", reported.source_ref),
    }
