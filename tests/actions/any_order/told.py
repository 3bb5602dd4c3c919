"""What people and other systems have said and done so far, kept in plain Python, and what it forbids.

It knows the promises and nothing of how the product keeps them: a contact that was cleared is held
against every one of them, at the instant at which it was cleared.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

TAIPEI = ZoneInfo("Asia/Taipei")
INSTALLMENT = 100_000
PER_NUMBER, NUMBER_SPAN = 2, timedelta(hours=24)
CALLS, CALLS_DAYS = 2, 7


@dataclass(frozen=True)
class Contact:
    """One contact that counts: `id` is our attempt's."""

    id: int
    at: datetime
    person: int
    value: int | None
    channel: str

    @property
    def on(self) -> date:
        return self.at.astimezone(TAIPEI).date()


@dataclass
class Switch:
    """Something that was switched off: by a person or for an address, one channel or every one."""

    person: int | None
    value: int | None
    channel: str | None
    is_on: bool = True

    def stops(self, contact: Contact) -> bool:
        is_his = self.person == contact.person if self.person is not None else self.value == contact.value
        return self.is_on and is_his and self.channel in (None, contact.channel)


@dataclass
class Held:
    """A hold on a person or one loan."""

    person: int | None
    loan: int | None
    stops: frozenset[str]
    is_on: bool = True


@dataclass
class Told:
    """Loans are known by their id; `due` has the due days of their installments, all of one size."""

    due: dict[int, list[date]] = field(default_factory=dict)
    paid: dict[int, int] = field(default_factory=dict)
    switches: list[Switch] = field(default_factory=list)
    holds: list[Held] = field(default_factory=list)
    refused: set[int] = field(default_factory=set)
    late_hours: set[int] = field(default_factory=set)
    """Persons who agreed to 20:00 to 22:00."""
    counted: dict[int, Contact] = field(default_factory=dict)

    def overdue_since(self, loan: int, on: date) -> date | None:
        """The due day of the oldest installment that is late on this day, if one is."""
        due = sorted(self.due[loan])[self.paid.get(loan, 0) // INSTALLMENT :]
        return due[0] if due and due[0] < on else None

    def against(self, contact: Contact, loans: dict[int, int]) -> Iterator[str]:
        """Every promise that clearing it would break; `loans` with the offset of the step it serves."""
        yield from self._against_wishes(contact, set(loans))
        yield from self._against_counts(contact)
        first, last = 8, 22 if contact.person in self.late_hours else 20
        if not first <= contact.at.astimezone(TAIPEI).hour < last:
            yield f"at {contact.at.astimezone(TAIPEI):%H:%M}"
        for loan, offset in loans.items():
            since = self.overdue_since(loan, contact.on)
            if since is None:
                yield f"loan {loan} is not late"
            elif (contact.on - since).days < offset:
                yield f"loan {loan} is late since {since}, and its step takes {offset} days"

    def _against_wishes(self, contact: Contact, loans: set[int]) -> Iterator[str]:
        if contact.person in self.refused:
            yield "he refused for good"
        if any(each.stops(contact) for each in self.switches):
            yield "it was switched off"
        kind = "calls" if contact.channel == "call" else "notices"
        for hold in self.holds:
            if hold.is_on and kind in hold.stops and (hold.person == contact.person or hold.loan in loans):
                yield f"a hold stops {kind}"

    def _against_counts(self, contact: Contact) -> Iterator[str]:
        others = [each for each in self.counted.values() if each.id != contact.id and each.at <= contact.at]
        if any(each.person == contact.person and each.on == contact.on for each in others):
            yield "he was contacted on that day"
        near = [each for each in others if each.at > contact.at - NUMBER_SPAN]
        if sum(each.value == contact.value for each in near) >= PER_NUMBER:
            yield "the address was used often enough"
        if contact.channel == "call":
            since = contact.on - timedelta(days=CALLS_DAYS)
            calls = [each for each in others if each.channel == "call" and each.person == contact.person]
            if sum(each.on > since for each in calls) >= CALLS:
                yield "he was called often enough"
