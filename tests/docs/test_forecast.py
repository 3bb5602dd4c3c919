"""docs/forecast.md names every field of the object that `arrears forecast --format json` prints."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from arrears.actions.forecasts import Kind, Supposition, foretell
from arrears.actions.telling_forecasts import tell_forecast
from arrears.rulepacks import load_law
from arrears.strategies import load_strategy
from tests.builders import NOW, TODAY, a_lender, a_loan, a_person
from tests.builders.requests import a_request
from tests.docs.documents import ROOT, Document

pytestmark = pytest.mark.django_db(transaction=True)
_INSIDE = {"strategy", "law", "release"}  # described by their names


def fields(told: Any) -> Iterator[str]:
    if isinstance(told, Mapping):
        for name, value in told.items():
            yield name
            if name not in _INSIDE:
                yield from fields(value)
    elif isinstance(told, list):
        for value in told:
            yield from fields(value)


def test_every_field_is_described_and_none_that_there_is_not() -> None:
    lender = a_lender()
    person = a_person(lender, points=("app_inbox",))
    loan = a_loan(lender, person, overdue_days=4, governing_law="CN")
    a_request(person, loan, kind="complaint")
    found = foretell(
        loan_ref=loan.source_ref,
        strategy=load_strategy("sample"),
        law=load_law(),
        at=NOW,
        supposition=Supposition(Kind.HOLD, TODAY, reason="plan"),
    )

    text = Document(ROOT / "docs/forecast.md").text.split("## The object")[1]

    described = {
        name
        for row in re.findall(r"^\| (`.*?) \|", text, re.MULTILINE)
        for name in re.findall(r"`(\w+)`", row)
    }
    listed = set(re.findall(r"`(\w+)`", text))
    printed = set(fields(tell_forecast(found, "en")))
    assert printed <= listed
    assert described <= printed
