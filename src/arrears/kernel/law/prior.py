"""What must come first: a notice that reached somebody, a consent that stands, a conversation.

Permitted time begins with a fact on file and ends when the fact does. The kinds of rule return
every row, also those for which nothing is on file; the exceptions only rows they give time to.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from arrears.kernel.days import DAY
from arrears.kernel.facts import NEVER, NO_ID, Instants
from arrears.kernel.law.intervals import Rows, join, sets_of
from arrears.kernel.law.permitted import Case, Permitted, facts_about, is_for_channel, next_where, per_row
from arrears.kernel.law.rules import Rule
from arrears.kernel.law.zones import LONGEST_EXTRA
from arrears.kernel.vocabulary import (
    ANY,
    Channel,
    ConsentForm,
    ConsentKind,
    Direction,
    NoticeKind,
    ProofState,
    code_of,
)

PROOFS: Mapping[str, tuple[ProofState, ...]] = {
    "sent": (ProofState.SENT, ProofState.POSTED, ProofState.DELIVERED, ProofState.SERVED),
    "delivered": (ProofState.DELIVERED, ProofState.SERVED),
}
"""What a rule may ask of a notice -> the states that prove it."""

GIVERS = ("recipient", "borrower")

Spans = tuple[Rows, Instants, Instants]
"""(row within the rows asked about, from, until)."""


def after_notice(case: Case, rule: Rule, rows: Rows) -> Permitted:
    """From `wait_days` whole days after a notice to this person about this loan, until it comes back.

    Only what went through one of `channels` counts, where the rule names some.
    """
    return within(case, rows, _noticed(case, rule, rows))


def consent_needed(case: Case, rule: Rule, rows: Rows) -> Permitted:
    """While a consent of the named kind stands."""
    return within(case, rows, consent_spans(case, rule, rows))


def consented(case: Case, rule: Rule, rows: Rows) -> Permitted:
    """The time for which a consent of the named kind stands."""
    return per_row(case, rows, *consent_spans(case, rule, rows))


def spoken(case: Case, _: Rule, rows: Rows) -> Permitted:
    """From a conversation with the person about the loan on."""
    row, contact = facts_about(case, rows, "contact", "person", "person")
    talked = case.facts["contact"]["is_conversation"][contact]
    row, contact = row[talked], contact[talked]
    contacts, links = case.facts["contact"], case.facts["contact_loan"]
    pair, link = join(contacts["contact"][contact], links["contact"])
    is_about = links["is_discussed"][link] & (links["loan"][link] == case.candidates["loan"][rows[row[pair]]])
    row, contact = row[pair[is_about]], contact[pair[is_about]]
    return per_row(case, rows, row, contacts["at"][contact], np.full(len(row), NEVER))


def used_by_recipient(case: Case, rule: Rule, rows: Rows) -> Permitted:
    """From a message that the person himself sent from this address or number on, for `within_days`."""
    row, contact = facts_about(case, rows, "contact", "value", "value")
    contacts, candidates = case.facts["contact"], case.candidates
    keep = (
        (contacts["value"][contact] != NO_ID)
        & (contacts["direction"][contact] == Direction.IN)
        & (contacts["person"][contact] == candidates["person"][rows[row]])
        & (contacts["channel"][contact] == candidates["channel"][rows[row]])
    )
    row, at = row[keep], contacts["at"][contact[keep]]
    days = rule.params.get("within_days")
    end = np.full(len(row), NEVER) if days is None else at + days * DAY
    return per_row(case, rows, row, at, end)


# -- notices -----------------------------------------------------------------------------------


def _noticed(case: Case, rule: Rule, rows: Rows) -> Spans:
    proofs = case.facts["notice_proof"]
    row, proof = facts_about(case, rows, "notice_proof", "person", "person")
    is_waited_for = np.isin(proofs["notice"][proof], _notices(rule.params["notice"]))
    is_waited_for &= np.isin(proofs["channel"][proof], _channels(rule.params.get("channels")))
    keep = (proofs["loan"][proof] == case.candidates["loan"][rows[row]]) & is_waited_for
    row, proof = row[keep], proof[keep]
    channel, at = proofs["channel"][proof], proofs["at"][proof]
    is_returned = proofs["state"][proof] == ProofState.RETURNED
    order = np.lexsort([is_returned, at, channel, row])  # what came back that instant was sent before
    row, channel, at, proof, is_returned = (each[order] for each in (row, channel, at, proof, is_returned))
    end = next_where(row * (int(channel.max(initial=0)) + 1) + channel, at, is_returned)
    starts = np.isin(proofs["state"][proof], PROOFS[rule.params["state"]])
    row, at, end = row[starts], at[starts], end[starts]
    return row, _after_days(case, rows[row], at, rule.params["wait_days"]), end


def _notices(named: str | Sequence[str]) -> list[int]:
    """The notice that is waited for, or those of which any will do."""
    return [code_of(NoticeKind, name) for name in ([named] if isinstance(named, str) else named)]


def _channels(named: Sequence[str] | None) -> list[int]:
    return list(Channel) if named is None else [code_of(Channel, name) for name in named]


def _after_days(case: Case, candidate: Rows, at: Instants, days: int) -> Instants:
    """`at` itself for no days; else the first instant after that many whole days, wherever the person is."""
    if days == 0:
        return at
    facts, zone_set = case.facts, case.candidates["zones"][candidate]
    found = np.where(zone_set == 0, at + (days + 1) * DAY + LONGEST_EXTRA, at)
    for code in np.unique(zone_set):
        mine = np.flatnonzero(zone_set == code)
        for zone in (case.law.zones[facts.zones[each]] for each in facts.zone_sets[int(code)]):
            first = zone.first_instant(zone.day(at[mine]) + days + 1)
            found[mine] = np.maximum(found[mine], first)
    return np.asarray(found, np.int64)


# -- consents ----------------------------------------------------------------------------------


def consent_spans(case: Case, rule: Rule, rows: Rows) -> Spans:
    table, candidates = case.facts["consent"], case.candidates
    is_by_borrower = rule.params.get("giver", GIVERS[0]) == "borrower"
    row, found = facts_about(case, rows, "consent", "borrower" if is_by_borrower else "person", "person")
    keep = table["kind"][found] == code_of(ConsentKind, rule.params["consent"])
    keep &= np.isin(table["form"][found], _forms(rule.params.get("forms")))
    keep &= is_for_channel(case, "consent", found, rows[row])
    limits = {"purpose": "purpose", "loan": "loan", "value": "value", "about": "person"}
    for column, of in limits.items():
        if column != "about" or is_by_borrower:
            told = table[column][found]
            keep &= (told == ANY) | (told == candidates[of][rows[row]])
    row, found = row[keep], found[keep]
    return row, table["from_at"][found], table["until_at"][found]


def _forms(named: Sequence[str] | None) -> list[int]:
    return list(ConsentForm) if named is None else [code_of(ConsentForm, name) for name in named]


def within(case: Case, rows: Rows, spans: Spans) -> Permitted:
    """Every row, with no time but these spans; rows without any share one key."""
    given = per_row(case, rows, *spans)
    key = np.full(len(rows), given.sets.keys)
    key[np.searchsorted(rows, given.rows)] = given.key
    start, end = given.sets.starts, given.sets.ends
    owner = np.repeat(np.arange(given.sets.keys), np.diff(given.sets.offsets))
    return Permitted(rows, sets_of(given.sets.keys + 1, owner, start, end), key)
