"""Statements of revolving credit."""

from __future__ import annotations

import polars as pl

from arrears.actions.feeds.days_off import roll_due_days
from arrears.actions.feeds.definitions.common import (
    CURRENCY_OF_LOAN,
    JOIN_LOAN,
    JOIN_PRODUCT,
    LOAN_REF,
    OF_LOAN,
    OF_PRODUCT,
    reject_unknown_loans,
    stands,
)
from arrears.actions.feeds.kinds import DAY, FLAG, MONEY_OR_CREDIT, MONEY_OR_ZERO
from arrears.actions.feeds.rows import Rows
from arrears.actions.feeds.schema import Check, Feed, Field

_SAID = {
    "due_on": "r.due_on",
    "payable_until_on": "r.payable_until",
    "balance_minor": "r.balance_minor",
    "minimum_due_minor": "r.minimum_due_minor",
    "minimum_includes_unpaid": "r.minimum_includes_unpaid",
}
_DIFFERS = f"({', '.join(_SAID.values())}) IS DISTINCT FROM ({', '.join(f's.{c}' for c in _SAID)})"
_ON_FILE = "LEFT JOIN statement AS s ON s.id = r.statement_id"


def merge(rows: Rows) -> None:
    """A statement of a day that says something else than the one on file supersedes it."""
    rows.build(
        (
            *(*OF_LOAN, *OF_PRODUCT, "statement.id AS statement_id"),
            *("coalesce(s.payable_until_on, s.due_on) AS payable_until", *rows.minors("loan.currency")),
        ),
        f"{JOIN_LOAN} {JOIN_PRODUCT} LEFT JOIN statement ON statement.loan_id = loan.id"
        f" AND statement.statement_on = s.statement_on AND {stands('statement')}",
    )
    reject_unknown_loans(rows)
    rows.reject_repeated("r.loan_id", "r.statement_on")
    rows.reject_currency("r.loan_currency")
    rows.reject_amounts()
    rows.reject(
        "statement_on", "lies before the day the loan was opened", "r.statement_on < r.loan_opened_on"
    )
    rows.settle()
    roll_due_days(rows)
    rows.supersede("statement", ("loan_id", "statement_on"), _SAID, on_file=_ON_FILE, differs=_DIFFERS)


STATEMENTS = Feed(
    name="statements",
    version=1,
    about="Statements of revolving credit. A corrected one supersedes the one of the same day.",
    fields=(
        LOAN_REF,
        Field("statement_on", DAY, "The day of the statement.", is_required=True, is_past=True),
        Field("due_on", DAY, "The day its minimum falls due.", is_required=True),
        Field(
            "payable_until_on",
            DAY,
            "The last day on which the minimum is paid in time; empty: as the product's calendar says.",
        ),
        Field("balance", MONEY_OR_CREDIT, "What is owed in all.", is_required=True),
        Field("minimum_due", MONEY_OR_ZERO, "What has to be paid.", is_required=True),
        Field(
            "minimum_includes_unpaid",
            FLAG,
            "Whether the minimum holds earlier minima that were not paid. It has no default.",
            is_required=True,
        ),
        CURRENCY_OF_LOAN,
    ),
    key=("loan_ref", "statement_on"),
    merge=merge,
    absent="Statements stay.",
    checks=(
        Check("due_on", "lies before statement_on", pl.col("due_on") < pl.col("statement_on")),
        Check("payable_until_on", "lies before due_on", pl.col("payable_until_on") < pl.col("due_on")),
    ),
)
