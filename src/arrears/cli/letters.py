"""`arrears letters`: letters on paper, from a look at one to what the post says of it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from arrears.cli.django import needs_database
from arrears.cli.output import note

if TYPE_CHECKING:
    from arrears.actions.letters import Shown

_LANGUAGES = ("zh-Hans", "zh-Hant", "en")


@click.group()
def letters() -> None:
    """Look at letters, list the batches of the print house, take in what the post reports."""


@letters.command()
@click.option("--loan", metavar="REF", help="The lender's number of a loan: the letter about it.")
@click.option("--sample", type=click.Choice(_LANGUAGES), help="Instead of a loan: an invented letter.")
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

    from arrears.conf.database import set_up_django

    set_up_django()
    from arrears.actions.letters import sample_letter

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
