"""The plan of one person's loans as a run would make it now: what is due, chosen, refused, and why.

Nothing is written. The functions are those of the nightly run over the facts of the person's loans
and of everybody who owes them too.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

import numpy as np

from arrears.actions.days import list_busy
from arrears.actions.duties import open_duties, with_duties
from arrears.actions.explanations import get_subject
from arrears.actions.lenders import get_lender
from arrears.kernel.arrears import arrears_of
from arrears.kernel.days import date_of, datetime_of, instant_of
from arrears.kernel.errors import NotFound
from arrears.kernel.facts import NEVER, NO_ID, Facts
from arrears.kernel.law.rules import Law
from arrears.kernel.law.solver import Binding
from arrears.kernel.law.zones import ZoneSegments
from arrears.kernel.planning.choice import Outcome
from arrears.kernel.planning.ladder import next_reach
from arrears.kernel.planning.plan import DayPlan, plan_day
from arrears.kernel.planning.strategy import Step, Strategy
from arrears.kernel.vocabulary import Channel, PointKind, RecipientKind
from arrears.store.crypto import keyring
from arrears.store.facts import load_facts
from arrears.store.models import Loan, Person
from arrears.strategies.reachability import with_reachability


@dataclass(frozen=True, slots=True)
class Way:
    """One way of taking a step that was asked of the law: through a channel, to an address.

    `point` is the number of the contact point, None when the recipient has none of the right
    kind. From `from_at` to before `until_at` it is permitted; both None: never. `bindings` are
    the rules in the way, each with what would release it.
    """

    channel: Channel
    point: int | None
    point_kind: PointKind | None
    outcome: Outcome
    from_at: datetime | None
    until_at: datetime | None
    bindings: tuple[Binding, ...]


@dataclass(frozen=True, slots=True)
class DueStep:
    """A step due towards one recipient about one loan, and every way of taking it."""

    loan_ref: str
    person: int
    recipient_kind: RecipientKind
    step: Step
    ladder: str
    waited_days: int
    passed_over: tuple[Step, ...]
    ways: tuple[Way, ...]


@dataclass(frozen=True, slots=True)
class Contact:
    """A contact that would be planned, and every loan it tells of."""

    person: int
    channel: Channel
    step: Step
    loan_refs: tuple[str, ...]
    not_before_at: datetime
    not_after_at: datetime


@dataclass(frozen=True, slots=True)
class NextStep:
    """The next step towards one recipient about one loan, reached on `on` at the earliest."""

    loan_ref: str
    person: int
    step: Step
    on: date


@dataclass(frozen=True, slots=True)
class ShownPlan:
    """The plan of the day `on` for the loans of some people, as a run at `at` would make it.

    `country` is the lender's, by which days and times are written.
    """

    lender: str
    country: str
    on: date
    at: datetime
    zone: ZoneSegments
    loans: int
    contacts: tuple[Contact, ...]
    due: tuple[DueStep, ...]
    coming: tuple[NextStep, ...]


class _Group(NamedTuple):
    lender: int
    lender_name: str
    country: str
    zone: str
    persons: list[int]


def show_plan(
    *, who: str, strategy: Strategy, law: Law, at: datetime, lender: str | None = None
) -> ShownPlan:
    """The plan of today's business day for the loan or the person with this number of the lender's.

    Raises NotFound when there is neither, NotPossible when several lenders have such a loan.
    """
    law = with_reachability(law, strategy)
    group, strategy = _group_of(who, lender), with_duties(strategy)
    facts = load_facts(lender_id=group.lender, persons=group.persons, known_at=at)
    wall = law.zones[group.zone]
    on = int(wall.day(np.array([instant_of(at)]))[0])
    arrears = arrears_of(facts, on, law.zones)
    busy = list_busy(group.lender, facts["loan"]["loan"])
    loans = facts["loan"]["loan"]
    duties = open_duties(lender_id=group.lender, law=law, at=at, known_at=at, loans=loans.tolist())
    plan = plan_day(facts, law, strategy, arrears, on=on, at=instant_of(at), busy=busy, duties=duties)
    coming = next_reach(facts, arrears, strategy, on=on, at=instant_of(at))
    refs = _refs(facts)
    return ShownPlan(
        lender=group.lender_name,
        country=group.country,
        on=date_of(on),
        at=at,
        zone=wall,
        loans=len(loans),
        contacts=tuple(_contact(plan, strategy, refs, n) for n in range(len(plan.contacts))),
        due=tuple(_due(plan, strategy, refs, n) for n in range(len(plan.due))),
        coming=tuple(
            NextStep(refs[int(loans[row])], person, strategy.steps[step], date_of(day))
            for row, person, step, day in zip(
                *(column.tolist() for column in (coming.row, coming.person, coming.step, coming.on)),
                strict=True,
            )
        ),
    )


def lender_of(who: str, *, lender: str | None = None) -> int:
    """The lender of the loan or person with this number; raises as `show_plan` does."""
    return _group_of(who, lender).lender


def _group_of(who: str, lender: str | None) -> _Group:
    """The borrower of the loan with this number, else the person with it."""
    try:
        subject = get_subject(who, lender=None if lender is None else get_lender(lender).id)
    except NotFound as no_loan:
        return _group_of_person(who, lender, no_loan)
    country, zone = subject.lender_country, subject.lender_zone
    return _Group(subject.lender, subject.lender_name, country, zone, [subject.borrower])


def _group_of_person(who: str, lender: str | None, no_loan: NotFound) -> _Group:
    found = get_lender(lender)
    key = keyring().source_key(found.id, who)
    person = Person.objects.filter(lender=found.id, source_key=key).first()
    if person is None:
        what = f"There is no loan and no person with the number {who}."
        raise NotFound("plan.unknown", what, hint=no_loan.hint) from None
    return _Group(found.id, found.name, found.country, found.zone, [person.pk])


def _refs(facts: Facts) -> dict[int, str]:
    loans = facts["loan"]["loan"].tolist()
    return dict(Loan.objects.filter(pk__in=loans).values_list("id", "source_ref"))


def _contact(plan: DayPlan, strategy: Strategy, refs: dict[int, str], number: int) -> Contact:
    candidates, lead = plan.proposals.candidates, int(plan.contacts.lead[number])
    return Contact(
        person=int(candidates["person"][lead]),
        channel=Channel(candidates["channel"][lead]),
        step=strategy.steps[plan.contacts.step[number]],
        loan_refs=tuple(sorted(refs[loan] for loan in candidates["loan"][plan.joined(number)].tolist())),
        not_before_at=datetime_of(plan.contacts.not_before_at[number]),
        not_after_at=datetime_of(plan.contacts.not_after_at[number]),
    )


def _due(plan: DayPlan, strategy: Strategy, refs: dict[int, str], number: int) -> DueStep:
    due = plan.due
    lane = strategy.lanes[int(due.lane[number])]
    rows = np.flatnonzero(plan.proposals.due == number)
    return DueStep(
        loan_ref=refs[int(due.loan[number])],
        person=int(due.person[number]),
        recipient_kind=RecipientKind(due.recipient_kind[number]),
        step=strategy.steps[due.step[number]],
        ladder=strategy.ladders[lane.ladder].name,
        waited_days=int(due.waited_days[number]),
        passed_over=tuple(strategy.steps[position] for position in due.passed_over(number, strategy)),
        ways=tuple(_way(plan, int(row)) for row in rows),
    )


def _way(plan: DayPlan, row: int) -> Way:
    candidates, solution = plan.proposals.candidates, plan.choice.solution
    point = int(candidates["point"][row])
    from_at, until_at = int(solution.from_at[row]), int(solution.until_at[row])
    return Way(
        channel=Channel(candidates["channel"][row]),
        point=None if point == NO_ID else point,
        point_kind=None if point == NO_ID else PointKind(candidates["point_kind"][row]),
        outcome=Outcome(plan.choice.outcome[row]),
        from_at=None if from_at == NEVER else datetime_of(from_at),
        until_at=None if until_at == NEVER else datetime_of(until_at),
        bindings=tuple(solution.reasons(row)),
    )
