"""Texts that break a rule of content: nobody of whom the rule speaks is sent one.

Which texts break it is found out beforehand, where texts can be read; here a text is a code: of the
lender's own the language in which it stands, and any other beyond.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from arrears.kernel.facts import NEVER, NO_ID, Mask
from arrears.kernel.law.candidates import Candidates
from arrears.kernel.law.intervals import Rows, join
from arrears.kernel.law.permitted import NOTHING, Case, Permitted, facts_about, never
from arrears.kernel.law.prior import Spans, within
from arrears.kernel.law.rules import Rule
from arrears.kernel.vocabulary import Channel, Direction, NoticeKind

TextKey = tuple[int, int, int]
"""Codes of notice, channel and text."""
Faults = tuple[tuple[str, str], ...]
"""(fact, words) of each thing that is wrong with a text; no words where the fact is missing."""

_KEY = ("notice", "channel", "text")


def key_of(candidates: Candidates, row: int) -> TextKey:
    """Which text one candidate is sent."""
    notice, channel, text = (int(candidates[name][row]) for name in _KEY)
    return notice, channel, text


def unlawful_text(case: Case, rule: Rule, rows: Rows) -> Permitted:
    """Never with a text that breaks the rule; of a first contact only until there was one.

    `texts` are those that break it, with what is found in each, `when` the truths without which
    the rule does not bind.
    """
    found = rows[_breaks(case, tuple(rule.params["texts"]), rows)]
    if len(found) == 0:
        return NOTHING
    if "first_contact" in rule.params["when"]:
        return within(case, found, _told_before(case, found))
    return never(found)


def _breaks(case: Case, texts: Sequence[TextKey], rows: Rows) -> Mask:
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
