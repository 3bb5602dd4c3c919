"""Contact points: addresses and numbers, encrypted, with a keyed hash to count them by."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from arrears.kernel.vocabulary import PointKind, PointOwner, PointPlace, PointSource
from arrears.store.models.columns import OfLender, Recorded, names, one_of

OWNER_KINDS = names(PointOwner)
SCOPE_KINDS = ("person", "value", "household")


class ContactPointColumns(OfLender, Recorded):
    """What is known of one contact point in one version, recorded at `recorded_at`.

    `value_key` is the same number for the same address or telephone number wherever it
    occurs, so that counts and opt-outs follow the address and not the row. `dead_from_at` is
    the instant since which it is known not to reach anybody, `retired_at` the instant since
    which it is no longer on file. A change of anything takes a later `recorded_at`.
    """

    person = models.ForeignKey("store.Person", models.PROTECT, related_name="+")
    kind = models.TextField()
    value_encrypted = models.BinaryField()
    value_key = models.BigIntegerField()
    zones = models.TextField(null=True)  # IANA, between blanks: those the value itself speaks for
    source = models.TextField()
    owner_kind = models.TextField(default="own")
    place = models.TextField(null=True)  # that it is tied to: home, work, other
    verified_on = models.DateField(null=True)
    dead_from_at = models.DateTimeField(null=True)
    dead_reason = models.TextField(null=True)
    retired_at = models.DateTimeField(null=True)

    class Meta:
        abstract = True


class ContactPoint(ContactPointColumns):
    """One address or number of one person as it stands now."""

    class Meta:
        db_table = "contact_point"
        constraints = (
            one_of("contact_point", "kind", PointKind),
            one_of("contact_point", "source", PointSource),
            one_of("contact_point", "owner_kind", OWNER_KINDS),
            one_of("contact_point", "place", PointPlace),
            models.CheckConstraint(condition=Q(value_key__gte=0), name="contact_point_value_key_is_63_bits"),
            models.CheckConstraint(
                condition=Q(dead_from_at__isnull=True, dead_reason__isnull=True)
                | Q(dead_from_at__isnull=False, dead_reason__isnull=False),
                name="contact_point_dead_with_a_reason",
            ),
            models.UniqueConstraint(
                fields=["person", "kind", "value_key"], name="contact_point_once_per_person"
            ),
        )
        indexes = (models.Index(fields=["value_key"], name="contact_point_value_key"),)


class ContactPointPast(ContactPointColumns):
    """A contact point as it stood until `superseded_at`; `id` is the contact point's."""

    pk = models.CompositePrimaryKey("id", "recorded_at")
    id = models.BigIntegerField()
    superseded_at = models.DateTimeField()

    class Meta:
        db_table = "contact_point_past"


class ContactScope(models.Model):
    """One thing that contacts are counted by or forbidden for: a person, an address, a household.

    The row holds nothing. It exists to be locked: by the gate before it counts, and by whoever
    records a restriction, so that what was recorded before a contact was cleared binds it.
    """

    pk = models.CompositePrimaryKey("kind", "key")
    kind = models.TextField()
    key = models.BigIntegerField()

    class Meta:
        db_table = "contact_scope"
        constraints = (one_of("contact_scope", "kind", SCOPE_KINDS),)
