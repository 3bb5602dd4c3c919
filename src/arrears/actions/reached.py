"""Which channels reach whoever owes a loan, by each address on file; nothing is written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from arrears.actions.explanations import get_subject
from arrears.kernel.days import instant_of
from arrears.kernel.planning.reachability import PointState, point_states
from arrears.kernel.planning.strategy import Strategy
from arrears.kernel.vocabulary import LIABLE, RecipientKind
from arrears.store.facts import load_facts


@dataclass(frozen=True, slots=True)
class Reached:
    """One of those who owe the loan, and what is known of his addresses."""

    person: int
    role: RecipientKind
    points: tuple[PointState, ...]


def reached_about(
    *, loan_ref: str, strategy: Strategy, at: datetime, lender: int | None = None
) -> Sequence[Reached]:
    """Everybody who owes the loan with this number. Raises NotFound and NotPossible as `explain` does."""
    subject = get_subject(loan_ref, lender=lender)
    facts = load_facts(lender_id=subject.lender, loans=[subject.loan], known_at=at)
    parties = facts["party"]
    found = {
        (int(role), int(person)) for role, person in zip(parties["role"], parties["person"], strict=True)
    }
    return [
        Reached(
            person,
            RecipientKind(role),
            point_states(facts, person, instant_of(at), strategy.reachability),
        )
        for role, person in sorted(found)
        if role in LIABLE
    ]
