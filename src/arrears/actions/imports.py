"""Import a lender's file of reported arrears: every row checked, all accepted rows or nothing.

    check    the whole file is read; every reject is told; nothing is written
    store    it is read again and written, in one transaction

Reading twice keeps memory bounded and lets `strict` and the checks across the file decide
before the first row is written. What a row says is in `importing.target`.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from pathlib import Path

import numpy as np
from django.db import OperationalError, connection, transaction
from psycopg.errors import DeadlockDetected

from arrears import rulepacks
from arrears.actions.importing.checking import Advance, File
from arrears.actions.importing.context import Context
from arrears.actions.importing.known import Lookup
from arrears.actions.importing.loans import store_loans
from arrears.actions.importing.mapping import read_mapping
from arrears.actions.importing.people import store_people
from arrears.actions.importing.reading import digest_of
from arrears.actions.importing.rejects import Rejects, refuse_overwriting
from arrears.actions.importing.validating import Limits, Reject
from arrears.actions.lenders import Lender, get_lender, lock_lender
from arrears.kernel.days import date_of, instant_of
from arrears.kernel.errors import BadInput
from arrears.store import audit, models
from arrears.store.actors import actor_id
from arrears.store.copying import next_ids
from arrears.store.crypto import Keyring, keyring
from arrears.store.locks import ensure_scopes, lock_scopes, scope_keys_of

KIND = "reported_arrears"
_TRIES_MAX = 3
_MANY_ROWS = 5_000


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What became of a file's rows.

    `state` is stored, checked (a dry run), refused (`strict`, or no row could be used) or
    already_imported. `rejected_fields` counts bad fields by name; `rejects` are the first few.
    `counts` are figures of what was written. `notes` are codes of things worth saying.
    """

    state: str
    rows_read: int = 0
    rows_accepted: int = 0
    rows_rejected: int = 0
    rejected_fields: dict[str, int] = field(default_factory=dict)
    rejects: tuple[Reject, ...] = ()
    counts: dict[str, int] = field(default_factory=dict)
    complete_through_on: date | None = None
    imported_at: datetime | None = None
    notes: tuple[str, ...] = ()


def import_reported(
    *,
    file: Path,
    mapping: Path,
    lender: str | int | None,
    house_only: Collection[str] = (),
    complete_through_on: date | None = None,
    strict: bool = False,
    dry_run: bool = False,
    rejects_to: Path | None = None,
    advance: Advance = lambda _stage, _rows: None,
    actor: str,
    at: datetime,
) -> ImportReport:
    """Read a file of reported arrears through a mapping and store it.

    house_only           countries (ISO 3166-1) without a rule pack in which house rules are enough
    complete_through_on  all payments are in the lender's books through this day; else the mapping's
    rejects_to           a CSV file of every bad field, replaced

    Raises BadInput for a file or mapping that cannot be used at all, NotFound for the lender,
    Conflict when the file changes while it is read.
    """
    read = read_mapping(mapping)
    if rejects_to is not None:
        refuse_overwriting(rejects_to, [file, mapping])
    owner = get_lender(lender)
    through_on = complete_through_on or read.payments_complete_through_on
    today = _business_day(owner, at)
    _check_through(through_on, today)
    limits = Limits(today, rulepacks.countries() | countries_of(house_only))
    whole = File(file, read, limits, digest_of(file))
    task = _Import(whole, owner, through_on, keyring(), advance, actor, at)
    return task.run(strict=strict, dry_run=dry_run, rejects_to=rejects_to)


