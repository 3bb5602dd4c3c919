"""Authorities: who may speak or be spoken to for somebody else."""

from __future__ import annotations

import polars as pl

from arrears.actions.feeds.definitions.people import (
    FROM_AT,
    JOIN_LOAN,
    JOIN_PERSON,
    MAYBE_LOAN,
    OF_PERSON,
    PERSON,
    UNTIL_AT,
    reject_unknown_loans,
    reject_unknown_persons,
)
from arrears.actions.feeds.kinds import PERSON_REF, REF, line, words
from arrears.actions.feeds.moments import begins, ends, reject_backwards, reject_far
from arrears.actions.feeds.rows import NOT_ON_FILE, Rows
from arrears.actions.feeds.schema import Check, Feed, Field
from arrears.actions.feeds.superseding import Column, Superseding
from arrears.store.models.authorities import AUTHORITY_KINDS

AUTHORISED = Superseding(
    "authority",
    "authority_ref",
    (
        Column("person_id", "person.id", ("person_ref",)),
        Column("on_behalf_of_id", "other.id", ("on_behalf_of_ref",)),
        Column("loan_id", "loan.id", ("loan_ref",)),
        Column("kind", "s.kind", ("kind",)),
        Column("from_at", begins("from_at"), ("from_at",), "old.from_at, %(at)s"),
        Column("until_at", ends("until_at"), ("until_at",)),
        Column("document_ref", "s.document_ref", ("document_ref",)),
    ),
)


def merge(rows: Rows) -> None:
    """An authority that is told otherwise, an ended one too, supersedes itself."""
    AUTHORISED.build(
        rows,
        (*OF_PERSON, "other.id AS other_id", "loan.id AS loan_id"),
        f"{JOIN_PERSON} {JOIN_LOAN} LEFT JOIN person AS other ON other.lender_id = %(lender)s"
        " AND other.source_key = s.on_behalf_of_ref",
    )
    reject_unknown_persons(rows)
    rows.reject("on_behalf_of_ref", NOT_ON_FILE, "r.other_id IS NULL")
    reject_unknown_loans(rows)
    rows.reject_repeated("r.authority_ref")
    AUTHORISED.reject_moved(rows, "authority_ref", "person_id", "on_behalf_of_id")
    reject_far(rows, "from_at", "until_at")
    reject_backwards(rows)
    rows.settle()
    rows.touch_persons("SELECT person_id FROM {rows} WHERE is_news AND old_id IS NOT NULL")
    AUTHORISED.write(rows)
    AUTHORISED.count_left_out(rows)


AUTHORITIES = Feed(
    name="authorities",
    version=1,
    about="Who may speak, or be spoken to, for somebody else.",
    fields=(
        Field("authority_ref", REF, "The lender's number of the authority.", is_required=True),
        PERSON,
        Field("on_behalf_of_ref", PERSON_REF, "The person he acts for, on file.", is_required=True),
        MAYBE_LOAN,
        Field("kind", words(AUTHORITY_KINDS), "What it rests on.", is_required=True),
        FROM_AT,
        UNTIL_AT,
        Field("document_ref", line(), "Where the document is kept."),
    ),
    key=("authority_ref",),
    merge=merge,
    absent="Authorities stay as they are.",
    checks=(
        Check(
            "on_behalf_of_ref",
            "is the person himself",
            pl.col("on_behalf_of_ref") == pl.col("person_ref"),
        ),
    ),
)
