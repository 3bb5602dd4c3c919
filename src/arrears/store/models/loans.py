"""Loans, who is what to them, and who stands behind the money."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from arrears.kernel.vocabulary import DebtKind, RecipientKind
from arrears.store.models.columns import OfLender, Recorded, in_order, one_of, superseded_once


class LoanColumns(Recorded):
    """The contract of one loan in one version, recorded at `recorded_at`.

    `debt_group` is one of the loans that the law counts as the same debt (null: this loan
    alone). `contact_group` partitions the work and may change without a new version; any other
    change takes a later `recorded_at`.
    """

    lender = models.ForeignKey("store.Organisation", models.PROTECT, related_name="+", db_index=False)
    source_ref = models.TextField()  # the lender's number of the loan
    product = models.TextField()
    debt_kind = models.TextField()
    governing_law = models.TextField(null=True)  # ISO 3166, the law the contract names
    currency = models.TextField()  # ISO 4217
    risk = models.TextField(null=True)  # the lender's own class, for segments of its strategy
    debt_group = models.BigIntegerField(null=True)
    contact_group = models.BigIntegerField(null=True)
    opened_on = models.DateField(null=True)
    closed_on = models.DateField(null=True)

    class Meta:
        abstract = True


class Loan(LoanColumns):
    """One loan as it stands now."""

    class Meta:
        db_table = "loan"
        constraints = (
            one_of("loan", "debt_kind", DebtKind),
            models.UniqueConstraint(fields=["lender", "source_ref"], name="loan_once_per_source_ref"),
        )
        indexes = (models.Index(fields=["contact_group"], name="loan_contact_group"),)


class LoanPast(LoanColumns):
    """A loan as it stood until `superseded_at`; `id` is the loan's."""

    pk = models.CompositePrimaryKey("id", "recorded_at")
    id = models.BigIntegerField()
    superseded_at = models.DateTimeField()

    class Meta:
        db_table = "loan_past"


class LoanPartyColumns(OfLender, Recorded):
    """What one person is to one loan, in one version. A person is not a borrower until this says so.

    From `from_on` (null: always) to the day before `until_on` (null: no end).
    """

    loan = models.ForeignKey("store.Loan", models.PROTECT, related_name="+", db_index=False)
    person = models.ForeignKey("store.Person", models.PROTECT, related_name="+")
    role = models.TextField()
    from_on = models.DateField(null=True)
    until_on = models.DateField(null=True)

    class Meta:
        abstract = True


class LoanParty(LoanPartyColumns):
    """What one person is to one loan, as it stands now."""

    class Meta:
        db_table = "loan_party"
        constraints = (
            one_of("loan_party", "role", RecipientKind),
            in_order("loan_party", "from_on", "until_on"),
            models.UniqueConstraint(fields=["loan", "person", "role"], name="loan_party_once_per_role"),
            models.UniqueConstraint(
                fields=["loan"],
                condition=Q(role="borrower", until_on__isnull=True),
                name="loan_party_one_borrower",
            ),
        )


class LoanPartyPast(LoanPartyColumns):
    """What a person was to a loan as it stood until `superseded_at`; `id` is the party's."""

    pk = models.CompositePrimaryKey("id", "recorded_at")
    id = models.BigIntegerField()
    superseded_at = models.DateTimeField()

    class Meta:
        db_table = "loan_party_past"


class LoanFunder(OfLender, Recorded):
    """One organisation whose money a loan is, wholly or in part, and whether it reports the loan.

    `is_reported` null is "not known": nobody has stated it, and nobody may read it as "no".
    """

    loan = models.ForeignKey(Loan, models.PROTECT, related_name="+")
    organisation = models.ForeignKey("store.Organisation", models.PROTECT, related_name="+", db_index=False)
    share = models.DecimalField(max_digits=9, decimal_places=8)  # more than 0, at most 1
    is_reported = models.BooleanField(null=True)
    reports_to = models.ForeignKey(
        "store.Organisation", models.PROTECT, null=True, related_name="+", db_index=False
    )
    from_on = models.DateField(null=True)
    until_on = models.DateField(null=True)
    supersedes = models.ForeignKey("self", models.PROTECT, null=True, related_name="+", db_index=False)
    import_file = models.ForeignKey(
        "store.ImportFile", models.PROTECT, null=True, related_name="+", db_index=False
    )

    class Meta:
        db_table = "loan_funder"
        constraints = (
            superseded_once("loan_funder"),
            models.UniqueConstraint(
                fields=["loan", "organisation"],
                condition=Q(supersedes__isnull=True),
                name="loan_funder_once_per_organisation",
            ),
            models.CheckConstraint(
                condition=Q(share__gt=0, share__lte=1), name="loan_funder_share_is_a_part"
            ),
            in_order("loan_funder", "from_on", "until_on"),
        )
