"""The tables of `Facts` as SQL: joins and what was known when, and no opinion about law.

Every query gives the columns of its table in `kernel.facts.TABLES` in their order, sorted by
its key. The shared parts come first: which loans, persons, contact points, values and contacts
the bundle is about. Parameters: `lender` (id), `loans` and `persons` (bigint[]), `known`
(timestamptz).
"""

# ruff: noqa: S608 - only constants are put together here; values travel as parameters

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import IntEnum

from arrears.kernel import vocabulary as v
from arrears.kernel.days import MINUTE
from arrears.kernel.facts import TABLES, UNKNOWN_MINOR
from arrears.kernel.planning.strategy import Track
from arrears.store.models.attempts import EVIDENCE_STATES
from arrears.store.models.columns import names

_UNKNOWN = f"{UNKNOWN_MINOR + 1} - 1"  # the smallest bigint cannot be written as a literal


def code(column: str, kind: type[IntEnum] | Iterable[str]) -> str:
    """The code of a word, -1 (any, none) where there is no word.

    A word's code is its place in the vocabulary, which `names` gives in that order.
    """
    words = names(kind) if isinstance(kind, type) else tuple(kind)
    if isinstance(kind, type):
        assert [member.value for member in kind] == list(range(len(words))), kind
    return f"coalesce(array_position('{{{','.join(words)}}}'::text[], {column}), 0) - 1"


def _or(column: str, sentinel: str) -> str:
    return f"coalesce({column}, '{sentinel}')"


def _holds(alias: str, table: str = "") -> str:
    """The row is known, and no row that replaces it is."""
    return (
        f"{alias}.recorded_at <= %(known)s AND NOT EXISTS (SELECT FROM {table or alias} AS newer"
        f" WHERE newer.supersedes_id = {alias}.id AND newer.recorded_at <= %(known)s)"
    )


def _stands(table: str) -> str:
    """No reversal of the row is known."""
    return (
        f"NOT EXISTS (SELECT FROM reversal WHERE reversal.{table}_id = {table}.id"
        " AND reversal.recorded_at <= %(known)s)"
    )


# Rows of one loan and day stand in the order of the lender's numbers, whenever they arrived.
_ORDINAL = 'PARTITION BY loan_id, value_on ORDER BY source_ref COLLATE "C"'


def _versions(table: str, columns: str, where: str) -> str:
    """The version of each row that was the known one: as it stands now, or as it stood."""
    return (
        f"SELECT {columns} FROM {table} WHERE {where} AND recorded_at <= %(known)s"
        f" UNION ALL SELECT {columns} FROM {table}_past"
        f" WHERE {where} AND recorded_at <= %(known)s AND superseded_at > %(known)s"
    )


@dataclass(frozen=True, slots=True)
class Extent:
    """How far a bundle reaches: conditions on the loans, on rows of loans and on rows of persons."""

    loans: str
    persons: str  # a query
    of_loans: str = "loan_id IN (SELECT id FROM loans)"
    of_persons: str = "person_id IN (SELECT id FROM persons)"


_PARTIES = "SELECT person_id AS id FROM parties UNION SELECT unnest(%(persons)s::bigint[])"
EXTENTS: Mapping[str, Extent] = {
    "lender": Extent(
        loans="lender_id = %(lender)s",
        persons="SELECT id FROM person WHERE lender_id = %(lender)s AND recorded_at <= %(known)s",
        of_loans="lender_id = %(lender)s",
        of_persons="lender_id = %(lender)s",
    ),
    "loans": Extent(loans="lender_id = %(lender)s AND id = ANY(%(loans)s)", persons=_PARTIES),
    "persons": Extent(
        loans="lender_id = %(lender)s"
        " AND id IN (SELECT loan_id FROM loan_party WHERE person_id = ANY(%(persons)s))",
        persons=_PARTIES,
    ),
}
"""Everything of the lender's; the loans named and their parties; or the persons named, every
loan they are anything to, and its parties."""

# A call counts as a conversation until it is known that it was none; nobody speaks with a mailbox.
_TALKED = """
    CASE WHEN a.voice = 'ringless' THEN false
         WHEN a.outcome_recorded_at <= %(known)s AND a.is_conversation IS NOT NULL THEN a.is_conversation
         WHEN a.outcome_recorded_at <= %(known)s AND a.network_result IS NOT NULL
         THEN a.network_result = 'answered'
         ELSE a.channel = 'call' END"""


