"""HMRC's holds on interest, as far as days go: a held day does not count, and every other one does.

That system does not count the day interest runs from and counts the last one; we count the due
day and not the day we ask about. So a debt is due on the day after, and asked about at the end
of the day after the last one. What interest the days cost is no question of arrears.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from tests.cases.asking import Asked, NotModelled
from tests.cases.books import Books, Installment, Pause

Case = dict[str, Any]
_DAY = timedelta(days=1)


def ask(case: Case) -> Asked:
    """The days of every window that states them. Raises NotModelled without any."""
    asked = Asked()
    for debt, expected in zip(case.get("debts", ()), case["expected"].get("debts", ()), strict=False):
        for window in expected.get("windows", ()):
            if "days" in window:
                _ask(asked, _books(case, debt), debt, window)
    if asked.count == 0:
        raise NotModelled("states interest or a plan of installments and no days of a window")
    return asked


def _ask(asked: Asked, books: Books, debt: Case, window: Case) -> None:
    first_on, last_on = (date.fromisoformat(window[key]) for key in ("from", "to"))
    if first_on == date.fromisoformat(debt["interest_from"]) and window["days"] == (last_on - first_on).days:
        first_on += _DAY  # the day interest runs from does not count
    before, after = books.arrears(first_on), books.arrears(last_on + _DAY)
    is_held = window["rate"] == 0  # inside a hold, which not every table names
    name = f"{window['from']} to {window['to']}"
    asked.same(f"days from {name}", window["days"], after["past_due_days"] - before["past_due_days"])
    counted = after["delinquent_days"] - before["delinquent_days"]
    asked.same(f"counted from {name}", 0 if is_held else window["days"], counted)


def _books(case: Case, debt: Case) -> Books:
    due_on = date.fromisoformat(debt["interest_from"]) + _DAY
    books = Books(installments=[Installment(1, due_on, {"principal": debt["amount"]})])
    held = [*debt["breathing_spaces"], *(r for r in case["suppression_rules"] if _matches(case, debt, r))]
    books.pauses = [
        Pause(date.fromisoformat(each["from"]), date.fromisoformat(each["to"]) + _DAY) for each in held
    ]
    return books


def _matches(case: Case, debt: Case, rule: Case) -> bool:
    """All keys that are given must match; a postcode by its beginning, moved in by the rule's last day."""
    if rule["main"] not in (None, debt["main"]) or rule["sub"] not in (None, debt["sub"]):
        return False
    if rule["check_period_end"] and not rule["from"] <= (debt["period_end"] or "") <= rule["to"]:
        return False
    if rule["postcode"] is None:
        return True
    return any(
        each["code"].startswith(rule["postcode"]) and each["since"] <= rule["to"]
        for each in case["postcodes"]
    )
