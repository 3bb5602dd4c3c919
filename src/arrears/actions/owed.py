"""What a lender owes at an instant under a law: read once, for the list and for the night's plan."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np

from arrears.actions.notice_facts import NOTHING_READ, NoticeFacts, notice_facts
from arrears.kernel.arrears import arrears_of
from arrears.kernel.arrears.missed import missed_payments
from arrears.kernel.days import datetime_of, instant_of
from arrears.kernel.facts import Codes, Facts, Instants
from arrears.kernel.law.rules import Law
from arrears.kernel.law.zones import ZoneSegments
from arrears.kernel.obligations.giving import Given, given_for
from arrears.kernel.obligations.rules import NOTICE_OF, Obligation, Recipient, Trigger
from arrears.kernel.obligations.standing import Obligations, obligations_of
from arrears.kernel.vocabulary import Channel, NoticeKind, name_of
from arrears.locale.notices import LANGUAGES, load_templates
from arrears.rulepacks import ZONES
from arrears.rulepacks.obligations import CALENDARS, load_obligations
from arrears.store.facts import load_facts
from arrears.store.obligations import MissedPayments, Stored, list_loans_at, read_triggers

PREFERRED = (Channel.IN_APP, Channel.EMAIL, Channel.SMS, Channel.LETTER)
"""In what order a notice of the law is tried; paper last."""
NOT_ON_FILE: Mapping[int, tuple[str, ...]] = {
    NoticeKind.DEFAULT_SUM: ("default_charges",),
    NoticeKind.DEFAULT_NOTICE: ("consequences", "default_information_sheet"),
}
"""Why there is no text for a notice: the facts of `kernel.content.stated` that no record has."""
UNTOLD_OF: Mapping[int, tuple[str, ...]] = {Trigger.RUNNING_ACCOUNT_MISSED: ("missed_payments",)}
"""What no text can say of a trigger: a minimum due that holds earlier ones hides which were missed."""
ON_MISSED = (Trigger.SUMS_IN_ARREARS, Trigger.RUNNING_ACCOUNT_MISSED)
"""What arises from payments that are missed, of a schedule and of a running account."""


@dataclass(frozen=True, slots=True)
class Owed:
    """Every obligation that had arisen at the instant `at`, what was given for it, and the facts."""

    at: int
    rules: Sequence[Obligation]
    stored: Stored
    found: Obligations
    given: Given
    zone: ZoneSegments
    facts: NoticeFacts

    def rule(self, row: int) -> Obligation:
        return self.rules[int(self.found.rule[row])]

    def of_trigger(self, name: str) -> Codes:
        """One number per obligation: what its trigger has under this name."""
        return np.asarray(self.stored.told.triggers[name][self.found.trigger])

    def notices(self) -> Codes:
        """The `NoticeKind` that meets each obligation to the borrower about one loan; -1 for none."""
        of_rule = [int(_notice_of(rule)) for rule in self.rules]
        return np.array(of_rule, np.int64)[self.found.rule]

    def open_notices(self) -> set[tuple[int, int, int]]:
        """(loan, person, notice) of what is open and given by a notice."""
        rows = np.flatnonzero(self.found.is_open & (self.notices() >= 0))
        columns = (self.of_trigger("loan")[rows], self.of_trigger("person")[rows], self.notices()[rows])
        return set(zip(*(column.tolist() for column in columns), strict=True))

    def ways(self, row: int) -> tuple[Channel, ...]:
        """The channels of texts of the notice that meet an obligation, in the lender's order."""
        rule = self.rule(row)
        written = written_channels().get(NoticeKind(_notice_of(rule)), ())
        return tuple(each for each in written if not rule.channels or each in rule.channels)

    def missing(self, row: int) -> tuple[str, ...]:
        """What the notice that meets an obligation has to say and nothing on file does."""
        notice = _notice_of(self.rule(row))
        if notice in NOT_ON_FILE:
            return NOT_ON_FILE[notice]
        triggers, trigger = self.stored.told.triggers, self.found.trigger[row]
        names = ("kind", "loan", "person", "actor_kind")
        kind, loan, person, actor = (int(triggers[name][trigger]) for name in names)
        untold = UNTOLD_OF.get(kind, ())
        return (*untold, *self.facts.missing(loan, person, notice, actor=actor))

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
    rules = rules_of(law)
    missed = _missed(rules, lender_id=lender_id, at=at, known_at=known_at, loans=loans)
    on_file = read_triggers(
        lender_id=lender_id,
        known_at=known_at,
        actor_kinds=actors_of(rules),
        loans=loans,
        computed=[each.loan for each in missed],
    )
    stored = on_file.stored(missed=missed)
    known = reckoned(stored, rules, law, at=instant_of(at), facts=NOTHING_READ)
    about = known.open_notices()
    return replace(known, facts=notice_facts(about, lender=lender_id, at=at, known_at=known_at))


