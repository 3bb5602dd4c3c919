"""The loans of a notice in words: late, falling due, or only named; nothing is derived or guessed.

A phrase takes its values from one loan. A value that is missing, or that could break the line it
stands in, is an error that names it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from arrears.kernel.errors import Misconfigured
from arrears.kernel.money import Money
from arrears.kernel.vocabulary import ItemisedFrom, name_of
from arrears.locale.amounts import said_amount
from arrears.locale.dates import said_date

PLACEHOLDER = re.compile(r"\{([a-z_]+)\}")
_CONTROL = re.compile(r"[\x00-\x1f\x7f\x85\u2028\u2029]")

_NAME = frozenset({"product", "reference"})
_LATENESS = frozenset({"reported_on", "months_late", "overdue_since_on"})
_AMOUNT = frozenset({"overdue_amount", "statement_on", "statement_amount"})
PHRASES: Mapping[str, frozenset[str]] = {
    "loan": _NAME | {"lateness", "amount"},
    "party_loan": _NAME | {"lateness", "amount"},
    "due_loan": _NAME | {"due"},
    "named_loan": _NAME,
    "several_loans": frozenset({"count"}),
    "one_month_late": _LATENESS,
    "months_late": _LATENESS,
    "late_since": _LATENESS,
    "overdue_amount": _AMOUNT,
    "statement_balance": _AMOUNT,
    "last_statement_balance": _AMOUNT,
    "due_amount": frozenset({"due_on", "due_amount"}),
    "due_day": frozenset({"due_on"}),
    "first_due_day": frozenset({"due_on"}),
    "placed_loan": _NAME | {"agency", "agency_contact"},
    "placed_loan_from": _NAME | {"agency", "agency_contact", "placed_on"},
    "assigned_loan": _NAME | {"assignee", "assignee_contact", "assigned_on"},
    "registered_loan": _NAME | {"bureau", "registered_on"},
    "itemised_loan": _NAME
    | {"creditor_then", "itemised_on", "itemised_from", "itemised_amount", "stated_on", "current_amount"}
    | {"interest", "fees", "payments", "credits"},
    "missed_loan": _NAME,
    "missed_payment": frozenset({"due_on", "open_amount"}),
    "missed_total": frozenset({"default_charges", "shortfall", "reported_on"}),
    **{f"from_{name_of(each)}": frozenset() for each in ItemisedFrom},
}
"""The placeholders each phrase may name."""

ABOUT_LOANS = frozenset(
    {"loans", "party_loans", "due_loans", "named_loans", "due"}
    | {"placed_loans", "assigned_loans", "registered_loans", "itemised_loans", "missed_loans"}
)
"""Placeholders of a notice that its loans fill.

