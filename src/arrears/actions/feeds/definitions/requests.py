"""Requests: what persons asked for, and what became of it."""

# ruff: noqa: S608 - only constants are put together here; values travel as parameters

from __future__ import annotations

from arrears.actions.feeds.definitions.people import (
    JOIN_LOAN,
    JOIN_PERSON,
    MAYBE_LOAN,
    OF_PERSON,
    PERSON,
    drop_erased,
    reject_unknown_loans,
    reject_unknown_persons,
)
from arrears.actions.feeds.kinds import REF, words
from arrears.actions.feeds.moments import MOMENT, begins, reject_future
from arrears.actions.feeds.rows import Rows
from arrears.actions.feeds.schema import Feed, Field
from arrears.store.models.requests import REQUEST_KINDS

_STEPS = {"extended_at": "extended", "answered_at": "answered", "withdrawn_at": "withdrawn"}
_ON_FILE = "JOIN request AS filed ON filed.id = r.request_id"
_OTHER = (
    "(r.person_id, r.loan_id, r.kind, r.new_received_at) IS DISTINCT FROM"
    " (filed.person_id, filed.loan_id, filed.kind, filed.received_at)"
)


def merge(rows: Rows) -> None:
    """New requests are added, and what has become of one on file is one more step of it."""
    moments = ("received_at", *_STEPS)
    rows.build(
        (
            *("loan.id AS loan_id", *OF_PERSON, "filed.id AS request_id"),
            *(f"{begins(name)} AS new_{name}" for name in moments),
        ),
        f"{JOIN_LOAN} {JOIN_PERSON} LEFT JOIN request AS filed ON filed.lender_id = %(lender)s"
        " AND filed.source_ref = s.request_ref",
    )
    reject_unknown_loans(rows)
    reject_unknown_persons(rows)
    rows.reject_repeated("r.request_ref")
    for name in moments:
        reject_future(rows, name)
    for name in _STEPS:
        rows.reject(name, "lies before received_at", f"r.new_{name} < r.new_received_at")
    rows.reject("request_ref", "is not what it is on file with", _OTHER, _ON_FILE)
    rows.settle()
    drop_erased(rows)
    rows.touch_persons("SELECT person_id FROM {rows}")
    _write(rows)


def _write(rows: Rows) -> None:
    total = rows.value("SELECT count(*) FROM {rows}")
    added = rows.insert(
        "INSERT INTO request (lender_id, source_ref, person_id, loan_id, kind, received_at, import_file_id,"
        " actor_id, recorded_at) SELECT %(lender)s, r.request_ref, r.person_id, r.loan_id, r.kind,"
        " r.new_received_at, %(file)s, %(actor)s, %(at)s"
        " FROM {rows} AS r WHERE {slice} AND r.request_id IS NULL"
    )
    steps = sum(_step(rows, name, state) for name, state in _STEPS.items())
    rows.count("added", added)
    rows.count("steps", steps)
    rows.count("unchanged", total - added)
    rows.analyze("request", "request_step")


def _step(rows: Rows, name: str, state: str) -> int:
    """The step that a file tells of, unless it is on file with this instant."""
    return rows.execute(
        "INSERT INTO request_step (lender_id, request_id, sequence, state, at, actor_id, recorded_at)"
        " SELECT %(lender)s, filed.id,"
        "   (SELECT count(*) FROM request_step AS before WHERE before.request_id = filed.id),"
        f"   '{state}', r.new_{name}, %(actor)s, %(at)s"
        "  FROM {rows} AS r JOIN request AS filed ON filed.lender_id = %(lender)s"
        f"   AND filed.source_ref = r.request_ref WHERE r.new_{name} IS NOT NULL AND NOT EXISTS ("
        f"   SELECT FROM request_step AS step WHERE step.request_id = filed.id AND step.state = '{state}'"
        f"   AND step.at = r.new_{name})"
    )


REQUESTS = Feed(
    name="requests",
    version=1,
    about="What persons asked for: disputes, complaints, corrections; and what became of it.",
    fields=(
        Field("request_ref", REF, "The lender's number of the request.", is_required=True),
        PERSON,
        MAYBE_LOAN,
        Field("kind", words(REQUEST_KINDS), "What was asked for.", is_required=True),
        Field(
            "received_at",
            MOMENT,
            "When it was received; of a frivolous dispute, when it was found so.",
            is_required=True,
        ),
        Field("extended_at", MOMENT, "When the time to answer was extended, as a law allows."),
        Field("answered_at", MOMENT, "When it was answered."),
        Field("withdrawn_at", MOMENT, "When it was taken back."),
    ),
    key=("request_ref",),
    merge=merge,
    absent="Requests stay on file.",
)
