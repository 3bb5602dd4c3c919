"""Preferences: what a person, or whoever holds an address, has switched off."""

from __future__ import annotations

import polars as pl

from arrears.actions.feeds.definitions.people import (
    FROM_AT,
    JOIN_PERSON,
    OF_PERSON,
    TOLD_BY,
    UNTIL_AT,
    reject_unknown_persons,
    touch_holders,
)
from arrears.actions.feeds.kinds import PERSON_REF, REF, words
from arrears.actions.feeds.moments import begins, ends, reject_backwards, reject_far
from arrears.actions.feeds.points import (
    POINT_CHECKS,
    WITH_KEY,
    hash_values,
    join_key,
    point_fields,
    reject_faulty,
)
from arrears.actions.feeds.rows import Rows
from arrears.actions.feeds.schema import Check, Feed, Field
from arrears.actions.feeds.superseding import Column, Superseding
from arrears.kernel.vocabulary import CONTACT_PURPOSES, Channel

SWITCHED_OFF = Superseding(
    "preference",
    "preference_ref",
    (
        Column("person_id", "person.id", ("person_ref",)),
        Column("value_key", "hashed.value_key", ("value",)),
        Column("channel", "s.channel", ("channel",)),
        Column("topic", "s.topic", ("topic",)),
        Column("from_at", begins("from_at"), ("from_at",), "old.from_at, %(at)s"),
        Column("until_at", ends("until_at"), ("until_at",)),
        Column("told_by", "s.told_by", ("told_by",), "old.told_by, 'import'"),
    ),
)


def merge(rows: Rows) -> None:
    """An opt-out holds until the file states its end; that it is left out ends nothing."""
    hash_values(rows)
    SWITCHED_OFF.build(rows, (*OF_PERSON, *WITH_KEY), f"{JOIN_PERSON} {join_key(rows)}")
    reject_unknown_persons(rows)
    reject_faulty(rows)
    rows.reject_repeated("r.preference_ref")
    SWITCHED_OFF.reject_moved(rows, "preference_ref", "person_id", "value_key")
    reject_far(rows, "from_at", "until_at")
    reject_backwards(rows)
    rows.settle()
    rows.touch_persons("SELECT person_id FROM {rows} WHERE is_news")
    touch_holders(rows, "SELECT value_key FROM {rows} WHERE is_news")
    SWITCHED_OFF.write(rows)
    SWITCHED_OFF.count_left_out(rows)


PREFERENCES = Feed(
    name="preferences",
    version=1,
    about="Opt-outs: what a person has switched off, or whoever holds an address; one of the two.",
    fields=(
        Field("preference_ref", REF, "The lender's number of the opt-out.", is_required=True),
        Field("person_ref", PERSON_REF, "The person on file who switched it off."),
        *point_fields(is_required=False),
        Field("channel", words(Channel), "What is switched off; empty: every channel."),
        Field("topic", words(CONTACT_PURPOSES), "For which purpose; empty: for every one."),
        FROM_AT,
        UNTIL_AT,
        Field("told_by", words(TOLD_BY), "How it was told; empty is `import`."),
    ),
    key=("preference_ref",),
    merge=merge,
    absent="Opt-outs stay in force: only an end in `until_at` switches anything on again.",
    checks=(
        *POINT_CHECKS,
        Check(
            "preference_ref",
            "must be of a person or of an address, and of one of them",
            pl.col("person_ref").is_null() == pl.col("value").is_null(),
        ),
    ),
)
