"""What an entry of the packs states, in words that a lawyer reads: in English and in Chinese.

The words stand in `words.toml`. A name without a word of its own is shown as it stands in the
packs, so that nothing an entry states is ever left out.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from functools import cache
from pathlib import Path
from string import Formatter
from typing import Any

from arrears.kernel.content.rules import ContentRule
from arrears.kernel.law.kinds import RELEASED_BY
from arrears.kernel.law.rules import Rule
from arrears.kernel.obligations.rules import Obligation, Window
from arrears.kernel.tables.periods import UNITS
from arrears.kernel.vocabulary import name_of
from arrears.rulepacks.library import LawEntry, match_of, stated_by
from arrears.rulepacks.values import LANGUAGES

_FILE = Path(__file__).parent / "words.toml"
_GROUP = {"records": "record", "triggers": "trigger", "unless": "truth"}
"""A value's key -> the group in which its names have meanings of their own; else the key itself."""

_LONG = ("requires", "forbids", "only", "when", "triggers")
"""Lists whose members have commas of their own."""

_AND = {"en": ", ", "zh-Hans": "、", "zh-Hant": "、"}
_MORE = {"en": "; ", "zh-Hans": "；", "zh-Hant": "；"}
_STOP = {"en": ". ", "zh-Hans": "。", "zh-Hant": "。"}
_END = {"en": ".", "zh-Hans": "。", "zh-Hant": "。"}
_COLON = {"en": ": ", "zh-Hans": "：", "zh-Hant": "："}
_WEEKDAYS = {
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
    "zh-Hans": ("周一", "周二", "周三", "周四", "周五", "周六", "周日"),
    "zh-Hant": ("週一", "週二", "週三", "週四", "週五", "週六", "週日"),
}


def states(entry: LawEntry, language: str) -> str:
    """What the entry demands or permits, as one sentence with all its values."""
    told = _values(entry)
    forms = _forms(entry)
    main = _STOP[language].join(_sentence(name, told, language) for name in forms)
    named = {field for name in forms for field in _fields(name, language)}
    rest = [_added(key, value, language) for key, value in told.items() if key not in named]
    return _MORE[language].join(each for each in (main, *rest) if each) + _END[language]


def applies_to(entry: LawEntry, language: str) -> str:
    """Whom and what the entry is bound to; empty where it is bound to nothing."""
    told = match_of(entry.source).items()
    each = (
        f"{_word('field', field, language)}{_COLON[language]}{_listed(field, names, language)}"
        for field, names in told
    )
    return _MORE[language].join(each)


def term(name: str, language: str, group: str = "") -> str:
    """The word of a name, in a group where it means something of its own there."""
    words = _words()["term"]
    found = words.get(f"{group}.{name}") or words.get(name)
    said: str = found[LANGUAGES.index(language)] if found else ""
    return said or name.replace("_", " ")


def days_of_week(days: Sequence[int], language: str) -> str:
    """Days of the week by their numbers, Monday being 1."""
    return _AND[language].join(_WEEKDAYS[language][day - 1] for day in days)


def released_by(rule: Rule, language: str) -> str:
    """What would release a refusal that has no end; empty where nothing would, or for an exception."""
    fact = "" if rule.lifts else rule.releases_by or RELEASED_BY.get(rule.kind, "")
    said = term(fact, language, "released") if fact else ""
    by = rule.params.get("channels")
    return f"{said}{_AND[language]}{_added('channels', by, language)}" if said and by else said


def in_force(entry: LawEntry, language: str) -> str:
    """The dates of an entry in words, and of what they are where that is not the day itself."""
    said = _dates(*entry.in_force, language)
    return f"{_word('field', 'by_loan', language)}{_COLON[language]}{said}" if entry.is_by_loan else said


