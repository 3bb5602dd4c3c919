"""Holds: what is suspended, for a loan, a person, or everybody in an area."""

from __future__ import annotations

import polars as pl

from arrears.actions.feeds.definitions.people import (
    FROM_AT,
    JOIN_LOAN,
    JOIN_PERSON,
    UNTIL_AT,
    reject_unknown_loans,
    reject_unknown_persons,
)
from arrears.actions.feeds.kinds import PERSON_REF, PLACE, REF, line, words
from arrears.actions.feeds.moments import begins, ends, reject_backwards, reject_far
from arrears.actions.feeds.rows import Rows
from arrears.actions.feeds.schema import Check, Feed, Field
from arrears.actions.feeds.several import mask_of
from arrears.actions.feeds.superseding import Column, Superseding
from arrears.kernel.vocabulary import HoldReason, Stops, name_of

_STOPS = {name_of(stop): int(stop) for stop in Stops}
_SUBJECT = ("loan_id", "person_id", "area")
HELD = Superseding(
    "hold",
    "hold_ref",
    (
        Column("loan_id", "loan.id", ("loan_ref",)),
        Column("person_id", "person.id", ("person_ref",)),
        Column("area", "s.area", ("area",)),
        Column("reason", "s.reason", ("reason",)),
        Column("shown_reason", "s.shown_reason", ("shown_reason",)),
        *(Column(f"stops_{name}", f"s.stops & {bit} <> 0", ("stops",)) for name, bit in _STOPS.items()),
        Column("from_at", begins("from_at"), ("from_at",), "old.from_at, %(at)s"),
        Column("until_at", ends("until_at"), ("until_at",)),
    ),
)
_KEPT = ("lender_id", "source_ref", *(each.name for each in HELD.columns if each.name != "until_at"))
_RUNNING = f"{HELD.from_files} AND (old.until_at IS NULL OR old.until_at > %(at)s)"


def merge(rows: Rows) -> None:
    """A hold that is told otherwise supersedes itself; what it is on never changes."""
    HELD.build(rows, ("loan.id AS loan_id", "person.id AS person_id"), f"{JOIN_LOAN} {JOIN_PERSON}")
    reject_unknown_loans(rows)
    reject_unknown_persons(rows)
    rows.reject_repeated("r.hold_ref")
    HELD.reject_moved(rows, "hold_ref", *_SUBJECT)
    reject_far(rows, "from_at", "until_at")
    reject_backwards(rows)
    rows.settle()
    _touch(rows)
    HELD.write(rows)
    if rows.is_full:
        _end_what_is_left_out(rows)


def _touch(rows: Rows) -> None:
    rows.touch("SELECT loan_id FROM {rows} WHERE is_news AND loan_id IS NOT NULL")
    rows.touch_persons("SELECT person_id FROM {rows} WHERE is_news")
    rows.touch_persons(
        "SELECT there.person_id FROM zone_evidence AS there"
        " JOIN (SELECT DISTINCT area FROM {rows} WHERE is_news AND area IS NOT NULL) AS held"
        " ON there.place = held.area OR starts_with(there.place, held.area || '-')"
        " WHERE there.lender_id = %(lender)s"
    )


def _end_what_is_left_out(rows: Rows) -> None:
    gone = rows.value(f"SELECT count(*) {_RUNNING} {HELD.not_stated}")
    rows.guard_removals(gone, rows.value(f"SELECT count(*) {_RUNNING}"))
    rows.execute(
        f"INSERT INTO hold ({', '.join(_KEPT)}, until_at, request_id, supersedes_id, import_file_id,"
        f" actor_id, recorded_at) SELECT {', '.join(f'old.{name}' for name in _KEPT)},"
        " greatest(%(at)s, old.from_at), old.request_id, old.id, %(file)s, %(actor)s, %(at)s"
        f" {_RUNNING} {HELD.not_stated}"
    )
    rows.count("ended", gone)


HOLDS = Feed(
    name="holds",
    version=1,
    about="What is suspended: for a loan, for a person, or for everybody in an area; one of the three.",
    fields=(
        Field("hold_ref", REF, "The lender's number of the hold.", is_required=True),
        Field("loan_ref", REF, "The loan it is on."),
        Field("person_ref", PERSON_REF, "The person it is on."),
        Field("area", PLACE, "Where everybody is held, as in a disaster; takes in what lies inside it."),
        Field("reason", words(HoldReason), "Why.", is_required=True),
        Field("shown_reason", line(), "Why, in words the borrower reads.", is_required=True),
        Field("stops", mask_of(tuple(_STOPS)), "What stands still.", is_required=True),
        FROM_AT,
        UNTIL_AT,
    ),
    key=("hold_ref",),
    merge=merge,
    absent="Holds that a file has told of and that are left out end with the import.",
    removes=True,
    checks=(
        Check(
            "hold_ref",
            "must be of a loan, a person or an area, and of one of them",
            pl.sum_horizontal(pl.col(name).is_not_null() for name in ("loan_ref", "person_ref", "area")) != 1,
        ),
    ),
)
