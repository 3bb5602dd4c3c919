"""Contacts of the past in the tables: attempts, and the loans they were about."""

# ruff: noqa: S608 - only constants are put together here; values travel as parameters

from __future__ import annotations

from arrears.actions.feeds.moments import LENDER_ZONE
from arrears.actions.feeds.rows import NOT_ON_FILE, Rows
from arrears.kernel.vocabulary import RecipientKind
from arrears.store.models.attempts import EVIDENCE_STATES
from arrears.store.models.columns import names

ORIGIN = "imported"
NONE_DISCUSSED = "none"
OTHER = "is on file with other content; send the right one under a number of its own"

FIXED = {
    "person_id": ("person_ref", "r.person_id"),
    "at": ("at", "r.new_at"),
    "channel": ("channel", "r.channel"),
    "direction": ("direction", "r.new_direction"),
    "initiator": ("initiator", "r.new_initiator"),
    "voice": ("voice", "r.voice"),
    "visitors": ("visitors", "r.visitors"),
    "actor_organisation_id": ("actor_ref", "r.new_actor_id"),
    "purpose": ("purpose", "r.new_purpose"),
    "notice": ("notice", "r.notice"),
    "value_key": ("value", "r.value_key"),
}
"""Columns of an attempt that never change: the field that states each, and what it says."""
_OUTCOME = ("network_result", "is_conversation", "message_left")
_HAS_OUTCOME = " OR ".join(f"r.{name} IS NOT NULL" for name in _OUTCOME)
_MORE_OUTCOME = " OR ".join(f"a.{name} IS NULL AND r.{name} IS NOT NULL" for name in _OUTCOME)
_OTHER_OUTCOME = " OR ".join(f"a.{name} <> r.{name}" for name in _OUTCOME)
_EVIDENCE = f"'{{{','.join(EVIDENCE_STATES)}}}'::text[]"
_HIGHER = (
    f"(r.state IS NOT NULL AND a.state <> 'refused_by_provider' AND array_position({_EVIDENCE}, r.state)"
    f" > coalesce(array_position({_EVIDENCE}, a.state), 0))"
)
_ROLES = f"'{{{','.join(names(RecipientKind))}}}'::text[]"
_ON_FILE = "JOIN attempt AS a ON a.id = r.attempt_id"


def _loans(rows: Rows) -> str:
    return f"{rows.table}_loans"


def find_loans(rows: Rows) -> None:
    """A table of the loans of each row, with whether each was spoken of (null: not known).

    A contact that does not say which loans it was about was about all of that person at the time.
    """
    discussed = (
        f"CASE WHEN r.loans_discussed = '{NONE_DISCUSSED}' THEN false"
        " ELSE ref = ANY(string_to_array(r.loans_discussed, ' ')) END"
    )
    rows.execute(
        f"CREATE TEMP TABLE {_loans(rows)} ON COMMIT DROP AS"
        f" SELECT r.line, loan.id AS loan_id, {discussed} AS is_discussed"
        " FROM {rows} AS r CROSS JOIN LATERAL unnest(string_to_array(r.loan_refs, ' ')) AS ref"
        " LEFT JOIN loan ON loan.lender_id = %(lender)s AND loan.source_ref = ref"
        " UNION SELECT r.line, loan.id,"
        f" CASE WHEN r.loans_discussed = '{NONE_DISCUSSED}' THEN false END"
        " FROM {rows} AS r JOIN loan_party AS party ON party.person_id = r.person_id"
        " JOIN loan ON loan.id = party.loan_id AND loan.lender_id = %(lender)s"
        " WHERE r.loan_refs IS NULL AND r.new_purpose = 'collect' AND (loan.closed_on IS NULL"
        f" OR loan.closed_on >= (r.new_at AT TIME ZONE {LENDER_ZONE})::date)"
    )
    rows.execute(f"ANALYZE {_loans(rows)}")


def reject_loans(rows: Rows) -> None:
    missing = f"r.line IN (SELECT line FROM {_loans(rows)} WHERE loan_id IS NULL)"
    rows.reject("loan_refs", f"names a loan that {NOT_ON_FILE}", missing)
    rows.reject(
        "loans_discussed",
        "names a loan that is not among loan_refs",
        f"r.loans_discussed <> '{NONE_DISCUSSED}' AND NOT"
        " coalesce(string_to_array(r.loans_discussed, ' ') <@ string_to_array(r.loan_refs, ' '), false)",
    )


