"""A chunk's rows: accepted, or rejected with every reason. Pure, column by column.

Each field is read for itself; then the fields of a row are held against each other. A row with
one bad field is rejected whole, and all its bad fields are told.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from arrears.actions.importing.mapping import Mapping as FileMapping
from arrears.actions.importing.numbers import PLACES_MAX, Exact
from arrears.actions.importing.reading import Chunk
from arrears.actions.importing.target import AMOUNTS, REPORTED, Field
from arrears.actions.importing.transforms import MonthsBefore, Text, Unusable, each
from arrears.actions.importing.values import mobile_of
from arrears.kernel.money import digits_of
from arrears.kernel.vocabulary import ReportedStatus

ROW = "(row)"
"""In place of a field: the record as a whole."""

_EMPTY: Mapping[str, Any] = {"months_late": 0, "closed": False}


@dataclass(frozen=True, slots=True)
class Reject:
    """One bad field of one row. `value` is what stands in the file: personal data, for the lender only."""

    line: int
    field: str
    value: str
    reason: str


@dataclass(frozen=True, slots=True)
class Rows:
    """Accepted rows: the line of each, and one list of values per field of `target.REPORTED`.

    Amounts are whole minor units; what a row does not state is None.
    """

    lines: Sequence[int]
    columns: Mapping[str, Sequence[Any]]

    def __len__(self) -> int:
        return len(self.lines)

    def __getitem__(self, name: str) -> Sequence[Any]:
        return self.columns[name]

    def keep(self, rows: Sequence[int]) -> Rows:
        """These rows, in this order."""
        if len(rows) == len(self):
            return self
        columns = {name: [values[row] for row in rows] for name, values in self.columns.items()}
        return Rows([self.lines[row] for row in rows], columns)


@dataclass(frozen=True, slots=True)
class Outcome:
    """`others` are the rejected rows whose loan could be read, by line and loan_ref."""

    rows: Rows
    rejects: Sequence[Reject]
    others: Sequence[tuple[int, str]]


@dataclass(frozen=True, slots=True)
class Limits:
    """What the rows of this import may not pass.

    latest_on  the lender's today: nothing is reported about a day to come
    countries  ISO 3166-1: those with a rule pack, and those declared house-only
    """

    latest_on: date
    countries: frozenset[str]


class Validator:
    """Reads every chunk of one file; keeps nothing but what it has learnt about single values."""

    def __init__(self, mapping: FileMapping, limits: Limits) -> None:
        self._mapping, self._limits = mapping, limits
        self._seen: dict[str, dict[str, Any]] = {entry.name: {} for entry in REPORTED}

    def validate(self, chunk: Chunk) -> Outcome:
        """The rows without fault, and every fault of the others in file order."""
        reading = _Reading(chunk.lines, [Reject(b.line, ROW, "", b.reason) for b in chunk.broken])
        for entry in REPORTED:
            reading.columns[entry.name] = self._column(entry, chunk, reading)
        self._months_before(reading)
        self._amounts(reading)
        _mobiles(reading)
        for check in _CHECKS:
            for row, name, reason in check(reading, self._limits):
                reading.reject(row, name, reason)
        return reading.outcome()

    def _column(self, entry: Field, chunk: Chunk, reading: _Reading) -> list[Any]:
        """The field's values, None where it is empty or cannot be used."""
        size = len(chunk.lines)
        transform = self._mapping.fields.get(entry.name)
        empty = _EMPTY.get(entry.name)
        if transform is None or isinstance(transform, MonthsBefore):
            return [empty] * size
        texts = transform.texts(chunk.cells, size)
        reading.texts[entry.name] = texts
        seen = self._seen[entry.name]
        usable = ["" if isinstance(text, Unusable) else text for text in texts]
        values: list[Any] = each(lambda text: _value(entry, text), usable, seen)
        for row, (text, value) in enumerate(zip(texts, values, strict=True)):
            fault = text if isinstance(text, Unusable) else value
            if isinstance(fault, Unusable):
                reading.reject(row, entry.name, fault.reason)
                values[row] = None
            elif value is None:
                values[row] = empty
        return values

    def _months_before(self, reading: _Reading) -> None:
        for name, transform in self._mapping.fields.items():
            if isinstance(transform, MonthsBefore):
                days, months = reading.columns[transform.day], reading.columns[transform.months]
                reading.columns[name] = transform.dates(days, months)

    def _amounts(self, reading: _Reading) -> None:
        """Exact numbers become whole minor units; nothing is rounded."""
        in_major = self._mapping.amounts_in == "major"
        for name in AMOUNTS:
            currencies = reading.columns["currency"]
            for row, (number, currency) in enumerate(zip(reading.columns[name], currencies, strict=True)):
                if number is not None:
                    places = digits_of(currency) if in_major and currency else 0
                    fault = _fault_of(number, places) if currency else ""
                    if fault:
                        reading.reject(row, name, fault)
                    minor = number.scaled(places) if currency and not fault else None
                    reading.columns[name][row] = minor