def shared(extent: Extent) -> str:
    """The common table expressions that every table of the bundle is joined with."""
    loan_columns = "id, lender_id, product, debt_kind, governing_law, debt_group, contact_group, closed_on,"
    loan_columns += " currency, risk, opened_on"
    party_columns = "loan_id, person_id, role, from_on, until_on"
    point_columns = "id, person_id, kind, value_key, source, dead_from_at, retired_at, owner_kind, place,"
    point_columns += " lender_id, verified_on"
    return f"""
WITH loans AS MATERIALIZED ({_versions("loan", loan_columns, extent.loans)}),
parties AS MATERIALIZED ({_versions("loan_party", party_columns, extent.of_loans)}),
persons AS MATERIALIZED ({extent.persons}),
points AS MATERIALIZED (
    SELECT * FROM ({_versions("contact_point", point_columns, extent.of_persons)}) AS known
    WHERE retired_at IS NULL OR retired_at > %(known)s),
housemates AS MATERIALIZED (
    SELECT DISTINCT mate.person_id AS id FROM household_member AS own
    JOIN household_member AS mate USING (household_key)
    WHERE own.person_id IN (SELECT id FROM persons)
      AND own.recorded_at <= %(known)s AND mate.recorded_at <= %(known)s),
point_values AS MATERIALIZED (SELECT DISTINCT value_key FROM points),
contacts AS MATERIALIZED (
    SELECT a.id, a.at, a.person_id, a.value_key, a.channel, a.direction, a.voice, {_TALKED} AS talked,
           CASE WHEN a.outcome_recorded_at <= %(known)s THEN a.network_result END AS network_result,
           coalesce(a.outcome_recorded_at <= %(known)s, false) AS is_told
    FROM (SELECT id FROM attempt WHERE {extent.of_persons}
          UNION
          SELECT id FROM attempt WHERE value_key IN (SELECT value_key FROM point_values)
          UNION
          SELECT id FROM attempt WHERE person_id IN (SELECT id FROM housemates)) AS found
    JOIN attempt AS a USING (id)
    WHERE a.recorded_at <= %(known)s AND NOT (a.state = 'not_sent' AND a.state_at <= %(known)s)),
everybody AS MATERIALIZED (
    SELECT id FROM persons UNION SELECT person_id FROM contacts UNION SELECT id FROM housemates),
borrowers AS MATERIALIZED (
    SELECT DISTINCT ON (loan_id) loan_id, person_id FROM parties WHERE role = 'borrower'
    ORDER BY loan_id, until_on DESC NULLS FIRST, from_on DESC NULLS LAST, person_id)
"""


# What a move of an attempt proves of the notice it carried; handing over proves nothing.
_PROVED = """
    CASE step.to_state WHEN 'accepted' THEN 'sent' WHEN 'delivered' THEN 'delivered'
         WHEN 'undelivered' THEN 'returned' WHEN 'returned' THEN 'returned' END"""
_MOVES = """
    SELECT attempt_id, to_state, at FROM attempt_step
    UNION ALL SELECT id, state, at FROM attempt WHERE origin <> 'gate'"""

# What a move of a message, or the outcome of a call, says of the address; the inbox delivers to itself.
_ARRIVED = """
    CASE WHEN step.to_state IN ('delivered', 'complained') AND contacts.channel <> 'in_app' THEN 'delivered'
         WHEN step.to_state IN ('undelivered', 'returned') THEN 'failed' END"""
_ANSWERED = """
    CASE WHEN talked THEN 'talked'
         WHEN voice = 'ringless' THEN NULL
         WHEN network_result IN ('not_connected', 'rang_out', 'voicemail') THEN 'unanswered' END"""

_STOPS = " + ".join(f"stops_{v.name_of(stop)}::int * {stop.value}" for stop in v.Stops)
_LATEST = (
    "(SELECT {0} FROM watermark WHERE lender_id = o.id AND recorded_at <= %(known)s AND {0} IS NOT NULL"
    " ORDER BY recorded_at DESC, id DESC LIMIT 1)"
)