@dataclass(frozen=True, slots=True)
class _Import:
    file: File
    lender: Lender
    through_on: date | None
    ring: Keyring
    advance: Advance
    actor: str
    at: datetime

    def run(self, *, strict: bool, dry_run: bool, rejects_to: Path | None) -> ImportReport:
        earlier = self._find_earlier()
        if earlier is not None:
            return earlier
        with Rejects(rejects_to) as rejects:
            report = self._check(rejects)
            rejects.close()
        if dry_run:
            return report
        if report.rows_accepted == 0 or (strict and report.rows_rejected):
            return replace(report, state="refused")
        stored = self._store_retrying(report, rejects)
        if stored.rows_accepted >= _MANY_ROWS:
            _refresh_statistics()
        return stored

    def _check(self, rejects: Rejects) -> ImportReport:
        rows_read, has_last_line_end = self.file.check(self._lookup(), rejects, self.advance)
        rejected = len(rejects.lines)
        return ImportReport(
            state="checked",
            rows_read=rows_read,
            rows_accepted=rows_read - rejected,
            rows_rejected=rejected,
            rejected_fields=dict(rejects.by_field),
            rejects=tuple(rejects.shown),
            complete_through_on=self.through_on,
            notes=() if has_last_line_end else ("no_last_line_end",),
        )

    def _lookup(self) -> Lookup:
        return Lookup(self.lender.id, self.ring)

    def _store_retrying(self, report: ImportReport, rejects: Rejects) -> ImportReport:
        """Locks are taken in one order, so a deadlock is rare; then nothing was stored, and we try again."""
        for tries in range(1, _TRIES_MAX + 1):
            try:
                return self._store(report, rejects)
            except OperationalError as error:
                if tries == _TRIES_MAX or not isinstance(error.__cause__, DeadlockDetected):
                    raise
        raise AssertionError(_TRIES_MAX)

    def _store(self, report: ImportReport, rejects: Rejects) -> ImportReport:
        who = actor_id(self.actor, at=self.at)
        with transaction.atomic(durable=True):
            lock_lender(self.lender.id)
            earlier = self._find_earlier()
            if earlier is not None:
                return earlier
            context = self._begin(who)
            self._store_rows(context, rejects)
            self._end(context, report)
        return replace(report, state="stored", counts=dict(context.counts))

    def _store_rows(self, context: Context, rejects: Rejects) -> None:
        lookup = self._lookup()
        for rows in self.file.rows(rejects.lines):
            known = lookup.known(rows)
            _refuse_late_contradictions(self.file.path, known.rejects(rows))
            store_loans(context, rows, known, store_people(context, rows, known))
            self.advance("stored", len(rows))

    def _begin(self, who: int) -> Context:
        (file_id,) = next_ids(models.ImportFile, 1).tolist()
        models.ImportFile.objects.create(
            id=file_id,
            lender_id=self.lender.id,
            actor_id=who,
            recorded_at=self.at,
            kind=KIND,
            mode="delta",
            digest=bytes.fromhex(self.file.digest),
            mapping_digest=self._reading_digest(),
            rows_read=0,
            rows_accepted=0,
            rows_rejected=0,
            rows_changed=0,
        )
        stated = frozenset(self.file.mapping.fields)
        return Context(self.lender.id, file_id, who, self.at, self.ring, stated)

    def _end(self, context: Context, report: ImportReport) -> None:
        """The figures, the watermark, the audit entry; and last the locks of whom this file protects.

        They are held only until the commit that follows. A gate that has them now reserves before
        this file counts; one that comes later waits, and then reads what the file says.
        """
        counts = context.counts
        changed = sum(counts[name] for name in ("reports_added", "reports_corrected"))
        models.ImportFile.objects.filter(id=context.import_file_id).update(
            rows_read=report.rows_read,
            rows_accepted=report.rows_accepted,
            rows_rejected=report.rows_rejected,
            rows_changed=changed,
        )
        self._advance_watermark(context)
        audit.record(
            "import.stored",
            actor=self.actor,
            at=self.at,
            lender_id=self.lender.id,
            subjects={"import_file": context.import_file_id},
            facts={"kind": KIND, "rows_rejected": report.rows_rejected, **counts},
        )
        keys = scope_keys_of(_everybody_about(sorted(set(context.tightened))))
        ensure_scopes(keys)
        lock_scopes(keys)

    def _advance_watermark(self, context: Context) -> None:
        """Books declared complete through a day stay so: an older file takes nothing back."""
        if self.through_on is None:
            return
        declared = models.Watermark.objects.filter(lender_id=self.lender.id)
        is_news = not declared.filter(payments_complete_through_on__gte=self.through_on).exists()
        if is_news:
            models.Watermark.objects.create(
                lender_id=self.lender.id,
                actor_id=context.actor_id,
                recorded_at=self.at,
                payments_complete_through_on=self.through_on,
                import_file_id=context.import_file_id,
            )

    def _find_earlier(self) -> ImportReport | None:
        earlier = models.ImportFile.objects.filter(
            lender_id=self.lender.id,
            digest=bytes.fromhex(self.file.digest),
            mapping_digest=self._reading_digest(),
        ).first()
        if earlier is None:
            return None
        return ImportReport(
            state="already_imported",
            rows_read=earlier.rows_read,
            rows_accepted=earlier.rows_accepted,
            rows_rejected=earlier.rows_rejected,
            imported_at=earlier.recorded_at,
        )

    def _reading_digest(self) -> bytes:
        """SHA-256 of all that decides how the file is read: the mapping, the countries, the books."""
        how = [self.file.mapping.digest, sorted(self.file.limits.countries), str(self.through_on)]
        return hashlib.sha256(json.dumps(how).encode()).digest()


def _business_day(lender: Lender, at: datetime) -> date:
    return date_of(int(rulepacks.ZONES[lender.zone].day(np.array([instant_of(at)]))[0]))


def countries_of(named: Collection[str]) -> frozenset[str]:
    """Countries as they are typed. Raises BadInput for what is none of ISO 3166-1."""
    for name in named:
        if len(name) != 2 or not (name.isascii() and name.isalpha()):
            raise BadInput(
                "import.no_country",
                f"{name!r} is no country of ISO 3166-1.",
                hint="--house-only takes two letters, such as JP.",
            )
    return frozenset(name.upper() for name in named)


def _check_through(through_on: date | None, today: date) -> None:
    if through_on is not None and through_on > today:
        raise BadInput(
            "import.books_of_the_future",
            f"Payments cannot be complete through {through_on}: the lender's today is {today}.",
            hint="Give --complete-through a day that is over.",
        )


def _refresh_statistics() -> None:
    """What the database's planner believes of the tables: wrong by far after a bulk load, for minutes."""
    tables = (models.Person, models.ContactPoint, models.ZoneEvidence, models.Loan, models.LoanParty)
    names = [each._meta.db_table for each in (*tables, models.ReportedArrears, models.ContactScope)]
    with connection.cursor() as cursor:
        cursor.execute(f"ANALYZE {', '.join(names)}")


def _everybody_about(borrowers: list[int]) -> list[int]:
    """These borrowers, and everybody who is anything to a loan of theirs."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT other.person_id FROM loan_party AS own JOIN loan_party AS other USING (loan_id)"
            " WHERE own.person_id = ANY(%(people)s) UNION SELECT unnest(%(people)s::bigint[])",
            {"people": borrowers},
        )
        return [row[0] for row in cursor.fetchall()]


def _refuse_late_contradictions(file: Path, rejects: list[Reject]) -> None:
    """Rows that were good when the file was checked, and contradict what was stored since."""
    if rejects:
        raise BadInput(
            "import.overtaken",
            f"{file}: line {rejects[0].line}: {rejects[0].field} {rejects[0].reason}.",
            hint="Something else was stored while the file was being checked. Run the command again.",
            file=str(file),
            line=rejects[0].line,
        )
