"""Obligations as values: what a file says, after reading and before any facts.

An obligation arises from a trigger, is owed to a recipient, and is met by a proof state inside a
window. Nothing that is unsure, and nothing that came back, meets one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import IntEnum

from arrears.kernel.certainty import is_uncertain
from arrears.kernel.law.prior import PROOFS
from arrears.kernel.vocabulary import Channel, NoticeKind, ProofState


class Trigger(IntEnum):
    """The facts from which an obligation arises; those called planned have an event that is to come."""

    FIRST_COMMUNICATION = 0
    NEGATIVE_DATA_FURNISHED = 1
    NEGATIVE_DATA_PLANNED = 2
    DISPUTE = 3
    BUREAU_DISPUTE = 4
    FRIVOLOUS_DISPUTE = 5
    COMPLAINT = 6
    CORRECTION = 7
    DELETION = 8
    ACCESS = 9
    SUMS_IN_ARREARS = 10
    RUNNING_ACCOUNT_MISSED = 11
    DEFAULT_SUM_CHARGED = 12
    ENFORCEMENT_PLANNED = 13
    DEFAULT_REGISTRATION_PLANNED = 14
    AGENCY_PLANNED = 15
    CLAIM_TRANSFERRED = 16


PLANNED = (
    Trigger.NEGATIVE_DATA_PLANNED,
    Trigger.RUNNING_ACCOUNT_MISSED,
    Trigger.ENFORCEMENT_PLANNED,
    Trigger.DEFAULT_REGISTRATION_PLANNED,
    Trigger.AGENCY_PLANNED,
    Trigger.CLAIM_TRANSFERRED,
)
"""Triggers with an event that the obligation may be counted back from: a report, a first contact."""

ANSWERED_TO: Mapping[Trigger, str] = {
    Trigger.DISPUTE: "requester",
    Trigger.BUREAU_DISPUTE: "bureau",
    Trigger.FRIVOLOUS_DISPUTE: "requester",
    Trigger.COMPLAINT: "requester",
    Trigger.CORRECTION: "requester",
    Trigger.DELETION: "requester",
    Trigger.ACCESS: "requester",
}
"""Who asked, of the triggers that want an answer."""


class Duty(IntEnum):
    """What must be given: an answer, or a notice by what it says."""

    ANSWER = 0
    VALIDATION = 1
    NEGATIVE_DATA = 2
    FIRST_DELINQUENCY_DATE = 3
    SUMS_IN_ARREARS = 4
    DEFAULT_SUM = 5
    DEFAULT_NOTICE = 6
    DEFAULT_REGISTRATION = 7
    AGENCY = 8
    TRANSFER = 9


NOTICE_OF: Mapping[Duty, NoticeKind] = {
    Duty.VALIDATION: NoticeKind.VALIDATION,
    Duty.NEGATIVE_DATA: NoticeKind.NEGATIVE_DATA,
    Duty.SUMS_IN_ARREARS: NoticeKind.SUMS_IN_ARREARS,
    Duty.DEFAULT_SUM: NoticeKind.DEFAULT_SUM,
    Duty.DEFAULT_NOTICE: NoticeKind.DEFAULT_NOTICE,
    Duty.DEFAULT_REGISTRATION: NoticeKind.DEFAULT_REGISTRATION,
    Duty.AGENCY: NoticeKind.OUTSOURCING_NOTICE,
    Duty.TRANSFER: NoticeKind.ASSIGNMENT_NOTICE,
}
"""Duties whose notice is of a kind of its own; of what a bureau is told no proof is kept."""


class Recipient(IntEnum):
    BORROWER = 0
    REQUESTER = 1
    BUREAU = 2


class SatisfiedBy(IntEnum):
    SENT = 0
    DELIVERED = 1
    ANSWERED = 2


PROVES: Mapping[SatisfiedBy, tuple[ProofState, ...]] = {
    SatisfiedBy.SENT: PROOFS["sent"],
    SatisfiedBy.DELIVERED: PROOFS["delivered"],
    SatisfiedBy.ANSWERED: (),
}
"""An answer is proved by the request itself, not by a notice."""


class Unit(IntEnum):
    DAYS = 0
    BUSINESS_DAYS = 1
    MONTHS = 2


@dataclass(frozen=True, slots=True)
class Window:
    """Until when.

    is_before      counted back from the event instead of on from the trigger
    length         in `unit`; None: before the event's very instant, or without a last day
    counts_anchor  the day of the trigger (or event) is the first day of the length
    calendar       whose public holidays are no business days, ISO 3166
    extensions     what each recorded extension adds, in `unit`
    """

    is_before: bool
    length: int | None
    unit: Unit
    counts_anchor: bool
    calendar: str
    extensions: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Obligation:
    """One obligation of one file.

    match            field -> names: place (of the person or of the contract), actor_kind,
                     creditor_licence, debt_kind; all must match
    payments_min     payments that must have been missed; `weekly_payments_min` where the
                     repayment interval is a week or less
    channels         the only ones through which a notice meets it; none: any
    earlier_counts   what was given before the trigger meets it
    repeat_months    while the trigger lasts, again within so many months of the last notice
    in_force_*       civil dates at the reference zone of what the window is counted from, the
                     end exclusive; None is open
    is_uncertain     the notes do not support it well enough; it is shown, marked as uncertain
    may_extend       the notes support its extensions well enough to rely on
    """

    id: str
    jurisdiction: str
    triggers: tuple[Trigger, ...]
    duty: Duty
    recipient: Recipient
    window: Window
    satisfied_by: SatisfiedBy
    match: Mapping[str, tuple[str, ...]]
    citation: str
    certainty: str
    about: Mapping[str, str]
    reference_zone: str
    payments_min: int = 0
    weekly_payments_min: int = 0
    channels: tuple[Channel, ...] = ()
    earlier_counts: bool = False
    repeat_months: int = 0
    in_force_from: date | None = None
    in_force_until: date | None = None

    def __hash__(self) -> int:
        return hash(self.id)

    @property
    def is_uncertain(self) -> bool:
        return is_uncertain(self.certainty)

    @property
    def may_extend(self) -> bool:
        return not is_uncertain(self.certainty)
