"""Whatever is in a file: an error in words, or rows that are valid; nothing is stored by halves."""

from __future__ import annotations

import itertools

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from arrears.actions.importing import values
from arrears.kernel.errors import ArrearsError, BadInput
from arrears.store import models
from tests.actions.feeds.books import (
    INSTALLMENT,
    LOAN,
    PAYMENT,
    PERSON,
    PRODUCT,
    csv_text,
    deliver,
    faults,
    load,
)
from tests.actions.importing.hostile import changed, changes
from tests.builders import a_lender

pytestmark = pytest.mark.django_db
_names = itertools.count(1)

GOOD = "payment_ref,loan_ref,value_on,amount\nP1,L1,2025-02-10,5\n"


@pytest.fixture
def lender(db):
    return a_lender()


@pytest.fixture
def book(tmp_path, lender):
    load(tmp_path, "products", [PRODUCT])
    load(tmp_path, "persons", [PERSON])
    load(tmp_path, "loans", [LOAN, {**LOAN, "loan_ref": "L2"}])


@pytest.mark.parametrize(
    ("row", "field", "reason"),
    [
        ("P2,L1,2025-02-10,-5", "amount", "is below zero"),
        ("P2,L1,2025-02-10,0", "amount", "is not above zero"),
        ("P2,L1,2025-02-10,1e5", "amount", "is not a number"),
        ("P2,L1,2025-02-10,NaN", "amount", "is not a number"),
        ("P2,L1,2025-02-10,12345678901234567890", "amount", "has more than 15 digits in minor units"),
        ("P2,L1,2025-02-10,99999999999999.99", "amount", "has more than 15 digits in minor units"),
        ("P2,L1,2025-02-10,5.001", "amount", "is finer than the smallest unit of its currency"),
        ("P2,L1,2025-02-10,5.0001", "amount", "is finer than the smallest unit of its currency"),
        ("P2,L1,2025-02-10,", "amount", "is empty"),
        ("P2,L1,9999-12-31,5", "value_on", "lies after 2126-03-02; a day that is not known is left empty"),
        ("P2,L1,2026-03-03,5", "value_on", "lies after the lender's today, 2026-03-02"),
        ("P2,L1,1899-12-31,5", "value_on", "lies before 1900-01-01"),
        ("P2,L1,2025-02-30,5", "value_on", "is a day no calendar has"),
        ("P2,L1,10/02/2025,5", "value_on", "is not a date, 2005-09-30"),
        ("P2,L1,2025-01-09,5", "value_on", "lies before the day the loan was opened"),
        ("P2,L9,2025-02-10,5", "loan_ref", "is not on file"),
        ("P\x002,L1,2025-02-10,5", "payment_ref", "contains a control character"),
        (
            "P\u202e2,L1,2025-02-10,5",
            "payment_ref",
            "contains an invisible character that can change how text reads",
        ),
        ("=P2,L1,2025-02-10,5", "payment_ref", "must begin with a letter or a digit"),
        (f"{'P' * 65},L1,2025-02-10,5", "payment_ref", "is longer than 64 characters"),
        (f"{'P' * 70000},L1,2025-02-10,5", "(row)", "has a cell of more than 65,536 characters"),
        ("P2,L1,2025-02-10", "(row)", "has 3 cells, and the header 4"),
        ('P2,"L1,2025-02-10,5', "(row)", "a quote is not closed, or text follows a closing quote"),
    ],
)
def test_a_bad_row_is_named_and_left_out(tmp_path, book, row, field, reason):
    report = load(tmp_path, "payments", GOOD + row + "\n")

    assert (report.state, faults(report)) == ("stored", [(3, field, reason)])
    assert models.Payment.objects.values_list("source_ref", flat=True).get() == "P1"


def test_a_cell_in_another_encoding_is_named(tmp_path, book):
    report = load(tmp_path, "payments", GOOD.encode() + "P許,L1,2025-02-10,5\n".encode("big5"))

    assert faults(report) == [(3, "payment_ref", "is not text in the encoding of the file")]


