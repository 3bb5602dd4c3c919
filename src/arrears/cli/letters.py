"""`arrears letters`: letters on paper, from a look at one to what the post says of it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from arrears.cli.actor import by_option
from arrears.cli.django import needs_database
from arrears.cli.letters_approval import approvals, approve, revoke
from arrears.cli.options import LANGUAGE
from arrears.cli.output import format_option, note, print_report

if TYPE_CHECKING:
    from arrears.channels.letter.samples import Shown


@click.group()
def letters() -> None:
    """Look at letters, approve a lawyer's, list the print house's batches, take in what the post reports."""


for _command in (approve, revoke, approvals):
    letters.add_command(_command)


@letters.command()
@click.option("--loan", metavar="REF", help="The lender's number of a loan: the letter about it.")
@click.option("--sample", type=LANGUAGE, help="Instead of a loan: an invented letter.")
@click.option("--notice", default="overdue_notice", show_default=True, help="What the letter says.")
@click.option("--window", help="The envelope: din_5008_b, iso_dl, uk_dl or us_10.  [default: as usual there]")
@click.option("--lender", help="Number or name; needed where two lenders share a number.")
@click.option(
    "--output",
    "-o",
    required=True,
    type=click.Path(path_type=Path, dir_okay=False),
    help="The file to write: .pdf, or .png for a picture of each page.",
)
def preview(
    *,
    loan: str | None,
    sample: str | None,
    notice: str,
    window: str | None,
    lender: str | None,
    output: Path,
) -> None:
    """Write a letter to look at. Nobody is sent it, and every page says so.

    With --loan it is what the borrower would be written now; whether the law would let it out is not
    asked (arrears explain tells). --sample needs no database.
    """
    if (loan is None) == (sample is None):
        raise click.UsageError("Give one of --loan and --sample.")
    if output.suffix not in (".pdf", ".png"):
        raise click.BadParameter("The file's name ends with .pdf or .png.", param_hint="--output")
    shown = _sample(sample, window) if sample else _about(loan or "", notice, lender, window)
    for path in _write(shown, output):
        note(f"Written: {path}")


def _sample(language: str, window: str | None) -> Shown:
    from datetime import datetime

    from arrears.channels.letter.samples import sample_letter

    return sample_letter(language, on=datetime.now().astimezone().date(), window=window)


@needs_database
def _about(loan: str, notice: str, lender: str | None, window: str | None) -> Shown:
    from arrears.actions.lenders import get_lender
    from arrears.actions.letters import letter_about
    from arrears.store.clock import now

    owner = None if lender is None else get_lender(lender).id
    return letter_about(loan_ref=loan, notice=notice, lender=owner, window=window, at=now())


def _write(shown: Shown, output: Path) -> list[Path]:
    if output.suffix == ".pdf":
        output.write_bytes(shown.pdf())
        return [output]
    pictures = shown.pictures()
    paths = [output.with_stem(f"{output.stem}-{page}") for page in range(1, len(pictures) + 1)]
    for path, picture in zip(paths, pictures, strict=True):
        path.write_bytes(picture)
    return paths


@letters.command()
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@by_option
@format_option
@needs_database
def events(file: Path, actor: str, format_: str) -> None:
    """Take in what the print house and the post report of letters.

    FILE is CSV with the columns attempt, event, at and reason; events are posted, delivered,
    undeliverable, returned and destroyed. All rows are taken in, or none. An address that letters
    come back from is used no more.
    """
    from arrears.actions.letter_events import take_in_events
    from arrears.store.clock import now

    settled = take_in_events(file.read_bytes(), file=file.name, actor=actor, at=now())
    rows = [{"result": state, "rows": number} for state, number in sorted(settled.items())]
    print_report(format_, "Reported of letters", rows, columns=("result", "rows"))


@letters.group()
def batch() -> None:
    """The batches of the print house."""


@batch.command(name="list")
@format_option
@needs_database
def list_(format_: str) -> None:
    """List every batch that was handed over, the oldest first, and whether it is still in the folder."""
    from arrears.channels.letter.house import PrintHouse
    from arrears.channels.letter.route import read_print_route
    from arrears.conf.servers import servers_set
    from arrears.store.identity import is_live

    route = read_print_route(servers_set().print_url, is_simulation=not is_live())
    rows = [
        {
            "batch": name,
            "letters": len(printed),
            "pages": sum(each.pages for each in printed),
            "registered": sum(each.service == "registered" for each in printed),
            "in_folder": is_here,
        }
        for name, (printed, is_here) in PrintHouse(route.folder).batches().items()
    ]
    print_report(format_, "Batches", rows, columns=("batch", "letters", "pages", "registered", "in_folder"))
