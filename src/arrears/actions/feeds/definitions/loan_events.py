"""Loan events: every change of what is owed that is no payment, each told once."""

# ruff: noqa: S608 - only constants are put together here; values travel as parameters

from __future__ import annotations

import polars as pl

from arrears.actions.feeds.definitions.common import (
    BEFORE_LOAN,
    CURRENCY_OF_LOAN,
    JOIN_LOAN,
    LOAN_REF,
    OF_LOAN,
    OTHER_CONTENT,
    reject_unknown_loans,
)
from arrears.actions.feeds.definitions.installments import NUMBER
from arrears.actions.feeds.definitions.payments import NOT_IN_FULL_FILE
from arrears.actions.feeds.kinds import DAY, MONEY, REF, line, words
from arrears.actions.feeds.rows import Rows
from arrears.actions.feeds.schema import Check, Feed, Field
from arrears.kernel.vocabulary import Component, LoanEventKind

_SAID = {
    "loan_id": "r.loan_id",
    "kind": "r.kind",
    "amount_minor": "r.amount_minor",
    "value_on": "r.value_on",
    "due_on": "r.due_on",
    "installment_number": "r.number",
    "component": "r.component",
    "reason": "r.reason",
}
_ON_FILE = "JOIN loan_event AS e ON e.lender_id = %(lender)s AND e.source_ref = r.event_ref"
_OTHER = f"({', '.join(f'e.{c}' for c in _SAID)}) IS DISTINCT FROM ({', '.join(_SAID.values())})"
_NEW = (
    "NOT EXISTS (SELECT FROM loan_event AS e WHERE e.lender_id = %(lender)s AND e.source_ref = r.event_ref)"
)
_ADDS = pl.col("kind").is_in(["charge", "chargeback"])


def merge(rows: Rows) -> None:
    """New events are added; one on file is never changed."""
    rows.build((*OF_LOAN, *rows.minors("loan.currency")), JOIN_LOAN)
    reject_unknown_loans(rows)
    rows.reject_repeated("r.event_ref")
    rows.reject_currency("r.loan_currency")
    rows.reject_amounts()
    rows.reject("value_on", BEFORE_LOAN, "r.value_on < r.loan_opened_on")
    rows.reject("event_ref", OTHER_CONTENT, _OTHER, _ON_FILE)
    if rows.is_full:
        again = "was taken back because a full file left it out; send it under a number of its own"
        rows.reject(
            "event_ref",
            again,
            f"back.reason = '{NOT_IN_FULL_FILE}'",
            f"{_ON_FILE} JOIN reversal AS back ON back.loan_event_id = e.id",
        )
    rows.settle()
    _add(rows)
    if rows.is_full:
        _reverse_what_is_left_out(rows)


def _add(rows: Rows) -> None:
    total = rows.value("SELECT count(*) FROM {rows}")
    rows.touch(f"SELECT loan_id FROM {{rows}} AS r WHERE {_NEW}")
    added = rows.insert(
        "INSERT INTO loan_event (lender_id, source_ref, import_file_id, actor_id, recorded_at,"
        f" {', '.join(_SAID)}) SELECT %(lender)s, r.event_ref, %(file)s, %(actor)s, %(at)s,"
        f" {', '.join(_SAID.values())} FROM {{rows}} AS r WHERE {{slice}} AND {_NEW}"
    )
    rows.count("added", added)
    rows.count("unchanged", total - added)
    rows.analyze("loan_event")


_STANDING = """
    FROM loan_event WHERE loan_event.lender_id = %(lender)s AND loan_event.import_file_id IS NOT NULL
     AND NOT EXISTS (SELECT FROM reversal WHERE reversal.loan_event_id = loan_event.id)
"""
_NOT_STATED = "AND NOT EXISTS (SELECT FROM {rows} AS r WHERE r.event_ref = loan_event.source_ref)"


def _reverse_what_is_left_out(rows: Rows) -> None:
    left_out = _STANDING + _NOT_STATED
    gone = rows.value(f"SELECT count(*) {left_out}")
    rows.guard_removals(gone, rows.value(f"SELECT count(*) {_STANDING}"))
    rows.touch(f"SELECT loan_id {left_out}")
    rows.execute(
        "INSERT INTO reversal (lender_id, loan_event_id, reversed_on, reason, import_file_id, actor_id,"
        " recorded_at) SELECT %(lender)s, loan_event.id, %(today)s, %(reason)s, %(file)s, %(actor)s, %(at)s"
        f" {left_out}",
        reason=NOT_IN_FULL_FILE,
    )
    rows.count("reversed", gone)


LOAN_EVENTS = Feed(
    name="loan_events",
    version=1,
    about="Changes of what is owed that are no payments. A wrong one is reversed, never changed.",
    fields=(
        Field("event_ref", REF, "The lender's number of the event.", is_required=True),
        LOAN_REF,
        Field("kind", words(LoanEventKind), "What happened.", is_required=True),
        Field("value_on", DAY, "The day from which it counts.", is_required=True, is_past=True),
        Field("amount", MONEY, "How much.", is_required=True),
        Field(
            "due_on",
            DAY,
            "When what a charge or chargeback adds falls due; empty: with `number`, else at once.",
        ),
        Field("number", NUMBER, "The installment it belongs to; empty: none, or any."),
        Field("component", words(Component), "Of which part of the debt; empty: principal, or any."),
        Field("reason", line(), "Why, in a few words without names."),
        CURRENCY_OF_LOAN,
    ),
    key=("event_ref",),
    merge=merge,
    absent="Events that are left out are reversed, with the reason `not_in_full_file`.",
    removes=True,
    checks=(
        Check("due_on", "is stated, and the event adds nothing", ~_ADDS & pl.col("due_on").is_not_null()),
        Check("due_on", "lies before value_on", pl.col("due_on") < pl.col("value_on")),
    ),
)
