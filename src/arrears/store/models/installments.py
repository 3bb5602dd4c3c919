"""What is to be paid when: schedules in versions."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from arrears.store.models.columns import OfLender, RecordedBy


class Schedule(OfLender, RecordedBy):
    """One version of a loan's repayment schedule; the highest version known is the one that holds."""

    loan = models.ForeignKey("store.Loan", models.PROTECT, related_name="+", db_index=False)
    version = models.IntegerField()
    reason = models.TextField()  # contract, agreed_change, correction
    import_file = models.ForeignKey(
        "store.ImportFile", models.PROTECT, null=True, related_name="+", db_index=False
    )

    class Meta:
        db_table = "schedule"
        constraints = (models.UniqueConstraint(fields=["loan", "version"], name="schedule_once_per_version"),)


class Installment(OfLender):
    """One installment of one schedule: due on `due_on`, in time when paid by `payable_until_on`.

    The second day differs from the first when the due day is not a business day of the lender.
    """

    schedule = models.ForeignKey(Schedule, models.PROTECT, related_name="+", db_index=False)
    number = models.IntegerField()
    due_on = models.DateField()
    payable_until_on = models.DateField()
    principal_minor = models.BigIntegerField(default=0)
    interest_minor = models.BigIntegerField(default=0)
    fee_minor = models.BigIntegerField(default=0)
    penalty_minor = models.BigIntegerField(default=0)

    class Meta:
        db_table = "installment"
        constraints = (
            models.UniqueConstraint(fields=["schedule", "number"], name="installment_once_per_number"),
            models.CheckConstraint(
                condition=Q(payable_until_on__gte=F("due_on")), name="installment_payable_from_due"
            ),
        )
