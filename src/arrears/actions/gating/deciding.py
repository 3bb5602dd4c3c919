"""What the gate decides about the contacts it has claimed, from facts read under the locks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

import numpy as np

from arrears.actions.approvals import LAWYERS_LETTER, approved_texts
from arrears.actions.approvals import RULE as LAWYERS_LETTER_RULE
from arrears.actions.decisions import Asked, Served, write_decisions
from arrears.actions.duties import open_duties, with_duties
from arrears.actions.gating.capping import Caps, caps_on, lawful, with_caps
from arrears.actions.gating.claims import Claim, intended
from arrears.actions.gating.reserving import LEASE, Ending, Reservation
from arrears.actions.gating.updating import OutOfDate, with_request
from arrears.actions.gating.wording import Institution, Worded, late_loans, lateness_of
from arrears.actions.shortfalls import with_shortfall
from arrears.actions.texts import version_of
from arrears.actions.validation import NOBODY, Addressee, addressees_of, besides_of, itemisations_of
from arrears.kernel.arrears import arrears_of
from arrears.kernel.days import date_of, datetime_of, instant_of
from arrears.kernel.errors import Misconfigured
from arrears.kernel.facts import NEVER, Column, Facts, rows_of
from arrears.kernel.law.candidates import groups_of
from arrears.kernel.law.rules import Law
from arrears.kernel.law.solver import Solution
from arrears.kernel.planning.assumed import without_contacts
from arrears.kernel.planning.clearing import Ended, Intended, Round, candidates_for, clear, ended
from arrears.kernel.planning.duties import Duties
from arrears.kernel.planning.reachability import out_of_date
from arrears.kernel.planning.strategy import Strategy, Track
from arrears.kernel.vocabulary import NoticeKind, name_of
from arrears.locale.notices import NOTHING_BESIDES, Besides, LateLoan
from arrears.store.facts import load_facts
from arrears.strategies.reachability import with_reachability

_OF_LOANS = (
    *("loans", "product", "reference", "overdue_since_on", "statement_amount", "due_on", "role"),
    *("agency", "agency_contact", "assignee", "assignee_contact", "assigned_on", "bureau", "registered_on"),
    *("itemised_on", "collector_address", "recipient_name", "recipient_address"),
    *("shortfall", "arrears_information_sheet"),
)
"""Values that only some notices need: of the loans they speak of, of their recipient, of the lender."""

_VALIDATION = name_of(NoticeKind.VALIDATION)
_SUMS_IN_ARREARS = name_of(NoticeKind.SUMS_IN_ARREARS)
_REASONS = {
    Ended.NOT_LATE: "not_late",
    Ended.OTHER_EPISODE: "other_episode",
    Ended.OTHER_STEP: "step_not_due",
    Ended.OTHER_BORROWER: "other_borrower",
    Ended.NOT_OWED: "not_owed",
}


@dataclass(frozen=True, slots=True)
class Outcome:
    """Contacts to reserve, what becomes of the others, and what caps leave out of the demands."""

    reservations: list[Reservation]
    endings: list[Ending]
    caps: Caps = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Answer:
    """What the law said about one claim: where it stands among the answers of its round."""

    solution: Solution
    row: int
    decision: int

    @property
    def is_permitted(self) -> bool:
        return bool(self.solution.from_at[self.row] == self.solution.at[self.row])


@dataclass(frozen=True, slots=True)
class _Known:
    """What is known of the claims at the instant of deciding, read once.

    `on` is the lender's business day, `why_ended` the `Ended` of each claim.
    """

    facts: Facts
    on: int
    arrears: Mapping[str, Column]
    intended: Intended
    why_ended: Column


class Batch:
    """The claims of one batch and what was known of them at `at`, under the locks of everybody concerned.

    `readable` are the persons whose data can still be read: nobody else can be written to. `asked_again`
    are attempts reserved for these very contacts, which are decided as if there were none.
    """

    def __init__(
        self,
        lender: int,
        claims: Sequence[Claim],
        *,
        law: Law,
        strategy: Strategy,
        readable: AbstractSet[int],
        at: datetime,
        asked_again: Sequence[int] = (),
    ) -> None:
        self.law, self.strategy = with_reachability(law, strategy), with_duties(strategy)
        self.claims, self.readable, self.at = claims, readable, at
        self.asked_again = asked_again
        self.known = self._read(lender)
        self.caps: Caps = {}
        self.late_loans = self._late_loans()

    def decide(self, institution: Institution) -> Outcome:
        """Ask the law about every loan still due, write its decision, and say what follows."""
        answers = self._answers()
        reservations: list[Reservation] = []
        endings: list[Ending] = []
        for contact, rows in self._rows_of_contacts().items():
            asked = {row: answers[row] for row in rows if row in answers}
            decided = self._decided(institution, asked) if asked else self._not_asked(contact, rows[0])
            if isinstance(decided, Reservation):
                reservations.append(decided)
            else:
                endings.append(decided)
        return Outcome(reservations, endings, self.caps)

    # -- what is known -------------------------------------------------------------------------

    def _read(self, lender: int) -> _Known:
        facts = load_facts(
            lender_id=lender,
            loans=[each.loan for each in self.claims],
            persons=[each.person for each in self.claims],
            known_at=self.at,
        )
        if self.asked_again:
            facts = without_contacts(facts, self.asked_again)
        self._zone = self.law.zones[facts.zones[facts["lender"]["zone"][0]]]
        on = int(self._zone.day(np.array([instant_of(self.at)]))[0])
        arrears = arrears_of(facts, on, self.law.zones)
        asked = intended(self.claims, self.strategy)
        duties = self._duties(lender)
        why = ended(facts, self.strategy, arrears, asked, on=on, at=instant_of(self.at), duties=duties)
        return _Known(facts, on, arrears, asked, why)

    def _duties(self, lender: int) -> Duties | None:
        """What is still owed about the claimed loans; None when no claim gives a notice of the law."""
        steps = {self.strategy.position(each.step) for each in self.claims} - {-1}
        if not any(self.strategy.steps[step].track is Track.DUTY for step in steps):
            return None
        loans = [each.loan for each in self.claims]
        return open_duties(lender_id=lender, law=self.law, at=self.at, known_at=self.at, loans=loans)

    def _late_loans(self) -> Mapping[int, LateLoan]:
        """What is known of each loan's arrears, as a notice tells it."""
        facts, arrears = self.known.facts, self.known.arrears
        loans = sorted({claim.loan for claim in self.claims})
        row = rows_of(facts["loan"]["loan"], np.array(loans))
        known = [(loan, at) for loan, at in zip(loans, row.tolist(), strict=True) if arrears["is_known"][at]]
        through = int(facts["lender"]["payments_complete_through_on"][0])
        told = {loan: lateness_of(arrears, at, through) for loan, at in known}
        self.caps = caps_on(facts, arrears, self.law, dict(known), on=self.known.on, at=self.at)
        itemised = itemisations_of(sorted({each.loan for each in self._disputable}), known_at=self.at)
        late = late_loans(lawful(told, self.caps), known_at=self.at, itemised=itemised)
        missed = {claim.loan for claim in self.claims if claim.notice == _SUMS_IN_ARREARS} & late.keys()
        return late | {loan: with_shortfall(late[loan], loan, facts, self.known.on) for loan in missed}

    def _rows_of_contacts(self) -> dict[int, list[int]]:
        rows: dict[int, list[int]] = {}
        for row, claim in enumerate(self.claims):
            rows.setdefault(claim.contact, []).append(row)
        return rows

    # -- what the law says ---------------------------------------------------------------------

    def _answers(self) -> dict[int, _Answer]:
        """By row of `claims`: the answer for every row that is still due, its decision written."""
        is_asked = [
            why == Ended.NOT and claim.not_after_at > self.at and claim.person in self.readable
            for why, claim in zip(self.known.why_ended, self.claims, strict=True)
        ]
        rows = np.flatnonzero(is_asked)
        asked = self.known.intended.take(rows)
        candidates = candidates_for(self.known.facts, self.strategy, self.known.arrears, asked)
        rounds = clear(self.known.facts, self.law, candidates, asked.contact, instant_of(self.at))
        return {row: answer for each in rounds for row, answer in self._written(each, rows[each.rows])}

    def _written(self, decided: Round, rows: Column) -> list[tuple[int, _Answer]]:
        claims = [self.claims[row] for row in rows]
        served = Served(
            outcome=["cleared" if is_cleared else "refused" for is_cleared in decided.is_cleared],
            planned_contact=self.known.intended.contact[rows],
            step=[claim.step for claim in claims],
            rank=[claim.rank for claim in claims],
            episode_start_on=self.known.intended.episode_start_on[rows],
        )
        asked = Asked("gate", self.at, self.at, strategy_version=self.strategy.version)
        groups = groups_of(self.known.facts, decided.candidates)
        ids = write_decisions(groups, decided.candidates, decided.solution, served=served, asked=asked)
        answers = [_Answer(decided.solution, n, int(decision)) for n, decision in enumerate(ids)]
        return list(zip(rows.tolist(), answers, strict=True))

    # -- what follows --------------------------------------------------------------------------

    def _not_asked(self, contact: int, row: int) -> Ending:
        claim = self.claims[row]
        if claim.not_after_at <= self.at:
            return Ending(contact, "lapsed", "window_ended")
        if claim.person not in self.readable:
            return Ending(contact, "cancelled", "person_erased")
        return Ending(contact, "cancelled", _REASONS[Ended(int(self.known.why_ended[row]))])

    def _decided(self, institution: Institution, asked: Mapping[int, _Answer]) -> Reservation | Ending:
        permitted = {row: answer for row, answer in asked.items() if answer.is_permitted}
        if not permitted:
            return self._refused(asked)
        claims = [self.claims[row] for row in permitted]
        worded = self._worded(institution, claims)
        if worded is None:
            return Ending(claims[0].contact, "not_permitted", "notice_incomplete")
        if not self._is_approved(worded, claims):
            return Ending(claims[0].contact, "not_permitted", LAWYERS_LETTER_RULE)
        until = min(int(answer.solution.until_at[answer.row]) for answer in permitted.values())
        return Reservation(
            claims=claims,
            decisions=[answer.decision for answer in permitted.values()],
            until=None if until == NEVER else datetime_of(until),
            worded=worded,
        )

    def _refused(self, asked: Mapping[int, _Answer]) -> Ending:
        """Put off to the first instant permitted, while that lies inside the window; else over."""
        claim = self.claims[next(iter(asked))]
        first = min(asked.values(), key=lambda answer: int(answer.solution.from_at[answer.row]))
        from_at = int(first.solution.from_at[first.row])
        if from_at < instant_of(claim.not_after_at):
            return Ending(claim.contact, "planned", not_before_at=datetime_of(from_at))
        reasons = first.solution.reasons(first.row)
        return Ending(claim.contact, "not_permitted", reasons[0].rule.id if reasons else None)

    def _worded(self, institution: Institution, claims: Sequence[Claim]) -> Worded | None:
        """The text; None when what is on file about these loans does not fill the notice."""
        loans = [self.late_loans[claim.loan] for claim in claims if claim.loan in self.late_loans]
        first = claims[0]
        try:
            worded = institution.worded(
                first.notice,
                first.channel,
                first.language,
                loans,
                role=first.recipient_kind,
                besides=self._besides(first),
            )
        except Misconfigured as error:
            if error.code == "notice.unusable_value" and error.facts["field"] in _OF_LOANS:
                return None
            raise
        worded = with_caps(worded, claims, self.caps, self._currencies)
        return with_request(worded, claims, self._out_of_date, institution.wording.ask_through)

    def _is_approved(self, worded: Worded, claims: Sequence[Claim]) -> bool:
        """Whether this text may go out about each loan: that of a lawyer's letter is approved with it."""
        if claims[0].notice != LAWYERS_LETTER:
            return True
        approved = approved_texts([claim.loan for claim in claims], at=self.at)
        text = version_of(worded.template)
        return all(text in approved.get(claim.loan, ()) for claim in claims)

    def _besides(self, claim: Claim) -> Besides:
        """What its notice says besides: counted from the last day on which it can be sent."""
        if claim.notice != _VALIDATION:
            return NOTHING_BESIDES
        sent_on = date_of(int(self._zone.day(np.array([instant_of(self.at + LEASE)]))[0]))
        return besides_of(self._addressees.get(claim.person, NOBODY), claim.channel, sent_on=sent_on)

    @cached_property
    def _disputable(self) -> list[Claim]:
        """The claims whose notice is the validation information."""
        return [claim for claim in self.claims if claim.notice == _VALIDATION]

    @cached_property
    def _addressees(self) -> dict[int, Addressee]:
        return addressees_of(sorted({claim.person for claim in self._disputable}))

    @cached_property
    def _out_of_date(self) -> OutOfDate:
        return out_of_date(self.known.facts, instant_of(self.at), self.strategy.reachability)

    @cached_property
    def _currencies(self) -> dict[int, str]:
        loans, names = self.known.facts["loan"], self.known.facts.currencies
        return {int(loan): names[code] for loan, code in zip(loans["loan"], loans["currency"], strict=True)}
