"""What the validation information in the United States says, from what is on file, and what is missing.

Nothing of it is guessed: an itemisation from before a payment or a change of the debt no longer says
what is owed, and counts as none. When the validation period ends is reckoned from the day of sending
by the entry `us.validation.period` of the tables.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db import connection

from arrears.kernel.money import Money
from arrears.kernel.tables.periods import after_business_days
from arrears.kernel.vocabulary import FOR_ANOTHER, ActorKind, Channel, code_of, name_of
from arrears.locale.notices import Besides, Itemised
from arrears.rulepacks.tables import ask
from arrears.rulepacks.working_days import is_working_day
from arrears.store.crypto import keyring
from arrears.store.models import Organisation
from arrears.store.personal import details_of, values_of

_PERIOD = "us.validation.period"
_LETTER = name_of(Channel.LETTER)
_POSTED_WITHIN_BUSINESS_DAYS = 3
"""What a print house may take: a letter is posted later than it is written, and a period that is taken
to begin later takes nothing from the borrower."""
_OF_ITEMISATION = ("creditor_then", "itemised_on", "itemised_amount", "itemisation", "current_amount")


@dataclass(frozen=True, slots=True)
class Addressee:
    """A person by name, and the last postal address on file that is not known to be dead; empty for none."""

    name: str = field(default="", repr=False)
    address: str = field(default="", repr=False)


NOBODY = Addressee()


@dataclass(frozen=True, slots=True)
class Validation:
    """What is on file for the validation information about some loans, to some persons.

    outdated   loans whose itemisation is from before a payment or a change of the debt
    actor      what the lender is to its borrowers (an `ActorKind`)
    lacks      what it has not said of itself
    """

    itemisations: Mapping[int, Itemised]
    outdated: frozenset[int]
    addressees: Mapping[int, Addressee]
    actor: int
    lacks: tuple[str, ...]

    def missing(self, loan: int, person: int, *, actor: int) -> tuple[str, ...]:
        """The facts of `kernel.content.stated` that nothing on file says; empty where all are.

        Where the debt collector who made contact (`actor`) is another than the lender, the notice is that
        collector's to give, and no text of the lender's names him.
        """
        others = () if actor == self.actor else ("debt_collector",)
        return (*others, *self.lacks, *self._of_person(person), *self._of_loan(loan))

    def _of_person(self, person: int) -> Iterator[str]:
        to = self.addressees.get(person, NOBODY)
        if not to.name.strip():
            yield "recipient_name"
        if not to.address:
            yield "recipient_address"

    def _of_loan(self, loan: int) -> tuple[str, ...]:
        if loan in self.itemisations:
            return ()
        return ("current_amount",) if loan in self.outdated else _OF_ITEMISATION


def validation_of(
    lender: int, loans: Collection[int], persons: Collection[int], *, known_at: datetime
) -> Validation:
    """What was on file at `known_at` about these loans; of the persons, what is on file now."""
    found = _itemisations(loans, known_at)
    current = {loan: told for loan, (told, is_outdated) in found.items() if not is_outdated}
    row = Organisation.objects.get(pk=lender)
    return Validation(
        itemisations=current,
        outdated=frozenset(found) - frozenset(current),
        addressees=addressees_of(persons),
        actor=int(code_of(ActorKind, row.actor_kind or "")),
        lacks=_lacks(row),
    )


def itemisations_of(loans: Collection[int], *, known_at: datetime) -> dict[int, Itemised]:
    """By loan what may be told of its debt; a loan of which nothing current is on file is not in it."""
    found = _itemisations(loans, known_at)
    return {loan: told for loan, (told, is_outdated) in found.items() if not is_outdated}


def addressees_of(persons: Collection[int]) -> dict[int, Addressee]:
    """Who these persons are, and where; those erased are not in it."""
    if not persons:
        return {}
    ring = keyring()
    names = {person: str(told.get("name", "")) for person, told in details_of(ring, list(persons)).items()}
    with connection.cursor() as cursor:
        cursor.execute(_ADDRESSES, [list(persons)])
        points = dict(cursor.fetchall())
    values = values_of(ring, list(points.values()))
    addresses = {person: _in_one_line(values.get(point, "")) for person, point in points.items()}
    return {
        person: Addressee(names.get(person, ""), addresses.get(person, ""))
        for person in names.keys() | addresses.keys()
    }


def besides_of(to: Addressee, channel: str, *, sent_on: date) -> Besides:
    """What the notice says besides its loans, if it leaves on this day, or goes to the print house then."""
    if channel == _LETTER:
        sent_on = after_business_days(sent_on, _POSTED_WITHIN_BUSINESS_DAYS, "US", is_working_day)
    ends_on = ask(_PERIOD, {"sent_on": sent_on, "on": sent_on}).decides_on
    return Besides(to.name, to.address, ends_on)


def _lacks(lender: Organisation) -> tuple[str, ...]:
    said = {"collector_address": lender.postal_address}
    if lender.actor_kind in [name_of(each) for each in FOR_ANOTHER]:
        said["current_creditor"] = lender.collects_for
    return tuple(name for name, value in said.items() if not (value or "").strip())


def _in_one_line(address: str) -> str:
    return ", ".join(line.strip(" ,") for line in address.splitlines() if line.strip(" ,"))


def _itemisations(loans: Collection[int], known_at: datetime) -> dict[int, tuple[Itemised, bool]]:
    """By loan what it says, and whether something has happened to the debt since."""
    if not loans:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(_STANDING, {"loans": list(loans), "known": known_at})
        rows = cursor.fetchall()
    return {loan: (_itemised(currency, told), is_outdated) for loan, currency, is_outdated, *told in rows}


def _itemised(currency: str, told: Sequence[Any]) -> Itemised:
    itemised_from, on, creditor, stated_on, *minors = told
    amount, interest, fees, payments, credited = (Money(minor, currency) for minor in minors)
    return Itemised(
        itemised_from=itemised_from,
        on=on,
        creditor=creditor,
        stated_on=stated_on,
        amount=amount,
        interest=interest,
        fees=fees,
        payments=payments,
        credits=credited,
    )


_ADDRESSES = """
SELECT DISTINCT ON (person_id) person_id, id
  FROM contact_point
 WHERE person_id = ANY(%s) AND kind = 'postal' AND dead_from_at IS NULL AND retired_at IS NULL
 ORDER BY person_id, recorded_at DESC, id DESC
