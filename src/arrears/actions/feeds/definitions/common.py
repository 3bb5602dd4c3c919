"""What several feeds say alike."""

from __future__ import annotations

from arrears.actions.feeds.kinds import CURRENCY, REF
from arrears.actions.feeds.rows import NOT_ON_FILE, Rows
from arrears.actions.feeds.schema import Field

LOAN_REF = Field("loan_ref", REF, "The lender's number of the loan.", is_required=True)
CURRENCY_OF_LOAN = Field("currency", CURRENCY, "Of the amounts; if stated, it must be the loan's.")

OF_LOAN = ("loan.id AS loan_id", "loan.currency AS loan_currency", "loan.opened_on AS loan_opened_on")
JOIN_LOAN = "LEFT JOIN loan ON loan.lender_id = %(lender)s AND loan.source_ref = s.loan_ref"

OF_PRODUCT = ("product.calendar", "coalesce(product.business_day_roll, 'none') AS business_day_roll")
JOIN_PRODUCT = (
    "LEFT JOIN product ON product.lender_id = %(lender)s AND product.code = loan.product"
    " AND NOT EXISTS (SELECT FROM product AS later WHERE later.supersedes_id = product.id)"
)
"""The terms of the loan's product, after JOIN_LOAN."""


def reject_unknown_loans(rows: Rows) -> None:
    rows.reject("loan_ref", NOT_ON_FILE, "r.loan_id IS NULL")


def stands(alias: str, table: str = "") -> str:
    """No row replaces this one, of a table whose rows replace each other."""
    return f"NOT EXISTS (SELECT FROM {table or alias} AS later WHERE later.supersedes_id = {alias}.id)"
