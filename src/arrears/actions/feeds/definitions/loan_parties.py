"""Loan parties: who, besides the borrower, is what to which loan."""

# ruff: noqa: S608 - only constants are put together here; values travel as parameters

from __future__ import annotations

import polars as pl

from arrears.actions.feeds.contact_groups import join_groups
from arrears.actions.feeds.definitions.common import JOIN_LOAN, LOAN_REF, reject_unknown_loans
from arrears.actions.feeds.definitions.persons import ERASED
from arrears.actions.feeds.kinds import DAY, PERSON_REF, words
from arrears.actions.feeds.rows import NOT_ON_FILE, Rows
from arrears.actions.feeds.schema import Check, Feed, Field
from arrears.kernel.vocabulary import RecipientKind

_DIFFERS = (
    "r.party_id IS NOT NULL AND (r.from_on, r.until_on) IS DISTINCT FROM (r.was_from_on, r.was_until_on)"
)
_OTHERS = """
    FROM loan_party AS party
   WHERE party.lender_id = %(lender)s AND party.role <> 'borrower'
     AND (party.until_on IS NULL OR party.until_on > %(today)s)
"""
_NOT_STATED = " AND NOT EXISTS (SELECT FROM {rows} AS r WHERE r.party_id = party.id)"


def merge(rows: Rows) -> None:
    """A person is one party of one role to a loan; from when and until when may change."""
    rows.build(
        (
            *("loan.id AS loan_id", "person.id AS person_id", "person.erased_at"),
            *("party.id AS party_id", "party.from_on AS was_from_on", "party.until_on AS was_until_on"),
        ),
        f"{JOIN_LOAN} LEFT JOIN person ON person.lender_id = %(lender)s AND person.source_key = s.person_ref"
        " LEFT JOIN loan_party AS party ON party.loan_id = loan.id AND party.person_id = person.id"
        " AND party.role = s.role",
    )
    reject_unknown_loans(rows)
    rows.reject("person_ref", NOT_ON_FILE, "r.person_id IS NULL")
    rows.reject("person_ref", ERASED, "r.erased_at IS NOT NULL")
    rows.reject_repeated("r.loan_id", "r.person_id", "r.role")
    other = "is stated for a person who is not the borrower the loan is on file with"
    rows.reject("role", other, "r.role = 'borrower' AND r.party_id IS NULL AND r.loan_id IS NOT NULL")
    rows.settle()
    if rows.is_full:
        _end_what_is_left_out(rows)
    _write(rows)


def _write(rows: Rows) -> None:
    rows.touch(f"SELECT loan_id FROM {{rows}} AS r WHERE r.party_id IS NULL OR ({_DIFFERS})")
    rows.touch_persons(f"SELECT person_id FROM {{rows}} AS r WHERE {_DIFFERS}")
    known = rows.value("SELECT count(party_id) FROM {rows}")
    changed = rows.execute(
        "UPDATE loan_party SET from_on = r.from_on, until_on = r.until_on,"
        " recorded_at = greatest(%(at)s, loan_party.recorded_at + interval '1 microsecond')"
        f" FROM {{rows}} AS r WHERE loan_party.id = r.party_id AND {_DIFFERS}"
    )
    added = rows.insert(
        "INSERT INTO loan_party (lender_id, loan_id, person_id, role, from_on, until_on, recorded_at)"
        " SELECT %(lender)s, loan_id, person_id, role, from_on, until_on, %(at)s"
        " FROM {rows} AS r WHERE {slice} AND party_id IS NULL"
    )
    rows.count("added", added)
    rows.count("changed", changed)
    rows.count("unchanged", known - changed)
    rows.analyze("loan_party")
    join_groups(rows)


def _end_what_is_left_out(rows: Rows) -> None:
    gone = rows.value(f"SELECT count(*) {_OTHERS}{_NOT_STATED}")
    rows.guard_removals(gone, rows.value(f"SELECT count(*) {_OTHERS}"))
    rows.touch(f"SELECT loan_id {_OTHERS}{_NOT_STATED}")
    rows.touch_persons(f"SELECT person_id {_OTHERS}{_NOT_STATED}")
    rows.execute(
        "UPDATE loan_party SET until_on = greatest(%(today)s, from_on),"
        " recorded_at = greatest(%(at)s, recorded_at + interval '1 microsecond')"
        f" WHERE id IN (SELECT party.id {_OTHERS}{_NOT_STATED})"
    )
    rows.count("ended", gone)


LOAN_PARTIES = Feed(
    name="loan_parties",
    version=1,
    about="Who, besides the borrower, is what to which loan. The borrower himself is stated by `loans`.",
    fields=(
        LOAN_REF,
        Field("person_ref", PERSON_REF, "A person on file.", is_required=True),
        Field("role", words(RecipientKind), "What he is to the loan.", is_required=True),
        Field("from_on", DAY, "The first day of it; empty: always."),
        Field("until_on", DAY, "The day before which it ended; empty: it has not."),
    ),
    key=("loan_ref", "person_ref", "role"),
    merge=merge,
    absent="Parties other than the borrower who are left out end on the day of the import.",
    removes=True,
    checks=(Check("until_on", "lies before from_on", pl.col("until_on") < pl.col("from_on")),),
)
