"""The law as lenders adopted it."""

from __future__ import annotations

from django.db import models

from arrears.store.models.columns import OfLender, RecordedBy


class LawAdoption(OfLender, RecordedBy):
    """The jurisdictions whose packs bind a lender from its business day `from_on` until the next adoption.

    `switched_on` are uncertain exceptions that are relied on, `switched_off` uncertain
    prohibitions that are not applied; each is a list of rule ids. `version` is the digest of what
    the packs said then. `own_rules` is the text of the lender's own rules of the house, null when it
    has none. `approver` is the name of whoever decided it, the actor whoever recorded it.
    """

    from_on = models.DateField()
    jurisdictions = models.JSONField()
    switched_on = models.JSONField(default=list)
    switched_off = models.JSONField(default=list)
    own_rules = models.TextField(null=True)
    version = models.TextField()
    approver = models.TextField()

    class Meta:
        db_table = "law_adoption"
        indexes = (models.Index(fields=["lender", "from_on", "id"], name="law_adoption_of_lender"),)
