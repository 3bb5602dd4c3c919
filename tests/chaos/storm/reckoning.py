"""What happened, by the providers' own records and plain counting, against what our tables say.

Nothing of the product is asked but its tables, in SQL of this file's own, and its ciphers.

1  never two hand-overs of one planned contact unless the first certainly left nothing
2  every planned contact ends as exactly one of sent, not permitted, cancelled, lapsed, unsure
3  no attempt without its decision
4  no count exceeded, counting the unsure
5  after an opt-out's commit nobody it is about is cleared; what was cleared before begins within the lease
6  evidence is never lost: the highest that was acknowledged stands
7  a ladder is climbed rung by rung, never twice, never hurried
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from django.db import connection

from arrears.store.crypto import ciphers_of, keyring
from tests.chaos.storm.rules import NUMBER_HOURS, OFFSETS, PER_NUMBER, PER_PERSON_AND_DAY

LEASE = timedelta(minutes=5)
ENDS = {"sent", "not_permitted", "cancelled", "lapsed", "unsure"}
RANKS = ("accepted", "delivered", "undelivered", "returned", "complained")
LEFT_NOTHING = {"not_sent", "refused_by_provider"}
TAIPEI = ZoneInfo("Asia/Taipei")


class Text(NamedTuple):
    """One text message as the operator got it."""

    number: str
    text: str


@dataclass
class Records:
    """What was seen from outside.

    mails     attempts of the messages that reached a mailbox, once per message
    texts     text messages that the operator got; None when there was no operator
    asked     (attempt, conduct) of each request that a gateway read whole
    reports   attempt -> the evidence that was acknowledged to whoever reported it
    reported  attempt -> all evidence that may have come in
    opt_outs  (person, channel or none, a simulated instant after the commit)
    """

    mails: Sequence[int] = ()
    texts: Sequence[Text] | None = None
    asked: Sequence[tuple[int, str]] = ()
    reports: Mapping[int, set[str]] = field(default_factory=dict)
    reported: Mapping[int, set[str]] = field(default_factory=dict)
    opt_outs: Sequence[tuple[int, str | None, datetime]] = ()


Rows = list[dict[str, Any]]


def rows_of(sql: str, *params: Any) -> Rows:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        names = [column.name for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def broken_promises(records: Records) -> list[str]:
    """Every contradiction, as a sentence that begins with the number of the promise."""
    attempts = {
        row["id"]: row
        for row in rows_of(
            "SELECT id, planned_contact_id, person_id, value_key, channel, state, at, send_before,"
            " decision_id FROM attempt WHERE direction = 'out'"
        )
    }
    return [
        *_handed_over_twice(attempts),
        *_mails(attempts, records.mails),
        *(() if records.texts is None else _texts(attempts, records.texts)),
        *_asked_twice(records.asked),
        *_ends(attempts),
        *_undecided(attempts),
        *_counts(attempts),
        *_after_opt_outs(attempts, records.opt_outs),
        *_evidence(attempts, records),
        *_ladders(),
    ]


def _handed_over_twice(attempts: Mapping[int, Any]) -> Iterator[str]:
    begun = {
        row["attempt_id"]
        for row in rows_of("SELECT attempt_id FROM attempt_step WHERE to_state = 'handing_over'")
    }
    may_have_left = defaultdict(list)
    for pk in begun:
        if attempts[pk]["state"] not in LEFT_NOTHING:
            may_have_left[attempts[pk]["planned_contact_id"]].append(pk)
    for planned, tries in may_have_left.items():
        if len(tries) > 1:
            yield f"1: planned contact {planned} may have left in attempts {sorted(tries)}"


def _mails(attempts: Mapping[int, Any], mails: Sequence[int]) -> Iterator[str]:
    yield from _arrivals(attempts, Counter(mails), "email")


def _texts(attempts: Mapping[int, Any], texts: Sequence[Text]) -> Iterator[str]:
    """Arrivals by what the operator got: a text is told from every other by its verification code."""
    said = {}
    for row in rows_of(
        "SELECT message.attempt_id, message.person_id, body_encrypted, value_encrypted FROM message"
        " JOIN attempt ON attempt.id = message.attempt_id"
        " JOIN contact_point AS point ON point.id = attempt.contact_point_id WHERE message.channel = 'sms'"
    ):
        cipher = ciphers_of(keyring(), [row["person_id"]])[row["person_id"]]
        number = cipher.decrypt("point", bytes(row["value_encrypted"]))
        said[Text(number, cipher.decrypt("body", bytes(row["body_encrypted"])))] = row["attempt_id"]
    arrived = Counter(said.get(text, 0) for text in texts)
    if arrived.pop(0, 0):
        yield "1: the operator got a text that we do not know"
    yield from _arrivals(attempts, arrived, "sms")


def _asked_twice(asked: Sequence[tuple[int, str]]) -> Iterator[str]:
    for attempt, times in Counter(attempt for attempt, _ in asked).items():
        if times > 1:
            yield f"1: the gateway was asked {times} times for attempt {attempt}"


def _arrivals(attempts: Mapping[int, Any], arrived: Counter[int], channel: str) -> Iterator[str]:
    by_planned = defaultdict(set)
    for pk, times in arrived.items():
        by_planned[attempts[pk]["planned_contact_id"]].add(pk)
        if times > 1:
            yield f"1: attempt {pk} arrived {times} times"
        if attempts[pk]["state"] in {*LEFT_NOTHING, "reserved", "handing_over"}:
            yield f"1: attempt {pk} arrived, and is {attempts[pk]['state']}"
    for planned, tries in by_planned.items():
        if len(tries) > 1:
            yield f"1: planned contact {planned} arrived by attempts {sorted(tries)}"
    for pk, attempt in attempts.items():
        is_taken = attempt["channel"] == channel and attempt["state"] in RANKS
        if is_taken and (pk in arrived) == (attempt["state"] == "returned"):
            yield f"1: attempt {pk} is {attempt['state']}, and its arrival is {pk in arrived}"


def _ends(attempts: Mapping[int, Any]) -> Iterator[str]:
    of_planned = defaultdict(list)
    for attempt in attempts.values():
        of_planned[attempt["planned_contact_id"]].append(attempt["state"])
        if attempt["state"] in ("reserved", "handing_over"):
            yield f"2: attempt {attempt['id']} has not ended: {attempt['state']}"
    for planned in rows_of("SELECT id, state FROM planned_contact"):
        live = [state for state in of_planned[planned["id"]] if state != "not_sent"]
        if planned["state"] not in ENDS:
            yield f"2: planned contact {planned['id']} has not ended: {planned['state']}"
        elif planned["state"] != _expected_end(live, planned["state"]):
            yield f"2: planned contact {planned['id']} is {planned['state']} after {live}"


def _expected_end(live: list[str], state: str) -> str:
    if not live:
        return state if state not in ("sent", "unsure") else "something else"
    return {"unsure": "unsure", "refused_by_provider": "lapsed"}.get(live[0], "sent")


def _undecided(attempts: Mapping[int, Any]) -> Iterator[str]:
    decisions = {
        row["id"]: row
        for row in rows_of("SELECT id, outcome, result, planned_contact_id FROM decision WHERE use = 'gate'")
    }
    texts = {row["attempt_id"] for row in rows_of("SELECT attempt_id FROM message")}
    for pk, attempt in attempts.items():
        decision = decisions.get(attempt["decision_id"])
        is_own = decision is not None and (
            decision["outcome"],
            decision["result"],
            decision["planned_contact_id"],
        ) == ("cleared", "allow", attempt["planned_contact_id"])
        if not is_own:
            yield f"3: attempt {pk} has no decision of its own"
        if pk not in texts:
            yield f"3: attempt {pk} has no text"


def _counts(attempts: Mapping[int, Any]) -> Iterator[str]:
    """A day is the recipient's; a span is looked back on from each contact in it."""
    counted = sorted(
        (each for each in attempts.values() if each["state"] != "not_sent"), key=lambda each: each["at"]
    )
    days = Counter((each["person_id"], each["at"].astimezone(TAIPEI).date()) for each in counted)
    for (person, day), times in days.items():
        if times > PER_PERSON_AND_DAY:
            yield f"4: person {person} was contacted {times} times on {day}"
    of_number = defaultdict(list)
    for each in counted:
        of_number[each["value_key"]].append(each["at"])
    for number, instants in of_number.items():
        for last in instants:
            span = [at for at in instants if last - timedelta(hours=NUMBER_HOURS) < at <= last]
            if len(span) > PER_NUMBER:
                yield f"4: number {number} was contacted {len(span)} times in {NUMBER_HOURS} hours to {last}"