def queries(extent: Extent) -> Mapping[str, str]:
    """The query of every table."""
    return {**_of_persons(extent), **_of_loans(extent), **_contacts(), **_restrictions(extent)}


_of_points = _versions(
    "contact_point",
    "person_id, zones, retired_at",
    "person_id IN (SELECT id FROM everybody) AND zones IS NOT NULL",
)


# What the gate let out broke no rule, nor does who is called by the person himself; a consent that began
# later than it was given may have been overtaken by what was said in between.
_COMPLIED = """
    (SELECT 1 FROM attempt WHERE attempt.id = consent.attempt_id AND from_at <= given_at
     AND (origin = 'gate' OR direction = 'in'))"""
_ELSEWHERE = ", ".join(f"'{v.name_of(owner)}'" for owner in v.ELSEWHERE)
_points_elsewhere = _versions(
    "contact_point",
    "person_id, value_key",
    f"owner_kind IN ({_ELSEWHERE}) AND person_id IN (SELECT id FROM everybody)",
)


def _of_persons(extent: Extent) -> Mapping[str, str]:
    return {
        # zones and places are texts here: every name on file, between blanks; a number or address
        # speaks for zones as long as it is on file
        "person": f"""
            SELECT everybody.id, coalesce(string_agg(DISTINCT e.zone, ' '), ''),
                   coalesce(string_agg(DISTINCT e.place, ' '), ''), count(e.place) > 0
            FROM everybody LEFT JOIN (
                SELECT person_id, zone, place FROM zone_evidence
                WHERE person_id IN (SELECT id FROM everybody) AND {_holds("zone_evidence")}
                UNION ALL
                SELECT person_id, zones, NULL FROM ({_of_points}) AS known
                WHERE retired_at IS NULL OR retired_at > %(known)s) AS e
              ON e.person_id = everybody.id
            GROUP BY everybody.id ORDER BY everybody.id""",
        # a text here: the person's, else the lender's
        "language": f"""
            SELECT person.id, coalesce(nullif(person.language, ''), {_or("organisation.language", "")})
            FROM everybody JOIN person ON person.id = everybody.id
            JOIN organisation ON organisation.id = person.lender_id ORDER BY person.id""",
        "child": """
            SELECT person.id FROM everybody JOIN person ON person.id = everybody.id
            WHERE is_under_14 ORDER BY person.id""",
        "point": f"""
            SELECT id, person_id, {code("kind", v.PointKind)}, value_key, {code("source", v.PointSource)},
                   {_or("dead_from_at", "infinity")}, {code("owner_kind", v.PointOwner)},
                   {code("place", v.PointPlace)}
            FROM points ORDER BY person_id, id""",
        "elsewhere": f"""
            SELECT DISTINCT person_id, value_key
            FROM ({_points_elsewhere}) AS known ORDER BY person_id, value_key""",
        # the next row of a person ends the one before
        "household": """
            SELECT household_key, person_id, from_at, until_at FROM (
                SELECT household_key, person_id, from_at,
                       coalesce(lead(from_at) OVER his, 'infinity') AS until_at
                FROM household_member
                WHERE person_id IN (SELECT id FROM housemates) AND recorded_at <= %(known)s
                WINDOW his AS (PARTITION BY person_id ORDER BY from_at)) AS spans
            WHERE household_key IS NOT NULL ORDER BY person_id, from_at""",
        "agreement": f"""
            SELECT person_id, given_to_id, coalesce(contact_complied::int, {_COMPLIED}, -1),
                   {code("channel", v.Channel)}, weekdays, start_local_minutes * {MINUTE}::bigint,
                   end_local_minutes * {MINUTE}::bigint, from_at, {_or("until_at", "infinity")}
            FROM consent WHERE kind = 'agreed_hours' AND {extent.of_persons} AND {_holds("consent")}
            ORDER BY person_id, from_at, id""",
    }


