"""Contacts: whom the lender, or others for it, contacted before, and who contacted the lender."""

# ruff: noqa: S608 - only constants are put together here; values travel as parameters

from __future__ import annotations

import polars as pl

from arrears.actions.feeds import contacted
from arrears.actions.feeds.definitions.people import (
    JOIN_PERSON,
    OF_PERSON,
    PERSON,
    reject_unknown_persons,
    touch_holders,
)
from arrears.actions.feeds.definitions.places import ZONE
from arrears.actions.feeds.kinds import FLAG, REF, whole, words
from arrears.actions.feeds.moments import LENDER_ZONE, TIME, begins, reject_future
from arrears.actions.feeds.points import (
    POINT_CHECKS,
    WITH_KEY,
    hash_values,
    join_key,
    point_fields,
    reject_faulty,
)
from arrears.actions.feeds.rows import NOT_ON_FILE, Rows
from arrears.actions.feeds.schema import Check, Feed, Field
from arrears.actions.feeds.several import REFS
from arrears.kernel.vocabulary import (
    CONTACT_PURPOSES,
    POINT_KINDS_OF,
    Channel,
    Direction,
    NetworkResult,
    NoticeKind,
    RecipientKind,
    Voice,
    name_of,
)
from arrears.store.models.attempts import EVIDENCE_STATES, INITIATORS, MESSAGES_LEFT
from arrears.store.values import FAMILY

STATES = (*EVIDENCE_STATES, "refused_by_provider", "unsure")
_REACHES = {
    name_of(channel): {FAMILY[name_of(kind)] for kind in kinds} for channel, kinds in POINT_KINDS_OF.items()
}
_INITIATOR = "coalesce(s.initiator, CASE s.direction WHEN 'in' THEN 'person' ELSE 'lender' END)"


def merge(rows: Rows) -> None:
    """New contacts are added; of one on file only its state and outcome may become better known."""
    hash_values(rows)
    _build(rows)
    _reject(rows)
    rows.settle()
    total = rows.value("SELECT count(*) FROM {rows}")
    more = contacted.find_more(rows)
    changed = rows.value(f"SELECT count(*) FROM ({more}) AS more")
    news = f"FROM {{rows}} AS r WHERE attempt_id IS NULL OR line IN ({more})"
    rows.touch_persons(f"SELECT person_id {news}")
    touch_holders(rows, f"SELECT value_key {news}")
    contacted.complete(rows)
    added = contacted.add(rows)
    rows.count("changed", changed)
    rows.count("unchanged", total - added - changed)


def _build(rows: Rows) -> None:
    zone = f"coalesce(known.name, {LENDER_ZONE})" if "zone" in rows.stated else LENDER_ZONE
    zones = "LEFT JOIN pg_timezone_names AS known ON known.name = s.zone" if "zone" in rows.stated else ""
    rows.build(
        (
            *(*OF_PERSON, *WITH_KEY, "attempt.id AS attempt_id", "point.id AS point_id"),
            *(f"{begins('at', zone=zone)} AS new_at", f"{zone} AS at_zone"),
            "coalesce(s.direction, 'out') AS new_direction",
            f"{_INITIATOR} AS new_initiator",
            "coalesce(s.purpose, 'collect') AS new_purpose",
            "coalesce(s.state, CASE s.direction WHEN 'in' THEN 'delivered' ELSE 'accepted' END) AS new_state",
            "CASE WHEN s.actor_ref IS NULL THEN %(lender)s ELSE organisation.id END AS new_actor_id",
        ),
        f"{JOIN_PERSON} {join_key(rows)} {zones}"
        " LEFT JOIN organisation ON organisation.lender_id = %(lender)s"
        " AND organisation.source_ref = s.actor_ref"
        " LEFT JOIN contact_point AS point ON point.person_id = person.id AND point.kind = s.kind"
        " AND point.value_key = hashed.value_key"
        f" LEFT JOIN attempt ON attempt.lender_id = %(lender)s AND attempt.origin = '{contacted.ORIGIN}'"
        " AND attempt.source_ref = s.contact_ref",
    )
    contacted.find_loans(rows)


