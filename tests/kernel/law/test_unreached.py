"""When a channel does not reach an address, against a reading that walks its history in plain Python."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from arrears.kernel.days import DAY
from arrears.kernel.facts import facts_of
from arrears.kernel.law.unreached import Limit, Miss, Reachability, spells_of
from arrears.kernel.vocabulary import ANY, Arrival, Channel

CALL, EMAIL, IN_APP, SMS = Channel.CALL, Channel.EMAIL, Channel.IN_APP, Channel.SMS
RETRY = 10
FAILED = Limit(EMAIL, Miss.FAILED, 3, 5)
UNANSWERED = Limit(CALL, Miss.UNANSWERED, 3, 4)
UNREAD = Limit(IN_APP, Miss.SILENT, 2, 3)
UNCONFIRMED = Limit(SMS, Miss.SILENT, 2, 3)
EVERY = (FAILED, UNANSWERED, UNREAD, UNCONFIRMED)
HERE = 7  # the address


def told(*rows):
    """Rows (day, channel, sign) as facts; days may have parts."""
    return _facts(
        [
            (HERE, round(day * DAY), int(channel), number, int(sign))
            for number, (day, channel, sign) in enumerate(rows)
        ]
    )


def _facts(rows):
    names = ("value", "at", "channel", "contact", "sign")
    columns = {name: [row[place] for row in rows] for place, name in enumerate(names)}
    return facts_of({"arrival": columns}, known_at=0)


def unreached(facts, channel, day, *limits):
    found = spells_of(facts, Reachability(limits or EVERY, RETRY)).at(round(day * DAY))
    return HERE in found.value[found.channel == channel].tolist()


def failed(*days):
    return [(day, EMAIL, Arrival.FAILED) for day in days]


def rung_out(*days):
    return [(day, CALL, Arrival.UNANSWERED) for day in days]


def sent(channel, *days):
    return [(day, channel, Arrival.SENT) for day in days]


# -- both sides of every number ----------------------------------------------------------------


def test_two_failures_are_doubt_and_the_third_is_enough_from_its_own_instant_on():
    facts = told(*failed(1, 2, 3))

    assert not unreached(told(*failed(1, 2)), EMAIL, 3)
    assert not unreached(facts, EMAIL, 3 - 1e-9)
    assert unreached(facts, EMAIL, 3)


def test_failures_further_apart_than_the_limit_says_do_not_add_up():
    assert unreached(told(*failed(1, 2, 6)), EMAIL, 6)
    assert not unreached(told(*failed(1, 2, 6 + 1e-9)), EMAIL, 7)


def test_calls_that_nobody_took_add_up_only_over_days():
    assert unreached(told(*rung_out(1, 2, 5)), CALL, 5)
    assert not unreached(told(*rung_out(1, 2, 5 - 1e-9)), CALL, 5)
    assert not unreached(told(*rung_out(1, 5)), CALL, 5)


def test_messages_unread_for_days_add_up_when_the_last_of_them_has_waited():
    facts = told(*sent(IN_APP, 1, 2))

    assert not unreached(facts, IN_APP, 5 - 1e-9)
    assert unreached(facts, IN_APP, 5)


def test_a_message_read_on_the_last_instant_was_read_in_time():
    late = (4 + 1e-9, IN_APP, Arrival.READ)

    assert not unreached(told(*sent(IN_APP, 0, 1), (4, IN_APP, Arrival.READ)), IN_APP, 5)
    assert unreached(told(*sent(IN_APP, 0, 1), late), IN_APP, 4)
    assert not unreached(told(*sent(IN_APP, 0, 1), late), IN_APP, 5)


def test_after_its_rest_an_address_is_tried_again_and_what_is_old_is_no_evidence_any_more():
    facts = told(*failed(1, 2, 3, 20))

    assert unreached(facts, EMAIL, 3 + RETRY - 1e-9)
    assert not unreached(facts, EMAIL, 3 + RETRY)
    assert not unreached(facts, EMAIL, 20)


def test_one_call_more_that_nobody_took_after_the_rest_is_enough():
    facts = told(*rung_out(1, 2, 5, 16))

    assert not unreached(facts, CALL, 15)
    assert unreached(facts, CALL, 16)


# -- signs of life -----------------------------------------------------------------------------


@pytest.mark.parametrize("sign", [Arrival.DELIVERED, Arrival.READ])
def test_what_arrives_through_a_channel_resets_that_channel(sign):
    assert not unreached(told(*failed(1, 2), (2.5, EMAIL, sign), *failed(3)), EMAIL, 4)
    assert unreached(told(*failed(1, 2), (2.5, SMS, sign), *failed(3)), EMAIL, 4)


@pytest.mark.parametrize("sign", [Arrival.TALKED, Arrival.HEARD, Arrival.CONFIRMED])
def test_somebody_there_resets_every_channel(sign):
    channel = ANY if sign is Arrival.CONFIRMED else CALL

    assert not unreached(told(*failed(1, 2, 3), (3.5, channel, sign)), EMAIL, 4)
    assert unreached(told(*failed(1, 2, 3), (3.5, channel, sign)), EMAIL, 3)


def test_a_sign_of_life_of_the_same_instant_wins():
    assert not unreached(told(*failed(1, 2, 3), (3, EMAIL, Arrival.DELIVERED)), EMAIL, 3)


def test_that_a_message_lies_in_the_inbox_is_no_sign_that_it_was_read():
    assert unreached(told(*sent(IN_APP, 1, 2), (2, IN_APP, Arrival.DELIVERED)), IN_APP, 5)


def test_calls_in_vain_say_nothing_of_text_messages_to_the_same_number():
    assert not unreached(told(*rung_out(1, 2, 5)), SMS, 5)


def test_without_limits_nothing_is_evidence():
    spells = spells_of(told(*failed(1, 2, 3, 4)), Reachability())

    assert len(spells.value) == 0


def test_a_spell_says_since_when_and_how_often():
    spells = spells_of(told(*failed(1, 2, 3, 4)), Reachability(EVERY, RETRY)).at(4 * DAY)

    assert spells.since_at.tolist() == [DAY, DAY]
    assert spells.count.tolist() == [3, 4]
    assert spells.from_at.tolist() == [3 * DAY, 4 * DAY]


# -- against the plain reading -----------------------------------------------------------------

_ALIVE = {Arrival.TALKED, Arrival.HEARD, Arrival.CONFIRMED}
_COUNTED = {
    Miss.FAILED: Arrival.FAILED,
    Miss.UNANSWERED: Arrival.UNANSWERED,
    Miss.SILENT: Arrival.SENT,
}


def plainly(rows, value, limit, retry, at):
    """Whether the limit is filled at the instant, from the rows (value, at, channel, contact, sign)."""
    mine = [row for row in rows if row[0] == value]
    alive = [when for _, when, channel, _, sign in mine if _is_alive(limit.channel, channel, sign)]
    misses = [
        when
        for _, when, channel, _, sign in mine
        if channel == limit.channel and sign == _COUNTED[limit.miss]
    ]
    if limit.miss is Miss.SILENT:
        wait = limit.days * DAY
        misses = [when + wait for when in misses if not any(when <= each <= when + wait for each in alive)]
    run, until = [], None
    for when, lives in sorted([(when, False) for when in misses] + [(when, True) for when in alive]):
        if when > at:
            break
        if lives:
            run, until = [], None
            continue
        run.append(when)
        if len(run) >= limit.count and _fits(limit, run):
            until = when + retry * DAY
    return until is not None and at < until


def _is_alive(wanted, channel, sign):
    if sign in _ALIVE:
        return True
    read_only = wanted == IN_APP
    return channel == wanted and (sign == Arrival.READ or (sign == Arrival.DELIVERED and not read_only))


def _fits(limit, run):
    if limit.miss is Miss.FAILED:
        return run[-1] - run[-limit.count] <= limit.days * DAY
    return limit.miss is Miss.SILENT or run[-1] - run[0] >= limit.days * DAY


_DAYS = st.integers(0, 24).map(lambda half: half * DAY // 2)
ROWS = st.lists(
    st.tuples(
        st.integers(1, 3),
        _DAYS,
        st.sampled_from([EMAIL, CALL, IN_APP, SMS]).map(int),
        st.just(0),
        st.sampled_from([*Arrival, *[Arrival.FAILED, Arrival.UNANSWERED, Arrival.SENT] * 3]).map(int),
    ),
    max_size=25,
)
LIMITS = st.builds(
    Limit,
    st.sampled_from([EMAIL, CALL, IN_APP, SMS]),
    st.sampled_from(Miss),
    st.integers(2, 4),
    st.integers(1, 5),
)


@settings(max_examples=400, deadline=None)
@given(ROWS, LIMITS, st.integers(1, 8), _DAYS)
def test_the_columns_say_what_a_walk_through_the_history_says(rows, limit, retry, at):
    found = spells_of(_facts(rows), Reachability((limit,), retry)).at(at)

    values = found.value[found.channel == limit.channel]
    assert np.unique(values).tolist() == [
        value for value in (1, 2, 3) if plainly(rows, value, limit, retry, at)
    ]


@settings(max_examples=100, deadline=None)
@given(ROWS, LIMITS, st.permutations([1, 2, 3]))
def test_no_address_speaks_for_another(rows, limit, order):
    def spells(of):
        found = spells_of(_facts(of), Reachability((limit,), 5))
        return set(zip(found.value.tolist(), found.from_at.tolist(), found.until_at.tolist(), strict=True))

    whole = spells(rows)
    apart = [spells([row for row in rows if row[0] == value]) for value in order]
    assert whole == set().union(*apart)
