"""`arrears import feed` and `arrears import folder`: a lender's books come in."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from arrears.cli.actor import by_option
from arrears.cli.django import needs_database
from arrears.cli.imports import STATES, import_, print_rejects, showing
from arrears.cli.output import format_option, note, print_json, print_report
from arrears.kernel.errors import BadInput

if TYPE_CHECKING:
    from arrears.actions.feeds.reports import DeliveryReport, FileReport

__all__ = ["import_"]

F = TypeVar("F", bound=Callable[..., Any])
_NOTES = {
    "no_last_line_end": "The last line has no line end. If the file was cut off, import it again whole.",
    "full_file_not_whole": "A full file takes away what it leaves out, so every row of it must be good.",
    "books_not_complete": "Rows were rejected without which somebody could be asked for money who owes none,"
    " or contacted who may not be: the books are not declared complete.",
    "contacts_not_known": "Past contacts were rejected, so they are not declared known: calls stay closed.",
}


def _options(command: F) -> F:
    """The options that both commands have."""
    for option in (
        click.option("--lender", help="Number or name; not needed while there is only one."),
        click.option("--strict", is_flag=True, help="One bad row refuses everything."),
        click.option("--dry-run", is_flag=True, help="Say what would change, and store nothing."),
        click.option("--accept-removals", is_flag=True, help="A full file may take away more than a little."),
        click.option(
            "--complete-through", type=click.DateTime(["%Y-%m-%d"]), help="All payments are in the books."
        ),
        click.option(
            "--contacts-known-from",
            type=click.DateTime(["%Y-%m-%d"]),
            help="All contacts made since are on file.",
        ),
        click.option(
            "--house-only",
            multiple=True,
            metavar="COUNTRY",
            help="No rule pack, and house rules are enough.",
        ),
        format_option,
        by_option,
    ):
        command = option(command)
    return command


@import_.command()
@click.argument("feed")
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--mapping", help="A shipped mapping's name, or a TOML file; else the header has the feed's names."
)
@click.option("--full", is_flag=True, help="What the file leaves out is no longer so.")
@click.option("--rejects", type=click.Path(path_type=Path), help="Write every bad field to this CSV file.")
@_options
@needs_database
def feed(
    *,
    feed: str,
    file: Path,
    mapping: str | None,
    full: bool,
    rejects: Path | None,
    lender: str | None,
    complete_through: datetime | None,
    contacts_known_from: datetime | None,
    format_: str,
    actor: str,
    **chosen: Any,
) -> None:
    """Import FILE (CSV or Parquet) of FEED: see `arrears schema list`."""
    from arrears.actions.feeds.importing import import_feed

    _run(
        lambda options, at: import_feed(
            feed=feed,
            file=file,
            mapping=mapping,
            lender=lender,
            is_full=full,
            complete_through_on=_day(complete_through),
            contacts_known_from_on=_day(contacts_known_from),
            rejects_to=rejects,
            options=options,
            actor=actor,
            at=at,
        ),
        chosen,
        format_,
        rejects,
    )


@import_.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option(
    "--rejects", type=click.Path(path_type=Path), help="Write bad fields into this folder, one CSV per file."
)
@_options
@needs_database
def folder(
    *,
    folder: Path,
    rejects: Path | None,
    lender: str | None,
    complete_through: datetime | None,
    contacts_known_from: datetime | None,
    format_: str,
    actor: str,
    **chosen: Any,
) -> None:
    """Import the files that FOLDER/manifest.toml names: all of them, or none."""
    from arrears.actions.feeds.importing import import_folder

    _run(
        lambda options, at: import_folder(
            folder=folder,
            lender=lender,
            complete_through_on=_day(complete_through),
            contacts_known_from_on=_day(contacts_known_from),
            rejects_in=rejects,
            options=options,
            actor=actor,
            at=at,
        ),
        chosen,
        format_,
        rejects,
    )


def _day(on: datetime | None) -> date | None:
    return on.date() if on is not None else None


def _run(
    deliver: Callable[[Any, datetime], DeliveryReport],
    chosen: Mapping[str, Any],
    format_: str,
    rejects: Path | None,
) -> None:
    from arrears.actions.feeds.deliveries import Options
    from arrears.actions.imports import countries_of
    from arrears.store.clock import now

    started_at = time.monotonic()
    with showing() as advance:
        options = Options(
            strict=chosen["strict"],
            dry_run=chosen["dry_run"],
            accept_removals=chosen["accept_removals"],
            house_only=countries_of(chosen["house_only"]),
            advance=advance,
        )
        report = deliver(options, now())
    _print(report, format_, time.monotonic() - started_at, rejects)
    if report.state == "refused":
        raise BadInput(
            "import.refused",
            f"Nothing was stored: {report.rows_rejected:,} of {report.rows_read:,} rows are bad.",
            hint="Correct them, and import everything again.",
        )


def _print(report: DeliveryReport, format_: str, seconds: float, rejects: Path | None) -> None:
    figures = {
        "state": report.state,
        "payments_complete_through_on": report.complete_through_on,
        "contacts_known_from_on": report.contacts_known_from_on,
        "seconds": round(seconds, 1),
    }
    if format_ == "json":
        print_json({**figures, "notes": report.notes, "files": [_as_json(each) for each in report.files]})
        return
    print_report("table", "Import", [_as_row(each) for each in report.files])
    note(STATES[report.state])
    for each in report.files:
        if each.rejects:
            print_rejects(each.rejects, each.rows_rejected, rejects)
    for code in dict.fromkeys([*(code for each in report.files for code in each.notes), *report.notes]):
        note(_NOTES[code])
    if report.complete_through_on is not None and report.state == "stored":
        note(f"Payments are in the books through {report.complete_through_on}.")


def _as_row(report: FileReport) -> dict[str, object]:
    changes = {name: number for name, number in report.counts.items() if number}
    return {
        "feed": report.feed,
        "file": report.file,
        "mode": report.mode,
        "rows": report.rows_read,
        "rejected": report.rows_rejected,
        "changes": ", ".join(f"{number:,} {name.replace('_', ' ')}" for name, number in changes.items()),
    }


def _as_json(report: FileReport) -> dict[str, object]:
    return {
        "feed": report.feed,
        "file": report.file,
        "mode": report.mode,
        "state": report.state,
        "rows_read": report.rows_read,
        "rows_accepted": report.rows_accepted,
        "rows_rejected": report.rows_rejected,
        **report.counts,
        "rejected_fields": dict(sorted(report.rejected_fields.items())),
        "rejects": [
            {"row": each.line, "field": each.field, "reason": each.reason} for each in report.rejects
        ],
        "imported_at": report.imported_at,
        "notes": report.notes,
    }
