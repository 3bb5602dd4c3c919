"""Kill Bill's overdue states: invoices are installments, payments say which of them they pay."""

from __future__ import annotations

from datetime import date
from typing import Any

from arrears.kernel.vocabulary import Component
from tests.cases.asking import Asked, NotModelled
from tests.cases.books import Books, Installment, Payment, minor

Case = dict[str, Any]


def ask(case: Case) -> Asked:
    """Every expected state, with the events that came before it. Raises NotModelled."""
    asked = Asked()
    invoices = [each for each in case["invoices"] if not each.get("draft")]  # a draft is not owed
    for expected in case["expected"]:
        books = _books(invoices, _events_before(case, expected))
        state = _state(case, books, date.fromisoformat(expected["date"]))
        asked.same(f"state on {expected['date']}", expected["state"], state)
    return asked


def _events_before(case: Case, expected: Case) -> list[Case]:
    """Those of earlier days, and of the day itself as far as the question says."""
    on, after = expected["date"], expected.get("after")
    earlier = [each for each in case["events"] if each["date"] < on]
    same_day = [each for each in case["events"] if each["date"] == on]
    if after is None:
        is_only_question = len([each for each in case["expected"] if each["date"] == on]) == 1
        return earlier + (same_day if is_only_question else [])
    if after == "nothing":
        return earlier
    if after.startswith("all"):
        return earlier + same_day
    last = next(n for n, each in enumerate(same_day) if each["do"] == after)
    return earlier + same_day[: last + 1]


def _books(invoices: list[Case], events: list[Case]) -> Books:
    books, numbers = Books(), {each["id"]: number for number, each in enumerate(invoices, 1)}
    books.installments = [
        Installment(
            numbers[each["id"]], date.fromisoformat(each["date"]), {"principal": minor(each["amount"])}
        )
        for each in invoices
    ]
    for event in events:
        for invoice in event.get("invoices") or [event["invoice"]]:
            if invoice in numbers:
                _happens(books, event, numbers[invoice])
    return books


def _happens(books: Books, event: Case, number: int) -> None:
    if event["do"] in ("pay", "credit"):
        owed = books.installments[number - 1].amounts["principal"]
        amount = minor(event["amount"]) if "amount" in event else owed
        stated = ((number, Component.PRINCIPAL, amount),)
        books.payments.append(Payment(date.fromisoformat(event["date"]), amount, stated=stated))
    elif event["do"] in ("refund", "chargeback", "chargeback_reversal"):
        mine = [each for each in books.payments if each.stated[0][0] == number]
        mine[-1].is_reversed = event["do"] != "chargeback_reversal"
    elif event["do"] != "payment_fails":
        raise NotModelled(f"{event['do']} is not expressed")


def _state(case: Case, books: Books, on: date) -> str:
    """The most severe state all of whose conditions hold."""
    ours = books.arrears(on)
    unpaid = {cell.number for cell in books.trace(on).cells if cell.open_minor and cell.last_on < on}
    held = {
        "days_since": ours["past_due_days"] if ours["is_late"] else -1,
        "unpaid_count": len(unpaid),
        "unpaid_balance": ours["overdue_minor"],
    }
    for state in case["config"]["states"]:
        needed = {
            name: minor(value) if name == "unpaid_balance" else value for name, value in state["when"].items()
        }
        if all(held[name] >= value for name, value in needed.items()):
            return str(state["name"])
    return "CLEAR"