def _of_loans(extent: Extent) -> Mapping[str, str]:
    return {
        # law_place, currency and risk are texts here
        "loan": f"""
            SELECT l.id, l.lender_id, coalesce(b.person_id, -1), coalesce(l.debt_group, l.id),
                   {code("l.debt_kind", v.DebtKind)}, {_or("l.governing_law", "")},
                   coalesce(l.contact_group, -1), l.closed_on IS NOT NULL, l.currency, {_or("l.risk", "")},
                   {_or("l.opened_on", "-infinity")}
            FROM loans AS l LEFT JOIN borrowers AS b ON b.loan_id = l.id ORDER BY l.id""",
        # zone is a text here
        "lender": f"""
            SELECT o.id, {_or(_LATEST.format("payments_complete_through_on"), "-infinity")},
                   {_or(_LATEST.format("contacts_known_from_on"), "-infinity")}, o.zone,
                   {code("o.actor_kind", v.ActorKind)}, {code("o.licence", v.CreditorLicence)}
            FROM organisation AS o WHERE o.id = %(lender)s""",
        "party": f"""
            SELECT loan_id, person_id, {code("role", v.RecipientKind)}, {_or("from_on", "-infinity")},
                   {_or("until_on", "-infinity")}
            FROM parties ORDER BY loan_id, person_id, role""",
        "report": f"""
            SELECT loan_id, as_of_on, {code("status", v.ReportedStatus)}, months_late,
                   {_or("overdue_since_on", "-infinity")}, coalesce(overdue_minor, {_UNKNOWN}),
                   coalesce(statement_minor, {_UNKNOWN})
            FROM reported_arrears WHERE {extent.of_loans} AND {_holds("reported_arrears")}
            ORDER BY loan_id, as_of_on""",
        # product and order are texts here
        "terms": f"""
            SELECT l.id, p.code, p.tolerance_minor, p.tolerance_days, p.grace_days,
                   {code("p.pause_basis", v.PauseBasis)}, p.allocation, {code("p.surplus", v.Surplus)}
            FROM loans AS l JOIN product AS p ON p.lender_id = l.lender_id AND p.code = l.product
            WHERE {_holds("p", "product")} ORDER BY l.id""",
        "installment": f"""
            SELECT s.loan_id, i.due_on, i.number, i.payable_until_on,
                   i.principal_minor, i.interest_minor, i.fee_minor, i.penalty_minor
            FROM (SELECT DISTINCT ON (loan_id) loan_id, id FROM schedule
                  WHERE {extent.of_loans} AND recorded_at <= %(known)s
                  ORDER BY loan_id, version DESC) AS s
            JOIN installment AS i ON i.schedule_id = s.id
            ORDER BY s.loan_id, i.due_on, i.number""",
        "payment": f"""
            SELECT loan_id, value_on, row_number() OVER ({_ORDINAL}), id, amount_minor,
                   {code("surplus", v.Surplus)}, recorded_at
            FROM payment WHERE {extent.of_loans} AND recorded_at <= %(known)s AND {_stands("payment")}
            ORDER BY loan_id, value_on, source_ref COLLATE "C" """,
        "allocation": f"""
            SELECT payment_id, coalesce(installment_number, -1), {code("component", v.Component)},
                   sum(part.amount_minor)::bigint
            FROM payment_allocation AS part JOIN payment ON payment.id = part.payment_id
            WHERE payment.{extent.of_loans} AND payment.recorded_at <= %(known)s AND {_stands("payment")}
              AND part.recorded_at <= %(known)s
            GROUP BY 1, 2, 3 ORDER BY 1, 2, 3""",
        "loan_event": f"""
            SELECT loan_id, value_on, row_number() OVER ({_ORDINAL}), id, {code("kind", v.LoanEventKind)},
                   amount_minor, {_or("due_on", "-infinity")}, coalesce(installment_number, -1),
                   {code("component", v.Component)}
            FROM loan_event WHERE {extent.of_loans} AND recorded_at <= %(known)s AND {_stands("loan_event")}
            ORDER BY loan_id, value_on, source_ref COLLATE "C" """,
        "statement": f"""
            SELECT loan_id, statement_on, due_on, payable_until_on, balance_minor, minimum_due_minor,
                   minimum_includes_unpaid
            FROM statement WHERE {extent.of_loans} AND {_holds("statement")}
            ORDER BY loan_id, statement_on""",
        "step_done": f"""
            SELECT loan_id, done_on, rank, person_id, {code("track", Track)}, outcome = 'superseded'
            FROM step_record
            WHERE {extent.of_loans} AND recorded_at <= %(known)s
            ORDER BY loan_id, done_on, rank, id""",
    }


