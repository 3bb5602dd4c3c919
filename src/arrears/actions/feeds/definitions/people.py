"""What feeds about people say alike."""

# ruff: noqa: S608 - only constants are put together here; values travel as parameters

from __future__ import annotations

from arrears.actions.feeds.kinds import PERSON_REF, REF
from arrears.actions.feeds.moments import DAY_IS_WHOLE, MOMENT
from arrears.actions.feeds.rows import NOT_ON_FILE, Rows
from arrears.actions.feeds.schema import Field

PERSON = Field("person_ref", PERSON_REF, "A person on file.", is_required=True)
MAYBE_LOAN = Field("loan_ref", REF, "A loan on file, if it is about only one.")
FROM_AT = Field("from_at", MOMENT, "From when; empty: from the import on, or as on file.")
UNTIL_AT = Field("until_at", MOMENT, f"Until when; empty: no end. {DAY_IS_WHOLE}")

OF_PERSON = ("person.id AS person_id", "person.erased_at")
JOIN_PERSON = "LEFT JOIN person ON person.lender_id = %(lender)s AND person.source_key = s.person_ref"
JOIN_LOAN = "LEFT JOIN loan ON loan.lender_id = %(lender)s AND loan.source_ref = s.loan_ref"
TOLD_BY = ("portal", "reply", "call", "letter", "import")


def reject_unknown_persons(rows: Rows) -> None:
    rows.reject("person_ref", NOT_ON_FILE, "r.person_id IS NULL AND r.person_ref IS NOT NULL")


def reject_unknown_loans(rows: Rows) -> None:
    rows.reject("loan_ref", NOT_ON_FILE, "r.loan_id IS NULL AND r.loan_ref IS NOT NULL")


def drop_erased(rows: Rows) -> None:
    """Of an erased person nothing is taken in again, and a full file may still name him."""
    rows.count("unchanged", rows.execute("DELETE FROM {rows} WHERE erased_at IS NOT NULL"))


def touch_holders(rows: Rows, values: str) -> None:
    """A query of `value_key`s: everybody who has one of these addresses, of whatever lender."""
    rows.touch_persons(f"SELECT person_id FROM contact_point WHERE value_key IN ({values})")
