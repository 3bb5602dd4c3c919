"""What the notices of obligations have to say about loans, as far as something on file says it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from arrears.actions.passing_on import TOLD_BY, Passings, missing_of, passings_of
from arrears.actions.validation import Validation, validation_of
from arrears.kernel.vocabulary import NoticeKind
from arrears.store.models import Organisation

About = Collection[tuple[int, int, int]]
"""(loan, person, notice) of each notice that is wanted."""


@dataclass(frozen=True, slots=True)
class NoticeFacts:
    """What was read for some notices; of others nothing is known to be missing."""

    passings: Passings
    validation: Validation | None
    has_arrears_sheet: bool = True

    def missing(self, loan: int, person: int, notice: int, *, actor: int) -> tuple[str, ...]:
        """What the notice about this loan to this person has to say and nothing on file does.

        `actor` is the kind of actor (an `ActorKind`) whose act gave rise to it.
        """
        if notice == NoticeKind.VALIDATION and self.validation is not None:
            return self.validation.missing(loan, person, actor=actor)
        if notice == NoticeKind.SUMS_IN_ARREARS and not self.has_arrears_sheet:
            return ("arrears_information_sheet",)
        return missing_of(self.passings, loan, notice)


NOTHING_READ = NoticeFacts({}, None)


def notice_facts(about: About, *, lender: int, at: datetime, known_at: datetime) -> NoticeFacts:
    """What these notices say, of what stands at `at` as it was known at `known_at`."""
    passed_on = sorted({loan for loan, _, notice in about if notice in TOLD_BY.values()})
    disputable = [(loan, person) for loan, person, notice in about if notice == NoticeKind.VALIDATION]
    validation = None
    if disputable:
        loans, persons = ({pair[part] for pair in disputable} for part in range(2))
        validation = validation_of(lender, sorted(loans), sorted(persons), known_at=known_at)
    return NoticeFacts(
        passings_of(passed_on, at=at, known_at=known_at),
        validation,
        has_arrears_sheet=bool((Organisation.objects.get(pk=lender).arrears_information_sheet or "").strip()),
    )
