"""Senders killed at every transition, two at a time; then the mail server's record against ours.

1  never two hand-overs of one planned contact unless the first certainly left nothing
2  every planned contact ends as exactly one of sent, not permitted, cancelled, lapsed, unsure
3  no attempt without its decision
4  no count exceeded, counting the unsure
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter, defaultdict
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection

from arrears.actions.receipts import settle_receipts
from arrears.actions.sweeping import sweep
from arrears.channels.smtp.sink_process import SinkProcess
from arrears.store import clock, models
from arrears.store.models.attempts import EVIDENCE_STATES
from tests.actions.sending import ACTOR, a_due_contact, a_writing_lender, move_clock, states
from tests.builders import NOW, a_person
from tests.chaos.mortal_sender import PER_ADDRESS, PER_PERSON
from tests.effort import effort

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

KILLS = effort(50, 400)
EVENTS = 150
"""Among so many events the n-th are looked for; a prime steps through them all."""

TRANSITIONS = [
    "gate: before commit",
    "gate: after commit",
    "claim: before commit",
    "claim: after commit",
    "send: before smtp MAIL",
    "send: before smtp RCPT",
    "send: before smtp DATA",
    "send: before smtp message",
    "send: before smtp final dot",
    "send: after smtp final dot",
    "send: after smtp answer",
    "settle: before commit",
    "settle: after commit",
    "deliver in app: before commit",
    "deliver in app: after commit",
    "sweep: before commit",
    "sweep: after commit",
]

ARRIVED = {"unsure", *EVIDENCE_STATES}
ENDS = {"sent", "not_permitted", "cancelled", "lapsed", "unsure"}


class MortalSenders:
    """The process that forks senders; see `mortal_sender`."""

    def __init__(self, sink: SinkProcess, record: Path, wrong: str = "") -> None:
        self.record = record
        told = [connection.settings_dict["NAME"], f"{sink.url}?answer_seconds=20", str(record), wrong]
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.chaos.mortal_sender", *told],
            cwd=Path(__file__).parents[2],
            env={**os.environ, "OPENBLAS_NUM_THREADS": "1"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def run(self, *kill_at: str | int) -> list[int]:
        """Senders beside each other, each killed at its event; their exit codes."""
        self._process.stdin.write("\t".join(map(str, kill_at)) + "\n")
        self._process.stdin.flush()
        return [int(code) for code in self._process.stdout.readline().split()]

    def stop(self) -> None:
        self._process.stdin.close()
        assert self._process.wait() == 0
        self._process.stdout.close()

    def killed_at(self) -> Counter[str]:
        return Counter(self.record.read_text().splitlines()) if self.record.exists() else Counter()


def a_town(contacts: int) -> None:
    """Contacts of people who have several loans and share addresses, so that counts bind often."""
    lender = a_writing_lender()
    people = [a_person(lender) for _ in range(contacts // 4)]
    for n in range(contacts):
        kind = (
            "odd-refused" if n % 17 == 5 else "silent" if n % 23 == 7 else "later" if n % 19 == 11 else "box"
        )
        a_due_contact(
            lender,
            channel="in_app" if n % 4 == 0 else "email",
            person=people[n * 7 % len(people)],
            value=f"{kind}-{n * 5 % (contacts * 2 // 5)}" + ("" if n % 4 == 0 else "@x.example"),
            not_after_at=NOW + timedelta(days=20),
        )


CONDUCT = {"refuse": ["odd-refused-*"], "defer": ["later-*"], "drop": ["silent-*"]}


def live_through(senders: MortalSenders, kills: int) -> int:
    """Kill senders until `kills` have died, let everything left come to its end; how many died.

    First one alone dies at each transition, so that none is left out by chance. Then of two beside
    each other, one dies at a transition by its name, at its first or second time, the other one
    wherever its n-th event is.
    """
    died, n = 0, 0
    for transition in TRANSITIONS:
        died += senders.run(f"{transition}#1").count(-9)
        move_clock(minutes=11)
    while died < kills and _is_open():
        named = f"{TRANSITIONS[n % len(TRANSITIONS)]}#{1 + n // len(TRANSITIONS) % 2}"
        n += 1
        codes = senders.run(named, 1 + n * 37 % EVENTS)
        assert set(codes) <= {0, -9}, f"a sender failed by itself: {codes}"
        died += codes.count(-9)
        move_clock(minutes=11)  # every lease of the dead has ended
    while _is_open():
        move_clock(hours=7)
        assert senders.run(0) == [0]
    sweep(actor=ACTOR)
    settle_receipts(actor=ACTOR, at=clock.now())
    return died


def _is_open() -> bool:
    return (
        models.PlannedContact.objects.filter(state__in=["planned", "reserved"]).exists()
        or models.Attempt.objects.filter(state__in=["reserved", "handing_over"]).exists()
    )


def broken_promises(taken: list[dict]) -> list[str]:
    """Every way in which what happened contradicts the four invariants or the server's record."""
    attempts = {attempt.pk: attempt for attempt in models.Attempt.objects.all()}
    return [
        *_handed_over_twice(attempts, taken),
        *_record_against_ours(attempts, taken),
        *_ends(attempts),
        *_undecided(attempts),
        *_counts(attempts),
    ]


