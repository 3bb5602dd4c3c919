"""Steps of the ladder that were taken or passed over."""

from __future__ import annotations

from django.db import models

from arrears.kernel.planning.strategy import Track
from arrears.store.models.columns import OfLender, Recorded, one_of

STEP_OUTCOMES = ("done", "superseded")


class StepRecord(OfLender, Recorded):
    """One step of one loan's episode towards one person, done on `done_on` or passed over that day."""

    loan = models.ForeignKey("store.Loan", models.PROTECT, related_name="+", db_index=False)
    person = models.ForeignKey("store.Person", models.PROTECT, related_name="+", db_index=False)
    track = models.TextField()
    step = models.TextField()
    rank = models.IntegerField()
    episode_start_on = models.DateField()
    done_on = models.DateField()
    outcome = models.TextField()
    attempt = models.ForeignKey("store.Attempt", models.PROTECT, null=True, related_name="+", db_index=False)

    class Meta:
        db_table = "step_record"
        constraints = (
            one_of("step_record", "outcome", STEP_OUTCOMES),
            one_of("step_record", "track", Track),
            models.UniqueConstraint(
                fields=["loan", "person", "step", "episode_start_on", "outcome"],
                name="step_record_once_per_episode",
            ),
        )
