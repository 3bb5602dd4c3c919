"""Money that came, money that went back, and every other change of what is owed."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from arrears.kernel.vocabulary import Component, LoanEventKind, Surplus
from arrears.store.models.columns import OfLender, Recorded, RecordedBy, names, one_of

COMPONENTS = names(Component)
LOAN_EVENT_KINDS = names(LoanEventKind)


class Payment(OfLender, RecordedBy):
    """One payment on one loan, with value on `value_on`. Never changed; a `reversal` takes it back.

    `surplus` says where this payment's money goes that nothing due takes; null: as the product says.
    """

    loan = models.ForeignKey("store.Loan", models.PROTECT, related_name="+", db_index=False)
    source_ref = models.TextField()  # the lender's number of the payment
    amount_minor = models.BigIntegerField()
    value_on = models.DateField()
    surplus = models.TextField(null=True)
    import_file = models.ForeignKey(
        "store.ImportFile", models.PROTECT, null=True, related_name="+", db_index=False
    )

    class Meta:
        db_table = "payment"
        constraints = (
            one_of("payment", "surplus", Surplus),
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="payment_is_positive"),
            models.UniqueConstraint(fields=["lender", "source_ref"], name="payment_once_per_source_ref"),
        )
        indexes = (models.Index(fields=["loan", "value_on"], name="payment_of_loan"),)


class PaymentAllocation(OfLender, Recorded):
    """What the core system says one part of a payment paid. Taken as stated, never recomputed.

    The parts of a payment may become known after it, and count from then on.
    """

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


class LoanEvent(OfLender, RecordedBy):
    """One change of what is owed that is no payment, on `value_on`.

    charge       adds a fee or penalty, due on `due_on`
    chargeback   adds an amount due, because money that had come went back: due on `due_on`
    waiver       forgives an amount, of one `component` or installment where it names one
    write_off    gives up the claim to an amount; what the books only write down is a charge-off
    charge_off   a step of the books: the debt stays, and so does its lateness
    refund       gives money back to the borrower, first what nothing has taken yet

    A charge or chargeback without `due_on` is due on the day of its installment, if it names
    one, else on `value_on`. A null component is the principal of what is added, and any of
    what is forgiven.
    """

    loan = models.ForeignKey("store.Loan", models.PROTECT, related_name="+")
    kind = models.TextField()
    amount_minor = models.BigIntegerField()
    value_on = models.DateField()
    due_on = models.DateField(null=True)
    installment_number = models.IntegerField(null=True)
    component = models.TextField(null=True)
    reason = models.TextField(null=True)
    source_ref = models.TextField()
    import_file = models.ForeignKey(
        "store.ImportFile", models.PROTECT, null=True, related_name="+", db_index=False
    )

    class Meta:
        db_table = "loan_event"
        constraints = (
            one_of("loan_event", "kind", LOAN_EVENT_KINDS),
            one_of("loan_event", "component", COMPONENTS),
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="loan_event_is_positive"),
            models.CheckConstraint(
                condition=Q(due_on__isnull=True)
                | Q(kind__in=["charge", "chargeback"], due_on__gte=F("value_on")),
                name="loan_event_due_when_it_adds",
            ),
            models.UniqueConstraint(fields=["lender", "source_ref"], name="loan_event_once_per_source_ref"),
        )


class Reversal(OfLender, RecordedBy):
    """One payment, or one loan event, taken back as if it had never been: it counts on no day.

    `reversed_on` is the day on which it was taken back; the money leaves on its value date.
    """

    payment = models.OneToOneField(Payment, models.PROTECT, null=True, related_name="+")
    loan_event = models.OneToOneField(LoanEvent, models.PROTECT, null=True, related_name="+")
    reversed_on = models.DateField()
    reason = models.TextField()
    import_file = models.ForeignKey(
        "store.ImportFile", models.PROTECT, null=True, related_name="+", db_index=False
    )

    class Meta:
        db_table = "reversal"
        constraints = (
            models.CheckConstraint(
                condition=Q(payment__isnull=False, loan_event__isnull=True)
                | Q(payment__isnull=True, loan_event__isnull=False),
                name="reversal_of_a_payment_or_an_event",
            ),
        )