"""

# What came in later may be missing from it, on whatever day it was; a charge-off changes no debt.
_STANDING = """
SELECT i.loan_id, loan.currency,
       EXISTS (SELECT FROM (SELECT p.value_on, p.recorded_at FROM payment AS p WHERE p.loan_id = i.loan_id
                            UNION ALL
                            SELECT e.value_on, e.recorded_at FROM loan_event AS e
                             WHERE e.loan_id = i.loan_id AND e.kind <> 'charge_off'
                            UNION ALL
                            SELECT r.reversed_on, r.recorded_at FROM reversal AS r
                              JOIN payment AS p ON p.id = r.payment_id WHERE p.loan_id = i.loan_id
                            UNION ALL
                            SELECT r.reversed_on, r.recorded_at FROM reversal AS r
                              JOIN loan_event AS e ON e.id = r.loan_event_id WHERE e.loan_id = i.loan_id
                           ) AS news (on_day, recorded_at)
                WHERE (news.on_day > i.stated_on OR news.recorded_at > i.recorded_at)
                  AND news.recorded_at <= %(known)s),
       i.itemised_from, i.itemised_on, i.creditor, i.stated_on,
       i.itemised_minor, i.interest_minor, i.fees_minor, i.payments_minor, i.credits_minor
  FROM itemisation AS i
  JOIN loan ON loan.id = i.loan_id
 WHERE i.loan_id = ANY(%(loans)s) AND i.recorded_at <= %(known)s
   AND NOT EXISTS (SELECT FROM itemisation AS newer
                    WHERE newer.supersedes_id = i.id AND newer.recorded_at <= %(known)s)
"""