def test_rows_in_another_currency_are_named(tmp_path, book):
    report = load(
        tmp_path,
        "payments",
        [{**PAYMENT, "currency": "TWD"}, {**PAYMENT, "payment_ref": "P2", "currency": "USD"}],
    )

    assert faults(report) == [(3, "currency", "is not the currency of the loan")]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (GOOD.replace(",", ";"), "the delimiter seems to be ';'"),
        (
            GOOD.replace("payment_ref", "paymentref"),
            "column 1 of the header is no field of payments; is it payment_ref?",
        ),
        (GOOD.replace("amount", "loan_ref"), "the columns 2 and 4 of the header have the same name"),
        (GOOD.replace("payment_ref,", "").replace("P1,", ""), "the header has no column payment_ref"),
        (GOOD.encode("utf-16"), "is UTF-16 text"),
        (GOOD.split("\n", maxsplit=1)[0], "the file has a header and no rows"),
        (GOOD + "x" * (1 << 21), "line 3: the line is longer than 1,048,576 bytes"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_whole(tmp_path, book, content, words):
    with pytest.raises(BadInput) as caught:
        load(tmp_path, "payments", content)

    assert words in caught.value.what
    assert not models.Payment.objects.exists()
    assert not models.ImportFile.objects.filter(kind="payments").exists()


def test_a_byte_order_mark_and_carriage_returns_change_nothing(tmp_path, book):
    report = load(tmp_path, "payments", b"\xef\xbb\xbf" + GOOD.replace("\n", "\r\n").encode())

    assert (report.state, report.counts["added"]) == ("stored", 1)


def test_a_parquet_file_is_read_like_any_other_and_floats_are_refused(tmp_path, book):
    whole = {"payment_ref": ["P1"], "loan_ref": ["L1"], "value_on": ["2025-02-10"]}
    pq.write_table(pa.table({**whole, "amount": [5]}), tmp_path / "good.parquet")
    pq.write_table(pa.table({**whole, "amount": [5.5]}), tmp_path / "bad.parquet")

    with pytest.raises(BadInput) as caught:
        load(tmp_path, "payments", (tmp_path / "bad.parquet").read_bytes())
    report = load(tmp_path, "payments", (tmp_path / "good.parquet").read_bytes())

    assert "the column 'amount' has the type double" in caught.value.what
    assert (report.state, models.Payment.objects.get().amount_minor) == ("stored", 500)


_CHANGES = changes()
_FILES = {
    "loans": [LOAN],
    "installments": [INSTALLMENT],
    "payments": [PAYMENT, {**PAYMENT, "payment_ref": "P2"}],
}


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(feed=st.sampled_from(sorted(_FILES)), how=_CHANGES, is_full=st.booleans())
def test_any_file_is_stored_as_valid_rows_or_not_at_all(tmp_path, db, feed, how, is_full):
    number = a_lender(name=f"Bank {next(_names)}").pk
    for name, rows in {"products": [PRODUCT], "persons": [PERSON], **_FILES}.items():
        if name == feed:
            break
        deliver(tmp_path, name, rows, lender=number)
    try:
        report = deliver(
            tmp_path, feed, changed(csv_text(_FILES[feed]).encode(), how), lender=number, is_full=is_full
        )
    except ArrearsError as error:
        assert error.what and error.code.startswith("import.")  # noqa: PT017, PT018
        report = None

    table = {"loans": models.Loan, "installments": models.Schedule, "payments": models.Payment}[feed]
    stored = table.objects.filter(lender=number)
    if report is None or report.state != "stored":
        assert not stored.exists()
        return
    (file,) = report.files
    if feed != "installments":
        assert stored.count() == file.rows_accepted == file.rows_read - file.rows_rejected
        for ref in stored.values_list("source_ref", flat=True):
            assert values.ref(ref) == ref
