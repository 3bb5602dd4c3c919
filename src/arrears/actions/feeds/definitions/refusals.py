"""Refusals: persons who are never to be contacted again."""

from __future__ import annotations

from arrears.actions.feeds.definitions.people import (
    FROM_AT,
    JOIN_PERSON,
    OF_PERSON,
    PERSON,
    TOLD_BY,
    reject_unknown_persons,
)
from arrears.actions.feeds.kinds import FLAG, REF, words
from arrears.actions.feeds.moments import begins, reject_far
from arrears.actions.feeds.rows import Rows
from arrears.actions.feeds.schema import Feed, Field
from arrears.actions.feeds.superseding import Column, Superseding

REFUSED = Superseding(
    "refusal",
    "refusal_ref",
    (
        Column("person_id", "person.id", ("person_ref",)),
        Column("from_at", begins("from_at"), ("from_at",), "old.from_at, %(at)s"),
        Column("told_by", "s.told_by", ("told_by",), "old.told_by, 'import'"),
        Column("is_mistake", "s.is_mistake", ("is_mistake",), "false"),
    ),
)


def merge(rows: Rows) -> None:
    """A refusal is for good, whatever later files leave out."""
    REFUSED.build(rows, OF_PERSON, JOIN_PERSON)
    reject_unknown_persons(rows)
    rows.reject_repeated("r.refusal_ref")
    REFUSED.reject_moved(rows, "refusal_ref", "person_id")
    reject_far(rows, "from_at")
    rows.settle()
    rows.touch_persons("SELECT person_id FROM {rows} WHERE is_news")
    REFUSED.write(rows)
    REFUSED.count_left_out(rows)


REFUSALS = Feed(
    name="refusals",
    version=1,
    about="Persons who refuse all contact, for good: across loans, agencies and years.",
    fields=(
        Field("refusal_ref", REF, "The lender's number of the refusal.", is_required=True),
        PERSON,
        FROM_AT,
        Field("told_by", words(TOLD_BY), "How he said so; empty is `import`."),
        Field("is_mistake", FLAG, "It was recorded by mistake, and he never refused; empty is `no`."),
    ),
    key=("refusal_ref",),
    merge=merge,
    absent="Refusals stay for good.",
)
