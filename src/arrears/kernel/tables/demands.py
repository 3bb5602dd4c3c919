"""How much of what the books ask for may be demanded, under every cap that binds the loan.

The books are not restated: what lies beyond a cap is left out of the demand and said beside it.
What a court may cut down at the debtor's request is demanded, and said too. A cap that needs a
rate nobody told is not asked.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from arrears.kernel.tables.caps import UNLAWFUL
from arrears.kernel.tables.entries import Answer, Entry, Facts, binds
from arrears.kernel.tables.kinds import KINDS

_OF_RATES = ("rate_cap", "rate_multiple")
_OF_PENALTIES = (*_OF_RATES, "rate_band")
PENAL_INTEREST = "penal_interest"
"""What a penalty is that grows with time at a rate, among the kinds of charges."""


@dataclass(frozen=True, slots=True)
class Claimed:
    """What the books claim of one loan: parts of the overdue amount, and the yearly rates they grew at.

    A rate of None is not known; then no cap on that part is asked.
    """

    interest_minor: int
    penalty_minor: int
    interest_bps: int | None
    penalty_bps: int | None


@dataclass(frozen=True, slots=True)
class Beyond:
    """What is not demanded, and why.

    minor       the unlawful part, in minor units; 0 where all is lawful
    by          ids of the entries it lies beyond, each of which alone forbids a part
    challenged  ids of the entries by which a court may cut down what is demanded
    """

    minor: int
    by: tuple[str, ...]
    challenged: tuple[str, ...]


def beyond_caps(entries: Sequence[Entry], claimed: Claimed, facts: Facts) -> Beyond:
    """What the entries leave out of a demand; `facts` say whom and what it is about, and when."""
    minor, by, challenged = 0, [], []
    for part, answers in _parts(entries, claimed, facts):
        beyond = 0
        for entry, answer in answers:
            over = part if answer.beyond is None else answer.beyond
            if answer.word == UNLAWFUL:
                beyond = max(beyond, over)
                by.append(entry.id)
            elif over and answer.beyond is not None:
                challenged.append(entry.id)
        minor += beyond
    return Beyond(minor, tuple(dict.fromkeys(by)), tuple(dict.fromkeys(challenged)))


def _parts(
    entries: Sequence[Entry], claimed: Claimed, facts: Facts
) -> Iterator[tuple[int, list[tuple[Entry, Answer]]]]:
    """Each part of the claim that grew at a known rate, with what every entry says of it."""
    told = {**facts, "contract_bps": claimed.interest_bps, "use": "overdue", "charge": PENAL_INTEREST}
    rates = (
        (claimed.interest_minor, claimed.interest_bps, _OF_RATES),
        (claimed.penalty_minor, claimed.penalty_bps, (*_OF_PENALTIES, "charge_kinds")),
    )
    for part, rate, kinds in rates:
        if part > 0 and rate:
            of_part = {**told, "rate_bps": rate, "claimed_minor": part}
            bound = (entry for entry in entries if entry.kind in kinds and binds(entry, of_part))
            yield part, [(entry, KINDS[entry.kind].answer(entry, of_part, _no_days)) for entry in bound]


def _no_days(_place: str, _on: object) -> bool:
    raise AssertionError("no cap counts business days")