loans           a line for each: how late, and which amount
party_loans     the same, to somebody who owes the loan beside its borrower
due_loans       a line for each: what falls due, and when
named_loans     only which loan it is, or how many: no lateness, no amount
due             what falls due next, without naming the loan
placed_loans    a line for each placement: which agency, how to reach it, from which day if one is set
assigned_loans  a line for each transfer: which new creditor, how to reach it, since which day
registered_loans  a line for each default that is to be registered: with which bureau, and on which day
itemised_loans  a paragraph for each: whose debt it was on a day, what it was, and what came to it since
missed_loans  a paragraph for each: the payments that were missed, what was charged for it, the shortfall
"""


_IN_PARAGRAPHS = frozenset({"itemised_loans", "missed_loans"})


@dataclass(frozen=True, slots=True)
class PassedOn:
    """To whom a measure passes a loan on: the agency that is to collect it, its new creditor, a bureau.

    `on` is the day on which the agency starts or a default is to be registered, None where none is set,
    or that on which the claim passed.
    """

    organisation: str
    contact: str
    on: date | None = None


@dataclass(frozen=True, slots=True)
class Itemised:
    """What a debt was on the day `on`, and what came to it until the end of `stated_on`.

    `itemised_from` is what happened on that day (an `ItemisedFrom`), `creditor` whose the debt was then.
    """

    itemised_from: str
    on: date
    creditor: str
    stated_on: date
    amount: Money = field(repr=False)
    interest: Money = field(repr=False)
    fees: Money = field(repr=False)
    payments: Money = field(repr=False)
    credits: Money = field(repr=False)

    @property
    def current(self) -> Money:
        """What is owed at the end of `stated_on`."""
        added = self.amount.minor + self.interest.minor + self.fees.minor
        return Money(added - self.payments.minor - self.credits.minor, self.amount.currency)


@dataclass(frozen=True, slots=True)
class Shortfall:
    """What is unpaid of the payments that fell due, by due day, and what was charged since."""

    payments: tuple[tuple[date, Money], ...] = field(repr=False)
    charges: Money = field(repr=False)

    @property
    def total(self) -> Money:
        unpaid = sum(money.minor for _, money in self.payments)
        return Money(unpaid + self.charges.minor, self.charges.currency)


@dataclass(frozen=True, slots=True)
class LateLoan:
    """One loan as a notice speaks of it: what the lender's records say, and nothing derived.

    months_late is 0 when only `overdue_since_on` is known; an amount that is not known is None.
    `next_due_on` and `next_due` are the payment that falls due next, for a loan that may not be
    late at all; None where no schedule and no statement says it. `placements`, `transfers` and
    `registrations` of a default are those that stand. `itemised` is None where nothing current says it,
    and `shortfall` where it does not come to what is overdue.
    """

    product: str
    reference: str = field(repr=False)
    reported_on: date
    months_late: int
    overdue_since_on: date | None = None
    overdue: Money | None = None
    statement: Money | None = None
    statement_on: date | None = None
    next_due_on: date | None = None
    next_due: Money | None = None
    placements: tuple[PassedOn, ...] = ()
    transfers: tuple[PassedOn, ...] = ()
    registrations: tuple[PassedOn, ...] = ()
    itemised: Itemised | None = None
    shortfall: Shortfall | None = None


@dataclass(frozen=True, slots=True)
class Said:
    """Says loans in the phrases of one language, and days as `country` writes them.

    `unusable` makes the error for a value and why.
    """

    language: str
    phrases: Mapping[str, Any]
    products: Mapping[str, str]
    roles: Mapping[str, str]
    unusable: Callable[[str, str], Misconfigured]
    country: str = ""

    def about(self, name: str, loans: Sequence[LateLoan]) -> str:
        """What the placeholder `name` of `ABOUT_LOANS` stands for. No loans at all is an error."""
        if not loans:
            raise self.unusable("loans", "is missing")
        if name == "named_loans":
            return self._named(loans)
        if name == "due":
            return self._first_due(loans)
        line = {
            "loans": self._late,
            "party_loans": self._late_to_party,
            "due_loans": self._falling_due,
            "placed_loans": self._placed,
            "assigned_loans": self._assigned,
            "registered_loans": self._registered,
            "itemised_loans": self._itemised,
            "missed_loans": self._missed,
        }[name]
        return ("\n\n" if name in _IN_PARAGRAPHS else "\n").join(line(loan) for loan in loans)

    def day(self, name: str, on: date | None) -> str:
        """The day in words; an error for none."""
        return self._present(name, self._date(on))

    def role(self, kind: str) -> str:
        """What the recipient is to the loans; an error for whoever does not owe them beside the borrower."""
        return self._present("role", self.roles.get(kind, ""))

    def clean(self, name: str, value: str) -> str:
        """The value itself, which must be there and stay on its line."""
        if _CONTROL.search(value):
            raise self.unusable(name, "holds a line break or another control character")
        return self._present(name, value)

    def _late(self, loan: LateLoan) -> str:
        return self._with_name("loan", loan, lateness=self._lateness(loan), amount=self._amount(loan))

    def _late_to_party(self, loan: LateLoan) -> str:
        return self._with_name("party_loan", loan, lateness=self._lateness(loan), amount=self._amount(loan))

    def _falling_due(self, loan: LateLoan) -> str:
        return self._with_name("due_loan", loan, due=self._due(loan))

    def _placed(self, loan: LateLoan) -> str:
        return "\n".join(self._placed_with(loan, each) for each in self._those("agency", loan.placements))

    def _placed_with(self, loan: LateLoan, placed: PassedOn) -> str:
        named = {"agency": placed.organisation, "agency_contact": placed.contact}
        if placed.on is None:
            return self._with_name("placed_loan", loan, **named)
        return self._with_name("placed_loan_from", loan, placed_on=self._date(placed.on), **named)

    def _assigned(self, loan: LateLoan) -> str:
        return "\n".join(
            self._with_name(
                "assigned_loan",
                loan,
                assignee=each.organisation,
                assignee_contact=each.contact,
                assigned_on=self._date(each.on),
            )
            for each in self._those("assignee", loan.transfers)
        )

    def _registered(self, loan: LateLoan) -> str:
        return "\n".join(
            self._with_name(
                "registered_loan", loan, bureau=each.organisation, registered_on=self._date(each.on)
            )
            for each in self._those("bureau", loan.registrations)
        )

    def _itemised(self, loan: LateLoan) -> str:
        told = loan.itemised
        if told is None:
            raise self.unusable("itemised_on", "is missing")
        return self._with_name(
            "itemised_loan",
            loan,
            creditor_then=told.creditor,
            itemised_on=self._date(told.on),
            itemised_from=self._phrase(f"from_{told.itemised_from}"),
            itemised_amount=self._money(told.amount),
            interest=self._money(told.interest),
            fees=self._money(told.fees),
            payments=self._money(told.payments),
            credits=self._money(told.credits),
            stated_on=self._date(told.stated_on),
            current_amount=self._money(told.current),
        )

    def _missed(self, loan: LateLoan) -> str:
        told = loan.shortfall
        if told is None or not told.payments:
            raise self.unusable("shortfall", "is missing")
        payments = [
            self._phrase("missed_payment", due_on=self._date(on), open_amount=self._money(money))
            for on, money in told.payments
        ]
        total = self._phrase(
            "missed_total",
            default_charges=self._money(told.charges),
            shortfall=self._money(told.total),
            reported_on=self._date(loan.reported_on),
        )
        return "\n".join([self._with_name("missed_loan", loan), *payments, total])

    def _those(self, name: str, passed: Sequence[PassedOn]) -> Sequence[PassedOn]:
        """The measures that a line is said of; none at all is an error that names whom they are with."""
        if not passed:
            raise self.unusable(name, "is missing")
        return passed

    def _named(self, loans: Sequence[LateLoan]) -> str:
        if len(loans) > 1:
            return self._phrase("several_loans", count=str(len(loans)))
        return self._with_name("named_loan", loans[0])

    def _first_due(self, loans: Sequence[LateLoan]) -> str:
        if len(loans) == 1:
            return self._due(loans[0])
        days = [loan.next_due_on for loan in loans if loan.next_due_on is not None]
        return self._phrase("first_due_day", due_on=self._date(min(days, default=None)))

    def _due(self, loan: LateLoan) -> str:
        due_on = self._date(loan.next_due_on)
        if loan.next_due is not None and loan.next_due.minor > 0:
            return self._phrase("due_amount", due_on=due_on, due_amount=self._money(loan.next_due))
        return self._phrase("due_day", due_on=due_on)

    def _lateness(self, loan: LateLoan) -> str:
        reported_on = self._date(loan.reported_on)
        if loan.months_late == 1:
            return self._phrase("one_month_late", reported_on=reported_on)
        if loan.months_late > 1:
            return self._phrase("months_late", reported_on=reported_on, months_late=str(loan.months_late))
        since = self._date(loan.overdue_since_on)
        return self._phrase("late_since", reported_on=reported_on, overdue_since_on=since)

    def _amount(self, loan: LateLoan) -> str:
        """The amount called what it is; the law refuses a contact that could name none."""
        if loan.overdue is not None and loan.overdue.minor > 0:
            return self._phrase("overdue_amount", overdue_amount=self._money(loan.overdue))
        amount = self._money(loan.statement) if loan.statement and loan.statement.minor > 0 else ""
        if loan.statement_on is None:
            return self._phrase("last_statement_balance", statement_amount=amount)
        on = self._date(loan.statement_on)
        return self._phrase("statement_balance", statement_on=on, statement_amount=amount)

    def _with_name(self, phrase: str, loan: LateLoan, **values: str) -> str:
        product = self._present("product", self.products.get(loan.product, ""))
        return self._phrase(phrase, product=product, reference=loan.reference, **values)

    def _money(self, money: Money) -> str:
        return said_amount(money, self.language)

    def _date(self, on: date | None) -> str:
        """The day in words; empty for none, which the phrase that needs it refuses by name."""
        return "" if on is None else said_date(on, self.language, self.country)

    def _phrase(self, name: str, **values: str) -> str:
        wanted = {each: self.clean(each, values[each]) for each in placeholders(self.phrases[name])}
        return filled(self.phrases[name], wanted)

    def _present(self, name: str, value: str) -> str:
        if not value.strip():
            raise self.unusable(name, "is missing")
        return value


def placeholders(text: str) -> frozenset[str]:
    """The names that stand in braces."""
    return frozenset(PLACEHOLDER.findall(text))


def filled(text: str, values: Mapping[str, str]) -> str:
    """One pass: a brace inside a value stays what it is."""
    return PLACEHOLDER.sub(lambda found: values[found[1]], text)
