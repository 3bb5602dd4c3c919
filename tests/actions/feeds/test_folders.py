"""A folder is taken in as one, in the right order, or not at all."""

from __future__ import annotations

import hashlib
from datetime import date, timedelta

import pytest

from arrears.actions.feeds.deliveries import Options
from arrears.actions.feeds.importing import import_folder
from arrears.actions.lenders import create_lender
from arrears.kernel.errors import BadInput
from arrears.store import models
from tests.actions.feeds.books import AT, INSTALLMENT, LOAN, PAYMENT, PERSON, PRODUCT, faults, write
from tests.actions.feeds.people import CONTACT, HOLD, MOBILE, OPT_OUT, REFUSAL
from tests.builders import a_simulation

pytestmark = pytest.mark.django_db

BOOKS = {
    "payments": [PAYMENT],
    "installments": [INSTALLMENT],
    "loans": [LOAN],
    "persons": [PERSON],
    "products": [PRODUCT],
}
HEAD = "business_date = 2026-03-01\npayments_complete_through = 2026-03-01\n"


@pytest.fixture(autouse=True)
def lender(db):
    a_simulation()
    return create_lender(name="Bank", country="TW", zone="Asia/Taipei", actor="staff:anna", at=AT)


def a_folder(folder, *, head=HEAD, books=BOOKS, **of_files):
    """Books as files with a manifest; `of_files` are further lines of the file of a feed."""
    folder.mkdir(exist_ok=True)
    for feed, rows in books.items():
        write(folder / f"{feed}.csv", rows)
    files = [f'[[file]]\nfeed = "{feed}"\npath = "{feed}.csv"\n{of_files.get(feed, "")}\n' for feed in books]
    write(folder / "manifest.toml", head + "\n".join(files))
    return folder


def take(folder, *, days=0, strict=False, dry_run=False, house_only=frozenset(), **options):
    return import_folder(
        folder=folder,
        lender=None,
        options=Options(strict=strict, dry_run=dry_run, house_only=house_only),
        actor="staff:anna",
        at=AT + timedelta(days=days),
        **options,
    )


def nothing_is_stored() -> bool:
    tables = (models.Product, models.Person, models.Loan, models.Schedule, models.Payment, models.ImportFile)
    is_audited = models.AuditEntry.objects.filter(what="import.stored").exists()
    return not is_audited and not any(table.objects.exists() for table in (*tables, models.Watermark))


def test_files_are_taken_in_the_order_of_what_names_what(tmp_path):
    report = take(a_folder(tmp_path / "d"))

    assert (report.state, report.complete_through_on) == ("stored", date(2026, 3, 1))
    assert [(each.feed, each.counts["added"]) for each in report.files] == [
        *[("products", 1), ("persons", 1), ("loans", 1), ("installments", 1), ("payments", 1)]
    ]
    assert models.Watermark.objects.get().payments_complete_through_on == date(2026, 3, 1)
    assert set(models.ImportFile.objects.values_list("as_of_on", "mode")) == {(date(2026, 3, 1), "delta")}
    assert models.AuditEntry.objects.filter(what="import.stored").count() == 5


def test_a_dry_run_says_what_would_change_and_stores_nothing(tmp_path):
    report = take(a_folder(tmp_path / "d"), dry_run=True)

    assert report.state == "checked"
    assert [each.counts["added"] for each in report.files] == [1] * 5
    assert nothing_is_stored()


def test_the_same_folder_again_changes_nothing(tmp_path):
    take(a_folder(tmp_path / "d"))

    report = take(tmp_path / "d", days=1)

    assert report.state == "already_imported"
    assert models.ImportFile.objects.count() == 5


def test_what_is_new_in_a_folder_is_taken_and_the_rest_left(tmp_path):
    take(a_folder(tmp_path / "d"))
    write(tmp_path / "d" / "payments.csv", [{**PAYMENT, "payment_ref": "P2"}])

    report = take(tmp_path / "d", days=1)

    assert [each.state for each in report.files] == [*["already_imported"] * 4, "stored"]
    assert models.Payment.objects.count() == 2


