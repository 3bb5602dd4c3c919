"""Strategies as lenders adopted them."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from arrears.store.models.columns import OfLender, RecordedBy


class StrategyAdoption(OfLender, RecordedBy):
    """One adoption of a strategy by a lender, in use from its business day `from_on` until the next one.

    `content` is the file as it was, `version` the digest of what it says. With a challenger, the
    borrowers drawn by `salt` below `share_basis_points` climb that one. `approver` is the name of
    whoever decided it, the actor whoever recorded it.
    """

    from_on = models.DateField()
    name = models.TextField()
    version = models.TextField()
    content = models.TextField()
    challenger_name = models.TextField(null=True)
    challenger_version = models.TextField(null=True)
    challenger_content = models.TextField(null=True)
    share_basis_points = models.IntegerField(null=True)
    salt = models.TextField(null=True)
    approver = models.TextField()

    class Meta:
        db_table = "strategy_adoption"
        indexes = (models.Index(fields=["lender", "from_on", "id"], name="strategy_adoption_of_lender"),)
        constraints = (
            models.CheckConstraint(
                condition=Q(
                    challenger_name__isnull=True,
                    challenger_version__isnull=True,
                    challenger_content__isnull=True,
                    share_basis_points__isnull=True,
                    salt__isnull=True,
                )
                | Q(
                    challenger_name__isnull=False,
                    challenger_version__isnull=False,
                    challenger_content__isnull=False,
                    share_basis_points__gte=1,
                    share_basis_points__lte=9_999,
                    salt__isnull=False,
                ),
                name="strategy_adoption_challenger_whole",
            ),
        )
