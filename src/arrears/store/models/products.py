"""Products: the terms by which a lender's loans of one name become late."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from arrears.kernel.vocabulary import PauseBasis, Surplus
from arrears.store.models.columns import OfLender, RecordedBy, one_of, superseded_once

BUSINESS_DAY_ROLLS = ("none", "following", "modified_following")


class Product(OfLender, RecordedBy):
    """One version of one product's terms; the newest known holds, for every loan of that `code`.

    Nothing is overdue while what is unpaid is at most `tolerance_minor`, or for no more than
    `tolerance_days` after the last day to pay. `grace_days` count past due and not delinquent.
    An installment that falls due on a day off in `calendar` (ISO 3166) may be paid until the
    day that `business_day_roll` names. `allocation` is the order in which money is handed out,
    in the form that `kernel.arrears.orders` reads, and `surplus` where money goes that nothing
    due takes. `buckets` names the bands of the ageing report. `interest_bps` and `penalty_bps` are
    the yearly rates, in basis points, at which interest and penalties grow; null is not told.
    """

    code = models.TextField()
    currency = models.TextField()  # ISO 4217, of `tolerance_minor`
    tolerance_minor = models.BigIntegerField(default=0)
    tolerance_days = models.IntegerField(default=0)
    grace_days = models.IntegerField(default=0)
    business_day_roll = models.TextField(default="none")
    calendar = models.TextField(null=True)
    pause_basis = models.TextField(default="overlap")
    allocation = models.TextField()
    surplus = models.TextField(default="next")
    buckets = models.TextField()
    interest_bps = models.IntegerField(null=True)
    penalty_bps = models.IntegerField(null=True)
    supersedes = models.ForeignKey("self", models.PROTECT, null=True, related_name="+", db_index=False)
    import_file = models.ForeignKey(
        "store.ImportFile", models.PROTECT, null=True, related_name="+", db_index=False
    )

    class Meta:
        db_table = "product"
        constraints = (
            one_of("product", "business_day_roll", BUSINESS_DAY_ROLLS),
            one_of("product", "pause_basis", PauseBasis),
            one_of("product", "surplus", Surplus),
            models.CheckConstraint(
                condition=Q(tolerance_minor__gte=0, tolerance_days__gte=0, grace_days__gte=0),
                name="product_terms_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(interest_bps__gte=0, penalty_bps__gte=0),
                name="product_rates_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(business_day_roll="none") | Q(calendar__isnull=False),
                name="product_rolls_in_a_calendar",
            ),
            models.UniqueConstraint(
                fields=["lender", "code"], condition=Q(supersedes__isnull=True), name="product_once_per_code"
            ),
            superseded_once("product"),
        )
