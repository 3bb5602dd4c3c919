"""Cases as a lawyer reads them: what is answered, and the situation it is answered for.

Rows that differ in their instant alone are told once, with all their instants; what is
usual among the cases of an entry is told before them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from arrears.rulepacks import table_values
from arrears.rulepacks.library import LawEntry
from arrears.rulepacks.obligations import values as obligation_values
from arrears.rulepacks.values import CASE
from arrears.rulepacks.wording import days_of_week, term

Case = Mapping[str, Any]

_EXPECTED = ("next_local", "last_on", "date", "beyond", "missing", "released_by", "gap_from", "gap_until")
_ANSWERED = {*CASE, *obligation_values.CASE, "missing", "beyond", "date"} - {"each_place", "of", "varied"}
"""Keys of a case that tell the answer, not the situation."""

_WORDS = {
    "next_local": {
        "en": "the next permitted instant is {}",
        "zh-Hans": "下一可联系时刻为 {}",
        "zh-Hant": "下一可聯絡時刻為 {}",
    },
    "last_on": {"en": "the last day in time is {}", "zh-Hans": "最后期限为 {}", "zh-Hant": "最後期限為 {}"},
    "date": {"en": "it turns on {}", "zh-Hans": "转折日为 {}", "zh-Hant": "轉折日為 {}"},
    "beyond": {"en": "beyond the limit by {}", "zh-Hans": "超出 {}", "zh-Hant": "超出 {}"},
    "missing": {"en": "missing: {}", "zh-Hans": "缺少：{}", "zh-Hant": "缺少：{}"},
    "released_by": {"en": "released by: {}", "zh-Hans": "解除条件：{}", "zh-Hant": "解除條件：{}"},
    "gap_from": {"en": "not met from {}", "zh-Hans": "自 {} 起未履行", "zh-Hant": "自 {} 起未履行"},
    "gap_until": {"en": "until {}", "zh-Hans": "至 {}", "zh-Hant": "至 {}"},
}
_COMMA = {"en": ", ", "zh-Hans": "，", "zh-Hant": "，"}
_NO_LAST_DAY = {"en": "there is no last day", "zh-Hans": "无最后期限", "zh-Hant": "無最後期限"}
_GROUP = {"actor": "actor_kind", "by": "actor_kind", "owner": "point_owner", "place": "places"}
_NAMES = {
    "borrower_points": "the borrower's numbers and addresses",
    "inconvenient": "said not to suit",
    "opt_outs": "opted out",
    "point": "number or address",
}
_SAID = {
    "at": "{}",
    "at_local": "{}",
    "in_zone": "by the clock of {}",
    "asked_at": "as of {}",
    "on": "on {}",
    "channel": "by {}",
    "purpose": "purpose: {}",
    "places": "in {}",
    "zones": "clock of {}",
    "result": "{}",
    "notice": "{}",
    "duty": "{}",
    "state": "{}",
    "kind": "{}",
    "text": "“{}”",
    "says": "it says: {}",
    "true": "known to hold: {}",
    "false": "known not to hold: {}",
    "words": "because of “{}”",
    "language": "in {}",
    "opened_on": "the loan was made on {}",
    "creditor_licence": "creditor: {}",
    "licence": "creditor: {}",
    "lacks": "it lacks: {}",
    "actor": "acting: {}",
    "actor_kind": "acting: {}",
    "recipient_kind": "recipient: {}",
    "debt_kind": "debt: {}",
    "debts": "about debt {}",
    "discussed": "spoken of: {}",
    "voice": "speaking: {}",
    "manner": "made {}",
    "weekdays": "on {}",
    "direction": "{}",
    "form": "{}",
    "owner": "{}",
    "place": "{}",
    "ground": "ground: {}",
    "refused_at": "the person refused contact at {}",
    "visitors": "number of visitors: {}",
    "on_file": "on file: {}",
    "not_on_file": "known not to be on file: {}",
    "record": "record: {}",
    "event_at": "the event is on {}",
    "answered_at": "answered on {}",
    "missed": "payments missed: {}",
    "months": "{} months",
}
"""A key -> how its value is said; of any other key the name stands before it."""

_YES_OR_NO = {
    "amount_known": ("the amount is known", "the amount is not known"),
    "complied": ("in a contact that broke no rule", "in a contact that broke a rule"),
    "contacts_known": ("past contacts are complete", "past contacts are not complete"),
    "conversation": ("a conversation", "no conversation"),
    "dispute_noted": ("it is said that the debt is disputed", "it is not said that the debt is disputed"),
    "is_extension_relied_on": ("an approver relies on the extension", "no approver relies on the extension"),
    "is_final_evaluation": ("it was the evaluation before the end", "it was not the one before the end"),
    "is_period_running": ("a period to keep it runs", "no period to keep it runs"),
    "is_weekly": ("payment is weekly", "payment is not weekly"),
    "under_14": ("under fourteen", "not under fourteen"),
}
_INSTANT = ("at", "at_local", "in_zone")
"""Keys that say when it is: one that gives it by another key does not leave it open."""

_UNITS = ("_bps", "_minor")
_MINUTE = re.compile(r"(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d(?::(?!00)\d\d)?)(?::00)?")


def answer(entry: LawEntry, case: Case, language: str) -> str:
    """What the case of the entry is answered with, and what else it claims of the answer."""
    told = [term(str(case["expect"]), language, "table" if entry.kind == "table" else "answer")]
    for key in _EXPECTED:
        if key in case:
            told.append(_claim(key, case, language))
    return _COMMA[language].join(filter(None, told))


def situation(case: Case, usual: Case | None = None) -> str:
    """The situation in words; of what is usual among the cases of its entry only what differs."""
    own, usual = facts_of(case), usual or {}
    told = [_fact(key, value) for key, value in own.items() if key not in usual or usual[key] != value]
    lacking = [_name(key) for key in usual if key not in own and not _is_elsewhere(key, own)]
    told += [f"{', '.join(lacking)} not stated"] if lacking else []
    return "; ".join(told) or "as above"


def usual_facts(cases: Sequence[Case]) -> dict[str, Any]:
    """What more than half of several cases say alike."""
    told: dict[str, list[Any]] = {}
    for case in cases:
        for key, value in facts_of(case).items():
            told.setdefault(key, []).append(value)
    usual = {key: max(values, key=values.count) for key, values in told.items()}
    return {key: value for key, value in usual.items() if 2 * told[key].count(value) > max(len(cases), 2)}


def facts_of(case: Case) -> dict[str, Any]:
    """The keys of a case that tell the situation."""
    return {key: value for key, value in case.items() if key not in _ANSWERED}


def _is_elsewhere(key: str, own: Case) -> bool:
    """Whether it is told by another key: when it is by another clock, or one by one."""
    is_dated = key in _INSTANT and any(each in own for each in _INSTANT[:2])
    return is_dated or key in own.get("each", ())


def _claim(key: str, case: Case, language: str) -> str:
    """What the case says of the answer under one key; empty where it says that nothing is missing."""
    value = case[key]
    if key == "missing" and not value:
        return ""
    if key == "last_on" and value == "never":
        return _NO_LAST_DAY[language]
    return _WORDS[key][language].format(_expected(key, case, language))


def _expected(key: str, case: Case, language: str) -> str:
    value = case[key]
    if key == "released_by":
        return term(str(value), language, "released")
    if key == "missing":
        return ", ".join(term(str(each), language) for each in value)
    return _beyond(value, case) if key == "beyond" else _plain(value)


def _beyond(value: int, case: Case) -> str:
    """What lies beyond a cap: months, an amount where one is claimed, and else a rate."""
    if "months" in case:
        return f"{value} months"
    return f"{value:,} minor units" if "claimed_minor" in case else _percent(value)


def _fact(key: str, value: Any) -> str:
    if key == "varied":
        ways = [f"{_name(part).replace('.', ' ')}: {_plain(each, part)}" for part, each in value.items()]
        return f"and the same, one at a time, with {'; '.join(ways)}"
    if isinstance(value, bool) and key in _YES_OR_NO:
        return _YES_OR_NO[key][not value]
    if _is_rows(value):
        return f"{_name(key)}: {' + '.join(_rows(value))}"
    if isinstance(value, Mapping):
        return f"{_name(key)}: {', '.join(_fact(part, each) for part, each in value.items())}"
    if key.endswith(_UNITS):
        return _measured(key, value)
    said = days_of_week(value, "en") if key == "weekdays" else _plain(value, _GROUP.get(key, key))
    return _SAID.get(key, f"{_name(key)} {{}}").format(said)


def _measured(key: str, value: Any) -> str:
    """A rate in percent; an amount as it is stored, in minor units."""
    return f"{_name(key)} {_percent(value) if key.endswith('_bps') else f'{value:,} minor units'}"


def _percent(bps: int) -> str:
    return f"{bps // 100}.{bps % 100:02} %"


def _name(key: str) -> str:
    for unit in _UNITS:
        key = key.removesuffix(unit)
    return _NAMES.get(key, key.replace("_", " "))


def _rows(rows: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """Rows that say the same but for their instant, told once with the instants."""
    alike: dict[str, list[str]] = {}
    for row in rows:
        rest = ", ".join(_fact(key, value) for key, value in row.items() if key != "at")
        alike.setdefault(rest, []).extend([_plain(row["at"])] if "at" in row else [])
    for rest, instants in alike.items():
        times = f"{len(instants)} × " if len(instants) > 1 else ""
        at = _instants(instants) if instants else ""
        yield f"{times}({', '.join(filter(None, (rest, at))) or 'no more is said'})"


def _instants(instants: Iterable[str]) -> str:
    """The instants, a day named once for those that follow each other on it."""
    told, day = [], ""
    for each in instants:
        own, _, rest = each.partition(" ")
        told.append(rest if own == day and rest else each)
        day = own
    return ", ".join(told)


def _plain(value: Any, group: str = "") -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime | date):
        return _MINUTE.sub(r"\1 \2", value.isoformat())
    if isinstance(value, list | tuple):
        return ", ".join(_plain(each, group) for each in value) or "none"
    if isinstance(value, str):
        return term(value, "en", group) if value.islower() else _MINUTE.sub(r"\1 \2", value)
    return str(value)


def _is_rows(value: Any) -> bool:
    return isinstance(value, list | tuple) and bool(value) and all(isinstance(row, Mapping) for row in value)


assert set(_EXPECTED) <= {*CASE, *obligation_values.CASE, *table_values.CASE}, _EXPECTED
