"""A contact that another system has in mind, by reference to what is on file, bound into candidates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np

from arrears.actions.lawful_texts import OwnText
from arrears.kernel.arrears import arrears_of
from arrears.kernel.days import instant_of
from arrears.kernel.errors import ArrearsError, BadInput, NotFound
from arrears.kernel.facts import NO_DATE, NO_ID, UNKNOWN_MINOR, Codes, Column, Facts, Instants, rows_of
from arrears.kernel.law.candidates import Candidates, candidates_of
from arrears.kernel.law.rules import Law
from arrears.kernel.planning.proposals import points_of
from arrears.kernel.vocabulary import (
    LIABLE,
    MANNERS_OF,
    Channel,
    Manner,
    NoticeKind,
    Purpose,
    RecipientKind,
    Voice,
    code_of,
    name_of,
)
from arrears.store.crypto import keyring
from arrears.store.facts import load_facts
from arrears.store.models import Loan, Person

PAST_MAX = timedelta(days=1)
AHEAD_MAX = timedelta(days=399)
DAYS_MAX = 31
"""Arrears are computed once for each business day asked about."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """One contact: about which loan, with whom, how, why and when.

    `person_ref` is the lender's number of the recipient; None is the only person who is
    `recipient_kind` to the loan. `recipient_kind` None is what the loan's parties say he is.
    `at` None is now. `voice` None is a person's where it is a call; `visitors` None is not known.
    `manner` is how it is made where some law forbids that, None is in no such way.
    `dispute_noted`: what is passed on to a credit bureau says that the debt is disputed.
    `text` is what will be said, None the lender's own text.
    """

    loan_ref: str
    channel: str
    notice: str
    purpose: str = "collect"
    recipient_kind: str | None = None
    person_ref: str | None = None
    at: datetime | None = None
    voice: str | None = None
    visitors: int | None = None
    manner: str | None = None
    dispute_noted: bool = False
    text: OwnText | None = None


@dataclass(frozen=True, slots=True)
class Known:
    """What is on file about the contacts wanted, and every candidate that could be one of them.

    `of_wanted` says per candidate which contact wanted it is; `wrong` has those that cannot be
    asked, and `texts` the text of each contact that brings its own.
    """

    facts: Facts
    candidates: Candidates
    at: Instants
    of_wanted: Codes
    wrong: Mapping[int, ArrearsError]
    texts: Mapping[int, OwnText]


@dataclass(frozen=True, slots=True)
class Bound:
    """Who and what one contact wanted means, in ids, and the business day and instant it is asked for."""

    number: int
    loan: int
    person: int
    recipient_kind: int
    on: int
    at: int
    wanted: Wanted


def read_known(lender: int, wanted: Sequence[Wanted], law: Law, *, at: datetime) -> Known:
    """Facts as known at `at`, and one candidate per contact wanted and contact point it could use.

    Raises BadInput when more than `DAYS_MAX` business days are asked about.
    """
    loans, persons = find_loans(lender, wanted), find_persons(lender, wanted)
    facts = load_facts(
        lender_id=lender, loans=sorted(loans.values()), persons=sorted(persons.values()), known_at=at
    )
    binding = _Binding(facts, law, loans, persons, at)
    bound, wrong = [], {}
    for number, each in enumerate(wanted):
        try:
            bound.append(binding.bound(number, each))
        except ArrearsError as error:
            wrong[number] = error
    return _candidates(facts, law, bound, wrong)


def find_loans(lender: int, wanted: Sequence[Wanted]) -> dict[str, int]:
    refs = {each.loan_ref for each in wanted}
    return dict(Loan.objects.filter(lender=lender, source_ref__in=refs).values_list("source_ref", "id"))


def find_persons(lender: int, wanted: Sequence[Wanted]) -> dict[str, int]:
    """Persons by the lender's numbers; those not on file are not in it."""
    refs = {each.person_ref for each in wanted if each.person_ref is not None}
    if not refs:
        return {}
    ring = keyring()
    ref_of = {ring.source_key(lender, ref): ref for ref in refs}
    rows = Person.objects.filter(lender=lender, source_key__in=list(ref_of)).values_list("source_key", "id")
    return {ref_of[bytes(key)]: person for key, person in rows if key is not None}


