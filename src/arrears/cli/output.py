"""What commands print: reports to stdout, as a table or as JSON; progress and notes to stderr."""

from __future__ import annotations

import csv
import json
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from enum import Enum
from typing import Any, TypeVar

import click

F = TypeVar("F", bound=Callable[..., Any])
Row = Mapping[str, Any]
_PLAIN_SECONDS = 5.0


def format_option(command: F) -> F:
    """Adds `--format table|json` to a command, which receives it as the argument `format_`."""
    option = click.option(
        "--format",
        "format_",
        type=click.Choice(["table", "json"]),
        default="table",
        show_default=True,
        help="How to print the report.",
    )
    return option(command)


def report_format_option(command: F) -> F:
    """Adds `--format table|json|csv` to a report of figures that people carry on with elsewhere."""
    option = click.option(
        "--format",
        "format_",
        type=click.Choice(["table", "json", "csv"]),
        default="table",
        show_default=True,
        help="How to print the report.",
    )
    return option(command)


def known_at_option(command: F) -> F:
    """Adds `--known-at`: the argument `known_at` is an instant, or None for now."""
    option = click.option(
        "--known-at",
        callback=lambda _context, _parameter, text: None if text is None else to_instant(text),
        metavar="INSTANT",
        help="As it was known then, 2026-06-01T09:00+08:00. Default: as it is known now.",
    )
    return option(command)


def to_instant(text: str) -> datetime:
    """An instant as it is typed, with its offset from UTC. Raises click.BadParameter."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise click.BadParameter(f"{text!r} is no instant such as 2026-06-01T09:00+08:00.") from None
    if at.tzinfo is None:
        raise click.BadParameter(f"{text!r} has no offset from UTC; write 2026-06-01T09:00+08:00.")
    return at


def print_csv(rows: Sequence[Row], *, columns: Sequence[str] | None = None) -> None:
    """Print rows as CSV with a header, for spreadsheets: a formula in a name stays text."""
    names = list(columns or (rows[0] if rows else ()))
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(names)
    writer.writerows([_csv_cell(row[name]) for name in names] for row in rows)


def _csv_cell(value: object) -> object:
    if value is None or isinstance(value, bool):
        return _cell(value)
    text = str(value if isinstance(value, int) else _plain(value))
    is_formula = text[:1] in ("=", "+", "@") or (text[:1] == "-" and not isinstance(value, int))
    return f"'{text}" if is_formula else text


def print_report(
    format_: str, title: str, rows: Sequence[Row], *, columns: Sequence[str] | None = None
) -> None:
    """Print rows that share their keys. `columns` orders them, and is needed to show an empty table's head.

    JSON is a list of objects and nothing else; dates are ISO 8601, integers exact, None null.
    """
    if format_ == "json":
        print_json(rows)
        return
    from rich import box
    from rich.table import Table
    from rich.text import Text

    names = list(columns or (rows[0] if rows else ()))
    table = Table(title=title, title_justify="left", box=box.SIMPLE_HEAD)
    for name in names:
        numeric = bool(rows) and all(type(row[name]) in (int, type(None)) for row in rows)
        table.add_column(name.replace("_", " "), justify="right" if numeric else "left", overflow="fold")
    for row in rows:
        table.add_row(*(Text(_cell(row[name])) for name in names))
    _console().print(table if names else title)
    if not rows:
        _console().print("(nothing)")


def print_json(value: object) -> None:
    """Print one JSON document to stdout, for programs."""
    click.echo(json.dumps(value, default=_plain, ensure_ascii=False, indent=2))


def note(text: str) -> None:
    """Say something to the person that is not part of the report."""
    click.echo(text, err=True)


@contextmanager
def progress(what: str, *, total: int | None = None) -> Iterator[Callable[[int], None]]:
    """Show that work goes on; the yielded function is told how many more are done.

    A bar on a terminal; elsewhere a line of text every few seconds.
    """
    if sys.stderr.isatty():
        yield from _bar(what, total)
    else:
        yield _plain_progress(what, total)


def _bar(what: str, total: int | None) -> Iterator[Callable[[int], None]]:
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        ProgressColumn,
        Task,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    class Rate(ProgressColumn):
        def render(self, task: Task) -> str:
            return f"{task.speed or 0:,.0f}/s,"

    columns: list[ProgressColumn] = [
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    ]
    if total is not None:
        columns += [Rate(), TimeRemainingColumn(), TextColumn("left")]
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(what, total=total)
        yield lambda done: bar.advance(task, done)


def _plain_progress(what: str, total: int | None) -> Callable[[int], None]:
    done_so_far = 0
    begun_at = said_at = time.monotonic()

    def advance(done: int) -> None:
        nonlocal done_so_far, said_at
        done_so_far += done
        now = time.monotonic()
        if now - said_at > _PLAIN_SECONDS:
            said_at = now
            rate = done_so_far / (now - begun_at)
            note(f"{what}: {done_so_far:,}" + (_of(total, done_so_far, rate) if total is not None else ""))

    return advance


def _of(total: int, done: int, rate: float) -> str:
    """How far that is, how fast it goes, and how long it will take at that rate."""
    return f" of {total:,}, {rate:,.0f} a second, {(total - done) / rate:,.0f} s left"


def _console() -> Any:
    from rich.console import Console

    # A file or a pipe has no width of its own, and folded rows are hard to search.
    return Console(width=None if sys.stdout.isatty() else 160, highlight=False)


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return f"{value:,}"
    return str(_plain(value))


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        assert value.tzinfo is not None, value
        return value.isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, tuple | set | frozenset):
        return list(value)
    return str(value)
