"""Consents: what a person agreed to, to whom, and for how long."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from arrears.kernel.vocabulary import Channel, ConsentForm, ConsentKind, Purpose
from arrears.store.models.columns import (
    OfLender,
    RecordedBy,
    in_order,
    names,
    once_per_source_ref,
    one_of,
    superseded_once,
)

CONSENT_KINDS = names(ConsentKind)
CONSENT_FORMS = names(ConsentForm)


class Consent(OfLender, RecordedBy):
    """One consent of one person, given directly to one organisation.

    What is null is not limited: any channel, any loan, any address. Agreed hours are minutes
    after local midnight on the weekdays of the mask (bit 0 is Monday). A withdrawal is a row
    that supersedes this one and ends it. `attempt` is the contact in which it was given: a
    consent obtained in a contact that broke a rule is void. `contact_complied` is whether that
    contact broke none, as the lender says; null where nobody said.
    """

    person = models.ForeignKey("store.Person", models.PROTECT, related_name="+")
    given_to = models.ForeignKey("store.Organisation", models.PROTECT, related_name="+", db_index=False)
    kind = models.TextField()
    form = models.TextField()
    channel = models.TextField(null=True)
    purpose = models.TextField(null=True)
    loan = models.ForeignKey("store.Loan", models.PROTECT, null=True, related_name="+", db_index=False)
    value_key = models.BigIntegerField(null=True)
    about_person = models.ForeignKey(
        "store.Person", models.PROTECT, null=True, related_name="+", db_index=False
    )
    weekdays = models.SmallIntegerField(null=True)
    start_local_minutes = models.SmallIntegerField(null=True)
    end_local_minutes = models.SmallIntegerField(null=True)
    given_at = models.DateTimeField()
    from_at = models.DateTimeField()
    until_at = models.DateTimeField(null=True)
    attempt = models.ForeignKey("store.Attempt", models.PROTECT, null=True, related_name="+", db_index=False)
    contact_complied = models.BooleanField(null=True)
    evidence_ref = models.TextField(null=True)
    source_ref = models.TextField(null=True)  # the lender's number of it
    supersedes = models.ForeignKey("self", models.PROTECT, null=True, related_name="+", db_index=False)
    import_file = models.ForeignKey(
        "store.ImportFile", models.PROTECT, null=True, related_name="+", db_index=False
    )

    class Meta:
        db_table = "consent"
        constraints = (
            one_of("consent", "kind", CONSENT_KINDS),
            one_of("consent", "form", CONSENT_FORMS),
            one_of("consent", "channel", Channel),
            one_of("consent", "purpose", Purpose),
            in_order("consent", "from_at", "until_at"),
            superseded_once("consent"),
            once_per_source_ref("consent"),
            models.CheckConstraint(
                condition=~Q(kind="agreed_hours")
                | Q(
                    weekdays__range=(1, 127),
                    start_local_minutes__range=(0, 1440),
                    end_local_minutes__range=(0, 1440),
                    start_local_minutes__lt=F("end_local_minutes"),
                ),
                name="consent_hours_are_stated",
            ),
        )