_TAKEN = str(EVIDENCE_STATES)
_MESSAGES = "('in_app', 'email', 'sms', 'push')"


def _contacts() -> Mapping[str, str]:
    return {
        "contact": f"""
            SELECT id, at, person_id, coalesce(value_key, -1), {code("channel", v.Channel)},
                   {code("direction", v.Direction)},
                   greatest({code("network_result", v.NetworkResult)}, 0), talked, {code("voice", v.Voice)}
            FROM contacts ORDER BY id""",
        "arrival": f"""
            SELECT value_key, at, {code("channel", v.Channel)}, id, {code("sign", v.Arrival)}
            FROM (SELECT value_key, contacts.at, channel, id, 'sent'
                  FROM contacts
                  WHERE direction = 'out' AND channel IN {_MESSAGES} AND EXISTS (
                      SELECT FROM ({_MOVES}) AS step
                      WHERE step.attempt_id = contacts.id AND step.at <= %(known)s
                        AND step.to_state IN {_TAKEN})
                  UNION ALL
                  SELECT value_key, step.at, channel, id, {_ARRIVED}
                  FROM contacts JOIN ({_MOVES}) AS step ON step.attempt_id = contacts.id
                  WHERE direction = 'out' AND channel IN {_MESSAGES} AND step.at <= %(known)s
                  UNION ALL
                  SELECT value_key, read_at, contacts.channel, contacts.id, 'read'
                  FROM contacts JOIN message ON message.attempt_id = contacts.id
                  WHERE read_at <= %(known)s
                  UNION ALL
                  SELECT value_key, at, channel, id, {_ANSWERED}
                  FROM contacts WHERE direction = 'out' AND channel = 'call' AND is_told
                  UNION ALL
                  SELECT value_key, at, channel, id, 'heard' FROM contacts WHERE direction = 'in'
                  UNION ALL
                  SELECT value_key, verified_on::timestamp AT TIME ZONE lender.zone, NULL, -1, 'confirmed'
                  FROM points JOIN organisation AS lender ON lender.id = points.lender_id
                  WHERE verified_on IS NOT NULL AND value_key IN (SELECT value_key FROM contacts)
                 ) AS told (value_key, at, channel, id, sign)
            WHERE value_key IS NOT NULL AND sign IS NOT NULL AND at <= %(known)s
            ORDER BY 1, 2, 5, 4""",
        "contact_loan": """
            SELECT attempt_id, loan_id, coalesce(is_discussed, talked)
            FROM attempt_loan JOIN contacts ON contacts.id = attempt_id
            WHERE counts ORDER BY attempt_id, loan_id""",
    }