def _dates(start: date | None, end: date | None, language: str) -> str:
    words = {
        "en": (
            "always",
            "from {0}",
            "until {1}, that day not included",
            "from {0} until {1}, that day not included",
        ),
        "zh-Hans": ("一直有效", "自 {0} 起", "至 {1} 止（不含当日）", "自 {0} 起至 {1} 止（不含当日）"),
        "zh-Hant": ("一直有效", "自 {0} 起", "至 {1} 止（不含當日）", "自 {0} 起至 {1} 止（不含當日）"),
    }
    return words[language][(start is not None) + 2 * (end is not None)].format(start, end)


def certainty(grade: str, language: str) -> str:
    """What a certainty means, and what follows from it."""
    return _word("certainty", grade, language)


def unworded(entries: Sequence[LawEntry]) -> list[str]:
    """What these entries say by a name that has no words of its own in Chinese."""
    words, found = _words(), set()
    for entry in entries:
        found |= {f"sentence {name}" for name in _forms(entry) if name not in words["sentence"]}
        match, told = match_of(entry.source), _values(entry)
        if isinstance(entry.source, Rule) and not entry.source.lifts:
            fact = entry.source.releases_by or RELEASED_BY.get(entry.source.kind, "")
            found |= {f"term released.{fact}"} if fact and f"released.{fact}" not in words["term"] else set()
        found |= {f"field {key}" for key in match if key not in words["field"]}
        for key, value in {**match, **told}.items():
            names = (name for name in _names_in(value) if not _is_worded(name, _GROUP.get(key, key)))
            found |= {f"term {name}" for name in names}
    return sorted(found)


def _names_in(value: object) -> Iterator[str]:
    if isinstance(value, Mapping):
        yield from (name for each in value.items() for part in each for name in _names_in(part))
    elif isinstance(value, list | tuple):
        yield from (name for each in value for name in _names_in(each))
    elif isinstance(value, str) and value.islower() and ":" not in value:
        yield value


def _is_worded(name: str, group: str) -> bool:
    terms = _words()["term"]
    return name in terms or any(f"{each}.{name}" in terms for each in (group, "unit"))


# -- values ------------------------------------------------------------------------------------


def _forms(entry: LawEntry) -> tuple[str, ...]:
    """The sentences that say what the entry demands, by name."""
    match entry.source:
        case Obligation():
            return ("obligation",)
        case ContentRule():
            return tuple(
                name for name in ("requires", "forbids", "only", "when") if name in stated_by(entry.source)
            )
        case _:
            is_until_then = entry.form == "keep" and "period" not in _values(entry)
            return ("keep_until" if is_until_then else entry.form,)


def _values(entry: LawEntry) -> dict[str, Any]:
    told = stated_by(entry.source)
    match entry.source:
        case Obligation():
            return _of_obligation(entry.source, told)
        case Rule() if entry.form == "count":
            unit, length = told.pop("unit"), told.pop("length", None)
            return {**told, "window": (unit, length)}
        case _:
            lengths = ((unit, told.pop(unit)) for unit in (*UNITS, "business_days") if unit in told)
            period = tuple((unit, length) for unit, length in lengths if length)
            return {**told, **({"period": period} if period else {})}


def _of_obligation(duty: Obligation, told: dict[str, Any]) -> dict[str, Any]:
    shown = ("triggers", "recipient", "satisfied_by", "calendar", "extensions", "payments_min")
    more = ("channels", "weekly_payments_min", "earlier_counts", "repeat_months")
    return {
        "duty": name_of(duty.duty),
        **{key: told[key] for key in (*shown, *more) if key in told},
        "deadline": duty.window,
    }


def _sentence(name: str, told: Mapping[str, Any], language: str) -> str:
    values = {
        key: _value(key, told[key], language) if key in told else "–" for key in _fields(name, language)
    }
    return _word("sentence", name, language).format(**values)


def _fields(name: str, language: str) -> list[str]:
    text = _word("sentence", name, language)
    return [field for _, field, _, _ in Formatter().parse(text) if field]


