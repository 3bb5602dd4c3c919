"""Loan funders: whose money a loan is, and who reports it to which bureau."""

# ruff: noqa: S608 - only constants are put together here; values travel as parameters

from __future__ import annotations

import polars as pl

from arrears.actions.feeds.definitions.common import JOIN_LOAN, LOAN_REF, reject_unknown_loans, stands
from arrears.actions.feeds.kinds import DAY, FLAG, REF, SHARE
from arrears.actions.feeds.rows import NOT_ON_FILE, Rows
from arrears.actions.feeds.schema import Check, Feed, Field

_SAID = ("share", "is_reported", "reports_to_id", "from_on", "until_on")
_DIFFERS = f"({', '.join(f'r.{c}' for c in _SAID)}) IS DISTINCT FROM ({', '.join(f'f.{c}' for c in _SAID)})"
_ON_FILE = "LEFT JOIN loan_funder AS f ON f.id = r.funder_id"
_COLUMNS = f"lender_id, recorded_at, import_file_id, loan_id, organisation_id, {', '.join(_SAID)}"
_STANDING = f"""
    FROM loan_funder WHERE loan_funder.lender_id = %(lender)s AND {stands("loan_funder")}
     AND loan_funder.import_file_id IS NOT NULL
     AND (loan_funder.until_on IS NULL OR loan_funder.until_on > %(today)s)
"""
_NOT_STATED = " AND NOT EXISTS (SELECT FROM {rows} AS r WHERE r.funder_id = loan_funder.id)"


def merge(rows: Rows) -> None:
    """What is said of a funder of a loan supersedes what was said of it before."""
    organisation = "{0}.lender_id = %(lender)s AND {0}.source_ref = s.{1}"
    rows.build(
        (
            *("loan.id AS loan_id", "o.id AS organisation_id", "bureau.id AS reports_to_id"),
            "loan_funder.id AS funder_id",
        ),
        f"{JOIN_LOAN} LEFT JOIN organisation AS o ON {organisation.format('o', 'organisation_ref')}"
        f" LEFT JOIN organisation AS bureau ON {organisation.format('bureau', 'reports_to')}"
        " LEFT JOIN loan_funder ON loan_funder.loan_id = loan.id"
        f" AND loan_funder.organisation_id = o.id AND {stands('loan_funder')}",
    )
    _reject(rows)
    rows.settle()
    if rows.is_full:
        _end_what_is_left_out(rows)
    rows.supersede(
        "loan_funder",
        ("loan_id", "organisation_id"),
        {name: f"r.{name}" for name in _SAID},
        on_file=_ON_FILE,
        differs=_DIFFERS,
        has_actor=False,
    )


def _reject(rows: Rows) -> None:
    reject_unknown_loans(rows)
    rows.reject("organisation_ref", NOT_ON_FILE, "r.organisation_id IS NULL")
    rows.reject("reports_to", NOT_ON_FILE, "r.reports_to IS NOT NULL AND r.reports_to_id IS NULL")
    rows.reject_repeated("r.loan_id", "r.organisation_id")
    now = "(until_on IS NULL OR until_on > %(today)s) AND (from_on IS NULL OR from_on <= %(today)s)"
    rows.reject(
        "share",
        "makes the shares of the loan more than the whole",
        f"r.loan_id IN (SELECT loan_id FROM {{rows}} WHERE {now} GROUP BY loan_id HAVING sum(share) > 1)",
    )


def _end_what_is_left_out(rows: Rows) -> None:
    gone = rows.value(f"SELECT count(*) {_STANDING}{_NOT_STATED}")
    rows.guard_removals(gone, rows.value(f"SELECT count(*) {_STANDING}"))
    rows.touch(f"SELECT loan_id {_STANDING}{_NOT_STATED}")
    rows.execute(
        f"INSERT INTO loan_funder ({_COLUMNS}, supersedes_id) SELECT %(lender)s, %(at)s, %(file)s,"
        " loan_id, organisation_id, share, is_reported, reports_to_id, from_on,"
        f" greatest(%(today)s, from_on), id {_STANDING}{_NOT_STATED}"
    )
    rows.count("ended", gone)


LOAN_FUNDERS = Feed(
    name="loan_funders",
    version=1,
    about="Whose money a loan is, and to whom it is reported. What is not stated is not known, never no.",
    fields=(
        LOAN_REF,
        Field("organisation_ref", REF, "The code of an organisation on file.", is_required=True),
        Field("share", SHARE, "Its part of the loan.", is_required=True),
        Field("is_reported", FLAG, "Whether it reports the loan; empty: not known."),
        Field("reports_to", REF, "The code of the bureau it reports to."),
        Field("from_on", DAY, "The first day of it; empty: always."),
        Field("until_on", DAY, "The day before which it ended; empty: it has not."),
    ),
    key=("loan_ref", "organisation_ref"),
    merge=merge,
    absent="Funders who are left out end on the day of the import.",
    removes=True,
    checks=(
        Check("until_on", "lies before from_on", pl.col("until_on") < pl.col("from_on")),
        Check(
            "reports_to",
            "is stated, and it is not reported",
            ~pl.col("is_reported") & pl.col("reports_to").is_not_null(),
        ),
    ),
)
