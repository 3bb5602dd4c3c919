"""A small valid file, and the mapping that reads it."""

from __future__ import annotations

import csv
import io
from datetime import date
from pathlib import Path

from arrears.actions.importing.mapping import Mapping, read_mapping
from arrears.actions.importing.reading import open_source
from arrears.actions.importing.surveying import Survey
from arrears.actions.importing.validating import Limits, Reject, Validator

TODAY = date(2026, 3, 2)
LIMITS = Limits(TODAY, frozenset({"TW", "CN", "US"}))

MAPPING = """
mode = "reported"
amounts_in = "major"

[fields]
loan_ref = { column = "loan" }
person_ref = { column = "customer" }
as_of_on = { column = "as_of" }
months_late = { column = "status", codes = { "0" = "0", "1" = "1", "2" = "2", "P" = "" } }
overdue_since_on = { column = "since" }
overdue_amount = { column = "overdue" }
statement_amount = { column = "balance" }
statement_on = { column = "as_of" }
currency = { column = "currency" }
product = { constant = "card" }
debt_kind = { constant = "credit_card" }
governing_law = { column = "place" }
place = { column = "place" }
zone = { column = "zone" }
language = { constant = "zh-Hant" }
name = { column = "name" }
email = { column = "email" }
app_inbox = { template = "box-{customer}" }
mobile = { column = "mobile" }
closed = { column = "closed" }

[fields.status]
column = "status"
codes = { "0" = "minimum_paid", "1" = "late", "2" = "late", "P" = "paid_in_full" }
"""

A_ROW = {
    "loan": "L1",
    "customer": "C1",
    "as_of": "2026-02-28",
    "status": "1",
    "since": "2026-01-31",
    "overdue": "1200",
    "balance": "5000.50",
    "currency": "TWD",
    "place": "TW",
    "zone": "Asia/Taipei",
    "name": "林怡君",
    "email": "c1@customers.example",
    "mobile": "+886 912-345-678",
    "closed": "no",
}
NOT_LATE = {"status": "P", "since": "", "overdue": ""}


def a_row(number=1, **changes) -> dict[str, str]:
    """A valid row about customer `number`, with these cells instead."""
    own = {"loan": f"L{number}", "customer": f"C{number}", "email": f"c{number}@customers.example"}
    return {**A_ROW, **own, **changes}


def rows(count=3, **changes) -> list[dict[str, str]]:
    return [a_row(number, **changes) for number in range(1, count + 1)]


def csv_text(rows, *, columns=tuple(A_ROW)) -> str:
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def write(path: Path, content: str | bytes) -> Path:
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def a_mapping(folder: Path, *replacements: tuple[str, str], text=MAPPING) -> Mapping:
    """The mapping above, with parts of its text replaced."""
    for old, new in replacements:
        assert old in text, old
        text = text.replace(old, new)
    return read_mapping(write(folder / "m.toml", text))


def read(folder: Path, content, *, mapping=None, limits=LIMITS):
    """(accepted rows by loan, rejects) of a file with this content or these rows."""
    text = content if isinstance(content, str | bytes) else csv_text(content)
    path = write(folder / "in.csv", text)
    mapping = mapping or a_mapping(folder)
    validator, survey = Validator(mapping, limits), Survey()
    accepted: dict[str, dict[str, object]] = {}
    rejects: list[Reject] = []
    outcomes = []
    with open_source(path, mapping.delimiter) as source:
        mapping.check_header(source.header)
        source.refuse_repeated_names()
        for chunk in source.chunks(mapping.columns):
            outcome = validator.validate(chunk)
            survey.add(outcome.rows, outcome.others)
            outcomes.append(outcome)
    conflicts = survey.conflicts()
    for outcome in outcomes:
        in_conflict = conflicts.of(outcome.rows)
        rejects += [*outcome.rejects, *in_conflict]
        lines = {reject.line for reject in in_conflict}
        for row, line in enumerate(outcome.rows.lines):
            if line not in lines:
                told = {name: values[row] for name, values in outcome.rows.columns.items()}
                accepted[told["loan_ref"]] = told
    return accepted, rejects


def faults(rejects) -> list[tuple[int, str]]:
    return [(reject.line, reject.field) for reject in rejects]
