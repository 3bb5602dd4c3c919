"""A second reading of the same rows, in plain Python: the oracle of the loader.

Rows come as tuples of words, dates and instants instead of codes and numbers, so that the two
readings share nothing but the meaning.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import UTC, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from arrears.kernel import vocabulary as v
from arrears.kernel.days import date_of, datetime_of
from arrears.kernel.facts import ALWAYS, NEVER, NO_DATE, NO_ID, UNKNOWN_MINOR, Facts
from arrears.kernel.planning.strategy import Track
from arrears.locale.notices import language_of
from arrears.store import models as m

Rows = dict[str, set[tuple[Any, ...]]]


def known_versions(current: type, past: type, known: datetime) -> list[Any]:
    """Each row as it was known then: as it stands, or as it stood."""
    rows = [row for row in current.objects.all() if row.recorded_at <= known]
    return rows + [
        row for row in past.objects.all() if row.recorded_at <= known and row.superseded_at > known
    ]


def holding_rows(table: type, known: datetime) -> list[Any]:
    """The rows known then that no row known then replaces."""
    rows = [row for row in table.objects.all() if row.recorded_at <= known]
    replaced = {row.supersedes_id for row in rows}
    return [row for row in rows if row.pk not in replaced]


def complied(consent: m.Consent) -> int:
    """Whether the contact that a consent was given in broke no rule; NO_ID where nothing says so."""
    if consent.contact_complied is not None:
        return int(consent.contact_complied)
    made = consent.attempt
    is_known = made is not None and (made.origin == "gate" or made.direction == "in")
    return 1 if is_known and consent.from_at <= consent.given_at else NO_ID


def ground_of(reason: str) -> str | None:
    """A reason of an override that some law names."""
    return reason if reason in {v.name_of(each) for each in v.Ground} else None


class Reading:
    """What is known at `known` about the loans and persons asked for."""

    def __init__(
        self, lender: int, known: datetime, loans: Collection[int] | None, persons: Collection[int] | None
    ) -> None:
        self.lender, self.known = lender, known
        of_lender = [loan for loan in known_versions(m.Loan, m.LoanPast, known) if loan.lender_id == lender]
        if loans is None and persons is not None:
            loans = {party.loan_id for party in m.LoanParty.objects.filter(person_id__in=persons)}
        self.loans = [loan for loan in of_lender if loans is None or loan.id in loans]
        self.loan_ids = {loan.id for loan in self.loans}
        self.parties = [
            party
            for party in known_versions(m.LoanParty, m.LoanPartyPast, known)
            if party.loan_id in self.loan_ids
        ]
        if loans is None:
            self.persons = set(m.Person.objects.filter(lender=lender).values_list("pk", flat=True))
        else:
            self.persons = {party.person_id for party in self.parties} | set(persons or ())
        self.points = [
            point
            for point in known_versions(m.ContactPoint, m.ContactPointPast, known)
            if point.person_id in self.persons and not (point.retired_at and point.retired_at <= known)
        ]
        self.values = {point.value_key for point in self.points}
        self.members = [each for each in m.HouseholdMember.objects.all() if each.recorded_at <= known]
        homes = {each.household_key for each in self.members if each.person_id in self.persons} - {None}
        self.mates = {each.person_id for each in self.members if each.household_key in homes}
        self.attempts = [a for a in m.Attempt.objects.all() if self._counts(a)]

    def _counts(self, attempt: Any) -> bool:
        was_sent = not (attempt.state == "not_sent" and attempt.state_at <= self.known)
        is_theirs = attempt.person_id in self.persons | self.mates or attempt.value_key in self.values
        return attempt.recorded_at <= self.known and was_sent and is_theirs

    def rows(self) -> Rows:
        return {
            "person": set(self._persons()),
            "language": set(self._languages()),
            "household": set(self._households()),
            "elsewhere": {(p.person_id, p.value_key) for p in self._points_elsewhere()},
            "child": {(each.pk,) for each in self._children()},
            "loan": {self._loan(loan) for loan in self.loans},
            "lender": {self._lender()},
            "party": {(p.loan_id, p.person_id, p.role, p.from_on, p.until_on) for p in self.parties},
            "point": {
                (p.id, p.person_id, p.kind, p.value_key, p.source, p.dead_from_at, p.owner_kind, p.place)
                for p in self.points
            },
            "report": {
                (
                    r.loan_id,
                    r.as_of_on,
                    r.status,
                    r.months_late,
                    r.overdue_since_on,
                    r.overdue_minor,
                    r.statement_minor,
                )
                for r in holding_rows(m.ReportedArrears, self.known)
                if r.loan_id in self.loan_ids
            },
            "payment": set(self._payments()),
            "terms": set(self._terms()),
            "installment": set(self._installments()),
            "allocation": set(self._allocations()),
            "loan_event": set(self._loan_events()),
            "statement": {
                (
                    s.loan_id,
                    s.statement_on,
                    s.due_on,
                    s.payable_until_on,
                    s.balance_minor,
                    s.minimum_due_minor,
                    s.minimum_includes_unpaid,
                )
                for s in holding_rows(m.Statement, self.known)
                if s.loan_id in self.loan_ids
            },
            "contact": {self._contact(attempt) for attempt in self.attempts},
            "contact_loan": set(self._contact_loans()),
            "arrival": set(self._arrivals()),
            "step_done": {
                (s.loan_id, s.done_on, s.rank, s.person_id, s.track, s.outcome == "superseded")
                for s in m.StepRecord.objects.all()
                if s.loan_id in self.loan_ids and s.recorded_at <= self.known
            },
            "agreement": {
                (
                    c.person_id,
                    c.given_to_id,
                    complied(c),
                    c.channel,
                    c.weekdays,
                    c.start_local_minutes,
                    c.end_local_minutes,
                    c.from_at,
                    c.until_at,
                )
                for c in holding_rows(m.Consent, self.known)
                if c.kind == "agreed_hours" and c.person_id in self.persons
            },
            "inconvenience": {
                (
                    *(i.person_id, i.value_key, i.channel, i.place, i.form, i.weekdays),
                    *(i.start_local_minutes, i.end_local_minutes, i.from_at, i.until_at),
                )
                for i in holding_rows(m.Inconvenience, self.known)
                if i.person_id in self.persons
            },
            "opt_out": {
                (o.person_id, o.value_key, o.channel, o.from_at, o.until_at)
                for o in holding_rows(m.Preference, self.known)
                if o.topic in (None, "collect")
                and (o.person_id in self.persons or o.value_key in self.values)
            },
            "hold": set(self._holds()),
            "refusal": {
                (r.person_id, r.from_at)
                for r in holding_rows(m.Refusal, self.known)
                if r.person_id in self.persons and not r.is_mistake
            },
            "notice_proof": set(self._notice_proofs()),
            "consent": {
                (
                    *(c.person_id, c.given_to_id, c.about_person_id, c.kind, c.form, c.channel, c.purpose),
                    *(c.loan_id, c.value_key, c.from_at, c.until_at),
                )
                for c in holding_rows(m.Consent, self.known)
                if c.kind != "agreed_hours" and c.person_id in self.persons
            },
            "override": {
                (a.person_id, a.loan_id, a.rule, ground_of(a.reason_code), a.from_at, a.until_at)
                for a in holding_rows(m.Approval, self.known)
                if a.subject in ("override", "lawyers_letter") and a.person_id in self.persons
            },
        }

    def _households(self) -> Iterable[tuple[Any, ...]]:
        for person in self.mates:
            mine = sorted(
                (each for each in self.members if each.person_id == person), key=lambda each: each.from_at
            )
            ends = [*(each.from_at for each in mine[1:]), None]
            for each, until_at in zip(mine, ends, strict=True):
                if each.household_key is not None:
                    yield each.household_key, person, each.from_at, until_at

    def _persons(self) -> Iterable[tuple[Any, ...]]:
        evidence = holding_rows(m.ZoneEvidence, self.known)
        for person in self.persons | self.mates | {attempt.person_id for attempt in self.attempts}:
            mine = [each for each in evidence if each.person_id == person]
            places = frozenset(each.place for each in mine if each.place)
            zones = frozenset(each.zone for each in mine if each.zone) | self._zones_of(person)
            zones |= {"Asia/Taipei" for place in places if place.startswith("TW")}
            yield person, zones, places, bool(places)

    def _languages(self) -> Iterable[tuple[Any, ...]]:
        written_to = self.persons | self.mates | {attempt.person_id for attempt in self.attempts}
        for person in m.Person.objects.filter(pk__in=written_to).select_related("lender"):
            yield person.pk, language_of(person.language or person.lender.language or "")

    def _points_elsewhere(self) -> Iterable[Any]:
        everybody = self.persons | self.mates | {attempt.person_id for attempt in self.attempts}
        for point in known_versions(m.ContactPoint, m.ContactPointPast, self.known):
            if point.person_id in everybody and point.owner_kind in ("work", "other_person"):
                yield point

    def _children(self) -> Iterable[Any]:
        everybody = self.persons | self.mates | {attempt.person_id for attempt in self.attempts}
        return m.Person.objects.filter(pk__in=everybody, is_under_14=True)

    def _zones_of(self, person: int) -> frozenset[str]:
        points = known_versions(m.ContactPoint, m.ContactPointPast, self.known)
        on_file = [each for each in points if not (each.retired_at and each.retired_at <= self.known)]
        return frozenset(
            zone for each in on_file if each.person_id == person for zone in (each.zones or "").split()
        )

    def _loan(self, loan: Any) -> tuple[Any, ...]:
        borrowers = [p for p in self.parties if p.loan_id == loan.id and p.role == "borrower"]
        borrowers.sort(
            key=lambda p: (p.until_on is not None, -(p.until_on or loan.recorded_at.date()).toordinal())
        )
        return (
            loan.id,
            loan.lender_id,
            borrowers[0].person_id if borrowers else None,
            loan.debt_group or loan.id,
            loan.debt_kind,
            loan.governing_law,
            loan.contact_group,
            loan.closed_on is not None,
            loan.currency,
            loan.risk,
            loan.opened_on,
        )

    def _lender(self) -> tuple[Any, ...]:
        lender = m.Organisation.objects.get(pk=self.lender)
        through, known_from = None, None
        for mark in m.Watermark.objects.filter(lender=lender).order_by("recorded_at", "pk"):
            if mark.recorded_at <= self.known:
                through = mark.payments_complete_through_on or through
                known_from = mark.contacts_known_from_on or known_from
        return lender.pk, through, known_from, lender.zone, lender.actor_kind, lender.licence

    def _terms(self) -> Iterable[tuple[Any, ...]]:
        products = {(p.lender_id, p.code): p for p in holding_rows(m.Product, self.known)}
        for loan in self.loans:
            p = products.get((loan.lender_id, loan.product))
            if p is not None:
                tolerance = (p.tolerance_minor, p.tolerance_days, p.grace_days)
                yield loan.id, p.code, *tolerance, p.pause_basis, p.allocation, p.surplus

    def _installments(self) -> Iterable[tuple[Any, ...]]:
        known = [s for s in m.Schedule.objects.all() if s.recorded_at <= self.known]
        newest = {s.loan_id: s.pk for s in sorted(known, key=lambda s: s.version)}
        for i in m.Installment.objects.all():
            loan = i.schedule.loan_id
            if loan in self.loan_ids and newest.get(loan) == i.schedule_id:
                amounts = (i.principal_minor, i.interest_minor, i.fee_minor, i.penalty_minor)
                yield loan, i.due_on, i.number, i.payable_until_on, *amounts

    def _allocations(self) -> Iterable[tuple[Any, ...]]:
        known = {payment for _, _, _, payment, *_ in self._payments()}
        parts: dict[tuple[Any, ...], int] = {}
        for a in m.PaymentAllocation.objects.all():
            if a.payment_id in known and a.recorded_at <= self.known:
                key = (a.payment_id, a.installment_number, a.component)
                parts[key] = parts.get(key, 0) + a.amount_minor
        return ((*key, amount) for key, amount in parts.items())

    def _loan_events(self) -> Iterable[tuple[Any, ...]]:
        gone = {r.loan_event_id for r in m.Reversal.objects.all() if r.recorded_at <= self.known}
        mine = [
            e
            for e in m.LoanEvent.objects.all()
            if e.loan_id in self.loan_ids and e.recorded_at <= self.known and e.pk not in gone
        ]
        for e in mine:
            same_day = [o.source_ref for o in mine if (o.loan_id, o.value_on) == (e.loan_id, e.value_on)]
            ordinal = sorted(same_day).index(e.source_ref) + 1
            said = (e.kind, e.amount_minor, e.due_on, e.installment_number, e.component)
            yield e.loan_id, e.value_on, ordinal, e.pk, *said

    def _payments(self) -> Iterable[tuple[Any, ...]]:
        reversed_ = {r.payment_id for r in m.Reversal.objects.all() if r.recorded_at <= self.known}
        mine = [
            p
            for p in m.Payment.objects.all()
            if p.loan_id in self.loan_ids and p.recorded_at <= self.known and p.pk not in reversed_
        ]
        for p in mine:
            same_day = [o.source_ref for o in mine if (o.loan_id, o.value_on) == (p.loan_id, p.value_on)]
            ordinal = sorted(same_day).index(p.source_ref) + 1
            yield p.loan_id, p.value_on, ordinal, p.pk, p.amount_minor, p.surplus, p.recorded_at

    def _contact(self, a: Any) -> tuple[Any, ...]:
        result = a.network_result if self._has_outcome(a) else None
        talked = self._talked(a)
        return a.pk, a.at, a.person_id, a.value_key, a.channel, a.direction, result or "none", talked, a.voice

    def _has_outcome(self, a: Any) -> bool:
        return a.outcome_recorded_at is not None and a.outcome_recorded_at <= self.known

    def _talked(self, a: Any) -> bool:
        if a.voice == "ringless":
            return False
        if self._has_outcome(a) and a.is_conversation is not None:
            return a.is_conversation
        if self._has_outcome(a) and a.network_result is not None:
            return a.network_result == "answered"
        return a.channel == "call"

    def _notice_proofs(self) -> Iterable[tuple[Any, ...]]:
        for proof in m.NoticeProof.objects.filter(loan_id__in=self.loan_ids, attempt=None):
            if proof.recorded_at <= self.known:
                yield proof.loan_id, proof.person_id, proof.notice, proof.channel, proof.state, proof.at
        proves = {
            "accepted": "sent",
            "delivered": "delivered",
            "undelivered": "returned",
            "returned": "returned",
        }
        waited_for = {v.name_of(notice) for notice in v.WAITED_FOR}
        for link in m.AttemptLoan.objects.filter(loan_id__in=self.loan_ids):
            a = m.Attempt.objects.get(pk=link.attempt_id)
            moves = [(step.to_state, step.at) for step in m.AttemptStep.objects.filter(attempt=a)]
            moves += [] if a.origin == "gate" else [(a.state, a.at)]
            for state, at in moves:
                if (
                    a.notice in waited_for
                    and a.recorded_at <= self.known
                    and at <= self.known
                    and state in proves
                ):
                    yield link.loan_id, a.person_id, a.notice, a.channel, proves[state], at

    def _arrivals(self) -> Iterable[tuple[Any, ...]]:
        """What came of each contact at its address, and what was heard from there."""
        told = [each for attempt in self.attempts for each in self._arrivals_of(attempt)]
        used = {attempt.value_key for attempt in self.attempts}
        told += [
            (p.value_key, self._midnight(p), None, None, "confirmed")
            for p in self.points
            if p.verified_on and p.value_key in used
        ]
        return [row for row in told if row[0] is not None and row[1] <= self.known]

    @staticmethod
    def _midnight(point: Any) -> datetime:
        zone = ZoneInfo(m.Organisation.objects.get(pk=point.lender_id).zone)
        return datetime.combine(point.verified_on, time(), zone).astimezone(UTC)

    def _arrivals_of(self, a: Any) -> Iterable[tuple[Any, ...]]:
        where = (a.channel, a.pk)
        if a.direction == "in":
            yield a.value_key, a.at, *where, "heard"
        elif a.channel == "call":
            if a.outcome_recorded_at and a.outcome_recorded_at <= self.known:
                nobody = a.network_result in ("not_connected", "rang_out", "voicemail")
                if self._talked(a):
                    yield a.value_key, a.at, *where, "talked"
                elif nobody and a.voice != "ringless":
                    yield a.value_key, a.at, *where, "unanswered"
        elif a.channel not in ("letter", "visit"):
            yield from self._arrivals_of_message(a)

    def _arrivals_of_message(self, a: Any) -> Iterable[tuple[Any, ...]]:
        said = {"delivered": "delivered", "complained": "delivered"}
        said |= {"undelivered": "failed", "returned": "failed"}
        moves = [(step.to_state, step.at) for step in m.AttemptStep.objects.filter(attempt=a)]
        moves += [] if a.origin == "gate" else [(a.state, a.at)]
        known = [(state, at) for state, at in moves if at <= self.known]
        if any(state == "accepted" or state in said for state, _ in known):
            yield a.value_key, a.at, a.channel, a.pk, "sent"
        for state, at in known:
            if state in said and not (a.channel == "in_app" and said[state] == "delivered"):
                yield a.value_key, at, a.channel, a.pk, said[state]
        for message in m.Message.objects.filter(attempt=a, read_at__isnull=False):
            yield a.value_key, message.read_at, a.channel, a.pk, "read"

    def _contact_loans(self) -> Iterable[tuple[Any, ...]]:
        attempts = {a.pk: a for a in self.attempts}
        for link in m.AttemptLoan.objects.filter(counts=True):
            if link.attempt_id in attempts:
                talked = self._talked(attempts[link.attempt_id])
                yield (
                    link.attempt_id,
                    link.loan_id,
                    talked if link.is_discussed is None else link.is_discussed,
                )

    def _holds(self) -> Iterable[tuple[Any, ...]]:
        for h in holding_rows(m.Hold, self.known):
            stops = frozenset(v.name_of(stop) for stop in v.Stops if getattr(h, f"stops_{v.name_of(stop)}"))
            said = (h.reason, stops, h.from_at, h.until_at)
            if h.loan_id in self.loan_ids or h.person_id in self.persons:
                yield h.pk, h.loan_id, h.person_id, *said
            if h.area and h.lender_id == self.lender:
                for person in self._people_in(h.area):
                    yield h.pk, None, person, *said

    def _people_in(self, area: str) -> set[int]:
        return {
            each.person_id
            for each in holding_rows(m.ZoneEvidence, self.known)
            if each.place
            and (each.place == area or each.place.startswith(area + "-"))
            and each.person_id in self.persons
        }


def in_words(facts: Facts) -> Rows:
    """The rows of a bundle as tuples of words, dates and instants; None where a sentinel stands."""
    words = _Words(facts)
    return {
        name: {
            tuple(words.said(name, column, value) for column, value in zip(columns, row, strict=True))
            for row in zip(*(values.tolist() for values in columns.values()), strict=True)
        }
        for name, columns in facts.tables.items()
    }


_KINDS = {
    "debt_kind": v.DebtKind,
    "actor_kind": v.ActorKind,
    "licence": v.CreditorLicence,
    "role": v.RecipientKind,
    "kind": v.PointKind,
    "source": v.PointSource,
    "status": v.ReportedStatus,
    "channel": v.Channel,
    "direction": v.Direction,
    "network_result": v.NetworkResult,
    "voice": v.Voice,
    "sign": v.Arrival,
    "reason": v.HoldReason,
    "component": v.Component,
    "surplus": v.Surplus,
    "pause_basis": v.PauseBasis,
    "track": Track,
    "notice": v.NoticeKind,
    "state": v.ProofState,
    "form": v.ConsentForm,
    "owner": v.PointOwner,
    "place": v.PointPlace,
    "purpose": v.Purpose,
    "ground": v.Ground,
}
_KINDS_OF_TABLE = {("loan_event", "kind"): v.LoanEventKind, ("consent", "kind"): v.ConsentKind}
_KINDS_OF_TABLE |= {("inconvenience", "form"): v.StatementForm}
_IDS = ("contact", "about", "given_to", "person", "loan", "value", "borrower", "contact_group", "number")
_MINUTES = ("start_local", "end_local")


class _Words:
    def __init__(self, facts: Facts) -> None:
        self.facts = facts

    def said(self, table: str, column: str, value: Any) -> Any:
        facts = self.facts
        if column in _KINDS:
            kind = _KINDS_OF_TABLE.get((table, column), _KINDS[column])
            return None if value < 0 else v.name_of(kind(value))
        if column in ("product", "order", "currency", "risk"):
            named = {"product": facts.products, "order": facts.orders}
            named |= {"currency": facts.currencies, "risk": facts.risks}
            return None if value < 0 else named[column][value]
        if column == "stops":
            return frozenset(v.name_of(stop) for stop in v.Stops if value & stop)
        if column in ("zones", "places"):
            names, sets = (
                (facts.zones, facts.zone_sets) if column == "zones" else (facts.places, facts.place_sets)
            )
            return frozenset(names[code] for code in sets[value])
        if column in ("zone", "law_place", "rule", "language"):
            names = {"zone": facts.zones, "law_place": facts.places, "rule": facts.rules}
            names |= {"language": v.LANGUAGES}
            return None if value == NO_ID else names[column][value]
        return self._number(column, value)

    @staticmethod
    def _number(column: str, value: Any) -> Any:
        if column in _MINUTES:
            return value // 60_000_000
        if column.endswith("_on"):
            return None if value == NO_DATE else date_of(value)
        if column == "at" or column.endswith("_at"):
            return None if value in (ALWAYS, NEVER) else datetime_of(value)
        if column.endswith("_minor"):
            return None if value == UNKNOWN_MINOR else value
        return None if value == NO_ID and column in _IDS else value
