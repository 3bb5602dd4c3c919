"""`arrears import`: files of a lender come in."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from arrears.cli.actor import by_option
from arrears.cli.django import needs_database
from arrears.cli.output import format_option, note, print_json, print_report, progress
from arrears.kernel.errors import BadInput

if TYPE_CHECKING:
    from arrears.actions.importing.validating import Reject
    from arrears.actions.imports import ImportReport

STATES = {
    "stored": "Stored.",
    "checked": "Checked; nothing was stored.",
    "already_imported": "This file was imported before; nothing changed.",
    "refused": "Refused; nothing was stored.",
}
_NOTES = {
    "no_last_line_end": "The last line has no line end. If the file was cut off, import it again whole.",
}


@click.group(name="import")
def import_() -> None:
    """Take in files of a lender."""


@import_.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--mapping", required=True, help="A shipped mapping's name, or the path of a TOML file.")
@click.option("--lender", help="Number or name; not needed while there is only one.")
@click.option("--complete-through", type=click.DateTime(["%Y-%m-%d"]), help="All payments are in the books.")
@click.option(
    "--house-only", multiple=True, metavar="COUNTRY", help="No rule pack, and house rules are enough."
)
@click.option("--strict", is_flag=True, help="One bad row refuses the whole file.")
@click.option("--dry-run", is_flag=True, help="Check every row and store nothing.")
@click.option("--rejects", type=click.Path(path_type=Path), help="Write every bad field to this CSV file.")
@format_option
@by_option
@needs_database
def reported(
    *,
    file: Path,
    mapping: str,
    lender: str | None,
    complete_through: datetime | None,
    house_only: tuple[str, ...],
    strict: bool,
    dry_run: bool,
    rejects: Path | None,
    format_: str,
    actor: str,
) -> None:
    """Import FILE (CSV): arrears as a core system reports them, one row per loan."""
    from arrears.actions.importing.mapping import find_mapping
    from arrears.actions.imports import import_reported
    from arrears.store.clock import now

    at = now()
    started_at = time.monotonic()
    with showing() as advance:
        report = import_reported(
            file=file,
            mapping=find_mapping(mapping),
            lender=lender,
            house_only=house_only,
            complete_through_on=complete_through.date() if complete_through else None,
            strict=strict,
            dry_run=dry_run,
            rejects_to=rejects,
            advance=advance,
            actor=actor,
            at=at,
        )
    seconds = time.monotonic() - started_at
    _print(report, format_, seconds, rejects)
    _explain(report, rejects)
    if report.state == "refused":
        raise BadInput(
            "import.refused",
            f"{file}: nothing was stored: {report.rows_rejected:,} of {report.rows_read:,} rows are bad.",
            hint="Correct them and import the file again"
            + (", or leave out --strict to store the others." if report.rows_accepted else "."),
        )


@contextmanager
def showing() -> Iterator[Callable[[str, int], None]]:
    """Progress of one stage after the other; the second knows how many rows the first has seen."""
    bars: dict[str, Callable[[int], None]] = {}
    seen: Counter[str] = Counter()
    with ExitStack() as stack:

        def advance(stage: str, rows: int) -> None:
            if stage not in bars:
                total = seen["checked"] or seen["read"]
                stack.close()
                bars[stage] = stack.enter_context(progress(f"rows {stage}", total=total or None))
            seen[stage] += rows
            bars[stage](rows)

        yield advance


def _print(report: ImportReport, format_: str, seconds: float, rejects: Path | None) -> None:
    figures: dict[str, object] = {
        "state": report.state,
        "rows_read": report.rows_read,
        "rows_accepted": report.rows_accepted,
        "rows_rejected": report.rows_rejected,
        **report.counts,
        "payments_complete_through_on": report.complete_through_on,
        "imported_at": report.imported_at,
        "seconds": round(seconds, 1),
        "rows_a_second": round(report.rows_read / seconds) if report.state != "already_imported" else None,
    }
    if format_ == "json":
        told = [{"row": each.line, "field": each.field, "reason": each.reason} for each in report.rejects]
        by_field = dict(sorted(report.rejected_fields.items()))
        print_json({**figures, "rejected_fields": by_field, "rejects": told, "notes": report.notes})
        return
    shown = {name: value for name, value in figures.items() if value is not None}
    rows = [{"figure": name.replace("_", " "), "value": value} for name, value in shown.items()]
    print_report("table", "Import", rows)
    note(STATES[report.state])
    if report.rejects:
        print_rejects(report.rejects, report.rows_rejected, rejects)


def print_rejects(told: tuple[Reject, ...], rows_rejected: int, rejects: Path | None) -> None:
    """Row, field and reason; what stood there is for the rejects file alone."""
    rows = [{"row": each.line, "field": each.field, "reason": each.reason} for each in told]
    print_report("table", f"Rejected rows: {rows_rejected:,}. The first bad fields:", rows)
    if rejects is None:
        note("--rejects FILE writes every bad field of every row, with what stands there.")


def _explain(report: ImportReport, rejects: Path | None) -> None:
    for code in report.notes:
        note(_NOTES[code])
    if rejects is not None and report.state != "already_imported":
        note(f"Bad fields are in {rejects}.")
