"""What a lender must have in order before somebody else collects for it."""

from __future__ import annotations

from datetime import date

from arrears.kernel.tables.entries import NOT_KNOWN, Answer, Entry, Facts
from arrears.kernel.tables.periods import after


def evaluation(entry: Entry, facts: Facts) -> Answer:
    """`in_order` through the day on which the next evaluation is due, then `overdue`.

    It is due so many months after the last one, or after the contract began, and where `before_end` says
    so no later than the contract's last day, unless the last one was the one before the end.
    """
    last: date | None = facts.get("evaluated_on") or facts.get("contract_from_on")
    if last is None:
        return Answer(NOT_KNOWN, missing=("contract_from_on",))
    due_on = after(last, entry.params)
    ends_on: date | None = facts.get("contract_until_on")
    if entry.params.get("before_end") and ends_on is not None and not facts.get("is_final_evaluation"):
        due_on = min(due_on, ends_on)
    return Answer("in_order" if facts["on"] <= due_on else "overdue", due_on)


def on_file(entry: Entry, facts: Facts) -> Answer:
    """`in_order` when everything required is on file and the contract runs; else `missing` or `not_known`.

    `on_file` lists what there is; what is neither there nor in `not_on_file` is not known.
    """
    there, absent = set(facts.get("on_file", ())), set(facts.get("not_on_file", ()))
    required = entry.params["requires"]
    lacking = tuple(name for name in required if name in absent)
    if lacking or _is_outside(entry, facts):
        return Answer("missing", missing=lacking or ("contract",))
    unknown = tuple(name for name in required if name not in there)
    return Answer(NOT_KNOWN, missing=unknown) if unknown else Answer("in_order")


def _is_outside(entry: Entry, facts: Facts) -> bool:
    if not entry.params.get("in_contract"):
        return False
    start, end = facts.get("contract_from_on"), facts.get("contract_until_on")
    return bool((start and facts["on"] < start) or (end and facts["on"] > end))
