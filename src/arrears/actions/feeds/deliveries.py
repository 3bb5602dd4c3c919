"""A delivery: one file, or a folder of files, taken in as one or not at all.

read     each file is read once, its rows checked and staged in temporary tables
merge    in one transaction the rows are held against what is on file, and the news written
end      the watermark, an audit entry per file; and last the locks of whom the news protect
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path

from django.db import IntegrityError, OperationalError, connection, transaction
from django.db.models import Max
from psycopg.errors import DeadlockDetected, UniqueViolation

from arrears import rulepacks
from arrears.actions.feeds.declaring import Declared, advance_watermark
from arrears.actions.feeds.reading.files import File, Staged, stage_file
from arrears.actions.feeds.reports import DeliveryReport, FileReport
from arrears.actions.feeds.rows import Rows, Run
from arrears.actions.feeds.sealing import Seal
from arrears.actions.feeds.staging import staging
from arrears.actions.importing.checking import Advance
from arrears.actions.lenders import Lender, lock_lender
from arrears.kernel.errors import Conflict
from arrears.store import audit, models
from arrears.store.actors import actor_id
from arrears.store.copying import next_ids
from arrears.store.crypto import keyring
from arrears.store.locks import ensure_scopes, lock_scopes, scope_keys_of

_TRIES_MAX = 3
_FORGIVING = (
    *("payments", "loan_events", "installments", "statements"),
    *("holds", "preferences", "inconvenient_times", "refusals"),
)
"""Feeds without whose every row somebody could be asked for money, or contacted, who may not be."""
_COUNTED = "contacts"
"""The feed without whose every row a contact too many could be made."""


@dataclass(frozen=True, slots=True)
class Options:
    """strict: one bad row refuses the delivery. dry_run: all but the writing.

    house_only   countries without a rule pack in which the house rules are enough
    rejects_of   the CSV file for the bad fields of one of the delivery's files; None for none
    """

    strict: bool = False
    dry_run: bool = False
    accept_removals: bool = False
    house_only: frozenset[str] = frozenset()
    rejects_of: Callable[[File], Path | None] = lambda _: None
    advance: Advance = lambda _stage, _rows: None


@dataclass(frozen=True, slots=True)
class Delivery:
    """Files in the order of their feeds, of one lender."""

    lender: Lender
    files: Sequence[File]
    declared: Declared
    options: Options
    today: date
    actor: str
    at: datetime

    def run(self) -> DeliveryReport:
        """Locks are taken in one order, so a deadlock is rare; then nothing was stored, and we try again."""
        for tries in range(1, _TRIES_MAX + 1):
            try:
                return self._try()
            except OperationalError as error:
                if tries == _TRIES_MAX or not isinstance(error.__cause__, DeadlockDetected):
                    raise
            except IntegrityError as error:
                raise _overtaken(error) from error
        raise AssertionError(_TRIES_MAX)

    def _try(self) -> DeliveryReport:
        seal = Seal(self.lender.id, keyring())
        with staging(), ExitStack() as stack:
            staged = [
                stack.enter_context(
                    stage_file(
                        file,
                        number,
                        seal=seal,
                        today=self.today,
                        rejects_to=self.options.rejects_of(file),
                        advance=self.options.advance,
                    )
                )
                for number, file in enumerate(self.files, 1)
            ]
            report = self._store(staged, seal)
            for each in staged:
                each.rejects.close()
        return report

    def _store(self, staged: Sequence[Staged], seal: Seal) -> DeliveryReport:
        who = actor_id(self.actor, at=self.at)
        with transaction.atomic(durable=True):
            lock_lender(self.lender.id)
            with connection.cursor() as cursor:
                cursor.execute("SET LOCAL work_mem = '256MB'; SET CONSTRAINTS ALL IMMEDIATE")
            run = self._begin(who, seal)
            files = [self._find_earlier(each) or self._merge(each, run) for each in staged]
            report = self._report(files)
            if report.state == "stored":
                self._end(report, run)
            else:
                transaction.set_rollback(True)
        return report

    def _begin(self, who: int, seal: Seal) -> Run:
        last = models.Loan.objects.aggregate(last=Max("id"))["last"] or 0
        last_person = models.Person.objects.aggregate(last=Max("id"))["last"] or 0
        return Run(
            lender_id=self.lender.id,
            actor_id=who,
            at=self.at,
            today=self.today,
            last_loan=last,
            last_person=last_person,
            seal=seal,
            countries=rulepacks.countries() | self.options.house_only,
            accept_removals=self.options.accept_removals,
        )

    def _merge(self, staged: Staged, run: Run) -> FileReport:
        file = staged.file
        (file_id,) = next_ids(models.ImportFile, 1).tolist()
        models.ImportFile.objects.create(
            id=file_id,
            lender_id=self.lender.id,
            actor_id=run.actor_id,
            recorded_at=self.at,
            kind=file.feed.name,
            mode=file.mode,
            digest=bytes.fromhex(staged.digest),
            mapping_digest=self._reading_digest(file),
            as_of_on=self.declared.business_on,
            rows_read=staged.rows_read,
            rows_accepted=0,
            rows_rejected=0,
            rows_changed=0,
        )
        rows = Rows(
            *(run, staged.stage, file_id, file.is_full, staged.columns.in_major),
            *(staged.columns.stated, file.shown),
        )
        file.feed.merge(rows)
        staged.tell_rejects()
        self.options.advance("stored", staged.rows_read)
        report = staged.report(dict(rows.counts), rows.notes)
        models.ImportFile.objects.filter(id=file_id).update(
            rows_accepted=report.rows_accepted,
            rows_rejected=report.rows_rejected,
            rows_changed=report.rows_changed,
        )
        self._record(file_id, report)
        return report

    def _record(self, file_id: int, report: FileReport) -> None:
        audit.record(
            "import.stored",
            actor=self.actor,
            at=self.at,
            lender_id=self.lender.id,
            subjects={"import_file": file_id},
            facts={
                "kind": report.feed,
                "mode": report.mode,
                "rows_rejected": report.rows_rejected,
                **report.counts,
            },
        )

    def _report(self, files: Sequence[FileReport]) -> DeliveryReport:
        state = "stored"
        if all(each.state == "already_imported" for each in files):
            state = "already_imported"
        elif any(self._refuses(each) for each in files):
            state = "refused"
        elif self.options.dry_run:
            state = "checked"
        told = tuple(
            each if each.state == "already_imported" else replace(each, state=state) for each in files
        )
        lacking = {each.feed for each in files if each.rows_rejected}
        through, since = self.declared.complete_through_on, self.declared.contacts_known_from_on
        notes = []
        if through is not None and not lacking.isdisjoint(_FORGIVING):
            through = None
            notes.append("books_not_complete")
        if since is not None and _COUNTED in lacking:
            since = None
            notes.append("contacts_not_known")
        return DeliveryReport(state, told, through, since, tuple(notes))

    def _refuses(self, report: FileReport) -> bool:
        """A bad row refuses a file that must be whole; no good row refuses any."""
        if not report.rows_rejected:
            return False
        must_be_whole = self.options.strict or "full_file_not_whole" in report.notes
        return must_be_whole or report.rows_accepted == 0

    def _end(self, report: DeliveryReport, run: Run) -> None:
        """The watermark; and last the locks of whom this delivery protects.

        They are held only until the commit that follows. A gate that has them now reserves before
        these files count; one that comes later waits, and then reads what they say.
        """
        advance_watermark(
            lender_id=self.lender.id,
            complete_through_on=report.complete_through_on,
            contacts_known_from_on=report.contacts_known_from_on,
            actor_id=run.actor_id,
            at=self.at,
        )
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT person_id FROM loan_party JOIN feed_touched USING (loan_id)"
                " UNION SELECT person_id FROM feed_touched_person"
            )
            persons = [row[0] for row in cursor.fetchall()]
        keys = scope_keys_of(persons)
        ensure_scopes(keys)
        lock_scopes(keys)

    def _find_earlier(self, staged: Staged) -> FileReport | None:
        earlier = models.ImportFile.objects.filter(
            lender_id=self.lender.id,
            digest=bytes.fromhex(staged.digest),
            mapping_digest=self._reading_digest(staged.file),
        ).first()
        if earlier is None:
            return None
        return FileReport(
            feed=staged.file.feed.name,
            file=staged.file.shown,
            mode=staged.file.mode,
            state="already_imported",
            rows_read=earlier.rows_read,
            rows_accepted=earlier.rows_accepted,
            rows_rejected=earlier.rows_rejected,
            imported_at=earlier.recorded_at,
        )

    def _reading_digest(self, file: File) -> bytes:
        """SHA-256 of all that decides how the file is read, and of what is declared with it."""
        declared = self.declared
        how = [
            *(file.feed.name, file.feed.version, file.mode, file.mapping.digest if file.mapping else ""),
            *(str(declared.complete_through_on), str(declared.contacts_known_from_on)),
            sorted(self.options.house_only),
        ]
        return hashlib.sha256(json.dumps(how).encode()).digest()


def _overtaken(error: IntegrityError) -> Exception:
    """Somebody who does not lock the lender (a payment posted by hand) stored the same thing first."""
    if not isinstance(error.__cause__, UniqueViolation):
        return error
    return Conflict(
        "import.overtaken",
        "Something in the file was stored by somebody else while it was being imported.",
        hint="Nothing was stored. Run the command again.",
        constraint=error.__cause__.diag.constraint_name,
    )
