"""What an answer is made of: the question, one of five values, reasons, and what can be done now."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import IntEnum

from arrears.kernel.facts import NEVER
from arrears.kernel.law.rules import Release, Rule


class Question(IntEnum):
    NOTICE = 0
    LETTER_HOME = 1
    CALL = 2
    THIRD_PERSONS = 3
    CREDIT_RECORD = 4


class Value(IntEnum):
    YES = 0
    NO = 1
    ONLY_IF = 2
    NOT_KNOWN = 3
    NEVER = 4


class Party(IntEnum):
    """Who can bring what releases a refusal, or state what is not known."""

    NOBODY = 0  # it is a matter of time, or it stays as it is
    BORROWER = 1
    LENDER = 2
    INSTITUTION = 3  # one of those whose money the loan is; the reason names it


BROUGHT_BY: Mapping[str, Party] = {
    "amount": Party.LENDER,
    "payments_complete_through": Party.LENDER,
    "place": Party.BORROWER,
    "contact_point": Party.BORROWER,
    "opt_in": Party.BORROWER,
    "suits_again": Party.BORROWER,
    "hold_end": Party.LENDER,
    "report": Party.LENDER,
    "contact_history": Party.LENDER,
    "authority": Party.BORROWER,
    "source": Party.LENDER,
    "notice": Party.LENDER,
    "consent": Party.BORROWER,
    "text": Party.LENDER,
    "visitors": Party.LENDER,
    "dispute_note": Party.LENDER,
    "institution": Party.LENDER,
    "reporting_route": Party.INSTITUTION,
}
"""Fact that releases something -> who can bring it."""

REASONS = frozenset(
    {
        *("closed", "no_report", "not_late", "not_overdue"),  # how the loan stands
        *("planned", "if_unpaid", "step_later", "all_steps_done", "all_steps_foretold", "no_step"),
        *("not_before", "no_time_ahead", "law_refuses", "law_refuses_anyway"),
        *("held", "paid_since", "still_there"),
        *("unreached_switched_off", "unreached_in_vain", "unreached_dead", "unreached_no_address"),
        *("in_vain_failed", "in_vain_unanswered", "in_vain_silent"),
        *("only_borrower", "also_liable", "no_address_book"),  # third persons
        *("late_on_record", "reports", "reports_unnamed", "reports_nowhere"),  # the credit record
        *("not_stated", "no_institution_stated", "reporting_paused", "earlier_reports"),
    }
)
"""Every code of a reason."""

CAN_DO = (
    "await_report",
    "ask_hold",
    "pay",
    "plan",
    "talk",
    "ask_lender",
    "look",
    "switch_on",
    "tell_hours",
    "update_contact",
    "tell_place",
    "see_record",
    "correct_record",
    "switch_off",
    "tell_us",
    "verify",
)
"""Everything a borrower can be told to do now, the most useful first."""


@dataclass(frozen=True, slots=True)
class Reason:
    """Why an answer is what it is.

    code     one of `REASONS`
    rule     the rule that says so, with its citation and certainty; None where no law speaks
    release  what would change it, None where the reason itself is no refusal
    facts    the values its sentence is made of: days, instants and names, never personal ones.
             `on` and names that end in `_on` are days, those that end in `_at` instants.
    """

    code: str
    rule: Rule | None = None
    release: Release | None = None
    facts: Mapping[str, int | str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        assert self.code in REASONS, self.code

    @property
    def brought_by(self) -> Party | None:
        """Who can bring what would change it; None where there is no release."""
        return None if self.release is None else brought_by(self.release)


@dataclass(frozen=True, slots=True)
class Answer:
    """One question answered. `can_do` are codes of `CAN_DO`, in its order.

    Every answer has a reason, every yes a day among the facts of its reasons, and whatever is
    not known somebody who has to state it.
    """

    question: Question
    value: Value
    reasons: tuple[Reason, ...]
    can_do: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        assert self.reasons, (self.question, "an answer without a reason")
        if self.value is Value.YES:
            days = (name for reason in self.reasons for name in reason.facts)
            assert any(is_day(name) for name in days), (self.question, "a yes without a day")
        if self.value is Value.NOT_KNOWN:
            assert self.must_state(), (self.question, "not known, and nobody has to state it")

    def must_state(self) -> tuple[Reason, ...]:
        """Of what is not known, the reasons that say who has to state it."""
        if self.value is not Value.NOT_KNOWN:
            return ()
        return tuple(r for r in self.reasons if r.brought_by in (Party.LENDER, Party.INSTITUTION))


@dataclass(frozen=True, slots=True)
class Route:
    """One institution behind a loan, and what it has stated about reporting.

    `is_reported` is None while nobody has stated it; `bureau` is empty where none is named.
    """

    institution: str
    is_reported: bool | None
    bureau: str = ""


def is_day(name: str) -> bool:
    """Whether a fact of this name is a day."""
    return name == "on" or name.endswith("_on")


def brought_by(release: Release) -> Party:
    """Who can bring what a release waits for."""
    return BROUGHT_BY[release.fact] if release.kind == "fact" else Party.NOBODY


def missing(fact: str) -> Release:
    """The release of something that waits for a fact."""
    return Release("fact", fact, NEVER)


def in_order(codes: Iterable[str]) -> tuple[str, ...]:
    """What can be done without repeats, the most useful first."""
    return tuple(sorted(set(codes), key=CAN_DO.index))
