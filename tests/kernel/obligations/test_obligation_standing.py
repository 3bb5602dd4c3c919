"""How obligations stand: what meets them, what never does, and that company changes nothing."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from arrears.kernel.days import DAY
from arrears.kernel.facts import NEVER
from arrears.kernel.obligations.rules import ProofState, SatisfiedBy
from arrears.kernel.obligations.standing import Standing
from arrears.kernel.vocabulary import Channel
from tests.kernel.obligations.builders import a_proof, a_trigger, a_window, an_obligation, standing_of, told

LAST_AT = 6 * DAY - 1  # five days after day 0, at its end


@pytest.mark.parametrize("by", [SatisfiedBy.SENT, SatisfiedBy.DELIVERED])
@given(
    states=st.lists(st.sampled_from([ProofState.UNSURE, ProofState.RETURNED]), max_size=4),
    at=st.lists(st.integers(0, 9 * DAY), min_size=4, max_size=4),
)
def test_what_is_unsure_or_came_back_never_meets_anything(by, states, at):
    proofs = [a_proof(when, state) for when, state in zip(at, states, strict=False)]
    proofs += [a_proof(DAY, ProofState.SERVED)] if ProofState.RETURNED in states else []

    found = standing_of(told([a_trigger(0)], proofs), an_obligation(satisfied_by=by), at=9 * DAY)

    assert (found.standing.tolist(), found.met_at.tolist()) == ([Standing.OVERDUE], [NEVER])


def test_another_message_still_meets_it_when_one_came_back():
    proofs = [a_proof(DAY), a_proof(2 * DAY, ProofState.RETURNED), a_proof(3 * DAY, message=2)]

    found = standing_of(told([a_trigger(0)], proofs), at=4 * DAY)

    assert (found.standing.tolist(), found.met_at.tolist()) == ([Standing.MET], [3 * DAY])


def test_where_channels_are_named_nothing_else_meets_it():
    by_text = an_obligation(channels=(Channel.SMS, Channel.EMAIL))
    letter, text = a_proof(DAY), a_proof(2 * DAY, channel=Channel.SMS, message=2)

    found = standing_of(told([a_trigger(0)], [letter]), by_text, at=4 * DAY)
    assert found.standing.tolist() == [Standing.OPEN]
    found = standing_of(told([a_trigger(0)], [letter, text]), by_text, at=4 * DAY)
    assert (found.standing.tolist(), found.met_at.tolist()) == ([Standing.MET], [2 * DAY])


@pytest.mark.parametrize(
    ("at", "standing"),
    [(LAST_AT, Standing.OPEN), (LAST_AT + 1, Standing.OVERDUE), (9 * DAY, Standing.OVERDUE)],
)
def test_it_is_overdue_from_the_instant_after_the_last(at, standing):
    assert standing_of(told([a_trigger(0)]), at=at).standing.tolist() == [standing]


@pytest.mark.parametrize(
    ("met_at", "standing", "gap"),
    [(LAST_AT, Standing.MET, None), (LAST_AT + 1, Standing.MET_LATE, (LAST_AT + 1, LAST_AT + 1))],
)
def test_what_meets_it_after_the_last_instant_leaves_a_gap(met_at, standing, gap):
    found = standing_of(told([a_trigger(0)], [a_proof(met_at)]), at=9 * DAY)

    assert (found.standing.tolist(), found.gap(0)) == ([standing], gap)


def test_what_had_not_happened_yet_is_not_known():
    known = told([a_trigger(0, ended_at=3 * DAY), a_trigger(5 * DAY, loan=2)], [a_proof(4 * DAY)])

    assert standing_of(known, at=2 * DAY).standing.tolist() == [Standing.OPEN]
    assert standing_of(known, at=4 * DAY).standing.tolist() == [Standing.ENDED]


def test_a_repeated_notice_is_due_again_after_each_until_the_trigger_ends():
    rule = an_obligation(repeat_months=6)
    proofs = [a_proof(DAY), a_proof(100 * DAY, message=2), a_proof(200 * DAY, message=3)]

    found = standing_of(told([a_trigger(0, ended_at=150 * DAY)], proofs), rule, at=300 * DAY)

    assert found.arose_at.tolist() == [0, DAY, 100 * DAY]
    assert found.standing.tolist() == [Standing.MET, Standing.MET, Standing.ENDED]


triggers = st.builds(
    lambda at, loan, ended_at, missed: a_trigger(at, loan=loan, ended_at=ended_at, missed=missed),
    st.integers(0, 9 * DAY),
    st.integers(1, 3),
    st.one_of(st.just(NEVER), st.integers(0, 9 * DAY)),
    st.integers(0, 2),
)
proofs = st.builds(
    lambda at, state, loan, message: a_proof(at, state, loan=loan, message=message),
    st.integers(0, 9 * DAY),
    st.sampled_from(ProofState),
    st.integers(1, 3),
    st.integers(1, 4),
)
RULES = (
    an_obligation(),
    an_obligation(id="t.repeated", repeat_months=1, satisfied_by=SatisfiedBy.DELIVERED),
    an_obligation(id="t.missed", payments_min=2, window=a_window(3, counts_anchor=True)),
    an_obligation(id="t.earlier", earlier_counts=True),
)


@given(st.lists(triggers, max_size=5), st.lists(proofs, max_size=6), st.integers(0, 9 * DAY), st.randoms())
def test_one_trigger_alone_stands_as_it_does_among_others_in_any_order(rows, given_proofs, at, random):
    among = standing_of(told(rows, given_proofs), *RULES, at=at)
    shuffled = random.sample(given_proofs, len(given_proofs))

    for number, row in enumerate(rows):
        alone = standing_of(told([row], shuffled), *RULES, at=at)
        of_it = np.flatnonzero(among.trigger == number)
        for name in ("rule", "arose_at", "not_after_at", "met_at", "standing"):
            assert getattr(alone, name).tolist() == getattr(among, name)[of_it].tolist()
