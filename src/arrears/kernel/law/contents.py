"""Texts that break a rule of content: nobody of whom the rule speaks is sent one.

Which texts break it is found out beforehand, where texts can be read; here a text is a code: of the
lender's own the language in which it stands, and any other beyond.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

import numpy as np

from arrears.kernel.facts import NEVER, NO_ID, Mask
from arrears.kernel.law.candidates import Candidates
from arrears.kernel.law.intervals import Rows, join
from arrears.kernel.law.permitted import NOTHING, Case, Permitted, facts_about, never
from arrears.kernel.law.prior import Spans, consent_spans, within
from arrears.kernel.law.rules import Rule
from arrears.kernel.vocabulary import Channel, Direction, NoticeKind

TextKey = tuple[int, int, int]
"""Codes of notice, channel and text."""
Faults = tuple[tuple[str, str], ...]
"""(fact, words) of each thing that is wrong with a text; no words where the fact is missing."""

_KEY = ("notice", "channel", "text")


SHOWN_BY: Mapping[str, Mapping[str, str]] = {
    "third_person_pays": {"consent": "pays_for_another"},
    "consumer_consents": {"consent": "third_person", "giver": "borrower"},
}
"""Truth about a debt -> the consent on file that shows it."""


def key_of(candidates: Candidates, row: int) -> TextKey:
    """Which text one candidate is sent."""
    notice, channel, text = (int(candidates[name][row]) for name in _KEY)
    return notice, channel, text


def unlawful_text(case: Case, rule: Rule, rows: Rows) -> Permitted:
    """Never with a text that breaks the rule, but for the time in which it is known not to.

    `texts` are those that break it, with what is wrong with each; `when` the truths without which
    the rule does not bind, `unless` those that allow a fact. What is not known is taken as it binds.
    """
    found = rows[_is_one_of(case, list(rule.params["texts"]), rows)]
    if len(found) == 0:
        return NOTHING
    spans = [*_consented_to(case, rule, found)]
    if "first_contact" in rule.params["when"]:
        spans.append(_told_before(case, found))
    return within(case, found, _joined(spans)) if spans else never(found)


def _joined(spans: Sequence[Spans]) -> Spans:
    row, start, end = (np.concatenate([each[part] for each in spans]) for part in range(3))
    return row, start, end


def _consented_to(case: Case, rule: Rule, rows: Rows) -> Iterator[Spans]:
    """The time for which a consent on file allows all that a text states and may not."""
    texts: Mapping[TextKey, Faults] = rule.params["texts"]
    unless: Mapping[str, tuple[str, ...]] = rule.params["unless"]
    for truth, consent in SHOWN_BY.items():
        is_enough = {key: all(unless.get(fact) == (truth,) for fact, _ in texts[key]) for key in texts}
        allowed = np.flatnonzero(_is_one_of(case, [key for key in texts if is_enough[key]], rows))
        if len(allowed):
            row, start, end = consent_spans(case, replace(rule, params=consent), rows[allowed])
            yield allowed[row], start, end


def _is_one_of(case: Case, texts: Sequence[TextKey], rows: Rows) -> Mask:
    """Whether each row's text is one of these; the last entry of each list answers NO_ID: none is."""
    notice, channel, text = (case.candidates[name][rows] for name in _KEY)
    most = max([*(key[2] for key in texts), int(text.max(initial=NO_ID))])
    is_broken = np.zeros((len(NoticeKind) + 1, len(Channel) + 1, most + 2), np.bool_)
    is_broken[tuple(np.array(texts, np.int64).reshape(-1, len(_KEY)).T)] = True
    return np.asarray(is_broken[notice, channel, text])


def _told_before(case: Case, rows: Rows) -> Spans:
    """From what was sent to the person, or spoken with him, about the loan on."""
    contacts, links = case.facts["contact"], case.facts["contact_loan"]
    row, contact = facts_about(case, rows, "contact", "person", "person")
    is_out = contacts["direction"][contact] == Direction.OUT
    is_told = (contacts["channel"][contact] != Channel.CALL) | contacts["is_conversation"][contact]
    row, contact = row[is_out & is_told], contact[is_out & is_told]
    pair, link = join(contacts["contact"][contact], links["contact"])
    is_about = links["loan"][link] == case.candidates["loan"][rows[row[pair]]]
    row, contact = row[pair[is_about]], contact[pair[is_about]]
    return row, contacts["at"][contact], np.full(len(row), NEVER)
