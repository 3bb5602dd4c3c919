"""Doing what a message asks for, by the actions that anybody would use, under the locks of all concerned."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from arrears.actions.contact_points import mark_dead
from arrears.actions.hearing.writers import Writer, last_written_by
from arrears.actions.holds import suspend
from arrears.actions.inconvenient_times import keep_clear
from arrears.actions.opt_outs import standing_opt_outs, switch_off, switch_on, withdraw
from arrears.actions.requests import record_request
from arrears.actions.weekly_hours import weekly_hours
from arrears.kernel.inbound.consequences import Consequences, Standing, consequences_of
from arrears.kernel.inbound.wishes import Understood
from arrears.kernel.vocabulary import LIABLE, name_of
from arrears.store.models import (
    Attempt,
    AttemptLoan,
    ContactPoint,
    Hold,
    InboundEffect,
    InboundMessage,
    Inconvenience,
    LoanParty,
    Preference,
)

TOLD_BY = "reply"
_SWITCHES = ("opt_out", "pause")
_SHOWN = "We are looking into what you told us."


@dataclass(frozen=True, slots=True)
class _Switch:
    """An opt-out that is asked for: of whom or of which number, by which channel, as what effect."""

    lender: int
    person: int | None
    value_key: int | None
    channel: str | None
    what: str = field(compare=False)


@dataclass
class Doing:
    """One message, what it was understood to say, and everything that follows from it."""

    message: InboundMessage
    understood: Understood
    words: str
    actor: str
    at: datetime
    is_refusal_new: bool = False

    def do(self, writers: Sequence[Writer], *, is_by_hand: bool) -> bool:
        """Do it for everybody whom it may be from; whether a person has to look.

        By hand, what was switched off because of the message and is not asked for is switched on again.
        """
        asked = [(each, self._consequences(each)) for each in writers]
        switches = [switch for writer, wanted in asked for switch in self._switches(writer, wanted)]
        self._count_contact(writers)
        if is_by_hand:
            self._switch_back(switches)
        for switch in switches:
            self._switch_off(switch)
        for writer, wanted in asked:
            self._do_rest(writer, wanted)
        if any(wanted.lifts and not (wanted.stops_contact or wanted.pauses) for _, wanted in asked):
            self._lift(writers)
        if self.is_refusal_new and any(wanted.switches_off(self.message.channel) for _, wanted in asked):
            self._ask_to_confirm(writers)
        return any(wanted.needs_person for _, wanted in asked) or not writers

    @staticmethod
    def third_persons(writers: Sequence[Writer]) -> list[int]:
        """The persons on file of the writers' loans who do not owe them."""
        loans = [loan for each in writers for loan in each.loans]
        liable = [name_of(role) for role in LIABLE]
        rows = LoanParty.objects.filter(loan__in=loans).exclude(role__in=liable)
        return sorted(set(rows.values_list("person_id", flat=True)) - {each.person for each in writers})

    @staticmethod
    def concerned(writers: Sequence[Writer]) -> list[int]:
        """Everybody on file of the writers' loans, themselves among them."""
        loans = [loan for each in writers for loan in each.loans]
        parties = LoanParty.objects.filter(loan__in=loans).values_list("person_id", flat=True)
        return sorted({*parties, *(each.person for each in writers if each.person is not None)})

    def _consequences(self, writer: Writer) -> Consequences:
        wanted = consequences_of(self.understood, channel=self.message.channel, standing=writer.standing)
        if self.message.value_key is None and writer.person is None:
            return Consequences(needs_person=True)
        return wanted

    # -- switching off ------------------------------------------------------------------------

    def _switches(self, writer: Writer, wanted: Consequences) -> list[_Switch]:
        value = self.message.value_key
        # whoever answers at a number that is not his own speaks for the number
        person = None if writer.standing is Standing.HOLDER else writer.person
        found = [
            *(_Switch(writer.lender, None, value, each, "opt_out") for each in wanted.value_off),
            *(_Switch(writer.lender, None, value, each, "pause") for each in wanted.pauses),
            *(_Switch(writer.lender, person, None, each, "opt_out") for each in wanted.person_off),
            *(_Switch(writer.lender, person, None, each, "pause") for each in wanted.pauses),
        ]
        if wanted.third_persons_off:
            third = self.third_persons([writer])
            found += [_Switch(writer.lender, each, None, None, "opt_out") for each in third]
        return [each for each in found if each.person is not None or each.value_key is not None]

    def _switch_off(self, switch: _Switch) -> None:
        """Once: what is switched off already, for this channel or for all, stays as it is."""
        row = Preference(
            lender_id=switch.lender,
            person_id=switch.person,
            value_key=switch.value_key,
            channel=switch.channel,
            told_by=TOLD_BY,
        )
        for attempt in withdraw(row, actor=self.actor, at=self.at):
            self._note(switch.lender, "withdrawn_attempt", attempt)
        persons = [] if switch.person is None else [switch.person]
        values = [] if switch.value_key is None else [switch.value_key]
        standing = standing_opt_outs(persons=persons, values=values)
        if any(each.channel in (None, switch.channel) and each.topic is None for each in standing):
            return
        number = switch_off(row, actor=self.actor, at=self.at)
        self._note(switch.lender, switch.what, number)
        self.is_refusal_new |= switch.what == "opt_out"

    def _switch_back(self, wanted: Collection[_Switch]) -> None:
        """End what was switched off because of this message and was not meant."""
        made = InboundEffect.objects.filter(inbound=self.message, what__in=_SWITCHES)
        for row in self._standing([each.subject for each in made if each.subject]):
            kept = _Switch(row.lender_id, row.person_id, row.value_key, row.channel, "opt_out")
            if not any(each == kept and each.what == "opt_out" for each in wanted):
                self._switch_on(row)

    def _lift(self, writers: Sequence[Writer]) -> None:
        """Switch on what earlier messages from the same number have switched off."""
        values = [] if self.message.value_key is None else [self.message.value_key]
        persons = [each.person for each in writers if each.person is not None]
        from_there = InboundEffect.objects.filter(what__in=_SWITCHES, inbound__value_key__in=values)
        mine = set(from_there.values_list("subject", flat=True))
        for row in standing_opt_outs(persons=persons, values=values):
            if row.pk in mine:
                self._switch_on(row)

    def _switch_on(self, row: Preference) -> None:
        lender = row.lender_id
        number = switch_on(row, told_by=TOLD_BY, actor=self.actor, at=self.at)
        self._note(lender, "lifted_opt_out", number)

    @staticmethod
    def _standing(numbers: Collection[int]) -> list[Preference]:
        rows = Preference.objects.filter(pk__in=numbers, until_at=None)
        replaced = Preference.objects.filter(supersedes__in=rows.values("pk")).values("supersedes")
        return list(rows.exclude(pk__in=replaced).order_by("pk"))

    # -- all else -----------------------------------------------------------------------------

    def _do_rest(self, writer: Writer, wanted: Consequences) -> None:
        if wanted.is_wrong_number:
            self._mark_dead(writer)
        if wanted.is_death:
            self._hold_for_death(writer)
        if writer.person is None or writer.standing is Standing.HOLDER:
            return
        if wanted.not_at_work:
            self._keep_clear_of_work(writer)
        for reason in wanted.holds:
            self._hold(writer, reason)
        for kind in wanted.requests:
            self._request(writer, kind)

    def _mark_dead(self, writer: Writer) -> None:
        if writer.point is None:
            return
        point = ContactPoint.objects.filter(pk=writer.point, dead_from_at=None).first()
        if point is not None:
            reason = f"wrong number, message {self.message.pk}"
            mark_dead(point=point.pk, reason=reason, actor=self.actor, at=self.at)
            self._note(writer.lender, "dead_contact_point", point.pk)

    def _keep_clear_of_work(self, writer: Writer) -> None:
        assert writer.person is not None, writer
        hours = weekly_hours(days=(), start="00:00", end="24:00")
        row = Inconvenience(
            lender_id=writer.lender,
            person_id=writer.person,
            channel="call",
            place="work",
            form="oral" if self.message.channel == "call" else "written",
            weekdays=hours.weekdays,
            start_local_minutes=hours.start_minutes,
            end_local_minutes=hours.end_minutes,
            from_at=self.at,
            told_by=TOLD_BY,
        )
        self._note(writer.lender, "inconvenient_time", keep_clear(row, actor=self.actor, at=self.at))

    def _hold_for_death(self, writer: Writer) -> None:
        """On whom the number stands for; where a third person says it, on the loans that name him."""
        if writer.standing is Standing.THIRD_PERSON:
            for loan in writer.loans:
                self._hold(writer, "deceased", loan=loan)
        elif writer.person is not None:
            self._hold(writer, "deceased")

    def _hold(self, writer: Writer, reason: str, *, loan: int | None = None) -> None:
        """On the writer, or on one of his loans; once while it stands."""
        on_what = {"person_id": writer.person} if loan is None else {"loan_id": loan}
        held = Hold.objects.filter(**on_what, reason=reason, until_at=None)
        if held.exclude(pk__in=Hold.objects.exclude(supersedes=None).values("supersedes")).exists():
            return
        row = Hold(
            lender_id=writer.lender,
            **on_what,
            reason=reason,
            shown_reason=_SHOWN,
            stops_notices=True,
            stops_calls=True,
            from_at=self.at,
        )
        self._note(writer.lender, "hold", suspend(row, actor=self.actor, at=self.at))

    def _request(self, writer: Writer, kind: str) -> None:
        assert writer.person is not None, writer
        number = record_request(
            lender=writer.lender,
            person=writer.person,
            loan=writer.loans[0] if len(writer.loans) == 1 else None,
            kind=kind,
            channel=self.message.channel,
            words=self.words,
            received_at=self.message.said_at,
            attempt=self._attempt_of(writer),
            source_ref=f"inbound:{self.message.pk}:{writer.person}:{kind}",
            actor=self.actor,
            at=self.at,
        )
        if number is not None:
            self._note(writer.lender, "request", number)

    # -- the contact itself -------------------------------------------------------------------

    def _count_contact(self, writers: Sequence[Writer]) -> None:
        """He has contacted the lender, where it is certain who it was: the law counts that."""
        for lender in {each.lender for each in writers}:
            of_lender = [each for each in writers if each.lender == lender]
            writer = of_lender[0]
            if len(of_lender) == 1 and writer.person is not None and writer.standing is not Standing.HOLDER:
                self._count(writer)

    def _count(self, writer: Writer) -> None:
        assert writer.person is not None, writer
        if self._attempt_of(writer) is not None:
            return
        is_call = self.message.channel == "call"
        talked = {"network_result": "answered", "is_conversation": True, "outcome_recorded_at": self.at}
        attempt = Attempt.objects.create(
            lender_id=writer.lender,
            origin="received",
            source_ref=self._ref_of(writer),
            direction="in",
            initiator="person",
            recorded_at=self.at,
            at=self.message.said_at,
            actor_organisation_id=writer.lender,
            person_id=writer.person,
            recipient_kind=writer.role,
            channel=self.message.channel,
            purpose="collect",
            contact_point_id=writer.point,
            value_key=self.message.value_key,
            provider=self.message.provider,
            state="delivered",
            state_at=self.at,
            **(talked if is_call else {}),
        )
        AttemptLoan.objects.bulk_create(
            AttemptLoan(lender_id=writer.lender, attempt=attempt, loan_id=loan, is_discussed=is_call or None)
            for loan in writer.loans
        )
        self._note(writer.lender, "attempt", attempt.pk)

    def _attempt_of(self, writer: Writer) -> int | None:
        """The contact in which it came: the call in which it was said, or the one that was counted."""
        if self.message.attempt_id is not None:
            return int(self.message.attempt_id)
        rows = Attempt.objects.filter(
            lender=writer.lender, origin="received", source_ref=self._ref_of(writer)
        )
        found = rows.values_list("pk", flat=True).first()
        return None if found is None else int(found)

    def _ref_of(self, writer: Writer) -> str:
        return f"inbound:{self.message.pk}:{writer.person}"

    def _ask_to_confirm(self, writers: Sequence[Writer]) -> None:
        """A refusal that is new is confirmed once, by the lender whom it answers, if the law lets it."""
        last = last_written_by(self.message)
        lender = next((each.lender for each in writers if each.lender == last), writers[0].lender)
        self._note(lender, "confirmation_due", None)

    def _note(self, lender: int, what: str, subject: int | None, reason: str | None = None) -> None:
        InboundEffect.objects.create(
            lender_id=lender,
            inbound=self.message,
            what=what,
            subject=subject,
            reason=reason,
            recorded_at=self.at,
        )