def test_a_bad_row_costs_what_names_it_and_strictly_everything(tmp_path):
    books = {**BOOKS, "loans": [LOAN, {**LOAN, "loan_ref": "L2", "currency": "USD"}]}
    books["payments"] = [PAYMENT, {**PAYMENT, "payment_ref": "P2", "loan_ref": "L2"}]

    refused = take(a_folder(tmp_path / "d", books=books), strict=True)
    assert (refused.state, nothing_is_stored()) == ("refused", True)
    stored = take(tmp_path / "d")

    assert stored.state == "stored"
    assert [faults(each) for each in stored.files if each.rejects] == [
        [(3, "currency", "is not the currency of its product")],
        [(3, "loan_ref", "is not on file")],
    ]
    assert (stored.complete_through_on, stored.notes) == (None, ("books_not_complete",))
    assert not models.Watermark.objects.exists()


def test_past_contacts_are_not_declared_known_while_one_was_rejected(tmp_path):
    head = f"{HEAD}contacts_known_from = 2025-01-01\n"
    books = {**BOOKS, "contact_points": [MOBILE], "contacts": [CONTACT, {**CONTACT, "contact_ref": "K2"}]}
    books["contacts"][1]["person_ref"] = "C9"

    report = take(a_folder(tmp_path / "d", head=head, books=books))

    assert (report.state, report.contacts_known_from_on) == ("stored", None)
    assert report.notes == ("contacts_not_known",)
    assert report.complete_through_on is not None
    assert not models.Watermark.objects.exclude(contacts_known_from_on=None).exists()


@pytest.mark.parametrize(("feed", "row"), [("holds", HOLD), ("preferences", OPT_OUT), ("refusals", REFUSAL)])
def test_books_are_not_declared_complete_while_a_restriction_was_rejected(tmp_path, feed, row):
    whose = "loan_ref" if "loan_ref" in row else "person_ref"
    bad = {**row, f"{feed.removesuffix('s')}_ref": "X", whose: "N9"}

    report = take(a_folder(tmp_path / "d", books={**BOOKS, feed: [row, bad]}))

    assert (report.state, report.complete_through_on) == ("stored", None)
    assert report.notes == ("books_not_complete",)


def test_a_country_without_a_pack_is_taken_when_it_is_declared_house_only(tmp_path):
    books = {**BOOKS, "loans": [{**LOAN, "governing_law": "JP"}]}
    folder = a_folder(tmp_path / "d", books=books)

    refused = take(folder)
    taken = take(folder, house_only=frozenset({"JP"}))

    assert refused.state == "refused"
    assert [faults(each) for each in refused.files if each.feed == "loans"] == [
        [(2, "governing_law", "has no rule pack, and its country is not declared house-only")]
    ]
    assert taken.state == "stored"


def test_books_declared_complete_stay_so(tmp_path):
    take(a_folder(tmp_path / "d"))
    other = {**BOOKS, "payments": [{**PAYMENT, "payment_ref": "P2"}]}
    head = "payments_complete_through = 2026-02-01\ncontacts_known_from = 2025-01-01\n"

    take(a_folder(tmp_path / "e", books=other, head=head), days=1)

    assert list(
        models.Watermark.objects.order_by("id").values_list(
            "payments_complete_through_on", "contacts_known_from_on"
        )
    ) == [(date(2026, 3, 1), None), (None, date(2025, 1, 1))]


def test_bad_fields_go_to_a_file_for_each_file(tmp_path):
    books = {**BOOKS, "payments": [PAYMENT, {**PAYMENT, "payment_ref": "P2", "amount": "x"}]}

    take(a_folder(tmp_path / "d", books=books), rejects_in=tmp_path / "rejects")

    assert (tmp_path / "rejects" / "payments.csv.rejects.csv").read_text() == (
        "row,field,value,reason\n3,amount,x,is not a number\n"
    )


