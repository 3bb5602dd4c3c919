"""Inconvenient times: when, where and by which way persons said that contact does not suit them."""

from __future__ import annotations

from arrears.actions.feeds.definitions.people import (
    FROM_AT,
    JOIN_PERSON,
    OF_PERSON,
    PERSON,
    TOLD_BY,
    UNTIL_AT,
    reject_unknown_persons,
)
from arrears.actions.feeds.kinds import REF, words
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
from arrears.actions.feeds.schema import Feed, Field
from arrears.actions.feeds.several import WALL_MINUTES, mask_of
from arrears.actions.feeds.superseding import Column, Superseding
from arrears.kernel.vocabulary import WEEKDAYS, Channel, PointPlace, StatementForm

_EVERY_DAY, _MIDNIGHT, _END_OF_DAY = "127", "0", "1440"
SAID = Superseding(
    "inconvenience",
    "inconvenient_time_ref",
    (
        Column("person_id", "person.id", ("person_ref",)),
        Column("value_key", "hashed.value_key", ("value",)),
        Column("channel", "s.channel", ("channel",)),
        Column("place", "s.place", ("place",)),
        Column("form", "s.form", ("form",)),
        Column("weekdays", "s.weekdays", ("weekdays",), _EVERY_DAY),
        Column("start_local_minutes", "s.start_local", ("start_local",), _MIDNIGHT),
        Column("end_local_minutes", "s.end_local", ("end_local",), _END_OF_DAY),
        Column("from_at", begins("from_at"), ("from_at",), "old.from_at, %(at)s"),
        Column("until_at", ends("until_at"), ("until_at",)),
        Column("told_by", "s.told_by", ("told_by",), "old.told_by, 'import'"),
    ),
)


def merge(rows: Rows) -> None:
    """A statement binds until the file states its end; that it is left out ends nothing."""
    hash_values(rows)
    SAID.build(rows, (*OF_PERSON, *WITH_KEY), f"{JOIN_PERSON} {join_key(rows)}")
    reject_unknown_persons(rows)
    reject_faulty(rows)
    rows.reject_repeated("r.inconvenient_time_ref")
    SAID.reject_moved(rows, "inconvenient_time_ref", "person_id")
    reject_far(rows, "from_at", "until_at")
    reject_backwards(rows)
    rows.reject(
        "end_local", "is not after start_local", "r.new_end_local_minutes <= r.new_start_local_minutes"
    )
    rows.settle()
    rows.touch_persons("SELECT person_id FROM {rows} WHERE is_news")
    SAID.write(rows)
    SAID.count_left_out(rows)


INCONVENIENT_TIMES = Feed(
    name="inconvenient_times",
    version=1,
    about=(
        "When, where and by which way a person said that contact does not suit him, whoever was told."
        " Hours over midnight are two rows. What he takes back is the same row with its end in `until_at`."
    ),
    fields=(
        Field("inconvenient_time_ref", REF, "The lender's number of the statement.", is_required=True),
        PERSON,
        Field("weekdays", mask_of(WEEKDAYS), "On which days; empty: every day."),
        Field("start_local", WALL_MINUTES, "From what time where he is; empty: the start of the day."),
        Field("end_local", WALL_MINUTES, "Until before what time where he is; empty: the end of the day."),
        Field("channel", words(Channel), "By which channel; empty: by every one."),
        Field("place", words(PointPlace), "At which kind of place; empty: wherever he is."),
        *point_fields(is_required=False),
        FROM_AT,
        UNTIL_AT,
        Field("told_by", words(TOLD_BY), "How it was told; empty is `import`."),
        Field(
            "form",
            words(StatementForm),
            "Whether by word of mouth; empty: not known, it holds as if written.",
        ),
    ),
    key=("inconvenient_time_ref",),
    merge=merge,
    absent="Statements stay in force: only an end in `until_at` takes one back.",
    checks=POINT_CHECKS,
)
