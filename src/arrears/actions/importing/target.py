"""What an import of reported arrears knows about a loan: the one definition of its fields.

The mapping may name these and nothing else, validating reads them in this order, and
`docs/mappings.md` shows this table (a test compares them).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

from arrears.actions.importing import values
from arrears.kernel.vocabulary import DebtKind, ReportedStatus, name_of

Parse = Callable[[str], object]


@dataclass(frozen=True, slots=True)
class Field:
    """One fact a row may state.

    `is_required`: the mapping must say where it comes from and no row may leave it empty.
    `accepts` and `about` are for the documentation.
    """

    name: str
    parse: Parse
    accepts: str
    about: str
    is_required: bool = False


def _codes(kind: type[ReportedStatus] | type[DebtKind]) -> str:
    return ", ".join(f"`{name_of(member)}`" for member in kind)


_REF = "up to 64 printable characters, the first a letter or digit"
_DAY = "a date, `2005-09-30`"
_AMOUNT = "a number such as `-1234.50`, in the unit of `amounts_in`"

REPORTED: tuple[Field, ...] = (
    Field("loan_ref", values.ref, _REF, "The lender's number of the loan; a row's identity.", True),
    Field("person_ref", values.ref, _REF, "The lender's number of the borrower.", True),
    Field("as_of_on", values.day, _DAY, "The day at whose end the rest of the row was true.", True),
    Field(
        "status",
        partial(values.code, ReportedStatus),
        _codes(ReportedStatus),
        "How the lender describes the account.",
        True,
    ),
    Field("months_late", values.months, "a whole number, 0 to 1,200", "As the lender counts; empty is 0."),
    Field(
        "overdue_since_on",
        values.day,
        _DAY,
        "When the oldest unpaid amount fell due. Stated when `status` is `late`, and only then.",
    ),
    Field("overdue_amount", values.amount, _AMOUNT, "What is overdue. Never derived from anything else."),
    Field("statement_amount", values.amount, _AMOUNT, "Balance of the last statement; below zero is credit."),
    Field("statement_on", values.day, _DAY, "Day of that statement; stated when its amount is."),
    Field("currency", values.currency, "a code of ISO 4217", "Of every amount of the loan.", True),
    Field("product", values.ref, _REF, "The lender's name of the product.", True),
    Field("debt_kind", partial(values.code, DebtKind), _codes(DebtKind), "What the law takes it for.", True),
    Field("governing_law", values.place, "ISO 3166, `TW`, `US-NY`", "The law the contract is under.", True),
    Field("place", values.place, "ISO 3166, `TW`, `US-NY`", "Where the borrower lives; empty: not known."),
    Field("zone", values.zone, "an IANA time zone", "The time zone there; stated together with `place`."),
    Field("language", values.language, "`zh-Hans`, `zh-Hant`, `en`", "What the borrower reads.", True),
    Field("name", values.name, "up to 200 printable characters", "The borrower's name."),
    Field("email", values.email, "an address in ASCII", "The borrower's e-mail address from the contract."),
    Field("app_inbox", values.ref, _REF, "The borrower's account in the lender's app."),
    Field(
        "mobile",
        values.mobile,
        "`+886912345678`, or `0912345678` where `place` tells the country",
        "The borrower's mobile telephone.",
    ),
    Field(
        "household_ref",
        values.ref,
        _REF,
        "The lender's number of the borrower's household, from the import on; empty: of none.",
    ),
    Field("closed", values.flag, "`yes`, `no`", "The loan has ended; empty is no."),
)

FIELDS: Mapping[str, Field] = {field.name: field for field in REPORTED}
AMOUNTS = ("overdue_amount", "statement_amount")
PERSONAL = ("place", "zone", "language", "name", "email", "app_inbox", "mobile", "household_ref")
"""What a row says about the person and not about the loan; rows about one person must agree."""