def _after_opt_outs(
    attempts: Mapping[int, Any], opt_outs: Sequence[tuple[int, str | None, datetime]]
) -> Iterator[str]:
    begun = {
        row["attempt_id"]: row["at"]
        for row in rows_of("SELECT attempt_id, at FROM attempt_step WHERE to_state = 'handing_over'")
    }
    for person, channel, committed_by in opt_outs:
        for pk, attempt in attempts.items():
            if attempt["person_id"] != person or channel not in (None, attempt["channel"]):
                continue
            if attempt["at"] > committed_by:
                yield f"5: attempt {pk} was cleared after the opt-out of person {person}"
            elif pk in begun and begun[pk] > min(committed_by + LEASE, attempt["send_before"]):
                yield f"5: attempt {pk} began {begun[pk] - committed_by} after the opt-out of person {person}"


def _evidence(attempts: Mapping[int, Any], records: Records) -> Iterator[str]:
    for pk, told in records.reports.items():
        least = max(told, key=RANKS.index)
        state = attempts[pk]["state"]
        if state not in RANKS or RANKS.index(state) < RANKS.index(least):
            yield f"6: attempt {pk} is {state}, and {least} was acknowledged"
    for pk, attempt in attempts.items():
        is_higher = attempt["state"] in RANKS[1:] and attempt["channel"] == "sms"
        if is_higher and attempt["state"] not in records.reported.get(pk, ()):
            yield f"6: attempt {pk} is {attempt['state']}, and nobody said so"


def _ladders() -> Iterator[str]:
    done = defaultdict(list)
    for row in rows_of(
        "SELECT loan_id, episode_start_on, step, rank, done_on FROM step_record WHERE outcome = 'done'"
        " ORDER BY id"
    ):
        done[row["loan_id"], row["episode_start_on"]].append(row)
    for (loan, _), steps in done.items():
        in_order = sorted(steps, key=lambda row: (row["done_on"], row["rank"]))
        if len({row["rank"] for row in steps}) < len(steps):
            yield f"7: a step of loan {loan} was done twice"
        for earlier, later in pairwise(in_order):
            apart = OFFSETS[later["step"]] - OFFSETS[earlier["step"]]
            if apart < 0 or (later["done_on"] - earlier["done_on"]).days < apart:
                yield f"7: loan {loan} went from {earlier['step']} to {later['step']} in a hurry"
