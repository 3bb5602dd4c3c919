"""Payments: money that came, each told once."""

from __future__ import annotations

from arrears.actions.feeds.definitions.common import CURRENCY_OF_LOAN, LOAN_REF
from arrears.actions.feeds.definitions.told_once import ToldOnce
from arrears.actions.feeds.kinds import DAY, MONEY, REF, words
from arrears.actions.feeds.schema import Feed, Field
from arrears.kernel.vocabulary import Surplus

_TOLD_ONCE = ToldOnce(
    table="payment",
    ref="payment_ref",
    said={
        "loan_id": "r.loan_id",
        "amount_minor": "r.amount_minor",
        "value_on": "r.value_on",
        "surplus": "r.surplus",
    },
)

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
    merge=_TOLD_ONCE.merge,
    absent="Payments that are left out are reversed, with the reason `not_in_full_file`.",
    removes=True,
)
