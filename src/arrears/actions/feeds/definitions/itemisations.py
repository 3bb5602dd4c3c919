"""Itemisations: how debts came to their amounts since a day, for the notices that have to say it."""

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
from arrears.actions.feeds.kinds import DAY, MONEY_OR_ZERO, line, words
from arrears.actions.feeds.rows import Rows
from arrears.actions.feeds.schema import Check, Feed, Field
from arrears.kernel.vocabulary import ItemisedFrom

_SAID = {
    "itemised_from": "r.itemised_from",
    "itemised_on": "r.itemised_on",
    "creditor": "r.creditor",
    "itemised_minor": "r.itemised_amount_minor",
    "interest_minor": "r.interest_minor",
    "fees_minor": "r.fees_minor",
    "payments_minor": "r.payments_minor",
    "credits_minor": "r.credits_minor",
    "stated_on": "r.stated_on",
}
_DIFFERS = f"({', '.join(_SAID.values())}) IS DISTINCT FROM ({', '.join(f'i.{c}' for c in _SAID)})"
_ON_FILE = "LEFT JOIN itemisation AS i ON i.id = r.itemisation_id"


def merge(rows: Rows) -> None:
    """An itemisation that says something else than the loan's on file supersedes it."""
    rows.build(
        (*OF_LOAN, "itemisation.id AS itemisation_id", *rows.minors("loan.currency")),
        f"{JOIN_LOAN} LEFT JOIN itemisation ON itemisation.loan_id = loan.id AND {stands('itemisation')}",
    )
    reject_unknown_loans(rows)
    rows.reject_repeated("r.loan_id")
    rows.reject_currency("r.loan_currency")
    rows.reject_amounts()
    rows.settle()
    rows.supersede("itemisation", ("loan_id",), _SAID, on_file=_ON_FILE, differs=_DIFFERS)


ITEMISATIONS = Feed(
    name="itemisations",
    version=1,
    about="How debts came to their amounts since a day: what the validation information in the United States"
    " has to say. A later one supersedes the loan's.",
    fields=(
        LOAN_REF,
        Field("itemised_from", words(ItemisedFrom), "What happened on that day.", is_required=True),
        Field("itemised_on", DAY, "The day that the debt is itemised from.", is_required=True, is_past=True),
        Field("creditor", line(), "Whose the debt was on that day.", is_required=True),
        Field("itemised_amount", MONEY_OR_ZERO, "What was owed on that day.", is_required=True),
        Field("interest", MONEY_OR_ZERO, "Interest since, to the end of stated_on.", is_required=True),
        Field("fees", MONEY_OR_ZERO, "Fees since.", is_required=True),
        Field("payments", MONEY_OR_ZERO, "Payments since.", is_required=True),
        Field("credits", MONEY_OR_ZERO, "Credits since that are no payments.", is_required=True),
        Field("stated_on", DAY, "The last day that the amounts speak of.", is_required=True, is_past=True),
        CURRENCY_OF_LOAN,
    ),
    key=("loan_ref",),
    merge=merge,
    absent="Itemisations stay.",
    checks=(
        Check("stated_on", "lies before itemised_on", pl.col("stated_on") < pl.col("itemised_on")),
        Check(
            "payments",
            "and credits are more than was owed with interest and fees",
            pl.col("payments") + pl.col("credits")
            > pl.col("itemised_amount") + pl.col("interest") + pl.col("fees"),
        ),
    ),
)