def _handed_over_twice(attempts, taken):
    begun = set(models.AttemptStep.objects.filter(to_state="handing_over").values_list("attempt", flat=True))
    may_have_left, arrivals = defaultdict(list), defaultdict(list)
    for pk in begun:
        if attempts[pk].state != "not_sent":
            may_have_left[attempts[pk].planned_contact_id].append(pk)
    for entry in taken:
        arrivals[attempts[entry["attempt"]].planned_contact_id].append(entry["attempt"])
    for planned, tries in may_have_left.items():
        if len(tries) > 1:
            yield f"planned contact {planned} may have left in tries {tries}"
    for planned, tries in arrivals.items():
        if len(tries) > 1:
            yield f"planned contact {planned} arrived by attempts {tries}"


def _record_against_ours(attempts, taken):
    arrived = Counter(entry["attempt"] for entry in taken)
    for pk, times in arrived.items():
        if times > 1:
            yield f"attempt {pk} arrived {times} times"
        if attempts[pk].state not in ARRIVED:
            yield f"attempt {pk} arrived, and is {attempts[pk].state}"
    for pk, attempt in attempts.items():
        if attempt.channel == "email" and attempt.state == "accepted" and pk not in arrived:
            yield f"attempt {pk} is accepted, and never arrived"


def _ends(attempts):
    of_planned = defaultdict(list)
    for attempt in attempts.values():
        of_planned[attempt.planned_contact_id].append(attempt.state)
    steps_done = set(models.StepRecord.objects.exclude(attempt=None).values_list("attempt", flat=True))
    for planned in models.PlannedContact.objects.all():
        last = [state for state in of_planned[planned.pk] if state != "not_sent"]
        expected = {"unsure": "unsure", "refused_by_provider": "lapsed"}.get(*last, "sent") if last else None
        if planned.state not in ENDS:
            yield f"planned contact {planned.pk} has not ended: {planned.state}"
        elif (expected or planned.state) != planned.state:
            yield f"planned contact {planned.pk} is {planned.state} after {last}"
        elif not last and planned.state in ("sent", "unsure"):
            yield f"planned contact {planned.pk} is {planned.state} without an attempt"
    for attempt in attempts.values():
        if (attempt.state in ARRIVED) != (attempt.pk in steps_done):
            yield f"attempt {attempt.pk} is {attempt.state}, and its step does not follow"


def _undecided(attempts):
    decisions = {row.id: row for row in models.Decision.objects.filter(use="gate")}
    for attempt in attempts.values():
        decision = decisions.get(attempt.decision_id)
        if decision is None or (decision.outcome, decision.planned_contact_id) != (
            "cleared",
            attempt.planned_contact_id,
        ):
            yield f"attempt {attempt.pk} has no decision of its own"
    cleared = sum(row.outcome == "cleared" for row in decisions.values())
    if cleared != len(attempts):
        yield f"{cleared} decisions cleared {len(attempts)} attempts"
    if models.Message.objects.count() != len(attempts):
        yield "an attempt without its text"


def _counts(attempts):
    counted = [attempt for attempt in attempts.values() if attempt.state != "not_sent"]
    for column, most in (("person_id", PER_PERSON), ("value_key", PER_ADDRESS)):
        for key, times in Counter(getattr(attempt, column) for attempt in counted).items():
            if times > most:
                yield f"{column} {key} was contacted {times} times where {most} were allowed"


AFTER_IT_LEFT = ["send: after smtp final dot", "send: after smtp answer", "settle: before commit"]


@pytest.fixture
def sink(tmp_path):
    with SinkProcess(tmp_path / "sink", CONDUCT) as running:
        yield running


def test_senders_are_killed_by_the_dozen_and_no_promise_is_broken(sink, tmp_path):
    a_town(effort(240, 960))
    senders = MortalSenders(sink, tmp_path / "killed")

    died = live_through(senders, KILLS)
    senders.stop()
    sink.stop()

    where = senders.killed_at()
    sys.stdout.write(
        f"{died} killed at {len(where)} places; planned {dict(states())};"
        f" attempts {dict(states(models.Attempt))}; {len(sink.taken())} arrived\n"
    )
    assert died >= KILLS
    assert [each for each in TRANSITIONS if not where[each]] == []
    assert broken_promises(sink.taken()) == []


@pytest.mark.parametrize("wrong", ["unsure is tried again", "marked after it left"])
def test_a_sender_that_breaks_a_promise_is_found_out(sink, tmp_path, wrong):
    """So the test above means something: with one promise broken on purpose, it would fail."""
    a_town(40)
    senders = MortalSenders(sink, tmp_path / "killed", wrong)

    for n in range(30):
        senders.run(f"{AFTER_IT_LEFT[n % 3]}#{1 + n // 3 % 2}")
        move_clock(minutes=11)
    senders.stop()

    assert any("arrived" in each for each in broken_promises(sink.taken()))
