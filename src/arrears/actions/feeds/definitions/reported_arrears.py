"""Reported arrears: what the lender's own system says is late, taken as stated."""

from __future__ import annotations

import polars as pl

from arrears.actions.feeds.definitions.common import (
    CURRENCY_OF_LOAN,
    JOIN_LOAN,
    LOAN_REF,
    OF_LOAN,
    reject_unknown_loans,
    stands,
)
from arrears.actions.feeds.kinds import DAY, MONEY_OR_CREDIT, MONTHS, words
from arrears.actions.feeds.rows import Rows
from arrears.actions.feeds.schema import Check, Feed, Field
from arrears.kernel.vocabulary import ReportedStatus

_SAID = {
    "status": "r.status",
    "months_late": "coalesce(r.months_late, 0)",
    "overdue_since_on": "r.overdue_since_on",
    "overdue_minor": "r.overdue_amount_minor",
    "statement_minor": "r.statement_amount_minor",
    "statement_on": "r.statement_on",
}
_DIFFERS = f"({', '.join(_SAID.values())}) IS DISTINCT FROM ({', '.join(f'a.{c}' for c in _SAID)})"
_ON_FILE = "LEFT JOIN reported_arrears AS a ON a.id = r.report_id"


def merge(rows: Rows) -> None:
    """A report about a day already reported supersedes the one on file, unless it says the same."""
    rows.build(
        (*OF_LOAN, "reported_arrears.id AS report_id", *rows.minors("loan.currency")),
        f"{JOIN_LOAN} LEFT JOIN reported_arrears ON reported_arrears.loan_id = loan.id"
        f" AND reported_arrears.as_of_on = s.as_of_on AND {stands('reported_arrears')}",
    )
    reject_unknown_loans(rows)
    rows.reject_repeated("r.loan_id", "r.as_of_on")
    rows.reject_currency("r.loan_currency")
    rows.reject_amounts()
    rows.settle()
    rows.supersede(
        "reported_arrears",
        ("loan_id", "as_of_on"),
        _SAID,
        on_file=_ON_FILE,
        differs=_DIFFERS,
        has_actor=False,
    )


_LATE = pl.col("status") == "late"

REPORTED_ARREARS = Feed(
    name="reported_arrears",
    version=1,
    about="Arrears as the lender's own system reports them, for loans whose schedule or statements are not on"
    " file. No amount is made from another.",
    fields=(
        LOAN_REF,
        Field("as_of_on", DAY, "The day at whose end the row was true.", is_required=True, is_past=True),
        Field("status", words(ReportedStatus), "How the lender describes the account.", is_required=True),
        Field("months_late", MONTHS, "As the lender counts; empty is 0."),
        Field(
            "overdue_since_on", DAY, "When the oldest unpaid amount fell due; stated when late, only then."
        ),
        Field("overdue_amount", MONEY_OR_CREDIT, "What is overdue."),
        Field("statement_amount", MONEY_OR_CREDIT, "Balance of the last statement; below zero is credit."),
        Field("statement_on", DAY, "Day of that statement; stated when its amount is."),
        CURRENCY_OF_LOAN,
    ),
    key=("loan_ref", "as_of_on"),
    merge=merge,
    absent="Reports stay.",
    checks=(
        Check(
            "overdue_since_on", "is empty, and the loan is late", _LATE & pl.col("overdue_since_on").is_null()
        ),
        Check(
            "overdue_amount",
            "is not above zero, and the loan is late",
            _LATE & (pl.col("overdue_amount") <= 0),
        ),
        Check("months_late", "is above zero, and the loan is not late", ~_LATE & (pl.col("months_late") > 0)),
        Check(
            "overdue_since_on",
            "is stated, and the loan is not late",
            ~_LATE & pl.col("overdue_since_on").is_not_null(),
        ),
        Check(
            "overdue_amount",
            "is above zero, and the loan is not late",
            ~_LATE & (pl.col("overdue_amount") > 0),
        ),
        Check("overdue_since_on", "lies after as_of_on", pl.col("overdue_since_on") > pl.col("as_of_on")),
        Check("statement_on", "lies after as_of_on", pl.col("statement_on") > pl.col("as_of_on")),
        Check(
            "statement_on",
            "is empty, and a statement's amount is stated",
            pl.col("statement_amount").is_not_null() & pl.col("statement_on").is_null(),
        ),
    ),
)
