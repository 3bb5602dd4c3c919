"""Loan events: every change of what is owed that is no payment, each told once."""

from __future__ import annotations

import polars as pl

from arrears.actions.feeds.definitions.common import CURRENCY_OF_LOAN, LOAN_REF
from arrears.actions.feeds.definitions.installments import NUMBER
from arrears.actions.feeds.definitions.told_once import ToldOnce
from arrears.actions.feeds.kinds import DAY, MONEY, REF, line, words
from arrears.actions.feeds.schema import Check, Feed, Field
from arrears.kernel.vocabulary import Component, LoanEventKind

_TOLD_ONCE = ToldOnce(
    table="loan_event",
    ref="event_ref",
    said={
        "loan_id": "r.loan_id",
        "kind": "r.kind",
        "amount_minor": "r.amount_minor",
        "value_on": "r.value_on",
        "due_on": "r.due_on",
        "installment_number": "r.number",
        "component": "r.component",
        "reason": "r.reason",
    },
)
_ADDS = pl.col("kind").is_in(["charge", "chargeback"])

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
    merge=_TOLD_ONCE.merge,
    absent="Events that are left out are reversed, with the reason `not_in_full_file`.",
    removes=True,
    checks=(
        Check("due_on", "is stated, and the event adds nothing", ~_ADDS & pl.col("due_on").is_not_null()),
        Check("due_on", "lies before value_on", pl.col("due_on") < pl.col("value_on")),
    ),
)
