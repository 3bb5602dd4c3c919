"""One borrower's story: chosen because several things happened to him, told in the order they happened."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from arrears.kernel.law.rules import Law
from arrears.kernel.money import Money


@dataclass(frozen=True)
class Happening:
    """Something that happened to a loan, in a plain English sentence."""

    at: datetime
    said: str


def eventful_loan(lender: int) -> str | None:
    """The lender's number of the late loan to which most different things happened; None without any."""
    rows = _rows(_EVENTFUL, lender=lender)
    return str(rows[0][0]) if rows else None


@dataclass(frozen=True)
class WorthALook:
    """A loan to ask about next, by the lender's number, and why."""

    loan: str
    about: str


def others_worth_a_look(*, but: str | None) -> list[WorthALook]:
    """The first loan of each kind: late without a balance, its address refused, perhaps sent."""
    found = [WorthALook(*row) for row in _rows(_OTHERS)]
    return [each for each in found if each.loan != but]


def happenings(loan_ref: str, *, lender: int, law: Law) -> list[Happening]:
    """Everything on file about one loan, oldest first; a refusal repeated from day to day is told once."""
    found: list[Happening] = []
    refused_last: str | None = None
    for at, kind, told in _rows(_HAPPENINGS, lender=lender, ref=loan_ref):
        if kind == "refused" and told["rule"] == refused_last:
            continue
        refused_last = told["rule"] if kind == "refused" else None
        found.append(Happening(at, _SENTENCES[kind](told, law)))
    return found


def _reported(told: Mapping[str, Any], _law: Law) -> str:
    balance = ""
    if told["statement_minor"] is not None:
        balance = f"; balance of the last statement {Money(told['statement_minor'], told['currency'])}"
    if told["status"] != "late":
        return f"Reported for {told['as_of_on']} as not late{balance}."
    return f"Reported for {told['as_of_on']} as late since {told['overdue_since_on']}{balance}."


def _paid(told: Mapping[str, Any], _law: Law) -> str:
    return f"Paid {Money(told['amount_minor'], told['currency'])}."


def _held(told: Mapping[str, Any], _law: Law) -> str:
    until = f" until {told['until_at'][:10]}" if told["until_at"] else ""
    return f"A hold was placed ({told['reason']}){until}: {told['shown_reason']}"


def _switched_off(told: Mapping[str, Any], _law: Law) -> str:
    what = _CHANNELS.get(told["channel"], "every channel")
    return f"Switched off: {what}{' (this address, whoever holds it)' if told['is_address'] else ''}."


def _told(told: Mapping[str, Any], _law: Law) -> str:
    became = "rang, and nobody answered" if told["channel"] == "call" else _STATES[told["state"]]
    return f"Contacted: {_CHANNELS[told['channel']]}, step {told['step']}: {became}."


def _refused(told: Mapping[str, Any], law: Law) -> str:
    who = "The gate, asked again at the moment of sending," if told["use"] == "gate" else "The day's run"
    why = f"{law.rule(told['rule']).about['en']} [{told['rule']}]"
    return f"{who} decided against the step {told['step']}: {why}"


_SENTENCES = {
    "reported": _reported,
    "paid": _paid,
    "held": _held,
    "switched_off": _switched_off,
    "told": _told,
    "refused": _refused,
}
_CHANNELS = {
    "in_app": "a message in the app",
    "push": "a push message",
    "sms": "a text message",
    "email": "an e-mail",
    "letter": "a letter",
    "call": "a call",
}
_STATES = {
    "accepted": "accepted by the mail server",
    "delivered": "delivered",
    "refused_by_provider": "refused by the mail server, the address does not exist",
    "unsure": "the line broke before the mail server answered; counted, and not repeated",
    "not_sent": "not sent",
}

_MINE = "(SELECT * FROM loan WHERE lender_id = %(lender)s AND source_ref = %(ref)s)"

_REFUSED = """
SELECT DISTINCT ON (d.loan_id, d.decided_at, d.id)
       d.loan_id, d.decided_at, d.use, d.step, r ->> 'rule' AS rule
  FROM decision AS d, jsonb_array_elements(d.reasons) AS r
 WHERE (d.outcome = 'refused' OR (d.use = 'gate' AND d.result <> 'allow')) AND (r ->> 'now')::boolean
   AND NOT EXISTS (
       SELECT FROM decision AS other
        WHERE other.run_id = d.run_id AND other.loan_id = d.loan_id AND other.step = d.step
          AND other.use = 'plan' AND other.outcome <> 'refused')
 ORDER BY d.loan_id, d.decided_at, d.id, coalesce((r ->> 'from')::timestamptz, 'infinity') DESC, rule
"""

