"""How providers fare: what all senders beside each other have to know of one."""

from __future__ import annotations

from django.db import models

from arrears.kernel.vocabulary import Channel
from arrears.store.models.columns import one_of


class ProviderState(models.Model):
    """One provider as it serves one channel: its breaker, and until when its time is given away.

    `failures` are those in a row; `opens` how often in a row the breaker has opened, since `opened_at`;
    nothing is handed over before `next_try_at`. `failure_code` is of the last failure. `free_at` is real
    time, even in a simulation: what the provider takes until then has been shared out among senders.
    """

    channel = models.TextField()
    provider = models.TextField()
    failures = models.IntegerField(default=0)
    opens = models.IntegerField(default=0)
    opened_at = models.DateTimeField(null=True)
    next_try_at = models.DateTimeField(null=True)
    failure_code = models.TextField(null=True)
    free_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "provider_state"
        constraints = (
            one_of("provider_state", "channel", Channel),
            models.UniqueConstraint(fields=["channel", "provider"], name="provider_state_once"),
            models.CheckConstraint(
                condition=models.Q(opened_at__isnull=True, next_try_at__isnull=True)
                | models.Q(opened_at__isnull=False, next_try_at__isnull=False),
                name="provider_state_open_until_tried",
            ),
        )
