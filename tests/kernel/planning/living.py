"""Lives for property tests: invented worlds, and their days lived one after the other without jumping."""

from __future__ import annotations

from hypothesis import strategies as st

from arrears.kernel.arrears import arrears_of
from arrears.kernel.days import HOUR
from arrears.kernel.planning.choice import Outcome
from arrears.kernel.planning.forecast import forecast
from arrears.kernel.planning.plan import plan_day
from arrears.kernel.planning.strategy import CatchUp
from arrears.kernel.vocabulary import Channel, LoanEventKind, PauseBasis, Stops, Surplus
from tests.kernel.planning.builders import a_strategy
from tests.kernel.planning.world import APP, EMAIL, World, a_law, midnight

ON = 20_000
LAW = a_law()
ORDERS = (
    "by_installment: penalty, fee, interest, principal",
    "by_component: past_due interest, due interest, past_due principal, due principal, in_advance principal",
    "by_component: past_due principal, due principal, past_due interest, due interest",
)


def live(world, strategy, on):
    """One day's run with the books up to date, its contacts made.

    Returns its lines as the run decides them, after a look at the plan itself: the contacts
    (on, step, loans, instant) and the refused due steps (on, step, loans) are those of the plan.
    """
    world.through_on = on - 1
    facts = world.facts()
    lines = forecast(facts, LAW, strategy, on=on, at=midnight(on), days=1).lines
    plan = plan_day(facts, LAW, strategy, arrears_of(facts, on, LAW.zones), on=on, at=midnight(on))
    made = list(_made(world, strategy, plan, on))
    assert [(x.on, x.step, x.loans, x.from_at) for x in lines if x.is_planned] == made
    assert {(x.on, x.step, x.loans) for x in lines if not x.is_planned} == _refused(plan, on)
    return lines


def _made(world, strategy, plan, on):
    candidates = plan.proposals.candidates
    for n in range(len(plan.contacts)):
        members, lead = plan.joined(n), plan.contacts.lead[n]
        loans = tuple(sorted(candidates["loan"][members].tolist()))
        step, slot = int(plan.contacts.step[n]), int(plan.contacts.not_before_at[n])
        assert slot < midnight(on + 1), "books through yesterday allow only today"
        person, value = int(candidates["person"][lead]), int(candidates["value"][lead])
        world.attempt(slot, person, value, Channel(int(candidates["channel"][lead])), loans)
        for member in members.tolist():
            own = strategy.steps[int(plan.proposals.step[member])]
            world.step_done(int(candidates["loan"][member]), own, on)
        yield on, step, loans, slot


def _refused(plan, on):
    outcomes = {}
    for due, outcome in zip(plan.proposals.due.tolist(), plan.choice.outcome, strict=True):
        outcomes.setdefault(due, set()).add(outcome)
    return {
        (on, int(plan.due.step[due]), (int(plan.due.loan[due]),))
        for due, found in outcomes.items()
        if found == {Outcome.REFUSED}
    }


def without_repeats(lines):
    """What is told of lived days: a refusal for the same rules as the last of its step is not."""
    last = {}
    for line in lines:
        rules = {each.rule.id for each in line.bindings}
        if line.is_planned or last.get((line.step, line.loans)) != rules:
            yield line
        last[(line.step, line.loans)] = None if line.is_planned else rules


@st.composite
def ladders(draw):
    offsets = sorted(draw(st.sets(st.integers(0, 40), min_size=1, max_size=4)))
    size = len(offsets)
    channels = st.sampled_from([Channel.IN_APP, Channel.EMAIL])
    return a_strategy(
        *offsets,
        catch_up=tuple(draw(st.lists(st.sampled_from(CatchUp), min_size=size, max_size=size))),
        channel=tuple(draw(st.lists(channels, min_size=size, max_size=size))),
        window_days=draw(st.integers(1, 3)),
    )


