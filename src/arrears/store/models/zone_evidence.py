"""Where a person may be, and so which law and which hours apply."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from arrears.store.models.columns import OfLender, RecordedBy, one_of, superseded_once

EVIDENCE_SOURCES = ("address", "area_code", "stated", "employer", "network_address", "lender")


class ZoneEvidence(OfLender, RecordedBy):
    """One reason to think that a person is in a place, or in a time zone.

    Every place and zone on file counts as plausible at once. A place that spans several zones
    is several rows.
    """

    person = models.ForeignKey("store.Person", models.PROTECT, related_name="+")
    source = models.TextField()
    place = models.TextField(null=True)  # ISO 3166, 'TW' or 'US-NY'
    zone = models.TextField(null=True)  # IANA, 'America/New_York'
    supersedes = models.ForeignKey("self", models.PROTECT, null=True, related_name="+", db_index=False)
    import_file = models.ForeignKey(
        "store.ImportFile", models.PROTECT, null=True, related_name="+", db_index=False
    )

    class Meta:
        db_table = "zone_evidence"
        constraints = (
            one_of("zone_evidence", "source", EVIDENCE_SOURCES),
            superseded_once("zone_evidence"),
            models.CheckConstraint(
                condition=Q(place__isnull=False) | Q(zone__isnull=False), name="zone_evidence_says_something"
            ),
        )