_SWITCHED_OFF = """
SELECT party.loan_id, off.recorded_at, off.channel, off.value_key IS NOT NULL AS is_address
  FROM preference AS off
  JOIN loan_party AS party ON party.person_id = off.person_id
    OR party.person_id IN (SELECT person_id FROM contact_point WHERE value_key = off.value_key)
"""

# The statements are put together from the constants above, and from nothing else.
_EVENTFUL = f"""
WITH refused AS ({_REFUSED}), switched_off AS ({_SWITCHED_OFF}), happening AS (
    SELECT about.loan_id, attempt.channel || ' ' || attempt.state AS what
      FROM attempt JOIN attempt_loan AS about ON about.attempt_id = attempt.id
     UNION SELECT loan_id, 'paid' FROM payment
     UNION SELECT loan_id, 'held' FROM hold WHERE loan_id IS NOT NULL
     UNION SELECT loan_id, 'switched off' FROM switched_off
     UNION SELECT loan_id, use || ' ' || rule FROM refused
), newest AS (
    SELECT DISTINCT ON (loan_id) loan_id, status FROM reported_arrears ORDER BY loan_id, as_of_on DESC
)
SELECT loan.source_ref, count(*) FROM happening
  JOIN loan ON loan.id = happening.loan_id JOIN newest ON newest.loan_id = loan.id
 WHERE loan.lender_id = %(lender)s AND newest.status = 'late'
 GROUP BY loan.source_ref ORDER BY count(*) DESC, loan.source_ref LIMIT 1
"""  # noqa: S608

_HAPPENINGS = f"""
WITH mine AS {_MINE}, refused AS ({_REFUSED}), switched_off AS ({_SWITCHED_OFF})
SELECT r.recorded_at AS at, 'reported' AS kind, jsonb_build_object('status', r.status, 'as_of_on', r.as_of_on,
       'overdue_since_on', r.overdue_since_on, 'statement_minor', r.statement_minor,
       'currency', mine.currency) AS told
  FROM reported_arrears AS r JOIN mine ON mine.id = r.loan_id
UNION ALL
SELECT p.recorded_at, 'paid', jsonb_build_object('amount_minor', p.amount_minor, 'currency', mine.currency)
  FROM payment AS p JOIN mine ON mine.id = p.loan_id
UNION ALL
SELECT h.recorded_at, 'held', jsonb_build_object('reason', h.reason, 'shown_reason', h.shown_reason,
       'until_at', h.until_at)
  FROM hold AS h JOIN mine ON mine.id = h.loan_id
UNION ALL
SELECT o.recorded_at, 'switched_off', jsonb_build_object('channel', o.channel, 'is_address', o.is_address)
  FROM switched_off AS o JOIN mine ON mine.id = o.loan_id
UNION ALL
SELECT attempt.at, 'told', jsonb_build_object('channel', attempt.channel, 'state', attempt.state,
       'step', served.step)
  FROM attempt JOIN attempt_loan AS about ON about.attempt_id = attempt.id
  JOIN mine ON mine.id = about.loan_id
  JOIN planned_contact_loan AS served
    ON served.planned_contact_id = attempt.planned_contact_id AND served.loan_id = mine.id
UNION ALL
SELECT f.decided_at, 'refused', jsonb_build_object('use', f.use, 'step', f.step, 'rule', f.rule)
  FROM refused AS f JOIN mine ON mine.id = f.loan_id
 ORDER BY at
"""  # noqa: S608


_OTHERS = """
(SELECT loan.source_ref, 'late without a balance: never contacted'
   FROM loan JOIN decision ON decision.loan_id = loan.id
  WHERE NOT decision.is_amount_known AND decision.outcome = 'refused' ORDER BY loan.source_ref LIMIT 1)
UNION ALL
(SELECT loan.source_ref, 'the mail server knows no such mailbox' FROM attempt
   JOIN attempt_loan AS about ON about.attempt_id = attempt.id JOIN loan ON loan.id = about.loan_id
  WHERE attempt.state = 'refused_by_provider' ORDER BY loan.source_ref LIMIT 1)
UNION ALL
(SELECT loan.source_ref, 'perhaps sent: the line broke before the answer' FROM attempt
   JOIN attempt_loan AS about ON about.attempt_id = attempt.id JOIN loan ON loan.id = about.loan_id
  WHERE attempt.state = 'unsure' ORDER BY loan.source_ref LIMIT 1)
"""


def _rows(query: str, **named: Any) -> list[tuple[Any, ...]]:
    """JSON comes as text from Django's cursor, and as objects from here."""
    with connection.cursor() as cursor:
        cursor.execute(query, named)
        rows = cursor.fetchall()
    return [tuple(json.loads(each) if _is_document(each) else each for each in row) for row in rows]


def _is_document(value: object) -> bool:
    return isinstance(value, str) and value.startswith("{")