@st.composite
def worlds(draw, strategy):
    """Two or three borrowers, so that each day that is lived is lived by several of them."""
    world = World(through_on=ON - 1)
    for person in range(10, 10 + draw(st.integers(2, 3))):
        _borrower(draw, world, person, strategy)
    return world


def _borrower(draw, world, person, strategy):
    """A few loans: reported, with a schedule, or with statements."""
    address = 10 * person
    world.person(person, (APP, address), (EMAIL, address + 1), (EMAIL, address + 2))
    for _ in range(draw(st.integers(1, 3))):
        loan = world.loan(1 + len(world.loans), person)
        draw(st.sampled_from([_reported, _scheduled, _scheduled, _with_statements]))(draw, world, loan)
        if draw(st.booleans()):
            world.step_done(loan, strategy.steps[0], ON - draw(st.integers(1, 9)))
        for _ in range(draw(st.integers(0, 2))):
            first, length = draw(st.integers(-5, 40)), draw(st.integers(1, 30))
            world.hold(
                loan,
                stops=draw(st.sampled_from([Stops.NOTICES, Stops.NOTICES | Stops.CALLS, Stops.AGEING])),
                from_at=midnight(ON + first) + draw(st.sampled_from([0, 7, 15])) * HOUR,
                until_at=midnight(ON + first + length) + draw(st.integers(0, 23)) * HOUR,
            )
    for channel in (Channel.EMAIL, Channel.IN_APP):
        if draw(st.integers(0, 3)) == 0:
            world.opt_out(
                draw(st.sampled_from([person, -1])),
                channel,
                value=address + draw(st.integers(1, 2)),
                from_at=midnight(ON + draw(st.integers(-3, 40))),
            )


def _reported(draw, world, loan):
    if draw(st.booleans()):
        world.report(loan, ON - 20, since=None)
    world.report(loan, ON - draw(st.integers(0, 5)), since=ON - draw(st.integers(0, 25)))
    if draw(st.booleans()):
        world.report(loan, ON + draw(st.integers(1, 80)), since=draw(st.sampled_from([None, ON + 1])))


def _scheduled(draw, world, loan):
    first = ON - draw(st.integers(-10, 70))
    world.schedule(
        loan,
        *(first + 30 * n for n in range(draw(st.integers(1, 5)))),
        interest=draw(st.sampled_from([0, 100])),
        payable_days=draw(st.sampled_from([0, 0, 4])),
        order=draw(st.sampled_from(ORDERS)),
        tolerance_minor=draw(st.sampled_from([0, 0, 150])),
        tolerance_days=draw(st.sampled_from([0, 0, 3])),
        grace_days=draw(st.sampled_from([0, 0, 5])),
        pause_basis=draw(st.sampled_from(PauseBasis)),
        surplus=draw(st.sampled_from(Surplus)),
    )
    for _ in range(draw(st.integers(0, 2))):
        world.payment(loan, ON - draw(st.integers(1, 60)), draw(st.integers(1, 2500)))
    if draw(st.integers(0, 3)) == 0:
        kind = draw(st.sampled_from([LoanEventKind.CHARGE, LoanEventKind.WAIVER, LoanEventKind.REFUND]))
        on = ON + draw(st.integers(-20, 60))
        due_on = on + draw(st.integers(0, 40))
        stated = {"due_on": due_on} if kind is LoanEventKind.CHARGE and draw(st.booleans()) else {}
        world.event(loan, on, kind, draw(st.integers(1, 900)), **stated)


def _with_statements(draw, world, loan):
    first = ON - draw(st.integers(0, 40))
    for n in range(draw(st.integers(1, 3))):
        world.statement(
            loan, first + 30 * n, minimum=draw(st.integers(0, 900)), includes_unpaid=draw(st.booleans())
        )
    for _ in range(draw(st.integers(0, 2))):
        world.payment(loan, ON - draw(st.integers(1, 40)), draw(st.integers(1, 900)))


@st.composite
def lives(draw):
    strategy = draw(ladders())
    return strategy, draw(worlds(strategy))
