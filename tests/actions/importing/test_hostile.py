"""Whatever is in a file: an error in words, or rows that are valid; never anything else."""

from __future__ import annotations

import itertools
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings

from arrears.actions.importing import values
from arrears.actions.importing.target import FIELDS
from arrears.kernel.errors import ArrearsError
from arrears.store import models
from arrears.store.crypto import keyring
from arrears.store.personal import details_of, values_of
from tests.actions.importing.builders import read
from tests.actions.importing.hostile import mutated_files
from tests.actions.importing.stored import load
from tests.builders import a_lender

_names = itertools.count(1)


@settings(max_examples=400)
@given(content=mutated_files())
def test_any_file_gives_valid_rows_and_reasons_or_an_error_in_words(tmp_path_factory, content):
    try:
        accepted, rejects = read(tmp_path_factory.mktemp("x"), content)
    except ArrearsError as error:
        assert error.what and error.code.startswith("import.")  # noqa: PT017, PT018
        return
    for ref, row in accepted.items():
        assert values.ref(ref) == ref
        assert row["as_of_on"] <= date(2026, 3, 2)
        for name in ("name", "email", "app_inbox", "place", "zone", "currency", "language"):
            if row[name] is not None:
                assert FIELDS[name].parse(row[name]) == row[name]
    for reject in rejects:
        assert reject.line >= 2
        assert reject.reason
        assert reject.reason.isprintable()


@pytest.mark.django_db
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=mutated_files())
def test_any_file_is_stored_as_valid_rows_or_not_at_all(tmp_path, db, content):
    lender = a_lender(name=f"Bank {next(_names)}")
    try:
        report = load(tmp_path, content, lender=lender.pk)
    except ArrearsError:
        report = None

    loans = models.Loan.objects.filter(lender=lender)
    if report is None or report.state != "stored":
        assert not loans.exists()
        assert not models.Person.objects.filter(lender=lender).exists()
        assert not models.ImportFile.objects.filter(lender=lender).exists()
        return
    assert loans.count() == report.rows_accepted == report.rows_read - report.rows_rejected
    people = list(models.Person.objects.filter(lender=lender).values_list("id", flat=True))
    for detail in details_of(keyring(), people).values():
        assert values.ref(detail["customer_ref"]) == detail["customer_ref"]
        assert "name" not in detail or values.name(detail["name"]) == detail["name"]
    emails = models.ContactPoint.objects.filter(lender=lender, kind="email").values_list("id", flat=True)
    for value in values_of(keyring(), list(emails)).values():
        assert values.email(value) == value
