"""Files that came in, and up to which day their content is complete."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from arrears.store.models.columns import OfLender, RecordedBy, one_of

FILE_MODES = ("full", "delta")


class ImportFile(OfLender, RecordedBy):
    """One file that was imported under one mapping, with what became of its rows.

    `kind` is what the rows are (`reported_arrears`, `contact_history`). The same file under
    the same mapping is imported once.
    """

    kind = models.TextField()
    mode = models.TextField()
    digest = models.BinaryField()  # SHA-256 of the file
    mapping_digest = models.BinaryField()  # SHA-256 of the mapping it was read with
    as_of_on = models.DateField(null=True)
    rows_read = models.IntegerField()
    rows_accepted = models.IntegerField()
    rows_rejected = models.IntegerField()
    rows_changed = models.IntegerField()

    class Meta:
        db_table = "import_file"
        constraints = (
            one_of("import_file", "mode", FILE_MODES),
            models.UniqueConstraint(
                fields=["lender", "digest", "mapping_digest"], name="import_file_once_per_mapping"
            ),
        )


class Watermark(OfLender, RecordedBy):
    """What a lender declared complete at one instant; a null leaves the last declaration in force.

    All payments are in the books through `payments_complete_through_on`, and all contacts
    made since `contacts_known_from_on` are on file.
    """

    payments_complete_through_on = models.DateField(null=True)
    contacts_known_from_on = models.DateField(null=True)
    import_file = models.ForeignKey(
        "store.ImportFile", models.PROTECT, null=True, related_name="+", db_index=False
    )

    class Meta:
        db_table = "watermark"
        constraints = (
            models.CheckConstraint(
                condition=Q(payments_complete_through_on__isnull=False)
                | Q(contacts_known_from_on__isnull=False),
                name="watermark_declares_something",
            ),
        )
        indexes = (models.Index(fields=["lender", "recorded_at"], name="watermark_of_lender"),)
