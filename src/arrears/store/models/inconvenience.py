"""Inconvenient times: when, and by which way, a person said that contact does not suit him."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from arrears.kernel.vocabulary import Channel, PointPlace, StatementForm
from arrears.store.models.columns import (
    OfLender,
    RecordedBy,
    in_order,
    once_per_source_ref,
    one_of,
    superseded_once,
)


class Inconvenience(OfLender, RecordedBy):
    """One statement of one person, whoever was told: hours of some weekdays, by his own clock.

    Hours are minutes after local midnight on the weekdays of the mask (bit 0 is Monday); a whole
    day is 0 to 1440. What is null is not limited: every channel, every address, every place. It
    counts from `from_at` until before `until_at` (null: until he says otherwise). Taking it back
    is a row that supersedes this one and ends it.
    """

    person = models.ForeignKey("store.Person", models.PROTECT, related_name="+")
    channel = models.TextField(null=True)
    value_key = models.BigIntegerField(null=True)
    place = models.TextField(null=True)
    form = models.TextField(null=True)  # null: nothing says how it was told
    weekdays = models.SmallIntegerField()
    start_local_minutes = models.SmallIntegerField()
    end_local_minutes = models.SmallIntegerField()
    from_at = models.DateTimeField()
    until_at = models.DateTimeField(null=True)
    told_by = models.TextField()  # how it was told: portal, reply, call, letter, import
    attempt = models.ForeignKey("store.Attempt", models.PROTECT, null=True, related_name="+", db_index=False)
    source_ref = models.TextField(null=True)  # the lender's number of it
    supersedes = models.ForeignKey("self", models.PROTECT, null=True, related_name="+", db_index=False)
    import_file = models.ForeignKey(
        "store.ImportFile", models.PROTECT, null=True, related_name="+", db_index=False
    )

    class Meta:
        db_table = "inconvenience"
        constraints = (
            one_of("inconvenience", "channel", Channel),
            one_of("inconvenience", "place", PointPlace),
            one_of("inconvenience", "form", StatementForm),
            in_order("inconvenience", "from_at", "until_at"),
            superseded_once("inconvenience"),
            once_per_source_ref("inconvenience"),
            models.CheckConstraint(
                condition=Q(
                    weekdays__range=(1, 127),
                    start_local_minutes__range=(0, 1440),
                    end_local_minutes__range=(0, 1440),
                    start_local_minutes__lt=F("end_local_minutes"),
                ),
                name="inconvenience_hours_are_stated",
            ),
        )
