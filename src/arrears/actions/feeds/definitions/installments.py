"""Installments: whole schedules, kept in versions."""

# ruff: noqa: S608 - only constants are put together here; values travel as parameters

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
)
from arrears.actions.feeds.kinds import DAY, MONEY_OR_ZERO, whole, words
from arrears.actions.feeds.rows import Rows
from arrears.actions.feeds.schema import Check, Feed, Field

_AMOUNTS = ("principal", "interest", "fee", "penalty")
NUMBER = whole(0, 10_000)
_REASONS = ("contract", "agreed_change", "correction")
_STATED = ("number", "due_on", "payable_until", *(f"{name}_minor" for name in _AMOUNTS))
_STORED = ("number", "due_on", "payable_until_on", *(f"{name}_minor" for name in _AMOUNTS))


def merge(rows: Rows) -> None:
    """A schedule that says something else than the newest version on file becomes the next version."""
    rows.build(
        (
            *OF_LOAN,
            *OF_PRODUCT,
            *(
                "coalesce(s.payable_until_on, s.due_on) AS payable_until",
                *rows.minors("loan.currency", empty="0"),
            ),
        ),
        f"{JOIN_LOAN} {JOIN_PRODUCT}",
    )
    reject_unknown_loans(rows)
    rows.reject_repeated("r.loan_id", "r.number")
    rows.reject_currency("r.loan_currency")
    rows.reject_amounts()
    rows.reject("due_on", "lies before the day the loan was opened", "r.due_on < r.loan_opened_on")
    rows.settle()
    roll_due_days(rows)
    _find_news(rows)
    _write(rows)
    if rows.is_full:
        rows.count("left_out", rows.value(_LEFT_OUT))


def _find_news(rows: Rows) -> None:
    """A table of the loans whose schedule is not the newest version on file; the others are counted."""
    news = f"{rows.table}_news"
    rows.execute(
        f"CREATE TEMP TABLE {news} ON COMMIT DROP AS"
        " SELECT told.*, newest.id AS schedule_id, coalesce(newest.version, 0) AS version"
        " FROM (SELECT loan_id, count(*) AS stated, min(reason) AS reason"
        " FROM {rows} GROUP BY loan_id) AS told"
        " LEFT JOIN LATERAL (SELECT id, version FROM schedule WHERE schedule.loan_id = told.loan_id"
        " ORDER BY version DESC LIMIT 1) AS newest ON true"
    )
    rows.execute(f"ANALYZE {news}")
    pairs = zip(_STATED, _STORED, strict=True)
    equal = " AND ".join(f"r.{stated} = i.{stored}" for stated, stored in pairs)
    unchanged = rows.execute(
        f"DELETE FROM {news} AS news USING ("
        f" SELECT n.loan_id FROM {news} AS n JOIN {{rows}} AS r USING (loan_id)"
        f" JOIN installment AS i ON i.schedule_id = n.schedule_id AND {equal}"
        " GROUP BY n.loan_id, n.schedule_id, n.stated HAVING count(*) = n.stated AND n.stated ="
        " (SELECT count(*) FROM installment AS old WHERE old.schedule_id = n.schedule_id)"
        ") AS same WHERE news.loan_id = same.loan_id"
    )
    rows.count("unchanged", unchanged)


def _write(rows: Rows) -> None:
    news = f"{rows.table}_news"
    rows.touch(f"SELECT loan_id FROM {news}")
    rows.count("added", rows.value(f"SELECT count(*) FROM {news} WHERE version = 0"))
    rows.count("changed", rows.value(f"SELECT count(*) FROM {news} WHERE version > 0"))
    rows.execute(
        "INSERT INTO schedule (lender_id, loan_id, version, reason, import_file_id, actor_id, recorded_at)"
        " SELECT %(lender)s, loan_id, version + 1,"
        " coalesce(reason, CASE WHEN version = 0 THEN 'contract' ELSE 'agreed_change' END),"
        f" %(file)s, %(actor)s, %(at)s FROM {news}"
    )
    rows.analyze("schedule")
    rows.insert(
        f"INSERT INTO installment (lender_id, schedule_id, {', '.join(_STORED)})"
        f" SELECT %(lender)s, schedule.id, {', '.join(f'r.{each}' for each in _STATED)} FROM {{rows}} AS r"
        " JOIN schedule ON schedule.loan_id = r.loan_id AND schedule.import_file_id = %(file)s"
        " WHERE {slice}"
    )
    rows.analyze("installment")


_LEFT_OUT = """
    SELECT count(*) FROM loan WHERE lender_id = %(lender)s AND closed_on IS NULL
       AND EXISTS (SELECT FROM schedule WHERE schedule.loan_id = loan.id)
       AND NOT EXISTS (SELECT FROM {rows} AS r WHERE r.loan_id = loan.id)
"""

INSTALLMENTS = Feed(
    name="installments",
    version=1,
    about="Schedules. A file states the whole schedule of every loan it mentions, every time.",
    fields=(
        LOAN_REF,
        Field("number", NUMBER, "Which installment of the loan.", is_required=True),
        Field("due_on", DAY, "The day it falls due.", is_required=True),
        Field(
            "payable_until_on",
            DAY,
            "The last day on which it is paid in time; empty: as the product's calendar says.",
        ),
        *(
            Field(name, MONEY_OR_ZERO, f"The {name} due with it; empty is 0.")
            for name in ("principal", "interest", "fee", "penalty")
        ),
        CURRENCY_OF_LOAN,
        Field("reason", words(_REASONS), "Why the schedule is this one; empty: the contract, then a change."),
    ),
    key=("loan_ref", "number"),
    merge=merge,
    absent="Schedules stay; the number of open loans left out is reported.",
    whole_by="loan_ref",
    checks=(Check("payable_until_on", "lies before due_on", pl.col("payable_until_on") < pl.col("due_on")),),
)
