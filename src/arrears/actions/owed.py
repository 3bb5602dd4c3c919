"""What a lender owes at an instant under a law: read once, for the list and for the night's plan."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from arrears.kernel.days import instant_of
from arrears.kernel.facts import Codes, Instants
from arrears.kernel.law.rules import Law
from arrears.kernel.law.zones import ZoneSegments
from arrears.kernel.obligations.giving import Given, given_for
from arrears.kernel.obligations.rules import NOTICE_OF, Obligation, Recipient, Trigger
from arrears.kernel.obligations.standing import Obligations, obligations_of
from arrears.kernel.vocabulary import Channel, NoticeKind, name_of
from arrears.locale.notices import LANGUAGES, load_templates
from arrears.rulepacks import ZONES
from arrears.rulepacks.obligations import CALENDARS, load_obligations
from arrears.store.obligations import Stored, load_triggers

PREFERRED = (Channel.IN_APP, Channel.EMAIL, Channel.SMS, Channel.LETTER)
"""In what order a notice of the law is tried; paper last."""


@dataclass(frozen=True, slots=True)
class Owed:
    """Every obligation that had arisen at the instant `at`, what was given for it, and the facts."""

    at: int
    rules: Sequence[Obligation]
    stored: Stored
    found: Obligations
    given: Given
    zone: ZoneSegments

    def rule(self, row: int) -> Obligation:
        return self.rules[int(self.found.rule[row])]

    def of_trigger(self, name: str) -> Codes:
        """One number per obligation: what its trigger has under this name."""
        return np.asarray(self.stored.told.triggers[name][self.found.trigger])

    def notices(self) -> Codes:
        """The `NoticeKind` that meets each obligation to the borrower about one loan; -1 for none."""
        of_rule = [int(_notice_of(rule)) for rule in self.rules]
        return np.array(of_rule, np.int64)[self.found.rule]

    def day_of(self, at: Instants) -> Codes:
        """The lender's civil day of each instant."""
        return self.zone.day(at)


def owed(
    *,
    lender_id: int,
    law: Law,
    at: datetime,
    known_at: datetime,
    loans: Collection[int] | None = None,
) -> Owed:
    """What is owed at `at` as it was known at `known_at`; `loans`: only what is about one of these."""
    rules = load_obligations(law.adopted)
    stored = load_triggers(lender_id=lender_id, known_at=known_at, actor_kinds=_actors_of(rules), loans=loans)
    instant = instant_of(at)
    found = obligations_of(stored.told, rules, at=instant, zones=ZONES, calendars=CALENDARS)
    given = given_for(stored.told, rules, found, at=instant)
    return Owed(instant, rules, stored, found, given, ZONES[stored.told.zones[0]])


def written_channels() -> dict[NoticeKind, tuple[Channel, ...]]:
    """The notices of obligations that there are texts for in every language, and over which channels."""
    texts = load_templates()
    found = {
        notice: tuple(
            channel
            for channel in PREFERRED
            if all((name_of(notice), name_of(channel), each) in texts for each in LANGUAGES)
        )
        for notice in NOTICE_OF.values()
    }
    return {notice: channels for notice, channels in found.items() if channels}


def _notice_of(rule: Obligation) -> int:
    return int(NOTICE_OF.get(rule.duty, -1)) if rule.recipient is Recipient.BORROWER else -1


def _actors_of(rules: Sequence[Obligation]) -> set[str]:
    """Whose first contact gives rise to something."""
    first = [rule for rule in rules if Trigger.FIRST_COMMUNICATION in rule.triggers]
    return {kind for rule in first for kind in rule.match["actor_kind"]}