def test_a_file_without_rows_is_taken_when_the_manifest_says_so(tmp_path):
    books = {**BOOKS, "payments": "payment_ref,loan_ref,value_on,amount\n"}

    with pytest.raises(BadInput, match="the file has a header and no rows"):
        take(a_folder(tmp_path / "d", books=books))
    report = take(a_folder(tmp_path / "d", books=books, payments="rows = 0"))

    assert report.state == "stored"


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("rows = 2", "the file has 1 rows, and the manifest says 2"),
        (f'sha256 = "{"0" * 64}"', "its SHA-256 differs"),
        ('sha256 = "12"', "sha256 must be 64 hexadecimal digits"),
        ("schema = 2", "the schema of payments is version 1, not 2"),
        ('mode = "whole"', 'mode must be "delta" or "full"'),
        ("rows = -1", "rows must be a whole number"),
        ("colour = 1", "'colour' is unknown"),
        ('mapping = "../m.toml"', "'../m.toml' does not lie inside the folder"),
    ],
)
def test_a_file_that_is_not_what_the_manifest_says_refuses_all(tmp_path, line, words):
    with pytest.raises(BadInput) as caught:
        take(a_folder(tmp_path / "d", payments=line))

    assert words in caught.value.what
    assert nothing_is_stored()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("", "must have a table [[file]] for every file"),
        ("a = [", "is not valid TOML"),
        ("file = 3", "must have a table [[file]] for every file"),
        ('business_date = "2026-03-01"', "business_date must be a date"),
        ('[[file]]\npath = "p.csv"', "feed must be text in quotes"),
        ('[[file]]\nfeed = "payment"\npath = "p.csv"', "no feed is called 'payment'"),
        ('[[file]]\nfeed = "payments"\npath = "/etc/passwd"', "does not lie inside the folder"),
        ('[[file]]\nfeed = "payments"\npath = "../p.csv"', "does not lie inside the folder"),
        ('[[file]]\nfeed = "payments"\npath = "."', "does not lie inside the folder"),
        ('[[file]]\nfeed = "payments"\npath = "link.csv"', "does not lie inside the folder"),
        (
            '[[file]]\nfeed = "payments"\npath = "absent.csv"',
            "the file cannot be read: No such file or directory",
        ),
        ('[[file]]\nfeed = "loans"\npath = "a"\n[[file]]\nfeed = "loans"\npath = "a"', "names a twice"),
        (
            '[[file]]\nfeed = "loans"\npath = "a"\nmode = "full"\n[[file]]\nfeed = "loans"\npath = "b"',
            "has a full file of loans and another file of it",
        ),
        (
            'payments_complete_through = 2026-03-03\n[[file]]\nfeed = "loans"\npath = "a"',
            "Payments cannot be complete through 2026-03-03: the lender's today is 2026-03-02",
        ),
    ],
)
def test_a_manifest_that_cannot_be_followed_is_refused(tmp_path, content, words):
    write(tmp_path / "secret", "x")
    folder = tmp_path / "d"
    folder.mkdir()
    (folder / "link.csv").symlink_to(tmp_path / "secret")
    write(folder / "manifest.toml", content)

    with pytest.raises(BadInput) as caught:
        take(folder)

    assert words in caught.value.what
    assert nothing_is_stored()


def test_a_folder_without_a_manifest_is_refused(tmp_path):
    with pytest.raises(BadInput) as caught:
        take(tmp_path)

    assert "the manifest cannot be read: No such file or directory" in caught.value.what


def test_a_mapping_may_lie_in_the_folder(tmp_path):
    folder = a_folder(tmp_path / "d", payments='mapping = "m.toml"')
    write(folder / "payments.csv", "編號;借款;日;額\nP1;L1;2025-02-10;50025\n".encode("gb18030"))
    write(
        folder / "m.toml",
        'feed = "payments"\namounts_in = "minor"\n[file]\ndelimiter = ";"\nencoding = "gb18030"\n[fields]\n'
        'payment_ref = { column = "編號" }\nloan_ref = { column = "借款" }\n'
        'value_on = { column = "日" }\namount = { column = "額", integral = true }\n',
    )
    digest = hashlib.sha256((folder / "payments.csv").read_bytes()).digest()

    assert take(folder).state == "stored"
    assert models.Payment.objects.get().amount_minor == 50025
    assert bytes(models.ImportFile.objects.get(kind="payments").digest) == digest
