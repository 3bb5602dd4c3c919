"""Organisations that work with the lender: funders, servicers, agencies, bureaus."""

# ruff: noqa: S608 - only constants are put together here; values travel as parameters

from __future__ import annotations

from arrears.actions.feeds.kinds import PLACE, REF, line, words
from arrears.actions.feeds.rows import Rows
from arrears.actions.feeds.schema import Feed, Field
from arrears.store.models.organisations import ORGANISATION_KINDS

_KINDS = tuple(kind for kind in ORGANISATION_KINDS if kind != "lender")
_SAID = ("kind", "name", "country", "ask_through")
_DIFFERS = " OR ".join(f"r.{name} IS DISTINCT FROM o.{name}" for name in _SAID)


def merge(rows: Rows) -> None:
    """Organisations are known by the lender's code of them; their names may change."""
    rows.build(
        ("o.id AS organisation_id",),
        "LEFT JOIN organisation AS o ON o.lender_id = %(lender)s AND o.source_ref = s.organisation_ref",
    )
    rows.reject_repeated("r.organisation_ref")
    rows.settle()
    known = rows.value("SELECT count(organisation_id) FROM {rows}")
    changed = rows.execute(
        f"UPDATE organisation AS o SET {', '.join(f'{name} = r.{name}' for name in _SAID)} FROM {{rows}} AS r"
        f" WHERE o.id = r.organisation_id AND ({_DIFFERS})"
    )
    added = rows.execute(
        f"INSERT INTO organisation (lender_id, source_ref, {', '.join(_SAID)}, recorded_at)"
        f" SELECT %(lender)s, organisation_ref, {', '.join(_SAID)}, %(at)s FROM {{rows}}"
        " WHERE organisation_id IS NULL"
    )
    rows.count("added", added)
    rows.count("changed", changed)
    rows.count("unchanged", known - changed)


ORGANISATIONS = Feed(
    name="organisations",
    version=1,
    about="Organisations that work with the lender: who funds its loans, acts for it, or is reported to.",
    fields=(
        Field("organisation_ref", REF, "The lender's code of it.", is_required=True),
        Field("kind", words(_KINDS), "What it is to the lender.", is_required=True),
        Field("name", line(), "Its name.", is_required=True),
        Field("country", PLACE, "Where it is."),
        Field("ask_through", line(), "How borrowers reach it: a number, an address or a page."),
    ),
    key=("organisation_ref",),
    merge=merge,
    absent="Organisations stay on file.",
)