def _reject(rows: Rows) -> None:
    reject_unknown_persons(rows)
    reject_faulty(rows)
    rows.reject("actor_ref", NOT_ON_FILE, "r.new_actor_id IS NULL")
    rows.reject_repeated("r.contact_ref")
    rows.reject("zone", "is not known to this database", "r.zone IS NOT NULL AND r.at_zone <> r.zone")
    skipped = "right(r.at, 1) <> 'Z' AND (r.new_at AT TIME ZONE r.at_zone) <> r.at::timestamp"
    rows.reject("at", "is a time that the clocks there skipped", skipped)
    reject_future(rows, "at")
    contacted.reject_loans(rows)
    contacted.reject_others(rows)


def _no_address_of(channel: str, families: set[str]) -> Check:
    kinds = [kind for kind, family in FAMILY.items() if family in families]
    is_bad = (pl.col("channel") == channel) & ~pl.col("kind").is_in(kinds)
    return Check("kind", f"is no address of the channel {channel}", is_bad)


def _only_of(field: str, channel: str) -> Check:
    is_bad = pl.col(field).is_not_null() & (pl.col("channel") != channel)
    return Check(field, f"is stated, and the channel is not {channel}", is_bad)


CONTACTS = Feed(
    name="contacts",
    version=1,
    about=(
        "Contacts that were made or tried, in either direction, so that every limit counts them."
        " Calls are made only once a delivery declares from when on all contacts are known."
    ),
    fields=(
        Field("contact_ref", REF, "The lender's number of the contact.", is_required=True),
        PERSON,
        Field("at", TIME, "When it was; a time without offset is of `zone`.", is_required=True),
        Field("zone", ZONE, "The time zone of `at`; empty: the lender's."),
        Field("channel", words(Channel), "How.", is_required=True),
        Field("direction", words(Direction), "From the lender's side; empty is `out`."),
        Field("initiator", words(INITIATORS), "Who began; empty: the lender if out, the person if in."),
        Field("voice", words(Voice), "Who or what spoke in a call; empty: not known."),
        Field("visitors", whole(1, 100), "How many persons made a visit; empty: not known."),
        Field("recipient_kind", words(RecipientKind), "What he was to the debt; empty: as the loans say."),
        Field("actor_ref", REF, "The organisation on file that made it; empty: the lender."),
        Field("purpose", words(CONTACT_PURPOSES), "What for; empty is `collect`."),
        Field("notice", words(NoticeKind), "The notice it carried."),
        *point_fields(is_required=False),
        Field("network_result", words(NetworkResult), "What the telephone network said; empty: not known."),
        Field("is_conversation", FLAG, "They spoke; empty: not known, and then a call counts as spoken."),
        Field("message_left", words(MESSAGES_LEFT), "What was left behind; empty: not known."),
        Field("state", words(STATES), "How far it came; empty: `accepted`, or `delivered` if in."),
        Field("loan_refs", REFS, "The loans it was about; empty: all open ones of his, when to collect."),
        Field(
            "loans_discussed",
            REFS,
            f"Those of them spoken of, or `{contacted.NONE_DISCUSSED}`; empty: all, if they spoke.",
        ),
    ),
    key=("contact_ref",),
    merge=merge,
    absent="Contacts stay on file.",
    checks=(
        *POINT_CHECKS,
        *(_no_address_of(channel, families) for channel, families in _REACHES.items()),
        Check(
            "network_result",
            "is stated, and the channel is not call",
            (pl.col("channel") != "call") & (pl.col("network_result") != "none"),
        ),
        _only_of("voice", "call"),
        _only_of("visitors", "visit"),
        Check(
            "voice",
            "is ringless, and the call was answered",
            (pl.col("voice") == "ringless")
            & ((pl.col("network_result") == "answered") | pl.col("is_conversation")),
        ),
    ),
)