def _restrictions(extent: Extent) -> Mapping[str, str]:
    return {
        # whoever the lender, an address switched off is switched off
        "opt_out": f"""
            SELECT coalesce(person_id, -1), coalesce(value_key, -1), {code("channel", v.Channel)}, from_at,
                   {_or("until_at", "infinity")}
            FROM (SELECT * FROM preference WHERE person_id IS NOT NULL AND {extent.of_persons}
                  UNION ALL
                  SELECT * FROM preference WHERE value_key IN (SELECT value_key FROM point_values)
                 ) AS preference
            WHERE (topic IS NULL OR topic = 'collect') AND {_holds("preference")}
            ORDER BY coalesce(person_id, -1), coalesce(value_key, -1), from_at, id""",
        # a hold on an area is one on everybody with evidence of being there
        "hold": f"""
            SELECT hold.id, coalesce(loan_id, -1), coalesce(held.person_id, -1),
                   {code("reason", v.HoldReason)}, {_STOPS}, from_at, {_or("until_at", "infinity")}
            FROM (SELECT id, person_id FROM hold WHERE loan_id IS NOT NULL AND {extent.of_loans}
                  UNION ALL
                  SELECT id, person_id FROM hold WHERE person_id IS NOT NULL AND {extent.of_persons}
                  UNION
                  SELECT hold.id, zone_evidence.person_id
                  FROM hold JOIN zone_evidence ON place = area OR place LIKE area || '-%%'
                  WHERE area IS NOT NULL AND hold.lender_id = %(lender)s
                    AND zone_evidence.person_id IN (SELECT id FROM persons) AND {_holds("zone_evidence")}
                 ) AS held (id, person_id)
            JOIN hold ON hold.id = held.id
            WHERE {_holds("hold")} ORDER BY hold.id, held.person_id""",
        "refusal": f"""
            SELECT person_id, from_at FROM refusal
            WHERE {extent.of_persons} AND NOT is_mistake AND {_holds("refusal")}
            ORDER BY person_id, from_at, id""",
        # stated by the lender, or shown by what became of an attempt of ours
        "notice_proof": f"""
            SELECT loan_id, person_id, {code("notice", v.NoticeKind)}, {code("channel", v.Channel)},
                   {code("state", v.ProofState)}, at
            FROM (SELECT loan_id, person_id, notice, channel, state, at FROM notice_proof
                  WHERE {extent.of_loans} AND recorded_at <= %(known)s AND attempt_id IS NULL
                  UNION ALL
                  SELECT link.loan_id, attempt.person_id, attempt.notice, attempt.channel,
                         {_PROVED}, step.at
                  FROM (SELECT * FROM attempt_loan WHERE {extent.of_loans}) AS link
                  JOIN attempt ON attempt.id = link.attempt_id
                  JOIN ({_MOVES}) AS step ON step.attempt_id = attempt.id
                  WHERE attempt.notice = ANY('{{{",".join(map(v.name_of, v.WAITED_FOR))}}}')
                    AND attempt.direction = 'out' AND attempt.recorded_at <= %(known)s
                    AND step.at <= %(known)s AND {_PROVED} IS NOT NULL
                 ) AS proof
            ORDER BY person_id, loan_id, at, notice, channel, state""",
        "consent": f"""
            SELECT person_id, given_to_id, coalesce(about_person_id, -1), {code("kind", v.ConsentKind)},
                   {code("form", v.ConsentForm)}, {code("channel", v.Channel)},
                   {code("purpose", v.Purpose)}, coalesce(loan_id, -1), coalesce(value_key, -1),
                   from_at, {_or("until_at", "infinity")}
            FROM consent WHERE kind <> 'agreed_hours' AND {extent.of_persons} AND {_holds("consent")}
            ORDER BY person_id, from_at, id""",
        "inconvenience": f"""
            SELECT person_id, coalesce(value_key, -1), {code("channel", v.Channel)},
                   {code("place", v.PointPlace)}, {code("form", v.StatementForm)}, weekdays,
                   start_local_minutes * {MINUTE}::bigint, end_local_minutes * {MINUTE}::bigint,
                   from_at, {_or("until_at", "infinity")}
            FROM inconvenience WHERE {extent.of_persons} AND {_holds("inconvenience")}
            ORDER BY person_id, from_at, id""",
        # rule is a text here
        "override": f"""
            SELECT person_id, coalesce(loan_id, -1), rule, {code("reason_code", v.Ground)},
                   from_at, {_or("until_at", "infinity")}
            FROM approval WHERE subject IN ('override', 'lawyers_letter')
             AND {extent.of_persons} AND {_holds("approval")}
            ORDER BY person_id, coalesce(loan_id, -1), from_at, id""",
    }


def statement(extent: Extent) -> str:
    """One statement, so that all tables are read from one state of the database.

    Its one row holds an array per column, or null for a table without rows: the columns of the
    first table of `TABLES`, then those of the second, and so on.
    """
    rows = queries(extent)
    aggregated = (_as_arrays(table, rows[table], len(spec.columns)) for table, spec in TABLES.items())
    return f"{shared(extent)} SELECT * FROM {' CROSS JOIN '.join(aggregated)}"


def _as_arrays(table: str, rows: str, width: int) -> str:
    columns = [f"c{number}" for number in range(width)]
    arrays = ", ".join(f"array_agg({column}) AS {table}_{column}" for column in columns)
    return f"(SELECT {arrays} FROM ({rows}) AS rows ({', '.join(columns)})) AS {table}_arrays"