class _Binding:
    """Says who and what contacts wanted mean, from the facts."""

    def __init__(
        self, facts: Facts, law: Law, loans: Mapping[str, int], persons: Mapping[str, int], at: datetime
    ) -> None:
        self.facts, self.loans, self.persons, self.at = facts, loans, persons, at
        zone = facts["lender"]["zone"]
        self.zone = law.zones[facts.zones[zone[0]]] if len(zone) else law.zones["UTC"]

    def bound(self, number: int, wanted: Wanted) -> Bound:
        """Raises NotFound and BadInput, which name the field."""
        _refuse_misplaced(wanted)
        if wanted.loan_ref not in self.loans:
            raise NotFound("ask.loan", "The lender has no loan with this number.", field="loan_ref")
        at = wanted.at or self.at
        if not self.at - PAST_MAX <= at <= self.at + AHEAD_MAX:
            what = "The instant asked about is more than a day past or 399 days ahead."
            raise BadInput("ask.at", what, field="at")
        loan, instant = self.loans[wanted.loan_ref], instant_of(at)
        on = int(self.zone.day(np.array([instant]))[0])
        person, kind = self._recipient(wanted, self._roles(loan, on))
        return Bound(number, loan, person, int(kind), on, instant, wanted)

    def _roles(self, loan: int, on: int) -> dict[int, list[RecipientKind]]:
        """What everybody is to the loan on a day, by person."""
        parties = self.facts["party"]
        low, high = np.searchsorted(parties["loan"], [loan, loan + 1])
        found: dict[int, list[RecipientKind]] = {}
        for row in range(low, high):
            until_on = int(parties["until_on"][row])
            if parties["from_on"][row] <= on and (until_on == NO_DATE or on < until_on):
                role = RecipientKind(parties["role"][row])
                found.setdefault(int(parties["person"][row]), []).append(role)
        return found

    def _recipient(
        self, wanted: Wanted, roles: Mapping[int, Sequence[RecipientKind]]
    ) -> tuple[int, RecipientKind]:
        kind = None if wanted.recipient_kind is None else code_of(RecipientKind, wanted.recipient_kind)
        if wanted.person_ref is None:
            kind = RecipientKind.BORROWER if kind is None else kind
            return self._only_one(roles, kind), kind
        person = self.persons.get(wanted.person_ref)
        if person is None:
            what = "The lender has no person with this number."
            raise NotFound("ask.person", what, field="person_ref")
        has = roles.get(person, ())
        if kind is None:
            return person, min(has, default=RecipientKind.OTHER_PERSON)
        if kind in LIABLE and kind not in has:
            what = f"The person is not {name_of(kind)} of this loan."
            raise BadInput("ask.not_a_party", what, field="recipient_kind")
        return person, kind

    def _only_one(self, roles: Mapping[int, Sequence[RecipientKind]], kind: RecipientKind) -> int:
        persons = [person for person, has in roles.items() if kind in has]
        if len(persons) == 1:
            return persons[0]
        what = f"{len(persons) or 'No'} persons are {name_of(kind)} of this loan."
        raise BadInput("ask.which_person", what, hint="Name one by person_ref.", field="person_ref")


def _refuse_misplaced(wanted: Wanted) -> None:
    stated = (("voice", Channel.CALL), ("visitors", Channel.VISIT))
    for field, channel in stated:
        if getattr(wanted, field) is not None and wanted.channel != name_of(channel):
            raise BadInput("ask.misplaced", f"{field} is stated of a {name_of(channel)}.", field=field)
    if wanted.manner is not None and _manner(wanted) not in MANNERS_OF[code_of(Channel, wanted.channel)]:
        what = f"A contact by {wanted.channel} is not made as {wanted.manner}."
        raise BadInput("ask.misplaced", what, field="manner")


def _channel(wanted: Wanted) -> int:
    """Passing data on to a credit bureau has none, whatever was stated."""
    return NO_ID if wanted.purpose == name_of(Purpose.FURNISH) else int(code_of(Channel, wanted.channel))


def _voice(wanted: Wanted) -> int:
    if _channel(wanted) != Channel.CALL:
        return NO_ID
    return int(Voice.PERSON if wanted.voice is None else code_of(Voice, wanted.voice))


def _manner(wanted: Wanted) -> int:
    return NO_ID if wanted.manner is None else int(code_of(Manner, wanted.manner))


def _candidates(facts: Facts, law: Law, bound: Sequence[Bound], wrong: Mapping[int, ArrearsError]) -> Known:
    def column(values: Sequence[int]) -> Codes:
        return np.array(values, np.int64)

    channel = column([_channel(each.wanted) for each in bound])
    row, point = points_of(facts, column([each.person for each in bound]), channel)
    chosen = [bound[n] for n in row.tolist()]
    loan = column([each.loan for each in chosen])
    notice = column([code_of(NoticeKind, each.wanted.notice) for each in chosen])
    is_amount_known, reported_on = _amounts(facts, law, loan, notice, column([each.on for each in chosen]))
    candidates = candidates_of(
        facts,
        loan=loan,
        person=column([each.person for each in chosen]),
        recipient_kind=column([each.recipient_kind for each in chosen]),
        point=point,
        channel=channel[row],
        notice=notice,
        purpose=column([code_of(Purpose, each.wanted.purpose) for each in chosen]),
        is_amount_known=is_amount_known,
        reported_on=reported_on,
        voice=column([_voice(each.wanted) for each in chosen]),
        visitors=column([each.wanted.visitors or NO_ID for each in chosen]),
        manner=column([_manner(each.wanted) for each in chosen]),
        is_dispute_noted=column([each.wanted.dispute_noted for each in chosen]),
    )
    at, number = column([each.at for each in chosen]), column([each.number for each in chosen])
    texts = {each.number: each.wanted.text for each in bound if each.wanted.text is not None}
    return Known(facts, candidates, at, number, wrong, texts)


def _amounts(facts: Facts, law: Law, loan: Codes, notice: Codes, on: Codes) -> tuple[Column, Column]:
    """Per candidate: whether the amount its notice speaks of is known on its day, and as of when."""
    days = np.unique(on)
    if len(days) > DAYS_MAX:
        what = f"More than {DAYS_MAX} business days are asked about."
        raise BadInput("ask.too_many_days", what, hint="Ask about them in requests of their own.")
    row = rows_of(facts["loan"]["loan"], loan)
    is_known, reported_on = np.zeros(len(loan), np.bool_), np.zeros(len(loan), np.int64)
    for day in days.tolist():
        arrears = arrears_of(facts, day, law.zones)
        rows = np.flatnonzero(on == day)
        is_next = notice[rows] == NoticeKind.DUE_REMINDER
        of_next = arrears["next_due_minor"][row[rows]] != UNKNOWN_MINOR
        is_known[rows] = np.where(is_next, of_next, arrears["amount_known"][row[rows]])
        reported_on[rows] = arrears["reported_on"][row[rows]]
    return is_known, reported_on
