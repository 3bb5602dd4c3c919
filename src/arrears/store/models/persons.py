"""Persons: opaque numbers, and apart from them everything that says who they are."""

from __future__ import annotations

from django.db import models

from arrears.store.models.columns import OfLender, Recorded


class Person(Recorded):
    """One person as an opaque number. Whether he is a borrower is said by the loans.

    `source_key` is the keyed hash of the lender's number for him. `contact_group` is the
    smallest number among the persons he is connected with through loans; null for a person
    who is nobody's borrower. `is_under_14` is true of a child, and null where nobody said; no date
    of birth stands here. `erased_at` is when his key was destroyed.
    """

    lender = models.ForeignKey("store.Organisation", models.PROTECT, related_name="+", db_index=False)
    source_key = models.BinaryField(null=True)
    contact_group = models.BigIntegerField(null=True)
    language = models.TextField(null=True)  # BCP 47; null: not known, the lender's is used
    is_under_14 = models.BooleanField(null=True)
    erased_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "person"
        constraints = (
            models.UniqueConstraint(fields=["lender", "source_key"], name="person_once_per_source_key"),
        )
        indexes = (models.Index(fields=["contact_group"], name="person_contact_group"),)


class PersonKey(Recorded):
    """The key of one person's personal data, itself encrypted under the installation's master key.

    Deleting the row erases the person: what was encrypted under it can be read by nobody.
    """

    person = models.OneToOneField(Person, models.PROTECT, primary_key=True, related_name="+")
    wrapped_key = models.BinaryField()

    class Meta:
        db_table = "person_key"


class PersonDetail(OfLender, Recorded):
    """All that is known of who one person is, as one encrypted document.

    The document is JSON: names, the lender's customer number, dates, whatever an import brings.
    """

    person = models.OneToOneField(Person, models.PROTECT, primary_key=True, related_name="+")
    ciphertext = models.BinaryField()

    class Meta:
        db_table = "person_detail"
