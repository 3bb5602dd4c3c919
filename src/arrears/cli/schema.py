"""`arrears schema`: what the feeds are, what an explanation is, and what other systems may ask."""

from __future__ import annotations

import csv
import sys

import click

from arrears.cli.django import needs_database
from arrears.cli.output import format_option, note, print_json, print_report


@click.group()
def schema() -> None:
    """Show what a lender's files may say, what an explanation says, and what other systems may ask."""


@schema.command(name="list")
@format_option
@needs_database
def list_(*, format_: str) -> None:
    """List the feeds, in the order in which a delivery takes them."""
    from arrears.actions.feeds.registry import FEEDS

    rows = [
        {"feed": each.name, "version": each.version, "key": ", ".join(each.key), "about": each.about}
        for each in FEEDS.values()
    ]
    print_report(format_, "Feeds", rows)


@schema.command()
@click.argument("feed")
@click.option(
    "--format",
    "format_",
    type=click.Choice(["table", "json", "csv"]),
    default="table",
    show_default=True,
    help="csv is an empty file with the right header.",
)
@needs_database
def show(*, feed: str, format_: str) -> None:
    """Show the fields of FEED."""
    from arrears.actions.feeds.documents import fields_of
    from arrears.actions.feeds.registry import get_feed

    found = get_feed(feed)
    if format_ == "csv":
        csv.writer(sys.stdout, lineterminator="\n").writerow([each.name for each in found.fields])
        return
    fields = fields_of(found)
    if format_ == "json":
        print_json(
            {
                "feed": found.name,
                "version": found.version,
                "about": found.about,
                "key": found.key,
                "full": found.absent,
                "fields": fields,
            }
        )
        return
    print_report("table", f"{found.name}, version {found.version}", fields)
    note(f"{found.about} One row for each {', '.join(found.key)}. In a full file: {found.absent}")


@schema.command()
@click.option("--format", "format_", type=click.Choice(["json", "md"]), default="json", show_default=True)
@needs_database
def answers(*, format_: str) -> None:
    """Print the JSON Schema of what `arrears explain --format json` prints, or docs/answers.md."""
    from arrears.actions.telling_shape import page, schema_text

    click.echo(page() if format_ == "md" else schema_text(), nl=format_ == "json")


@schema.command()
@click.option("--format", "format_", type=click.Choice(["json", "md"]), default="json", show_default=True)
@needs_database
def situation(*, format_: str) -> None:
    """Print the JSON Schema of a situation by value, or docs/situations.md."""
    from arrears.actions.situation_shape import page, situation_schema

    if format_ == "json":
        print_json(situation_schema())
    else:
        click.echo(page(), nl=False)


@schema.command()
@needs_database
def docs() -> None:
    """Print docs/feeds.md."""
    from arrears.actions.feeds.documents import page

    click.echo(page(), nl=False)


@schema.command()
@needs_database
def api() -> None:
    """Print docs/openapi.json, the OpenAPI document of the HTTP API."""
    from arrears.api.app import api as described
    from arrears.api.documents import document_text

    click.echo(document_text(described), nl=False)
