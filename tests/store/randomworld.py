"""A small lender in every state a lender can be in: rows drawn at random around `NOW`."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from random import Random
from typing import Any

from arrears.kernel.vocabulary import Channel
from arrears.store import models as m
from arrears.store.models.columns import names
from tests import builders as b

DAY = timedelta(days=1)
WHEN = [b.NOW - 30 * DAY, b.NOW - DAY, b.NOW, b.NOW + DAY, b.NOW + 2 * DAY]
"""Before, at and after the instant up to which facts are read."""
PLACES = [("TW", "Asia/Taipei"), ("TW-HUA", None), (None, "Asia/Shanghai"), ("US-NY", "America/New_York")]
_CAME_TO = (
    ("handing_over", "accepted", "returned"),
    ("handing_over", "delivered", "undelivered"),
    ("handing_over", "unsure"),
)
NUMBERS = ["0912345678", "0223456789", "0987654321"]


@dataclass
class World:
    """The ids that a reading may ask for."""

    lender: int
    loans: list[int] = field(default_factory=list)
    persons: list[int] = field(default_factory=list)


def a_random_world(random: Random) -> World:
    """Two lenders that share people's numbers; everything about them recorded at some time or other."""
    return _Maker(random).world()


class _Maker:
    def __init__(self, random: Random) -> None:
        self.random = random
        self.lenders = [b.a_lender(), b.a_lender(name="Other Bank")]
        self.people = [self._person() for _ in range(random.randint(1, 4))]
        self.loans = [self._loan() for _ in range(random.randint(1, 4))]
        self.points = [self._point() for _ in range(random.randint(1, 6))]

    def world(self) -> World:
        makers = [
            self._party,
            self._report,
            self._payment,
            self._product,
            self._schedule,
            self._loan_event,
            self._statement,
            self._attempt,
            self._step,
            self._agreement,
            self._extra_calls,
            self._consent,
            self._notice,
            self._opt_out,
            self._inconvenience,
            self._hold,
            self._refusal,
            self._household,
            self._override,
            self._evidence,
            self._watermark,
            self._new_version,
        ]
        for _ in range(self.random.randint(0, 25)):
            self.random.choice(makers)()
        mine = self.lenders[0]
        return World(
            mine.pk,
            [loan.pk for loan in self.loans if loan.lender_id == mine.pk],
            [person.pk for person in self.people if person.lender_id == mine.pk],
        )

    # -- who and what -----------------------------------------------------------------------

    def _person(self) -> m.Person:
        is_under_14 = self._any([True, False, None])
        return b.a_person(self._any(self.lenders), is_place_known=self._maybe(), is_under_14=is_under_14)

    def _loan(self) -> m.Loan:
        person = self._any(self.people)
        return b.a_loan(
            person.lender,
            person,
            recorded_at=self._any(WHEN[:2]),
            governing_law=self._any(["TW", None]),
            closed_on=self._any([None, b.TODAY]),
            risk=self._any([None, "A", "B"]),
        )

    def _point(self) -> m.ContactPoint:
        person, number = self._any(self.people), self._any(NUMBERS)
        kind = self._any(["mobile", "landline"])
        known = m.ContactPoint.objects.filter(person=person, kind=kind).first()
        return known or b.a_contact_point(
            person,
            kind,
            value=number,
            place=self._any([None, "work"]),
            verified_on=self._any([None, b.TODAY - DAY, b.TODAY + DAY]),
            recorded_at=self._when(),
        )

    def _party(self) -> None:
        loan = self._any(self.loans)
        person = self._any(self._of(loan, self.people))
        role = self._any(["guarantor", "family", "spouse"])
        if not m.LoanParty.objects.filter(loan=loan, person=person, role=role).exists():
            b.a_party(loan, person, role, recorded_at=self._when(), until_on=self._any([None, b.TODAY]))

    def _evidence(self) -> None:
        place, zone = self._any(PLACES)
        b.a_place(
            self._any(self.people), place, zone, recorded_at=self._when(), **self._replacing(m.ZoneEvidence)
        )

    def _watermark(self) -> None:
        through = self._any([None, b.TODAY - DAY, b.TODAY])
        known_from = self._any([b.TODAY, None]) if through else b.TODAY
        b.a_watermark(
            self._any(self.lenders),
            payments_complete_through_on=through,
            contacts_known_from_on=known_from,
            recorded_at=self._when(),
        )

    def _new_version(self) -> None:
        table, columns = self._any(
            [
                (m.Loan, {"governing_law": self._any(["CN", "US-NY"])}),
                (m.Loan, {"closed_on": b.TODAY - DAY}),
                (m.ContactPoint, {"dead_from_at": self._when(), "dead_reason": "bounced"}),
                (m.ContactPoint, {"retired_at": self._when()}),
                (m.LoanParty, {"until_on": b.TODAY + DAY}),
            ]
        )
        row = self._any(list(table.objects.all()))
        later = [at for at in WHEN if at > row.recorded_at]
        if later and not (table is m.LoanParty and row.role == "borrower"):
            table.objects.filter(pk=row.pk).update(**columns, recorded_at=self._any(later))

    # -- what happened ----------------------------------------------------------------------

    def _report(self) -> None:
        loan, on = self._any(self.loans), self._any([b.TODAY - DAY, b.TODAY])
        newest = m.ReportedArrears.objects.filter(loan=loan, as_of_on=on).order_by("pk").last()
        b.a_report(
            loan,
            on,
            overdue_since_on=self._any([None, b.TODAY - 10 * DAY]),
            overdue_minor=self._any([None, 5]),
            statement_minor=self._any([None, -7]),
            recorded_at=self._when(),
            supersedes=newest,
        )

    def _payment(self) -> None:
        payment = b.a_payment(
            self._any(self.loans), recorded_at=self._when(), surplus=self._any([None, "last"])
        )
        for component in self._any([(), ("interest", "principal")]):
            m.PaymentAllocation.objects.create(
                lender_id=payment.lender_id,
                payment=payment,
                installment_number=self._any([None, 1]),
                component=component,
                amount_minor=3,
                recorded_at=self._when(),
            )
        self._reverse(payment=payment)

    def _loan_event(self) -> None:
        kind = self._any(["charge", "chargeback", "waiver", "write_off", "refund", "charge_off"])
        stated = {
            "due_on": self._any([None, b.TODAY]) if kind in ("charge", "chargeback") else None,
            "component": self._any([None, "fee"]),
            "installment_number": self._any([None, 2]),
        }
        self._reverse(loan_event=b.an_event(self._any(self.loans), kind, recorded_at=self._when(), **stated))

    def _reverse(self, **what: Any) -> None:
        """Sometimes, and known at some time."""
        (row,) = what.values()
        if self._maybe():
            m.Reversal.objects.create(
                lender_id=row.lender_id,
                **what,
                reversed_on=b.TODAY,
                reason="returned",
                actor_id=b.an_actor(),
                recorded_at=self._when(),
            )

    def _product(self) -> None:
        lender = self._any(self.lenders)
        b.a_product(
            lender,
            grace_days=self.random.randint(0, 3),
            surplus=self._any(["next", "hold"]),
            recorded_at=self._when(),
            supersedes=m.Product.objects.filter(lender=lender).order_by("pk").last(),
        )

    def _schedule(self) -> None:
        loan = self._any(self.loans)
        b.a_schedule(
            loan,
            *[b.TODAY + n * DAY for n in range(self.random.randint(0, 3))],
            version=m.Schedule.objects.filter(loan=loan).count() + 1,
            recorded_at=self._when(),
        )

    def _statement(self) -> None:
        loan, on = self._any(self.loans), self._any([b.TODAY - DAY, b.TODAY])
        newest = m.Statement.objects.filter(loan=loan, statement_on=on).order_by("pk").last()
        includes = self._maybe()
        b.a_statement(loan, on, minimum_includes_unpaid=includes, recorded_at=self._when(), supersedes=newest)

    def _attempt(self) -> None:
        loan = self._any(self.loans)
        points = self._of(loan, self.points)
        if not points:
            return
        outcome = self._any([{}, {"network_result": "rang_out"}, {"is_conversation": self._maybe()}])
        channel = self._any(["call", "sms", "in_app"])
        attempt = b.an_attempt(
            loan,
            self._any(points),
            at=self._when(),
            recorded_at=self._when(),
            channel=channel,
            voice=self._any([None, "artificial", "ringless"]) if channel == "call" else None,
            notice=self._any(["call_task", "negative_data"]),
            is_discussed=self._any([None, True, False]),
            **outcome,
            **({"outcome_recorded_at": self._when()} if outcome else {}),
        )
        for state in self._any([("not_sent",), *_CAME_TO, ()]):
            m.Attempt.objects.filter(pk=attempt.pk).update(state=state, state_at=self._when())
        if channel == "in_app":
            self._message(attempt)
        if self._maybe():
            self._heard(loan, attempt.contact_point)

    def _message(self, attempt: m.Attempt) -> None:
        """What stands in an inbox; read at some time, or not."""
        read_at = self._any([None, *(at for at in WHEN if at >= attempt.recorded_at)])
        m.Message.objects.create(
            lender_id=attempt.lender_id,
            recorded_at=attempt.recorded_at,
            attempt=attempt,
            person_id=attempt.person_id,
            channel="in_app",
            language="en",
            body_encrypted=b"x",
            read_at=read_at,
        )

    def _heard(self, loan: m.Loan, point: m.ContactPoint) -> None:
        """Somebody wrote or called from there."""
        at = self._when()
        columns = {"origin": "received", "direction": "in", "initiator": "person"}
        b.an_attempt(loan, point, at=at, recorded_at=at, channel="sms", state="accepted", **columns)

    def _step(self) -> None:
        loan, rank = self._any(self.loans), self.random.randint(1, 99)
        outcome = self._any(["done", "superseded"])
        if not m.StepRecord.objects.filter(loan=loan, rank=rank).exists():
            b.a_step_done(
                loan,
                f"s{rank}",
                rank,
                outcome=outcome,
                person_id=self._any(self.people).pk,
                track=self._any(["before_due", "arrears", "reporting"]),
                recorded_at=self._when(),
            )

    # -- what was said ----------------------------------------------------------------------

    def _agreement(self) -> None:
        b.agreed_hours(
            self._any(self.people),
            channel=self._channel(),
            until_at=self._any([None, b.NOW + DAY]),
            contact_complied=self._any([None, True, False]),
            attempt=self._any([None, m.Attempt.objects.order_by("id").last()]),
            recorded_at=self._when(),
            **self._replacing(m.Consent),
        )

    def _extra_calls(self) -> None:
        b.extra_calls(
            self._any(self.people),
            channel=self._channel(),
            loan=self._any([None, *self.loans]),
            until_at=self._any([None, b.NOW + DAY]),
            recorded_at=self._when(),
        )

    def _consent(self) -> None:
        loan = self._any(self.loans)
        b.agreed_hours(
            self._any(self._of(loan, self.people)),
            kind=self._any(["third_person", "data_transfer"]),
            channel=self._channel(),
            purpose=self._any([None, "locate"]),
            loan=self._any([None, loan]),
            about_person=self._any([None, *self._of(loan, self.people)]),
            value_key=self._any([None, 77]),
            recorded_at=self._when(),
        )

    def _notice(self) -> None:
        loan = self._any(self.loans)
        b.a_notice_proof(
            loan,
            self._any(self._of(loan, self.people)),
            state=self._any(["posted", "returned"]),
            at=self._when(),
            recorded_at=self._when(),
        )

    def _opt_out(self) -> None:
        said = {
            "channel": self._channel(),
            "topic": self._any([None, "collect", "marketing"]),
            "recorded_at": self._when(),
            **self._replacing(m.Preference),
        }
        if self._maybe():
            b.an_opt_out(self._any(self.people), **said)
        else:
            point = self._any(self.points)
            b.an_opt_out(value_key=point.value_key, lender_id=self._any(self.lenders).pk, **said)

    def _inconvenience(self) -> None:
        b.an_inconvenience(
            self._any(self.people),
            channel=self._channel(),
            value_key=self._any([None, 77]),
            place=self._any([None, "home", "work"]),
            form=self._any([None, "oral", "written"]),
            until_at=self._any([None, b.NOW + DAY]),
            recorded_at=self._when(),
            **self._replacing(m.Inconvenience),
        )

    def _hold(self) -> None:
        on = self._any(
            [
                {"loan": self._any(self.loans)},
                {"person": self._any(self.people)},
                {"area": self._any(["TW", "US", "TW-H"]), "lender_id": self._any(self.lenders).pk},
            ]
        )
        b.a_hold(**on, stops_ageing=self._maybe(), recorded_at=self._when(), **self._replacing(m.Hold))

    def _refusal(self) -> None:
        b.a_refusal(
            self._any(self.people),
            is_mistake=self._maybe(),
            recorded_at=self._when(),
            **self._replacing(m.Refusal),
        )

    def _household(self) -> None:
        person, from_at = self._any(self.people), self._when()
        if not m.HouseholdMember.objects.filter(person=person, from_at=from_at).exists():
            b.a_household_member(person, self._any([7, 8, None]), from_at=from_at, recorded_at=self._when())

    def _override(self) -> None:
        loan = self._any(self.loans)
        b.an_override(
            self._any(self._of(loan, self.people)),
            self._any(["us.call.7in7", "house.daily"]),
            reason_code=self._any(["asked_by_borrower", "litigation", "avoids_harm"]),
            loan=self._any([None, loan]),
            recorded_at=self._when(),
            **self._replacing(m.Approval),
        )

    # -- chances ----------------------------------------------------------------------------

    def _of(self, loan: m.Loan, rows: list[Any]) -> list[Any]:
        """The rows of the loan's lender: only addresses and numbers cross from one to another."""
        return [row for row in rows if row.lender_id == loan.lender_id]

    def _replacing(self, table: Any) -> dict[str, Any]:
        """Sometimes, that the row supersedes one that nothing supersedes yet."""
        replaced = table.objects.exclude(supersedes=None).values("supersedes")
        free = list(table.objects.exclude(pk__in=replaced).order_by("pk"))
        return {"supersedes": self._any(free)} if free and self._maybe() else {}

    def _channel(self) -> str | None:
        return self._any([None, *names(Channel)])

    def _when(self) -> Any:
        return self._any(WHEN)

    def _maybe(self) -> bool:
        return self.random.random() < 0.5

    def _any(self, choices: Any) -> Any:
        return choices[self.random.randrange(len(choices))]
