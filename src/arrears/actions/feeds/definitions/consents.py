"""Consents: what a person agreed to, to whom and until when."""

from __future__ import annotations

import polars as pl

from arrears.actions.feeds.definitions.people import (
    JOIN_LOAN,
    JOIN_PERSON,
    MAYBE_LOAN,
    OF_PERSON,
    PERSON,
    reject_unknown_loans,
    reject_unknown_persons,
)
from arrears.actions.feeds.kinds import FLAG, REF, line, words
from arrears.actions.feeds.moments import (
    DAY_IS_WHOLE,
    MOMENT,
    begins,
    ends,
    reject_backwards,
    reject_far,
    reject_future,
)
from arrears.actions.feeds.rows import NOT_ON_FILE, Rows
from arrears.actions.feeds.schema import Check, Feed, Field
from arrears.actions.feeds.several import WALL_MINUTES, mask_of
from arrears.actions.feeds.superseding import Column, Superseding
from arrears.kernel.vocabulary import WEEKDAYS, Channel, Purpose
from arrears.store.models.consents import CONSENT_FORMS, CONSENT_KINDS

_HOURS = "agreed_hours"
_OF_HOURS = ("weekdays", "start_local", "end_local")
GIVEN = Superseding(
    "consent",
    "consent_ref",
    (
        Column("person_id", "person.id", ("person_ref",)),
        Column("given_to_id", "organisation.id", ("given_to",), "%(lender)s"),
        Column("kind", "s.kind", ("kind",)),
        Column("form", "s.form", ("form",)),
        Column("channel", "s.channel", ("channel",)),
        Column("purpose", "s.purpose", ("purpose",)),
        Column("loan_id", "loan.id", ("loan_ref",)),
        Column("weekdays", "s.weekdays", ("weekdays",)),
        Column("start_local_minutes", "s.start_local", ("start_local",)),
        Column("end_local_minutes", "s.end_local", ("end_local",)),
        Column("given_at", begins("given_at"), ("given_at",)),
        Column("from_at", begins("from_at"), ("from_at",), begins("given_at")),
        Column("until_at", ends("until_at"), ("until_at",)),
        Column("contact_complied", "s.contact_complied", ("contact_complied",)),
        Column("evidence_ref", "s.evidence_ref", ("evidence_ref",)),
    ),
)


def merge(rows: Rows) -> None:
    """A consent that is told otherwise, a withdrawn one too, supersedes itself."""
    GIVEN.build(
        rows,
        (*OF_PERSON, "loan.id AS loan_id", "organisation.id AS organisation_id"),
        f"{JOIN_PERSON} {JOIN_LOAN} LEFT JOIN organisation ON organisation.lender_id = %(lender)s"
        " AND organisation.source_ref = s.given_to",
    )
    reject_unknown_persons(rows)
    reject_unknown_loans(rows)
    rows.reject("given_to", NOT_ON_FILE, "r.given_to IS NOT NULL AND r.organisation_id IS NULL")
    rows.reject_repeated("r.consent_ref")
    GIVEN.reject_moved(rows, "consent_ref", "person_id", "kind")
    reject_future(rows, "given_at")
    reject_far(rows, "from_at", "until_at")
    reject_backwards(rows)
    rows.settle()
    rows.touch_persons("SELECT person_id FROM {rows} WHERE is_news AND old_id IS NOT NULL")
    GIVEN.write(rows)
    GIVEN.count_left_out(rows)


def _check_hours() -> tuple[Check, ...]:
    """The database takes agreed hours only with days and times, and nothing else has them."""
    is_hours = pl.col("kind") == _HOURS
    needed = [
        Check(name, f"is empty, and the kind is {_HOURS}", is_hours & pl.col(name).is_null())
        for name in _OF_HOURS
    ]
    senseless = [
        Check(name, f"is stated, and the kind is not {_HOURS}", ~is_hours & pl.col(name).is_not_null())
        for name in _OF_HOURS
    ]
    is_backwards = pl.col("end_local") <= pl.col("start_local")
    return (*needed, *senseless, Check("end_local", "is not after start_local", is_backwards))


CONSENTS = Feed(
    name="consents",
    version=1,
    about="What persons agreed to. A withdrawn consent is the same one with its end in `until_at`.",
    fields=(
        Field("consent_ref", REF, "The lender's number of the consent.", is_required=True),
        PERSON,
        Field("kind", words(CONSENT_KINDS), "What it permits.", is_required=True),
        Field("form", words(CONSENT_FORMS), "How it was given.", is_required=True),
        Field("given_to", REF, "The organisation on file it was given to; empty: the lender."),
        Field("channel", words(Channel), "The channel it is limited to; empty: every one."),
        Field("purpose", words(Purpose), "The purpose it is limited to; empty: every one."),
        MAYBE_LOAN,
        Field("weekdays", mask_of(WEEKDAYS), f"On which days; for `{_HOURS}`, and only for it."),
        Field("start_local", WALL_MINUTES, f"From what time where he is; for `{_HOURS}`."),
        Field("end_local", WALL_MINUTES, f"Until before what time where he is; for `{_HOURS}`."),
        Field("given_at", MOMENT, "When he gave it.", is_required=True),
        Field("from_at", MOMENT, "From when it holds; empty: from when it was given."),
        Field("until_at", MOMENT, f"Until when it holds; empty: no end. {DAY_IS_WHOLE}"),
        Field("contact_complied", FLAG, "The contact it was given in broke no rule; `no` voids hours."),
        Field("evidence_ref", line(), "Where the proof of it is kept."),
    ),
    key=("consent_ref",),
    merge=merge,
    absent="Consents stay as they are.",
    checks=_check_hours(),
)
