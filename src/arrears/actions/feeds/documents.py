"""The page of all feeds, made from their definitions."""

from __future__ import annotations

from importlib.resources import files

from arrears.actions.feeds.registry import FEEDS
from arrears.actions.feeds.schema import Feed


def fields_of(feed: Feed) -> list[dict[str, object]]:
    """One row for each field: field, required, accepts, about."""
    return [
        {
            "field": each.name,
            "required": each.is_required,
            "accepts": each.kind.accepts,
            "about": each.about,
        }
        for each in feed.fields
    ]


def page() -> str:
    """docs/feeds.md."""
    head = files("arrears.actions.feeds").joinpath("page.txt").read_text(encoding="utf-8")
    return "\n".join([head.rstrip(), "", *(line for feed in FEEDS.values() for line in _section(feed))])


def _section(feed: Feed) -> list[str]:
    rows = [
        f"| `{row['field']}` | {'required' if row['required'] else ''} | {row['accepts']} | {row['about']} |"
        for row in fields_of(feed)
    ]
    key = ", ".join(f"`{name}`" for name in feed.key)
    return [
        f"## `{feed.name}`, version {feed.version}",
        "",
        feed.about,
        "",
        f"One row for each {key}. In a full file: {feed.absent}",
        "",
        "| field | | accepts | about |",
        "|---|---|---|---|",
        *rows,
        "",
    ]
