"""Products: the terms by which loans become late."""

# ruff: noqa: S608 - only constants are put together here; values travel as parameters

from __future__ import annotations

import polars as pl

from arrears.actions.feeds.days_off import calendar
from arrears.actions.feeds.definitions.common import stands
from arrears.actions.feeds.kinds import CURRENCY, MONEY_OR_ZERO, REF, parsed, whole, words
from arrears.actions.feeds.rows import Rows
from arrears.actions.feeds.schema import Check, Feed, Field
from arrears.kernel.arrears.buckets import read_buckets
from arrears.kernel.arrears.orders import DEFAULT_ORDER, read_order
from arrears.kernel.vocabulary import PauseBasis, Surplus
from arrears.store.models.products import BUSINESS_DAY_ROLLS

_DAYS = whole(0, 3_650)
_RATE = whole(0, 1_000_000)


def _order(text: str) -> str:
    read_order(text)
    return text


def _buckets(text: str) -> str:
    read_buckets(text)
    return text


_TERMS = {
    "currency": "r.currency",
    "tolerance_minor": "coalesce(r.tolerance_amount_minor, 0)",
    "tolerance_days": "coalesce(r.tolerance_days, 0)",
    "grace_days": "coalesce(r.grace_days, 0)",
    "business_day_roll": "coalesce(r.business_day_roll, 'none')",
    "calendar": "r.calendar",
    "pause_basis": "coalesce(r.pause_basis, 'overlap')",
    "allocation": f"coalesce(r.allocation, '{DEFAULT_ORDER}')",
    "surplus": "coalesce(r.surplus, 'next')",
    "buckets": "coalesce(r.buckets, 'days')",
    "interest_bps": "r.interest_bps",
    "penalty_bps": "r.penalty_bps",
}
"""The columns of the table, from the working rows `r`. What a row leaves empty takes its default."""


def merge(rows: Rows) -> None:
    """A product that says something else than on file supersedes what is on file."""
    rows.build(("s.currency AS loan_currency", *rows.minors("s.currency")), "")
    rows.reject_repeated("r.code")
    rows.reject_amounts()
    on_file = (
        f"LEFT JOIN product AS p ON p.lender_id = %(lender)s AND p.code = r.code AND {stands('p', 'product')}"
    )
    differs = f"({', '.join(_TERMS.values())}) IS DISTINCT FROM ({', '.join(f'p.{c}' for c in _TERMS)})"
    rows.reject(
        "currency",
        "is not the currency the product is on file with",
        "r.currency <> p.currency",
        on_file,
    )
    rows.settle()
    rows.touch(
        f"SELECT loan.id FROM {{rows}} AS r {on_file} JOIN loan ON loan.lender_id = %(lender)s"
        f" AND loan.product = r.code WHERE {differs}"
    )
    rows.supersede("product", ("code",), _TERMS, on_file=on_file, differs=differs)


PRODUCTS = Feed(
    name="products",
    version=1,
    about="The terms by which the loans of one name become late. Changed terms hold from the import on.",
    fields=(
        Field("code", REF, "The lender's name of the product.", is_required=True),
        Field("currency", CURRENCY, "Of its loans and of `tolerance_amount`.", is_required=True),
        Field("tolerance_amount", MONEY_OR_ZERO, "Up to this nothing is overdue; empty is 0."),
        Field("tolerance_days", _DAYS, "For so many days nothing is overdue; empty is 0."),
        Field("grace_days", _DAYS, "Days past due that are not delinquent; empty is 0."),
        Field(
            "business_day_roll",
            words(BUSINESS_DAY_ROLLS),
            "Until when may be paid what falls due on a day off; empty is `none`.",
        ),
        Field(
            "calendar",
            parsed("ISO 3166, `TW`, `US-NY`", calendar),
            "Whose weekends and public holidays are days off.",
        ),
        Field("pause_basis", words(PauseBasis), "Which pauses count; empty is `overlap`."),
        Field(
            "allocation",
            parsed(f"an order, `{DEFAULT_ORDER}`", _order),
            "The order in which money is handed out; empty is the one shown.",
        ),
        Field("surplus", words(Surplus), "Where money goes that nothing due takes; empty is `next`."),
        Field(
            "buckets",
            parsed("`months`, `days`, or bands such as `1-29/30-59/60-89/90+`", _buckets),
            "Bands of the ageing report; empty is `days`.",
        ),
        Field("interest_bps", _RATE, "Yearly rate of interest in basis points, by which caps are asked."),
        Field("penalty_bps", _RATE, "Yearly rate at which penalties grow; empty: no cap on them is asked."),
    ),
    key=("code",),
    merge=merge,
    absent="Products stay as they are.",
    checks=(
        Check(
            "calendar",
            "is empty, and due days roll",
            (pl.col("business_day_roll") != "none") & pl.col("calendar").is_null(),
        ),
    ),
)
