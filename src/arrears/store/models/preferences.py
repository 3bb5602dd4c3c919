"""Preferences: what a person has switched off."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from arrears.kernel.vocabulary import CONTACT_PURPOSES, Channel
from arrears.store.models.columns import (
    OfLender,
    RecordedBy,
    in_order,
    once_per_source_ref,
    one_of,
    superseded_once,
)


class Preference(OfLender, RecordedBy):
    """One opt-out: by a person, or by whoever holds an address, for one channel and topic or all.

    It holds from `from_at` until before `until_at` (null: for good). Switching on again is a
    row that supersedes this one and ends it. Topics are the purposes of a contact.
    """

    person = models.ForeignKey("store.Person", models.PROTECT, null=True, related_name="+")
    value_key = models.BigIntegerField(null=True)
    channel = models.TextField(null=True)  # null: every channel
    topic = models.TextField(null=True)  # null: every topic
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
        db_table = "preference"
        constraints = (
            one_of("preference", "channel", Channel),
            one_of("preference", "topic", CONTACT_PURPOSES),
            in_order("preference", "from_at", "until_at"),
            superseded_once("preference"),
            once_per_source_ref("preference"),
            models.CheckConstraint(
                condition=Q(person__isnull=True, value_key__isnull=False)
                | Q(person__isnull=False, value_key__isnull=True),
                name="preference_of_a_person_or_an_address",
            ),
        )
        indexes = (
            models.Index(
                fields=["value_key"], name="preference_of_value", condition=Q(value_key__isnull=False)
            ),
        )