def _added(key: str, value: object, language: str) -> str:
    """What a value adds that the sentence does not name; a flag that is not set and a nought add nothing."""
    if not value:
        return ""
    said = _word("states", key, language)
    if value is True:
        return said
    shown = _value(key, value, language)
    return said.format(value=shown) if "{value}" in said else f"{said}{_COLON[language]}{shown}"


def _value(key: str, value: Any, language: str) -> str:
    if key in _SHOWN:
        return _SHOWN[key](value, language)
    if key.endswith("_bps"):
        return f"{value // 100}{f'.{value % 100:02}' if value % 100 else ''} %"
    if key.endswith("_percent"):
        return f"{value} %"
    if key.endswith("_minor") and isinstance(value, int):
        return f"{value // 100:,}{f'.{value % 100:02}' if value % 100 else ''}"
    return _listed(key, value, language)


def _listed(key: str, value: Any, language: str) -> str:
    group = _GROUP.get(key, key)
    if key == "weekdays":
        return days_of_week(value, language)
    if isinstance(value, Mapping):
        told = (
            f"{term(name, language)}{_COLON[language]}{_listed(key, each, language)}"
            for name, each in value.items()
        )
        return _MORE[language].join(told)
    if isinstance(value, list | tuple):
        mark = _MORE if key in _LONG else _AND
        return mark[language].join(_listed(key, each, language) for each in value)
    return term(value, language, group) if isinstance(value, str) else str(value)


def _periods(value: Sequence[tuple[str, int]], language: str) -> str:
    return " + ".join(_period(unit, length, language) for unit, length in value)


def _window(value: tuple[str, int | None], language: str) -> str:
    """The window of a count: one calendar day, any seven of them in a row, hours, or ever."""
    unit, length = value
    if length is None:
        return _word("sentence", "ever", language)
    name = "in_one" if length == 1 else "in_any"
    return _word("sentence", name, language).format(period=_period(unit, length, language))


def _unless(value: Mapping[str, Sequence[str]], language: str) -> str:
    """Which facts are permitted all the same, and where; those permitted alike together."""
    by_truths: dict[tuple[str, ...], list[str]] = {}
    for fact, truths in value.items():
        by_truths.setdefault(tuple(truths), []).append(fact)
    told = (
        _word("sentence", "permitted_where", language).format(
            facts=_listed("forbids", facts, language), truths=_listed("when", truths, language)
        )
        for truths, facts in by_truths.items()
    )
    return _MORE[language].join(told)


def _period(unit: str, length: int, language: str) -> str:
    said = term(unit, language, "unit")
    return f"one {said.removesuffix('s')}" if language == "en" and length == 1 else f"{length} {said}"


def _deadline(window: Window, language: str) -> str:
    if window.length is None:
        return _word("sentence", "at_once_before" if window.is_before else "no_last_day", language)
    if window.is_before and window.length == 0:
        return _word("sentence", "by_the_event", language)
    first = "first_day_counts" if window.counts_anchor else "first_day_does_not_count"
    name = "before_event" if window.is_before else "within"
    period = _period(name_of(window.unit), window.length, language)
    return _word("sentence", name, language).format(period=period, first=_word("sentence", first, language))


_SHOWN: Mapping[str, Callable[[Any, str], str]] = {
    "deadline": _deadline,
    "period": _periods,
    "window": _window,
    "unless": _unless,
}
"""Values that are more than a name or a number."""


def _word(table: str, name: str, language: str) -> str:
    found = _words()[table].get(name)
    said: str = found[LANGUAGES.index(language)] if found else ""
    return said or name.replace("_", " ")


@cache
def _words() -> Mapping[str, Mapping[str, Sequence[str]]]:
    told: Mapping[str, Mapping[str, Sequence[str]]] = tomllib.loads(_FILE.read_text(encoding="utf-8"))
    return told
