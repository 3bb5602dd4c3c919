"""Itemisations: how a debt came to its amount since a day, as whoever collects it was told."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from arrears.kernel.vocabulary import ItemisedFrom
from arrears.store.models.columns import OfLender, RecordedBy, in_order, one_of, superseded_once

_NOT_NEGATIVE = ("itemised_minor", "interest_minor", "fees_minor", "payments_minor", "credits_minor")


class Itemisation(OfLender, RecordedBy):
    """What one loan came to on the day it is itemised from, and what was added and paid since.

    The amounts are from `itemised_on` to the end of `stated_on`; zero says that there were none.
    What is owed then is not stored: it is the first amount with interest and fees, without payments
    and credits. `creditor` is whose the debt was on `itemised_on`.
    """

    loan = models.ForeignKey("store.Loan", models.PROTECT, related_name="+")
    itemised_from = models.TextField()
    itemised_on = models.DateField()
    creditor = models.TextField()
    itemised_minor = models.BigIntegerField()
    interest_minor = models.BigIntegerField()
    fees_minor = models.BigIntegerField()
    payments_minor = models.BigIntegerField()
    credits_minor = models.BigIntegerField()
    stated_on = models.DateField()
    supersedes = models.ForeignKey("self", models.PROTECT, null=True, related_name="+", db_index=False)
    import_file = models.ForeignKey(
        "store.ImportFile", models.PROTECT, null=True, related_name="+", db_index=False
    )

    class Meta:
        db_table = "itemisation"
        constraints = (
            one_of("itemisation", "itemised_from", ItemisedFrom),
            in_order("itemisation", "itemised_on", "stated_on"),
            models.CheckConstraint(
                condition=Q(**{f"{name}__gte": 0 for name in _NOT_NEGATIVE}),
                name="itemisation_amounts_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(
                    payments_minor__lte=F("itemised_minor")
                    + F("interest_minor")
                    + F("fees_minor")
                    - F("credits_minor")
                ),
                name="itemisation_leaves_no_credit",
            ),
            superseded_once("itemisation"),
            models.UniqueConstraint(
                fields=["loan"], condition=Q(supersedes__isnull=True), name="itemisation_once_per_loan"
            ),
        )
