"""`arrears lender`, `import` and `ageing` as a lender's staff type them: words, never a traceback."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.actions.importing.builders import MAPPING, a_row, csv_text, rows, write
from tests.builders import a_lender
from tests.cli.command import arrears

pytestmark = pytest.mark.slow


def add_lender(home: Path, name: str) -> None:
    done = arrears("lender", "add", name, "--country", "TW", "--zone", "Asia/Taipei", home=home)
    assert done.returncode == 0, done.stderr


def run_import(home: Path, folder: Path, content: str | bytes, *options: str):
    file = write(folder / "in.csv", content)
    mapping = write(folder / "own.toml", MAPPING)
    return arrears("import", "reported", str(file), "--mapping", str(mapping), *options, home=home)


def test_a_day_from_the_first_command_to_the_ageing(simulation, tmp_path):
    home = simulation
    for command in (
        ("ageing", "--on", "2026-02-28"),
        ("import", "reported", "x.csv", "--mapping", "demo_feed"),
    ):
        nobody = arrears(*command, home=home)
        assert nobody.returncode == 1
        assert "No lender is recorded.\nRecord one: arrears lender add" in nobody.stderr
    add_lender(home, "示範銀行")
    empty = arrears("ageing", "--on", "2026-02-28", home=home)
    assert (empty.returncode, "Next: arrears import folder" in empty.stderr) == (0, True)

    content = csv_text([*rows(3), a_row(4, email="secret@"), a_row(5, status="P", since="", overdue="")])
    stored = run_import(home, tmp_path, content, "--rejects", str(tmp_path / "r.csv"))
    again = run_import(home, tmp_path, content, "--format", "json")
    aged = json.loads(arrears("ageing", "--on", "2026-02-28", "--format", "json", home=home).stdout)

    assert stored.returncode == 0, stored.stderr
    assert "is not an e-mail address" in stored.stdout
    assert "secret" not in stored.stdout + stored.stderr
    assert "secret@" in (tmp_path / "r.csv").read_text()
    assert json.loads(again.stdout)["state"] == "already_imported"
    assert [(row["name"], row["loans"]) for row in aged["classes"]] == [("paid_in_full", 1), ("late", 3)]
    assert aged["late"]["statements"] == [{"currency": "TWD", "minor": 1_500_150}]
    early = arrears("ageing", "--on", "2026-02-27", home=home)
    assert "the first report speaks of 2026-02-28" in early.stderr
    later = arrears("ageing", "--on", "2026-03-01", home=home)
    assert "counted on from the newest report" in later.stderr


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "the file is empty"),
        (b"\x1f\x8b\x08", "gzip"),
        ("a,b\n1,2\n".encode("utf-16"), "UTF-16"),
        (csv_text(rows(1)).replace(",", ";"), "the delimiter seems to be ';'"),
        (csv_text(rows(1)).replace("loan,", "Loan,", 1), "Is it 'Loan'?"),
        (csv_text([]), "no rows"),
        (csv_text(rows(2, status="?")), "2 of 2 rows are bad"),
    ],
)
@pytest.mark.django_db
def test_a_bad_file_ends_in_words(typed, tmp_path, content, words):
    a_lender()
    file = write(tmp_path / "in.csv", content)
    mapping = write(tmp_path / "own.toml", MAPPING)

    code, said = typed("import", "reported", str(file), "--mapping", str(mapping))

    assert code == 1
    assert words in said
    assert "Traceback" not in said


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--mapping", "nowhere"), "Shipped: "),
        (("--mapping", "nowhere.toml"), "cannot be read"),
        (("--mapping", "demo_feed", "--rejects", "/proc/none/r.csv"), "cannot be written"),
        (("--mapping", "demo_feed", "--complete-through", "2026-07-15"), "cannot be complete through"),
    ],
)
@pytest.mark.django_db
def test_a_wrong_option_ends_in_words(typed, tmp_path, options, words):
    a_lender()
    file = write(tmp_path / "in.csv", csv_text(rows(1)))

    code, said = typed("import", "reported", str(file), *options)

    assert code == 1
    assert words in said
    assert "Traceback" not in said
