"""What the database already knows about the loans and people of some rows."""

# ruff: noqa: S608 - only constants are put together here; values travel as parameters

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import connection

from arrears.actions.importing.validating import Reject, Rows
from arrears.kernel.vocabulary import ReportedStatus, name_of
from arrears.store.crypto import Keyring

FIXED = ("currency", "debt_kind", "governing_law")
"""Of a loan on file these never change: a file that says otherwise speaks of another loan."""


@dataclass(frozen=True, slots=True)
class Report:
    """A report that stands, superseded by none.

    `said` is (status, months_late, overdue_since_on, overdue_minor, statement_minor, statement_on).
    """

    id: int
    as_of_on: date
    said: tuple[Any, ...]

    @property
    def asks_for_money(self) -> bool:
        """Somebody may be written to because of it: late, and an amount is known."""
        status, _, _, overdue_minor, statement_minor, _ = self.said
        return is_askable(status, overdue_minor, statement_minor)


@dataclass(frozen=True, slots=True)
class Loan:
    """A loan on file, its newest report, and the one about the day a row speaks of."""

    id: int
    borrower: int
    product: str
    fixed: tuple[str, ...]
    closed_on: date | None
    newest: Report | None = None
    same_day: Report | None = None


@dataclass(frozen=True, slots=True)
class Person:
    id: int
    language: str | None
    contact_group: int | None
    is_erased: bool


@dataclass(frozen=True, slots=True)
class Known:
    """What is on file about a chunk: loans by the lender's number, people by `source_key`."""

    loans: Mapping[str, Loan]
    people: Mapping[bytes, Person]
    source_keys: Sequence[bytes]

    def is_news(self, rows: Rows, row: int) -> bool:
        """The row is not older than what its loan's newest report says."""
        loan = self.loans.get(rows["loan_ref"][row])
        return loan is None or loan.newest is None or rows["as_of_on"][row] >= loan.newest.as_of_on

    def rejects(self, rows: Rows) -> list[Reject]:
        """Rows that contradict what is on file and cannot be an update of it."""
        return [
            Reject(rows.lines[row], name, str(rows[name][row]), reason)
            for row in range(len(rows))
            for name, reason in self._faults(rows, row)
        ]

    def _faults(self, rows: Rows, row: int) -> Iterator[tuple[str, str]]:
        person = self.people.get(self.source_keys[row])
        if person is not None and person.is_erased:
            yield "person_ref", "was erased here, and is not taken in again"
        loan = self.loans.get(rows["loan_ref"][row])
        if loan is None:
            return
        if person is None or person.id != loan.borrower:
            yield "person_ref", "is not the borrower this loan is on file with"
        for name, on_file in zip(FIXED, loan.fixed, strict=True):
            if plain(rows[name][row]) != on_file:
                yield name, f"differs from {on_file}, which the loan is on file with"


@dataclass(slots=True)
class Lookup:
    """Asks what is known about chunk after chunk of one lender's rows."""

    lender_id: int
    ring: Keyring
    _keys: dict[str, bytes] = field(default_factory=dict)

    def known(self, rows: Rows) -> Known:
        keys = self._source_keys(rows["person_ref"])
        return Known(self._loans(rows), self._people(keys), keys)

    def _source_keys(self, refs: Sequence[str]) -> list[bytes]:
        self._keys = {ref: self._keys.get(ref) or self.ring.source_key(self.lender_id, ref) for ref in refs}
        return [self._keys[ref] for ref in refs]

    def _people(self, keys: Sequence[bytes]) -> dict[bytes, Person]:
        rows = _all(
            "SELECT source_key, id, language, contact_group, erased_at IS NOT NULL FROM person"
            " WHERE lender_id = %s AND source_key = ANY(%s::bytea[])",
            [self.lender_id, sorted(set(keys))],
        )
        return {bytes(key): Person(*person) for key, *person in rows}

    def _loans(self, rows: Rows) -> dict[str, Loan]:
        found = _all(
            "SELECT loan.source_ref, loan.id, party.person_id, loan.product,"
            "       loan.currency, loan.debt_kind, loan.governing_law, loan.closed_on"
            "  FROM loan JOIN loan_party AS party ON party.loan_id = loan.id"
            "   AND party.role = 'borrower' AND party.until_on IS NULL"
            " WHERE loan.lender_id = %s AND loan.source_ref = ANY(%s)",
            [self.lender_id, list(rows["loan_ref"])],
        )
        if not found:
            return {}
        days = dict(zip(rows["loan_ref"], rows["as_of_on"], strict=True))
        ids = {loan_id: ref for ref, loan_id, *_ in found}
        newest = _reports_newest(list(ids))
        same_day = _reports_of_days({loan_id: days[ref] for loan_id, ref in ids.items()})
        return {
            ref: Loan(
                loan_id,
                borrower,
                product,
                (currency, kind, law),
                closed_on,
                newest.get(loan_id),
                same_day.get(loan_id),
            )
            for ref, loan_id, borrower, product, currency, kind, law, closed_on in found
        }


def is_askable(status: str, overdue_minor: int | None, statement_minor: int | None) -> bool:
    is_late = status == name_of(ReportedStatus.LATE)
    return is_late and ((overdue_minor or 0) > 0 or (statement_minor or 0) > 0)


def plain(value: Any) -> Any:
    """A code as the word that is stored; any other value as it is."""
    return name_of(value) if hasattr(value, "name") else value


# Looked up loan by loan: right after a bulk load the planner knows too little to join well.
_REPORT = (
    "SELECT report.loan_id, report.id, report.as_of_on, report.status, report.months_late,"
    " report.overdue_since_on, report.overdue_minor, report.statement_minor, report.statement_on"
    " FROM reported_arrears AS report WHERE report.loan_id = wanted.loan_id"
    " AND NOT EXISTS (SELECT FROM reported_arrears AS later WHERE later.supersedes_id = report.id)"
)
_NEWEST = (
    "SELECT report.* FROM unnest(%s::bigint[]) AS wanted (loan_id) CROSS JOIN LATERAL"
    f" ({_REPORT} ORDER BY report.as_of_on DESC LIMIT 1) AS report"
)
_OF_DAYS = (
    "SELECT report.* FROM unnest(%s::bigint[], %s::date[]) AS wanted (loan_id, as_of_on) CROSS JOIN LATERAL"
    f" ({_REPORT} AND report.as_of_on = wanted.as_of_on LIMIT 1) AS report"
)


def _reports_newest(loans: list[int]) -> dict[int, Report]:
    return _reports(_all(_NEWEST, [loans]))


def _reports_of_days(days: Mapping[int, date]) -> dict[int, Report]:
    return _reports(_all(_OF_DAYS, [list(days), list(days.values())]))


def _reports(rows: Sequence[tuple[Any, ...]]) -> dict[int, Report]:
    return {loan: Report(report, on, tuple(said)) for loan, report, on, *said in rows}


def _all(statement: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return list(cursor.fetchall())