def reject_others(rows: Rows) -> None:
    """What is on file of a contact never changes, but for how far it came and what came of it."""
    stated = [(name, value) for name, (field, value) in FIXED.items() if field in rows.stated]
    differs = " OR ".join(f"a.{name} IS DISTINCT FROM {value}" for name, value in stated)
    kind = "r.recipient_kind <> a.recipient_kind"
    rows.reject("contact_ref", OTHER, f"({differs} OR {kind} OR {_OTHER_OUTCOME})", _ON_FILE)
    rows.reject(
        "loan_refs",
        OTHER,
        "r.attempt_id IS NOT NULL AND r.loan_refs IS NOT NULL AND told.loans IS DISTINCT FROM"
        " (SELECT array_agg(l.loan_id ORDER BY l.loan_id) FROM attempt_loan AS l"
        " WHERE l.attempt_id = r.attempt_id)",
        "JOIN (SELECT line, array_agg(loan_id ORDER BY loan_id) AS loans"
        f" FROM {_loans(rows)} GROUP BY line) AS told ON told.line = r.line",
    )


def add(rows: Rows) -> int:
    """Attempts of the rows that are new, and their loans."""
    fixed = {name: value for name, (_, value) in FIXED.items()}
    roles = (
        f"SELECT l.line, (array_agg(role ORDER BY array_position({_ROLES}, role)))[1] AS role"
        f" FROM {_loans(rows)} AS l JOIN {{rows}} AS r USING (line)"
        " JOIN loan_party AS party ON party.loan_id = l.loan_id AND party.person_id = r.person_id"
        " WHERE r.attempt_id IS NULL GROUP BY l.line"
    )
    added = rows.insert(
        f"INSERT INTO attempt (lender_id, origin, source_ref, recorded_at, {', '.join(fixed)},"
        f" recipient_kind, contact_point_id, try_no, state, state_at, {', '.join(_OUTCOME)},"
        " outcome_recorded_at)"
        f" SELECT %(lender)s, '{ORIGIN}', r.contact_ref, %(at)s, {', '.join(fixed.values())},"
        " coalesce(r.recipient_kind, was.role, 'other_person'), r.point_id, 1, r.new_state, r.new_at,"
        f" {', '.join(f'r.{name}' for name in _OUTCOME)}, CASE WHEN {_HAS_OUTCOME} THEN %(at)s END"
        f" FROM {{rows}} AS r LEFT JOIN ({roles}) AS was ON was.line = r.line"
        " WHERE {slice} AND r.attempt_id IS NULL"
    )
    rows.count("added", added)
    rows.analyze("attempt")
    rows.insert(
        "INSERT INTO attempt_loan (lender_id, attempt_id, loan_id, counts, is_discussed)"
        f" SELECT %(lender)s, a.id, l.loan_id, true, l.is_discussed FROM {_loans(rows)} AS l"
        " JOIN {rows} AS r ON r.line = l.line AND r.attempt_id IS NULL JOIN attempt AS a"
        f" ON a.lender_id = %(lender)s AND a.origin = '{ORIGIN}' AND a.source_ref = r.contact_ref"
        " WHERE {slice}"
    )
    rows.analyze("attempt_loan")
    return added


def find_more(rows: Rows) -> str:
    """A query of the lines of which more is known now than is on file."""
    return (
        f"SELECT r.line FROM {{rows}} AS r {_ON_FILE} WHERE {_HIGHER} OR {_MORE_OUTCOME}"
        f" UNION SELECT l.line FROM {_loans(rows)} AS l JOIN {{rows}} AS r USING (line)"
        f" JOIN attempt_loan AS on_file ON {_TOLD_NOW}"
    )


_TOLD_NOW = (
    "on_file.attempt_id = r.attempt_id AND on_file.loan_id = l.loan_id"
    " AND on_file.is_discussed IS NULL AND l.is_discussed IS NOT NULL"
)


def complete(rows: Rows) -> None:
    """Evidence only moves an attempt upwards; an outcome is filled in where it was not known."""
    outcome = ", ".join(f"{name} = coalesce(a.{name}, r.{name})" for name in _OUTCOME)
    rows.execute(
        f"UPDATE attempt AS a SET {outcome},"
        f" outcome_recorded_at = CASE WHEN {_MORE_OUTCOME} THEN %(at)s ELSE a.outcome_recorded_at END,"
        f" state = CASE WHEN {_HIGHER} THEN r.state ELSE a.state END,"
        f" state_at = CASE WHEN {_HIGHER} THEN %(at)s ELSE a.state_at END"
        f" FROM {{rows}} AS r WHERE a.id = r.attempt_id AND ({_HIGHER} OR {_MORE_OUTCOME})"
    )
    rows.execute(
        "UPDATE attempt_loan AS on_file SET is_discussed = l.is_discussed"
        f" FROM {_loans(rows)} AS l JOIN {{rows}} AS r USING (line) WHERE {_TOLD_NOW}"
    )
