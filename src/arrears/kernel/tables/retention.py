"""How long records are kept and credit data is shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from arrears.kernel.tables.entries import Answer, Entry, Facts, binds
from arrears.kernel.tables.periods import after
from arrears.kernel.vocabulary import HOUSE


def keep(entry: Entry, facts: Facts) -> Answer:
    """`stays` through the last day of the period, or without an end before it has begun; then `may_go`.

    Where the law also names the longest time, it is `must_go` after that.
    """
    if facts["record"] not in entry.params["records"]:
        return Answer("may_go")
    start: date | None = facts.get(entry.params["starts"])
    if start is None:
        return Answer("stays", missing=(entry.params["starts"],))
    through, on = after(start, entry.params), facts["on"]
    if on <= through:
        return Answer("stays", through)
    most_on = _at_most(start, entry)
    return Answer("must_go", most_on) if most_on and on > most_on else Answer("may_go", through)


def _at_most(start: date, entry: Entry) -> date | None:
    most = entry.params.get("most_years")
    return after(start, {"years": most}) if most else None


def show(entry: Entry, facts: Facts) -> Answer:
    """`shown` until the day it must be gone, without an end before its clock has started; then `gone`."""
    start: date | None = facts.get(entry.params["starts"])
    if start is None:
        return Answer("shown", missing=(entry.params["starts"],))
    gone_on = after(start + timedelta(days=entry.params.get("first_days", 0)), entry.params)
    return Answer("shown" if facts["on"] < gone_on else "gone", gone_on)


def lock(entry: Entry, facts: Facts) -> Answer:  # noqa: ARG001 - the shape of every kind
    """What must be deleted is `locked`, only stored, while a period to keep it runs; else it `must_go`."""
    return Answer("locked" if facts["is_period_running"] else "must_go")


@dataclass(frozen=True, slots=True)
class Retention:
    """What is to become of one record.

    state       stays, locked (stays, but a deletion was asked for: only stored), may_go, must_go
    through_on  the last day on which it stays; None while no end can be said, and for what may go
    because     ids of the entries it rests on, those that decide first
    missing     what has to happen, or to be told, before an end can be said
    """

    state: str
    through_on: date | None
    because: tuple[str, ...]
    missing: tuple[str, ...]
    is_uncertain: bool


def retention_of(entries: Sequence[Entry], facts: Facts, *, is_deletion_asked: bool = False) -> Retention:
    """What is to become of the record that `facts` tells of, under all entries together: the longest holds.

    An entry of the house answers only where no law speaks of the record.
    """
    bound = _bound(entries, facts)
    answers = [(entry, keep(entry, facts)) for entry in bound]
    staying = [(entry, answer) for entry, answer in answers if answer.word == "stays"]
    locks = [entry for entry in entries if entry.kind == "lock" and binds(entry, facts)]
    if staying:
        return _staying(staying, locks if is_deletion_asked else [], is_deletion_asked)
    ended = [entry for entry, answer in answers if answer.word == "must_go"]
    because = (*ended, *(locks if is_deletion_asked else ())) or tuple(bound)
    is_due = bool(ended) or (is_deletion_asked and bool(locks))
    return Retention("must_go" if is_due else "may_go", None, _ids(because), (), _doubt(because))


def _bound(entries: Sequence[Entry], facts: Facts) -> list[Entry]:
    bound = [
        entry
        for entry in entries
        if entry.kind == "keep" and facts["record"] in entry.params["records"] and binds(entry, facts)
    ]
    return [entry for entry in bound if entry.jurisdiction != HOUSE] or bound


def _staying(
    staying: Sequence[tuple[Entry, Answer]], locks: Sequence[Entry], is_deletion_asked: bool
) -> Retention:
    through = max(answer.decides_on or date.max for _, answer in staying)
    deciding = [(e, answer) for e, answer in staying if (answer.decides_on or date.max) == through]
    entries = [entry for entry, _ in deciding]
    return Retention(
        "locked" if is_deletion_asked else "stays",
        None if through == date.max else through,
        _ids((*entries, *locks)),
        tuple(sorted({name for _, answer in deciding for name in answer.missing})),
        _doubt(entries),
    )


def _ids(entries: Sequence[Entry]) -> tuple[str, ...]:
    return tuple(entry.id for entry in entries)


def _doubt(entries: Sequence[Entry]) -> bool:
    return bool(entries) and all(entry.is_uncertain for entry in entries)
