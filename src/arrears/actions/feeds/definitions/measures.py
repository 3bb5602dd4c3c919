"""Measures: what is decided about a loan beyond contact, and the law ties a notice to."""

from __future__ import annotations

import polars as pl

from arrears.actions.feeds.definitions.common import JOIN_LOAN, LOAN_REF, reject_unknown_loans
from arrears.actions.feeds.kinds import REF, words
from arrears.actions.feeds.moments import MOMENT, begins, reject_far, reject_future
from arrears.actions.feeds.rows import NOT_ON_FILE, Rows
from arrears.actions.feeds.schema import Check, Feed, Field
from arrears.actions.feeds.superseding import Column, Superseding
from arrears.kernel.vocabulary import MeasureKind

TAKEN = Superseding(
    "measure",
    "measure_ref",
    (
        Column("loan_id", "loan.id", ("loan_ref",)),
        Column("kind", "s.kind", ("kind",)),
        Column("organisation_id", "o.id", ("organisation_ref",)),
        Column("decided_at", begins("decided_at"), ("decided_at",)),
        Column("takes_effect_at", begins("takes_effect_at"), ("takes_effect_at",)),
        Column("ended_at", begins("ended_at"), ("ended_at",)),
    ),
)


def merge(rows: Rows) -> None:
    """A measure that is put off, carried out or called off supersedes itself."""
    TAKEN.build(
        rows,
        ("loan.id AS loan_id", "o.id AS organisation_id"),
        f"{JOIN_LOAN} LEFT JOIN organisation AS o ON o.lender_id = %(lender)s"
        " AND o.source_ref = s.organisation_ref",
    )
    reject_unknown_loans(rows)
    unknown = "r.organisation_id IS NULL AND r.organisation_ref IS NOT NULL"
    rows.reject("organisation_ref", NOT_ON_FILE, unknown)
    rows.reject_repeated("r.measure_ref")
    TAKEN.reject_moved(rows, "measure_ref", "loan_id", "kind")
    reject_future(rows, "decided_at")
    reject_far(rows, "takes_effect_at", "ended_at")
    for name in ("takes_effect_at", "ended_at"):
        rows.reject(name, "lies before decided_at", f"r.new_{name} < r.new_decided_at")
    rows.settle()
    rows.touch("SELECT loan_id FROM {rows} WHERE is_news")
    TAKEN.write(rows)
    TAKEN.count_left_out(rows)


MEASURES = Feed(
    name="measures",
    version=1,
    about="What is decided about a loan beyond contact: reports, agencies, transfers, enforcement.",
    fields=(
        Field("measure_ref", REF, "The lender's number of the measure.", is_required=True),
        LOAN_REF,
        Field("kind", words(MeasureKind), "What is decided.", is_required=True),
        Field("organisation_ref", REF, "The bureau, agency or new creditor, on file."),
        Field(
            "decided_at",
            MOMENT,
            "When it was decided; of a transfer, when the claim passed; of a default sum, its charge.",
            is_required=True,
        ),
        Field(
            "takes_effect_at",
            MOMENT,
            "When it takes effect or did; of a transfer, when the new creditor first makes contact; empty:"
            " no day is set.",
        ),
        Field("ended_at", MOMENT, "When it was called off, or its ground fell away."),
    ),
    key=("measure_ref",),
    merge=merge,
    absent="Measures stay as they are.",
    checks=(
        Check(
            "takes_effect_at",
            "is for a default sum the day it was charged, which is decided_at; leave it empty",
            (pl.col("kind") == "default_sum") & pl.col("takes_effect_at").is_not_null(),
        ),
    ),
)
