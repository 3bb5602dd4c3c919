"""Payments: money that came, each told once."""

# ruff: noqa: S608 - only constants are put together here; values travel as parameters

from __future__ import annotations

from arrears.actions.feeds.definitions.common import (
    BEFORE_LOAN,
    CURRENCY_OF_LOAN,
    JOIN_LOAN,
    LOAN_REF,
    OF_LOAN,
    OTHER_CONTENT,
    reject_unknown_loans,
)
from arrears.actions.feeds.kinds import DAY, MONEY, REF, words
from arrears.actions.feeds.rows import Rows
from arrears.actions.feeds.schema import Feed, Field
from arrears.kernel.vocabulary import Surplus

NOT_IN_FULL_FILE = "not_in_full_file"
"""The reason of a reversal that no file states: a full file of payments leaves the payment out."""

_ON_FILE = "JOIN payment ON payment.lender_id = %(lender)s AND payment.source_ref = r.payment_ref"
_OTHER = (
    "(payment.loan_id, payment.amount_minor, payment.value_on, payment.surplus)"
    " IS DISTINCT FROM (r.loan_id, r.amount_minor, r.value_on, r.surplus)"
)
_TAKEN_BACK = (
    f"{_ON_FILE} JOIN reversal ON reversal.payment_id = payment.id AND reversal.reason = '{NOT_IN_FULL_FILE}'"
)


def merge(rows: Rows) -> None:
    """New payments are added; one on file is never changed."""
    rows.build((*OF_LOAN, *rows.minors("loan.currency")), JOIN_LOAN)
    reject_unknown_loans(rows)
    rows.reject_repeated("r.payment_ref")
    rows.reject_currency("r.loan_currency")
    rows.reject_amounts()
    rows.reject("value_on", BEFORE_LOAN, "r.value_on < r.loan_opened_on")
    rows.reject("payment_ref", OTHER_CONTENT, _OTHER, _ON_FILE)
    if rows.is_full:
        again = "was taken back because a full file left it out; send it under a number of its own"
        rows.reject("payment_ref", again, "true", _TAKEN_BACK)
    rows.settle()
    _add(rows)
    if rows.is_full:
        _reverse_what_is_left_out(rows)


def _add(rows: Rows) -> None:
    total = rows.value("SELECT count(*) FROM {rows}")
    rows.touch(f"SELECT loan_id FROM {{rows}} AS r WHERE {_NEW}")
    added = rows.insert(
        "INSERT INTO payment (lender_id, loan_id, source_ref, amount_minor, value_on, surplus,"
        " import_file_id, actor_id, recorded_at) SELECT %(lender)s, r.loan_id, r.payment_ref,"
        " r.amount_minor, r.value_on, r.surplus, %(file)s, %(actor)s, %(at)s FROM {rows} AS r"
        f" WHERE {{slice}} AND {_NEW}"
    )
    rows.count("added", added)
    rows.count("unchanged", total - added)
    rows.analyze("payment")


_NEW = (
    "NOT EXISTS (SELECT FROM payment"
    " WHERE payment.lender_id = %(lender)s AND payment.source_ref = r.payment_ref)"
)
_LEFT_OUT = """
    FROM payment WHERE payment.lender_id = %(lender)s AND payment.import_file_id IS NOT NULL
     AND NOT EXISTS (SELECT FROM reversal WHERE reversal.payment_id = payment.id)
"""
_NOT_STATED = "AND NOT EXISTS (SELECT FROM {rows} AS r WHERE r.payment_ref = payment.source_ref)"


def _reverse_what_is_left_out(rows: Rows) -> None:
    left_out = _LEFT_OUT + _NOT_STATED
    gone = rows.value(f"SELECT count(*) {left_out}")
    rows.guard_removals(gone, rows.value(f"SELECT count(*) {_LEFT_OUT}"))
    rows.touch(f"SELECT loan_id {left_out}")
    rows.execute(
        "INSERT INTO reversal (lender_id, payment_id, reversed_on, reason, import_file_id, actor_id,"
        " recorded_at) SELECT %(lender)s, payment.id, %(today)s, %(reason)s, %(file)s, %(actor)s, %(at)s"
        f" {left_out}",
        reason=NOT_IN_FULL_FILE,
    )
    rows.count("reversed", gone)


PAYMENTS = Feed(
    name="payments",
    version=1,
    about="Money that came. A payment on file is never changed: a wrong one is reversed.",
    fields=(
        Field("payment_ref", REF, "The lender's number of the payment.", is_required=True),
        LOAN_REF,
        Field("value_on", DAY, "The day from which it counts.", is_required=True, is_past=True),
        Field("amount", MONEY, "What came.", is_required=True),
        Field("surplus", words(Surplus), "Where its surplus goes; empty: as the product says."),
        CURRENCY_OF_LOAN,
    ),
    key=("payment_ref",),
    merge=merge,
    absent="Payments that are left out are reversed, with the reason `not_in_full_file`.",
    removes=True,
)
