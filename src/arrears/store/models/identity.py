"""What this database is."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from arrears.store.models.columns import one_of

DATABASE_KINDS = ("live", "simulation")


class DatabaseIdentity(models.Model):
    """The one row that says whether this database is live or a simulation, for ever.

    A simulation's clock stands still at `simulated_at` until it is moved forward.
    `master_key_id` tells the master key that the persons' keys are encrypted under.
    """

    id = models.SmallIntegerField(primary_key=True, default=1)
    kind = models.TextField()
    created_at = models.DateTimeField()
    simulated_at = models.DateTimeField(null=True)
    master_key_id = models.BinaryField()

    class Meta:
        db_table = "database_identity"
        constraints = (
            one_of("database_identity", "kind", DATABASE_KINDS),
            models.CheckConstraint(condition=Q(id=1), name="database_identity_is_one"),
            models.CheckConstraint(
                condition=Q(kind="live", simulated_at__isnull=True)
                | Q(kind="simulation", simulated_at__isnull=False),
                name="database_identity_only_a_simulation_has_a_clock",
            ),
        )