@dataclass(slots=True)
class _Reading:
    """A chunk while it is read: values and texts by field, and the faults found so far."""

    lines: Sequence[int]
    rejects: list[Reject]
    columns: dict[str, list[Any]] = field(default_factory=dict)
    texts: dict[str, Sequence[Text]] = field(default_factory=dict)
    bad: dict[int, set[str]] = field(default_factory=dict)

    def reject(self, row: int, name: str, reason: str) -> None:
        """Record a fault; one a field is enough, the first."""
        if name not in self.bad.setdefault(row, set()):
            self.bad[row].add(name)
            self.rejects.append(Reject(self.lines[row], name, self._as_written(row, name), reason))

    def is_good(self, row: int, *names: str) -> bool:
        return row not in self.bad or self.bad[row].isdisjoint(names)

    def outcome(self) -> Outcome:
        rows = Rows(self.lines, self.columns)
        good = [row for row in range(len(self.lines)) if row not in self.bad]
        rejects = sorted(self.rejects, key=lambda reject: reject.line)
        loan_refs = self.columns["loan_ref"]
        others = [(self.lines[row], loan_refs[row]) for row in self.bad if loan_refs[row] is not None]
        return Outcome(rows.keep(good), rejects, others)

    def _as_written(self, row: int, name: str) -> str:
        text = self.texts[name][row] if name in self.texts else self.columns[name][row]
        if isinstance(text, Unusable):
            return text.value
        return "" if text is None else str(text)


Fault = tuple[int, str, str]
Check = Callable[[_Reading, Limits], Iterator[Fault]]


def _value(entry: Field, text: str) -> Any:
    if not text:
        return Unusable("", "is empty") if entry.is_required else None
    try:
        return entry.parse(text)
    except ValueError as error:
        return Unusable(text, str(error))


def _mobiles(reading: _Reading) -> None:
    """Numbers without a country's code are read as the place's own."""
    values = reading.columns["mobile"]
    for row, (number, place) in enumerate(zip(values, reading.columns["place"], strict=True)):
        if number is None:
            continue
        try:
            values[row] = mobile_of(number, place.partition("-")[0] if place else None)
        except ValueError as error:
            reading.reject(row, "mobile", str(error))
            values[row] = None


def _fault_of(number: Exact, places: int) -> str:
    """Why this amount cannot be whole minor units; "" when it can."""
    if number.is_too_large_at(places):
        return f"has more than {PLACES_MAX} digits in minor units"
    return "" if number.is_whole_at(places) else "is finer than the smallest unit of its currency"


def _late_means_since_when(reading: _Reading, limits: Limits) -> Iterator[Fault]:  # noqa: ARG001
    names = ("status", "months_late", "overdue_since_on", "overdue_amount")
    for row, (status, months, since_on, overdue) in enumerate(_zipped(reading, names)):
        if not reading.is_good(row, *names[:3]) or status is None:
            continue
        if status == ReportedStatus.LATE:
            if since_on is None:
                yield row, "overdue_since_on", "is empty, and the loan is late"
            if overdue is not None and overdue <= 0 and reading.is_good(row, "overdue_amount"):
                yield row, "overdue_amount", "is not above zero, and the loan is late"
            continue
        if months:
            yield row, "months_late", "is above zero, and the loan is not late"
        if since_on is not None:
            yield row, "overdue_since_on", "is stated, and the loan is not late"
        if overdue is not None and overdue > 0:
            yield row, "overdue_amount", "is above zero, and the loan is not late"


def _days_are_past(reading: _Reading, limits: Limits) -> Iterator[Fault]:
    names = ("as_of_on", "overdue_since_on", "statement_on")
    for row, (as_of_on, since_on, statement_on) in enumerate(_zipped(reading, names)):
        if as_of_on is None:
            continue
        if as_of_on > limits.latest_on:
            yield row, "as_of_on", f"lies after the lender's today, {limits.latest_on}"
        if since_on is not None and since_on > as_of_on:
            yield row, "overdue_since_on", "lies after as_of_on"
        if statement_on is not None and statement_on > as_of_on:
            yield row, "statement_on", "lies after as_of_on"


def _a_statement_has_a_day(reading: _Reading, limits: Limits) -> Iterator[Fault]:  # noqa: ARG001
    for row, (amount, on) in enumerate(_zipped(reading, ("statement_amount", "statement_on"))):
        if amount is not None and on is None and reading.is_good(row, "statement_on"):
            yield row, "statement_on", "is empty, and a statement's amount is stated"


def _a_place_has_a_zone(reading: _Reading, limits: Limits) -> Iterator[Fault]:  # noqa: ARG001
    for row, (place, zone) in enumerate(_zipped(reading, ("place", "zone"))):
        if (place is None) != (zone is None) and reading.is_good(row, "place", "zone"):
            yield row, "zone" if zone is None else "place", "is empty; place and zone are stated together"


def _a_country_has_a_pack(reading: _Reading, limits: Limits) -> Iterator[Fault]:
    for name in ("governing_law", "place"):
        for row, place in enumerate(reading.columns[name]):
            if place is not None and place.partition("-")[0] not in limits.countries:
                yield row, name, "has no rule pack, and its country is not declared house-only"


def _zipped(reading: _Reading, names: Sequence[str]) -> Iterator[tuple[Any, ...]]:
    return zip(*(reading.columns[name] for name in names), strict=True)


_CHECKS: tuple[Check, ...] = (
    _late_means_since_when,
    _days_are_past,
    _a_statement_has_a_day,
    _a_place_has_a_zone,
    _a_country_has_a_pack,
)
