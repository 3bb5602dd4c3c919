"""What a file has put into tables, in plain values, and importing in one line."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from arrears.actions.imports import ImportReport, import_reported
from arrears.store import models
from arrears.store.crypto import keyring
from arrears.store.personal import details_of, values_of
from tests.actions.importing.builders import MAPPING, csv_text, write

AT = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
"""Monday, 10:00 in Taipei."""
TABLES = (
    *(models.Person, models.PersonKey, models.PersonDetail, models.ContactPoint, models.ContactScope),
    *(models.ContactPointPast, models.ZoneEvidence, models.Loan, models.LoanPast, models.LoanParty),
    *(models.ReportedArrears, models.ImportFile),
)


def load(folder: Path, content, *, mapping=MAPPING, days=0, **options) -> ImportReport:
    """Import a file of this content or these rows, `days` after the first day."""
    text = content if isinstance(content, str | bytes) else csv_text(content)
    return import_reported(
        file=write(folder / "in.csv", text),
        mapping=write(folder / "m.toml", mapping),
        lender=options.pop("lender", None),
        actor="staff:anna",
        at=AT + timedelta(days=days),
        **options,
    )


def row_counts() -> dict[str, int]:
    return {model._meta.db_table: model.objects.count() for model in TABLES}


def everything() -> dict[str, list[dict[str, object]]]:
    """Every row of what an import writes, the audit among it."""
    tables = (*TABLES, models.Watermark, models.AuditEntry)
    return {model._meta.db_table: list(model.objects.order_by("pk").values()) for model in tables}


def reports_of(ref: str) -> list[tuple[object, ...]]:
    """The reports of a loan that stand, by day: (day, status, overdue, statement)."""
    reports = models.ReportedArrears.objects.filter(loan__source_ref=ref)
    stands = reports.exclude(id__in=reports.exclude(supersedes=None).values("supersedes_id"))
    return list(
        stands.order_by("as_of_on").values_list("as_of_on", "status", "overdue_minor", "statement_minor")
    )


def person_of(ref: str) -> models.Person:
    return models.Person.objects.get(id=models.LoanParty.objects.get(loan__source_ref=ref).person_id)


def name_of_borrower(ref: str) -> str:
    person = person_of(ref)
    return str(details_of(keyring(), [person.id])[person.id].get("name"))


def points_of(ref: str, *, is_retired: bool = False) -> dict[str, str]:
    """The borrower's contact points by kind, in the clear."""
    points = models.ContactPoint.objects.filter(
        person_id=person_of(ref).id, retired_at__isnull=not is_retired
    )
    values = values_of(keyring(), [point.id for point in points])
    return {point.kind: values[point.id] for point in points}
