"""Reversals: payments and loan events taken back as if they had never been."""

# ruff: noqa: S608 - only constants are put together here; values travel as parameters

from __future__ import annotations

import polars as pl

from arrears.actions.feeds.kinds import DAY, REF, line
from arrears.actions.feeds.rows import NOT_ON_FILE, Rows
from arrears.actions.feeds.schema import Check, Feed, Field

_NEW = "r.reversal_id IS NULL"


def merge(rows: Rows) -> None:
    """A payment or event is taken back once."""
    rows.build(
        (
            *(
                "payment.id AS payment_id",
                "e.id AS loan_event_id",
                "coalesce(payment.loan_id, e.loan_id) AS loan_id",
            ),
            "coalesce(payment.value_on, e.value_on) AS value_on",
            *("back.id AS reversal_id", "back.reversed_on AS was_reversed_on", "back.reason AS was_reason"),
        ),
        "LEFT JOIN payment ON payment.lender_id = %(lender)s AND payment.source_ref = s.payment_ref"
        " LEFT JOIN loan_event AS e ON e.lender_id = %(lender)s AND e.source_ref = s.event_ref"
        " LEFT JOIN LATERAL (SELECT * FROM reversal WHERE reversal.payment_id = payment.id"
        "   UNION ALL SELECT * FROM reversal WHERE reversal.loan_event_id = e.id) AS back ON true",
    )
    rows.reject("payment_ref", NOT_ON_FILE, "r.payment_ref IS NOT NULL AND r.payment_id IS NULL")
    rows.reject("event_ref", NOT_ON_FILE, "r.event_ref IS NOT NULL AND r.loan_event_id IS NULL")
    rows.reject_repeated("r.payment_id", field="payment_ref")
    rows.reject_repeated("r.loan_event_id", field="event_ref")
    rows.reject("reversed_on", "lies before the day of what is reversed", "r.reversed_on < r.value_on")
    rows.reject(
        "reversed_on",
        "is not the day, or not the reason, with which it was reversed already",
        "r.reversal_id IS NOT NULL"
        " AND (r.reversed_on, r.reason) IS DISTINCT FROM (r.was_reversed_on, r.was_reason)",
    )
    rows.settle()
    total = rows.value("SELECT count(*) FROM {rows}")
    rows.touch(f"SELECT loan_id FROM {{rows}} AS r WHERE {_NEW}")
    added = rows.insert(
        "INSERT INTO reversal (lender_id, payment_id, loan_event_id, reversed_on, reason, import_file_id,"
        " actor_id, recorded_at) SELECT %(lender)s, payment_id, loan_event_id, reversed_on, reason, %(file)s,"
        f" %(actor)s, %(at)s FROM {{rows}} AS r WHERE {{slice}} AND {_NEW}"
    )
    rows.count("added", added)
    rows.count("unchanged", total - added)
    rows.analyze("reversal")


_BOTH = pl.col("payment_ref").is_not_null() & pl.col("event_ref").is_not_null()
_NEITHER = pl.col("payment_ref").is_null() & pl.col("event_ref").is_null()

REVERSALS = Feed(
    name="reversals",
    version=1,
    about="Payments and loan events taken back: they count on no day, not even on those before the reversal.",
    fields=(
        Field("payment_ref", REF, "The payment; or"),
        Field("event_ref", REF, "the loan event. One of the two is stated."),
        Field("reversed_on", DAY, "The day it was taken back.", is_required=True, is_past=True),
        Field("reason", line(), "Why, in a few words without names.", is_required=True),
    ),
    key=("payment_ref", "event_ref"),
    merge=merge,
    absent="Reversals stay.",
    checks=(
        Check("event_ref", "is stated, and payment_ref too", _BOTH),
        Check("payment_ref", "is empty, and event_ref too", _NEITHER),
    ),
)
