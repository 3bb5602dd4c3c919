"""Which ladder a loan climbs: each condition for itself, read in plain Python, and all together."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from arrears.kernel.facts import NEVER, NO_DATE, NO_ID, UNKNOWN_MINOR, facts_of
from arrears.kernel.planning.segments import draw_of, ladder_of
from arrears.kernel.planning.strategy import Ladder, Segment, Share, Strategy, Track
from arrears.kernel.vocabulary import DebtKind, HoldReason, Stops
from tests.kernel.planning.builders import a_step, done, ladder_facts, late
from tests.kernel.planning.lives import BEGAN_ON, a_life

ON, START = 100, 80
FIRST = Strategy("test", "v", (Ladder("standard", (a_step(1, 3),)), Ladder("other", (a_step(2, 3),))))


def is_meant(segment, *, steps=(), holds=(), arrears=None, **loan) -> bool:
    """Whether one late loan is meant by the segment."""
    facts = ladder_facts(list(steps), loans=1)
    columns = {**facts["loan"], **{name: np.array([value]) for name, value in loan.items()}}
    tables = {"loan": columns, "step_done": facts["step_done"]}
    if holds:
        tables["hold"] = {name: [row[name] for row in holds] for name in holds[0]}
    names = {"currencies": ("TWD", "USD"), "risks": ("low", "high"), "products": ("card", "car")}
    facts = facts_of(tables, known_at=0, **names)
    known = late(20, start=START) | {name: np.array([value]) for name, value in (arrears or {}).items()}
    strategy = replace(FIRST, segments=(replace(segment, ladder="other"),))
    return ladder_of(facts, strategy, known, ON).tolist() == [1]


def test_a_segment_without_conditions_means_every_loan_and_none_leaves_the_first_ladder():
    assert is_meant(Segment("other"))
    facts = ladder_facts([])
    assert ladder_of(facts, FIRST, late(20, start=START), ON).tolist() == [0]


def test_the_first_segment_that_fits_decides():
    kinds = {"debt_kinds": frozenset({DebtKind.CREDIT_CARD})}
    strategy = replace(FIRST, segments=(Segment("standard", **kinds), Segment("other")))

    facts = ladder_facts([], loans=2)
    facts["loan"]["debt_kind"][1] = DebtKind.AUTO_LOAN

    assert ladder_of(facts, strategy, late([20, 20], start=[START, START]), ON).tolist() == [0, 1]


@pytest.mark.parametrize("kind", DebtKind)
def test_kinds_of_debt(kind):
    wanted = frozenset({DebtKind.AUTO_LOAN, DebtKind.MICRO_LOAN})

    assert is_meant(Segment("", debt_kinds=wanted), debt_kind=int(kind)) == (kind in wanted)


@pytest.mark.parametrize(("code", "expected"), [(0, False), (1, True), (NO_ID, False)])
def test_products_and_risks_are_named_and_a_loan_without_one_is_not_meant(code, expected):
    assert is_meant(Segment("", products=frozenset({"car", "boat"})), arrears={"product": code}) == expected
    assert is_meant(Segment("", risks=frozenset({"high", "odd"})), risk=code) == expected


@pytest.mark.parametrize(
    ("overdue", "expected"),
    [(999, False), (1000, True), (1999, True), (2000, False), (0, False), (UNKNOWN_MINOR, False)],
)
def test_the_amount_is_at_least_the_lower_bound_and_less_than_the_upper_one(overdue, expected):
    between = Segment("", overdue_from={"TWD": 1000}, overdue_below={"TWD": 2000})

    assert is_meant(between, arrears={"overdue_minor": overdue}) == expected


@pytest.mark.parametrize("bound", [{"overdue_from": {"TWD": 0}}, {"overdue_below": {"TWD": 10**12}}])
def test_one_bound_alone_means_no_other_currency_and_no_unknown_amount(bound):
    segment = Segment("", **bound)

    assert is_meant(segment)
    assert not is_meant(segment, currency=1)
    assert not is_meant(segment, currency=NO_ID)
    assert not is_meant(segment, arrears={"overdue_minor": UNKNOWN_MINOR})


@pytest.mark.parametrize(
    ("steps", "expected"),
    [
        ([], True),
        ([done("s1", START)], True),
        ([done("s1", START - 1)], False),
        ([done("s1", START + 2), done("s1", START - 40)], False),
        ([done("s1", START - 40, is_superseded=True)], True),
        ([done("s1", START - 40, person=7)], True),
        ([done("s1", START - 2, track=Track.BEFORE_DUE)], True),
        ([done("s1", START - 2, track=Track.REPORTING)], False),
    ],
    ids=["nothing", "now", "earlier", "both", "passed-over", "another-person", "a-reminder", "reporting"],
)
def test_first_time_is_who_was_told_nothing_late_in_an_earlier_episode(steps, expected):
    assert is_meant(Segment("", is_first_time=True), steps=steps) == expected
    assert is_meant(Segment("", is_first_time=False), steps=steps) != expected


def test_who_is_not_late_now_and_was_told_so_once_is_not_there_for_the_first_time():
    not_late = {"is_late": False, "episode_start_on": NO_DATE}
    segment = Segment("", is_first_time=True)

    assert is_meant(segment, arrears=not_late)
    assert not is_meant(segment, arrears=not_late, steps=[done("s1", START - 40)])


def a_hold(**other):
    stands = {"hold": 1, "loan": 0, "person": NO_ID, "reason": HoldReason.HARDSHIP, "stops": Stops.INTEREST}
    return {**stands, "from_at": ON, "until_at": NEVER, **other}


@pytest.mark.parametrize(
    ("hold", "expected"),
    [
        (a_hold(), True),
        (a_hold(loan=NO_ID, person=0), True),
        (a_hold(until_at=ON + 1), True),
        (a_hold(until_at=ON, from_at=0), False),
        (a_hold(from_at=ON + 1), False),
        (a_hold(reason=HoldReason.DISPUTE), False),
        (a_hold(loan=9), False),
        (a_hold(loan=NO_ID, person=9), False),
    ],
)
def test_hardship_counts_while_its_hold_stands_for_the_loan_or_its_borrower(hold, expected):
    assert is_meant(Segment("", is_vulnerable=True), holds=[hold]) == expected
    assert is_meant(Segment("", is_vulnerable=False), holds=[hold]) != expected


@settings(max_examples=30, deadline=None)
@given(st.text(max_size=8), st.integers(0, 10_000), st.lists(st.integers(0, 2**40), max_size=20))
def test_a_share_is_always_the_same_borrowers_and_a_greater_share_keeps_them(salt, points, borrowers):
    ids = np.array(borrowers, np.int64)
    draws = draw_of(Share(salt, points), ids)

    assert draws.tolist() == [int(draw_of(Share(salt, 0), ids[n : n + 1])[0]) for n in range(len(ids))]
    assert all(0 <= draw < 10_000 for draw in draws.tolist())


def test_a_share_is_about_as_large_as_it_says_and_another_salt_draws_others():
    borrowers = np.arange(20_000)
    drawn = {salt: draw_of(Share(salt, 0), borrowers) < 2_000 for salt in ("spring", "autumn")}

    assert [int(each.sum()) // 100 for each in drawn.values()] == [39, 39]
    assert int((drawn["spring"] & drawn["autumn"]).sum()) == 788


def test_nobody_is_in_a_share_of_nothing_and_everybody_in_the_whole():
    assert not is_meant(Segment("", share=Share("x", 0)))
    assert is_meant(Segment("", share=Share("x", 10_000)))


def test_every_condition_given_must_hold():
    segment = Segment("", debt_kinds=frozenset({DebtKind.CREDIT_CARD}), overdue_from={"TWD": 2000})

    assert is_meant(segment, arrears={"overdue_minor": 2000})
    assert not is_meant(segment)
    assert not is_meant(segment, arrears={"overdue_minor": 2000}, debt_kind=int(DebtKind.AUTO_LOAN))


@st.composite
def two_ladders(draw):
    ladders = []
    for name in ("standard", "firm"):
        ranks = sorted(draw(st.sets(st.integers(1, 9), min_size=1, max_size=4)))
        offsets = sorted(draw(st.sets(st.integers(0, 15), min_size=len(ranks), max_size=len(ranks))))
        steps = (
            replace(a_step(rank, offset), id=f"{name}-{rank}")
            for rank, offset in zip(ranks, offsets, strict=True)
        )
        ladders.append(Ladder(name, tuple(steps)))
    return Strategy("test", "v", tuple(ladders), (Segment("firm", overdue_from={"TWD": 1500}),))


@settings(max_examples=20, deadline=None)
@given(two_ladders(), st.lists(st.tuples(st.integers(6, 30), st.integers(1, 19)), max_size=3))
def test_a_change_of_ladder_in_an_episode_neither_hurries_nor_repeats(strategy, payments):
    life = a_life(strategy, every=5)  # 1000 more is late every five days: part payments change the ladder
    for day, amount in payments:
        life.pay(1, amount * 100, BEGAN_ON + day)

    for life.on in range(BEGAN_ON, BEGAN_ON + 30):
        life.make(life.plan())

    for start, told in episodes(life):
        assert [t.step.rank for t in told] == sorted({t.step.rank for t in told})
        assert len({t.on for t in told}) == len(told)
        for t in told:
            assert t.on - start >= t.step.offset_days - 1, "no step sooner than its days after the start"


def episodes(life):
    """(first day, what was said of loan 1) of every episode, as known at the end."""
    found = {}
    for told in life.log:
        if told.loan == 1:
            found.setdefault(life.books[1].episode_start_on(told.on), []).append(told)
    return found.items()


def test_a_payment_that_leads_back_to_the_milder_ladder_goes_on_above_what_was_said():
    mild = Ladder("standard", tuple(replace(a_step(n, o), id=f"m{n}") for n, o in ((1, 2), (2, 6), (4, 14))))
    firm = Ladder("firm", tuple(replace(a_step(n, o), id=f"f{n}") for n, o in ((1, 1), (3, 4), (4, 9))))
    life = a_life(
        Strategy("test", "v", (mild, firm), (Segment("firm", overdue_from={"TWD": 1500}),)), every=5
    )

    for life.on in range(BEGAN_ON, BEGAN_ON + 21):
        if life.on == BEGAN_ON + 12:
            life.pay(1, 1000, life.on)  # 1000 of 2000 is left, due on day 10
        life.make(life.plan())

    said = [(told.on - BEGAN_ON, told.step.id) for told in life.log if told.loan == 1]
    assert said == [(7, "m1"), (11, "f3"), (19, "f4")]
