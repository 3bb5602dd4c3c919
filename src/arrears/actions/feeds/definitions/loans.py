"""Loans: contracts, and whose they are."""

# ruff: noqa: S608 - only constants are put together here; values travel as parameters

from __future__ import annotations

import polars as pl

from arrears.actions.feeds.contact_groups import group_borrowers, join_groups
from arrears.actions.feeds.definitions.common import LOAN_REF, stands
from arrears.actions.feeds.definitions.persons import ERASED
from arrears.actions.feeds.households import HOUSEHOLD, change_households, reject_torn_households
from arrears.actions.feeds.kinds import CURRENCY, DAY, PERSON_REF, PLACE, REF, words
from arrears.actions.feeds.rows import NOT_ON_FILE, Rows
from arrears.actions.feeds.schema import Check, Feed, Field
from arrears.kernel.vocabulary import DebtKind

_FIXED = ("debt_kind", "governing_law", "currency")
"""Of a loan on file these never change: a file that says otherwise speaks of another loan."""
_MAY_CHANGE = ("product", "opened_on", "closed_on", "risk")


def merge(rows: Rows) -> None:
    """New loans with their borrowers; of those on file product, days, risk class and household may change."""
    rows.build(
        (
            *("loan.id AS loan_id", "person.id AS person_id", "person.erased_at"),
            *("product.currency AS product_currency", "borrower.person_id AS borrower_on_file"),
            *(f"loan.{name} AS {name}_on_file" for name in (*_FIXED, *_MAY_CHANGE)),
        ),
        "LEFT JOIN loan ON loan.lender_id = %(lender)s AND loan.source_ref = s.loan_ref"
        " LEFT JOIN person ON person.lender_id = %(lender)s AND person.source_key = s.person_ref"
        " LEFT JOIN product ON product.lender_id = %(lender)s AND product.code = s.product"
        f" AND {stands('product')}"
        " LEFT JOIN loan_party AS borrower ON borrower.loan_id = loan.id AND borrower.role = 'borrower'"
        " AND borrower.until_on IS NULL",
    )
    _reject(rows)
    rows.reject_countries_without_law("governing_law")
    rows.settle()
    _add(rows)
    _change(rows)
    change_households(rows)
    if rows.is_full:
        rows.count("left_out", rows.value(_LEFT_OUT))


def _reject(rows: Rows) -> None:
    rows.reject_repeated("r.loan_ref")
    rows.reject("person_ref", NOT_ON_FILE, "r.person_id IS NULL")
    rows.reject("person_ref", ERASED, "r.erased_at IS NOT NULL")
    rows.reject("product", NOT_ON_FILE, "r.product_currency IS NULL")
    rows.reject("currency", "is not the currency of its product", "r.currency <> r.product_currency")
    other = "is not the borrower this loan is on file with"
    rows.reject("person_ref", other, "r.loan_id IS NOT NULL AND r.person_id <> r.borrower_on_file")
    for name in _FIXED:
        other = "is not what the loan is on file with"
        rows.reject(name, other, f"r.loan_id IS NOT NULL AND r.{name} IS DISTINCT FROM r.{name}_on_file")
    rows.reject(
        "opened_on",
        "lies after a payment that is on file",
        "EXISTS (SELECT FROM payment WHERE payment.loan_id = r.loan_id AND payment.value_on < r.opened_on"
        " AND NOT EXISTS (SELECT FROM reversal WHERE reversal.payment_id = payment.id))",
    )
    reject_torn_households(rows)


def _add(rows: Rows) -> None:
    group_borrowers(rows)
    added = rows.insert(
        "INSERT INTO loan (lender_id, source_ref, product, debt_kind, governing_law, currency, opened_on,"
        " closed_on, risk, contact_group, recorded_at) SELECT %(lender)s, r.loan_ref, r.product, r.debt_kind,"
        " r.governing_law, r.currency, r.opened_on, r.closed_on, r.risk, person.contact_group, %(at)s"
        " FROM {rows} AS r JOIN person ON person.id = r.person_id WHERE {slice} AND r.loan_id IS NULL"
    )
    rows.count("added", added)
    rows.analyze("person", "loan")
    rows.insert(
        "INSERT INTO loan_party (loan_id, person_id, lender_id, role, recorded_at)"
        " SELECT loan.id, r.person_id, %(lender)s, 'borrower', %(at)s FROM {rows} AS r"
        " JOIN loan ON loan.lender_id = %(lender)s AND loan.source_ref = r.loan_ref"
        " WHERE {slice} AND r.loan_id IS NULL"
    )
    rows.analyze("loan_party")
    join_groups(rows)


def _change(rows: Rows) -> None:
    """The version before is kept by the database. A field that the file does not have stays."""
    now = {name: f"r.{name}" for name in _MAY_CHANGE if name in rows.stated}
    differs = " OR ".join(f"r.{name} IS DISTINCT FROM r.{name}_on_file" for name in now)
    rows.touch(f"SELECT loan_id FROM {{rows}} AS r WHERE loan_id IS NOT NULL AND ({differs})")
    changed = rows.execute(
        f"UPDATE loan SET {', '.join(f'{name} = {value}' for name, value in now.items())},"
        " recorded_at = greatest(%(at)s, loan.recorded_at + interval '1 microsecond')"
        f" FROM {{rows}} AS r WHERE loan.id = r.loan_id AND ({differs})"
    )
    rows.count("changed", changed)
    rows.count("unchanged", rows.value("SELECT count(*) FROM {rows} WHERE loan_id IS NOT NULL") - changed)


_LEFT_OUT = """
    SELECT count(*) FROM loan WHERE lender_id = %(lender)s AND closed_on IS NULL
       AND NOT EXISTS (SELECT FROM {rows} AS r WHERE r.loan_ref = loan.source_ref)
"""

LOANS = Feed(
    name="loans",
    version=1,
    about="Loans, each with its borrower.",
    fields=(
        LOAN_REF,
        Field("person_ref", PERSON_REF, "The borrower, a person on file.", is_required=True),
        Field("product", REF, "The code of a product on file.", is_required=True),
        Field("debt_kind", words(DebtKind), "What the law takes it for.", is_required=True),
        Field("governing_law", PLACE, "The law the contract is under.", is_required=True),
        Field("currency", CURRENCY, "Of every amount of the loan; that of its product.", is_required=True),
        Field("opened_on", DAY, "No payment lies before this day.", is_past=True),
        Field("closed_on", DAY, "The day it ended; empty: it has not.", is_past=True),
        Field("risk", REF, "The lender's own class, which segments of a strategy name; empty: none."),
        HOUSEHOLD,
    ),
    key=("loan_ref",),
    merge=merge,
    absent="Loans stay open; their number is reported.",
    checks=(Check("closed_on", "lies before opened_on", pl.col("closed_on") < pl.col("opened_on")),),
)