def rules_of(law: Law) -> list[Obligation]:
    """The obligations that bind under a law."""
    return [each for each in load_obligations(law.adopted) if each.id not in law.obligations_off]


def reckoned(stored: Stored, rules: Sequence[Obligation], law: Law, *, at: int, facts: NoticeFacts) -> Owed:
    """What has arisen by `at` from what is known, and how each stands then.

    `facts` are those that were read for the notices.
    """
    found = obligations_of(
        stored.told, rules, at=at, zones=ZONES, calendars=CALENDARS, extending=law.obligations_on
    )
    given = given_for(stored.told, rules, found, at=at)
    return Owed(at, rules, stored, found, given, ZONES[stored.told.zones[0]], facts)


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


def _missed(
    rules: Sequence[Obligation],
    *,
    lender_id: int,
    at: datetime,
    known_at: datetime,
    loans: Collection[int] | None,
) -> list[MissedPayments]:
    """The payments that open loans have missed, where a rule of their place asks for them."""
    places = {place for rule in rules if set(ON_MISSED) & set(rule.triggers) for place in rule.match["place"]}
    asked = list_loans_at(places, lender_id=lender_id, known_at=known_at) if places else []
    asked = asked if loans is None else sorted(set(asked) & set(loans))
    if not asked:
        return []
    facts = load_facts(lender_id=lender_id, loans=asked, known_at=known_at)
    zone = ZONES[facts.zones[facts["lender"]["zone"][0]]]
    today = int(zone.day(np.array([instant_of(at)]))[0])
    late = facts["loan"]["loan"][
        arrears_of(facts, today, ZONES)["is_late"]
    ]  # every day of theirs is computed
    return missed_in(load_facts(lender_id=lender_id, loans=late, known_at=known_at), today)


def missed_in(facts: Facts, on: int) -> list[MissedPayments]:
    """The payments that the loans of these facts have missed by the end of day `on`."""
    zone = ZONES[facts.zones[facts["lender"]["zone"][0]]]
    found = missed_payments(facts, ZONES, on)
    first_at = zone.first_instant(found.since_on)
    return [
        MissedPayments(
            kind=ON_MISSED[int(found.is_running_account[n])],
            loan=int(facts["loan"]["loan"][found.row[n]]),
            at=datetime_of(first_at[n]),
            count=int(found.count[n]),
            is_weekly=bool(found.is_weekly[n]),
        )
        for n in range(len(found.row))
    ]


def _notice_of(rule: Obligation) -> int:
    return int(NOTICE_OF.get(rule.duty, -1)) if rule.recipient is Recipient.BORROWER else -1


def actors_of(rules: Sequence[Obligation]) -> set[str]:
    """Whose first contact gives rise to something."""
    first = [rule for rule in rules if Trigger.FIRST_COMMUNICATION in rule.triggers]
    return {kind for rule in first for kind in rule.match["actor_kind"]}
