"""Organisations: lenders and everybody who acts, pays or is told beside them."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from arrears.kernel.vocabulary import ActorKind, CreditorLicence
from arrears.store.models.columns import Recorded, one_of

ORGANISATION_KINDS = ("lender", "funder", "servicer", "agency", "assignee", "law_firm", "bureau")


class Organisation(Recorded):
    """One organisation; a lender, or an organisation that works with one lender.

    `lender` is null for the lenders themselves. A lender says what it is to its borrowers
    (`actor_kind`), under which licence it lends, and in which time zone its business days begin.

    What a lender's notices say of itself: the official ways to pay, to ask and to check that a
    notice is genuine (`_through`: a page, a number, an address), the sender of its e-mail, and
    whose loans these are where it collects for another or under another name (`collects_for`). Of an
    agency or a new creditor `ask_through` is how borrowers reach it. `postal_address` is where letters
    come back to, in one line. `arrears_information_sheet` is where the sheet of that name can be read that
    goes with a notice of sums in arrears in the United Kingdom.
    """

    lender = models.ForeignKey("self", models.PROTECT, null=True, related_name="+")
    source_ref = models.TextField(null=True)  # the lender's code of it
    kind = models.TextField()
    name = models.TextField()
    country = models.TextField(null=True)  # ISO 3166-1, 'TW'
    zone = models.TextField(null=True)  # IANA, 'Asia/Taipei'
    language = models.TextField(null=True)  # BCP 47, what notices use when a person's is not known
    currency = models.TextField(null=True)  # ISO 4217
    actor_kind = models.TextField(null=True)
    licence = models.TextField(null=True)
    pay_through = models.TextField(null=True)
    ask_through = models.TextField(null=True)
    check_through = models.TextField(null=True)
    email_from = models.TextField(null=True)
    collects_for = models.TextField(null=True)
    postal_address = models.TextField(null=True)
    arrears_information_sheet = models.TextField(null=True)

    class Meta:
        db_table = "organisation"
        constraints = (
            one_of("organisation", "kind", ORGANISATION_KINDS),
            one_of("organisation", "actor_kind", ActorKind),
            one_of("organisation", "licence", CreditorLicence),
            models.CheckConstraint(
                condition=~Q(kind="lender")
                | Q(
                    lender__isnull=True,
                    country__isnull=False,
                    zone__isnull=False,
                    actor_kind__isnull=False,
                    licence__isnull=False,
                ),
                name="organisation_lender_is_described",
            ),
            models.CheckConstraint(
                condition=Q(kind="lender") | Q(lender__isnull=False), name="organisation_works_with_a_lender"
            ),
            models.UniqueConstraint(fields=["lender", "source_ref"], name="organisation_once_per_source_ref"),
        )
