"""`arrears schema`, `import feed` and `import folder` as a lender's staff type them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.actions.feeds.books import LOAN, PAYMENT, PERSON, PRODUCT, write
from tests.cli.command import arrears


@pytest.fixture(scope="module")
def home(simulation: Path) -> Path:
    arrears("lender", "add", "示範銀行", "--country", "TW", "--zone", "Asia/Taipei", home=simulation)
    return simulation


def run(home: Path, *words: object):
    return arrears("import", *map(str, words), home=home)


def test_a_delivery_is_looked_at_and_then_taken(home, tmp_path):
    for name, rows in {"products": [PRODUCT], "persons": [PERSON], "loans": [LOAN]}.items():
        write(tmp_path / f"{name}.csv", rows)
    write(tmp_path / "payments.csv", [PAYMENT, {**PAYMENT, "payment_ref": "P2", "amount": "-1"}])
    files = [
        f'[[file]]\nfeed = "{name}"\npath = "{name}.csv"\n'
        for name in ("payments", "loans", "persons", "products")
    ]
    write(tmp_path / "manifest.toml", "payments_complete_through = 2026-03-01\n" + "".join(files))

    looked = run(home, "folder", tmp_path, "--dry-run", "--format", "json")
    strict = run(home, "folder", tmp_path, "--strict")
    taken = run(home, "folder", tmp_path, "--rejects", tmp_path / "rejects")
    again = run(home, "folder", tmp_path)

    told = json.loads(looked.stdout)
    assert (told["state"], [each["added"] for each in told["files"]]) == ("checked", [1, 1, 1, 1])
    assert strict.returncode == 1
    assert "Nothing was stored: 1 of 5 rows are bad." in strict.stderr
    assert taken.returncode == 0, taken.stderr
    assert "is below zero" in taken.stdout
    assert "the books are not declared complete" in taken.stderr
    assert "P2" not in (tmp_path / "rejects" / "payments.csv.rejects.csv").read_text()
    assert "This file was imported before; nothing changed." in again.stderr


def test_one_file_is_imported_by_the_name_of_its_feed(home, tmp_path):
    file = write(tmp_path / "p.csv", [{**PRODUCT, "code": "other"}])

    stored = run(home, "feed", "products", file, "--complete-through", "2026-03-01")
    unknown = run(home, "feed", "product", file)

    assert "Payments are in the books through 2026-03-01." in stored.stderr
    assert "No feed is called 'product'.\nFeeds: " in unknown.stderr


def test_the_schema_is_shown_without_a_database(tmp_path):
    listed = arrears("schema", "list", "--format", "json", home=tmp_path)
    header = arrears("schema", "show", "payments", "--format", "csv", home=tmp_path)
    shown = json.loads(arrears("schema", "show", "payments", "--format", "json", home=tmp_path).stdout)

    assert {"products", "loans", "payments"} <= {each["feed"] for each in json.loads(listed.stdout)}
    assert header.stdout == "payment_ref,loan_ref,value_on,amount,surplus,currency\n"
    assert (shown["version"], shown["key"], shown["fields"][0]["field"]) == (
        1,
        ["payment_ref"],
        "payment_ref",
    )
    assert not (tmp_path / "postgres").exists()
