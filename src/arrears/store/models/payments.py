"""Money that came, money that went back, and every other change of what is owed."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from arrears.store.models.columns import OfLender, RecordedBy, one_of

COMPONENTS = ("principal", "interest", "fee", "other")
LOAN_EVENT_KINDS = ("chargeback", "waiver", "write_off", "refund")


class Payment(OfLender, RecordedBy):
    """One payment on one loan, with value on `value_on`. Never changed; a `reversal` takes it back."""

    loan = models.ForeignKey("store.Loan", models.PROTECT, related_name="+", db_index=False)
    source_ref = models.TextField()  # the lender's number of the payment
    amount_minor = models.BigIntegerField()
    value_on = models.DateField()
    import_file = models.ForeignKey(
        "store.ImportFile", models.PROTECT, null=True, related_name="+", db_index=False
    )

    class Meta:
        db_table = "payment"
        constraints = (
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="payment_is_positive"),
            models.UniqueConstraint(fields=["lender", "source_ref"], name="payment_once_per_source_ref"),
        )
        indexes = (models.Index(fields=["loan", "value_on"], name="payment_of_loan"),)


class PaymentAllocation(OfLender):
    """What the core system says one part of a payment paid. Taken as stated, never recomputed."""

    payment = models.ForeignKey(Payment, models.PROTECT, related_name="+", db_index=False)
    installment_number = models.IntegerField(null=True)
    component = models.TextField()
    amount_minor = models.BigIntegerField()

    class Meta:
        db_table = "payment_allocation"
        constraints = (
            one_of("payment_allocation", "component", COMPONENTS),
            models.UniqueConstraint(
                fields=["payment", "installment_number", "component"],
                name="payment_allocation_once_per_component",
            ),
        )


class Reversal(OfLender, RecordedBy):
    """One payment taken back, as if it had never been made: it counts on no day."""

    payment = models.OneToOneField(Payment, models.PROTECT, related_name="+")
    reversed_on = models.DateField()
    reason = models.TextField()

    class Meta:
        db_table = "reversal"


class LoanEvent(OfLender, RecordedBy):
    """One change of what is owed that is no payment.

    A chargeback adds an amount due; a waiver and a write-off forgive one; a refund gives money
    back to the borrower.
    """

    loan = models.ForeignKey("store.Loan", models.PROTECT, related_name="+")
    kind = models.TextField()
    amount_minor = models.BigIntegerField()
    value_on = models.DateField()
    reason = models.TextField(null=True)
    source_ref = models.TextField()
    import_file = models.ForeignKey(
        "store.ImportFile", models.PROTECT, null=True, related_name="+", db_index=False
    )

    class Meta:
        db_table = "loan_event"
        constraints = (
            one_of("loan_event", "kind", LOAN_EVENT_KINDS),
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="loan_event_is_positive"),
            models.UniqueConstraint(fields=["lender", "source_ref"], name="loan_event_once_per_source_ref"),
        )
