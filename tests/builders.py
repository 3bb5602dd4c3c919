"""People, loans and contacts as rows, with everything a test does not care about filled in.

A small lender in Taipei on a Tuesday morning, in a simulation whose clock stands at `NOW`:

    lender = a_lender()
    ming = a_person(lender, MING)
    loan = a_loan(lender, ming, overdue_days=10)
    point = a_contact_point(ming, "email")

Every builder returns the stored row and needs a database; a fact recorded later than `NOW` is
made by passing `recorded_at`.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

from arrears.kernel.vocabulary import POINT_KINDS_OF, name_of
from arrears.store import models
from arrears.store.actors import actor_id
from arrears.store.copying import next_ids
from arrears.store.crypto import Keyring, PersonCipher, get_cipher, keyring
from arrears.store.masterkey import make_master_key
from arrears.store.personal import encrypt_detail

NOW = datetime(2026, 7, 14, 2, 0, tzinfo=UTC)
"""Tuesday, 10:00 in Taipei."""
TODAY = date(2026, 7, 14)
LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)
"""When facts that a test does not date were recorded."""

_numbers = itertools.count(1)


@dataclass(frozen=True)
class Somebody:
    """A member of the cast: invented, and of a place whose hours and law differ from the others'."""

    name: str
    place: str
    zone: str
    language: str
    values: dict[str, str] = field(default_factory=dict)


MING = Somebody(
    "王小明",
    "TW",
    "Asia/Taipei",
    "zh-Hant",
    {
        "email": "ming@example.org",
        "mobile": "0912345678",
        "app_inbox": "ming",
        "landline": "0223456789",
        "postal": "臺北市中正區重慶南路一段122號",
    },
)
NA = Somebody(
    "李娜",
    "CN",
    "Asia/Shanghai",
    "zh-Hans",
    {
        "email": "lina@example.cn",
        "mobile": "13812345678",
        "app_inbox": "lina",
        "landline": "010 6512 3456",
        "postal": "北京市东城区东长安街1号",
    },
)
ANA = Somebody(
    "Ana Torres",
    "US-NY",
    "America/New_York",
    "en",
    {
        "email": "ana@example.com",
        "mobile": "212 555 0123",
        "app_inbox": "ana",
        "landline": "(212) 555-0199",
        "postal": "1 Example Plaza, New York, NY 10001",
    },
)
CAST = (MING, NA, ANA)


def a_simulation(at: datetime = NOW) -> models.DatabaseIdentity:
    """Declares the test database a simulation at `at`, unless it is declared already."""
    identity = models.DatabaseIdentity.objects.first()
    if identity is not None:
        return identity
    return models.DatabaseIdentity.objects.create(
        kind="simulation",
        created_at=at,
        simulated_at=at,
        master_key_id=Keyring(make_master_key()).id,
    )


def an_actor(name: str = "program:test") -> int:
    """The id of an actor."""
    return actor_id(name, at=LONG_AGO)


def a_lender(**columns: Any) -> models.Organisation:
    """A bank in Taipei whose books and contact history are complete. Declares the database."""
    a_simulation()
    lender = models.Organisation.objects.create(
        **{
            "kind": "lender",
            "name": "Example Bank",
            "country": "TW",
            "zone": "Asia/Taipei",
            "language": "zh-Hant",
            "currency": "TWD",
            "actor_kind": "original_creditor",
            "licence": "bank",
            "recorded_at": LONG_AGO,
            **columns,
        }
    )
    a_watermark(lender)
    return lender


def a_watermark(lender: models.Organisation, **columns: Any) -> models.Watermark:
    """All payments through yesterday, all contacts since long ago."""
    known = {
        "payments_complete_through_on": TODAY - timedelta(days=1),
        "contacts_known_from_on": LONG_AGO.date(),
    }
    return models.Watermark.objects.create(
        **{"lender": lender, "actor_id": an_actor(), "recorded_at": LONG_AGO, **known, **columns}
    )


def a_person(
    lender: models.Organisation,
    who: Somebody = MING,
    *,
    points: tuple[str, ...] = (),
    is_place_known: bool = True,
    **columns: Any,
) -> models.Person:
    """One of the cast, with his key, his encrypted detail, where he lives, and contact points of `points`."""
    ref = f"C{next(_numbers)}"
    ring = keyring()
    person = models.Person.objects.create(
        **{
            "lender": lender,
            "source_key": ring.source_key(lender.pk, ref),
            "language": who.language,
            "recorded_at": LONG_AGO,
            **columns,
        }
    )
    cipher, wrapped = ring.new_cipher(person.pk)
    models.PersonKey.objects.create(person=person, wrapped_key=wrapped, recorded_at=LONG_AGO)
    detail = encrypt_detail(cipher, {"name": who.name, "customer_ref": ref})
    models.PersonDetail.objects.create(lender=lender, person=person, ciphertext=detail, recorded_at=LONG_AGO)
    if is_place_known:
        a_place(person, who.place, who.zone)
    for kind in points:
        a_contact_point(person, kind, value=who.values[kind], country=who.place[:2])
    return person


def a_place(
    person: models.Person, place: str | None, zone: str | None, **columns: Any
) -> models.ZoneEvidence:
    """Evidence that the person may be there."""
    return models.ZoneEvidence.objects.create(
        **{
            "lender_id": person.lender_id,
            "person": person,
            "source": "address",
            "place": place,
            "zone": zone,
            "actor_id": an_actor(),
            "recorded_at": LONG_AGO,
            **columns,
        }
    )


def a_contact_point(
    person: models.Person, kind: str = "email", *, value: str = "", country: str | None = "TW", **columns: Any
) -> models.ContactPoint:
    """A contact point of its own, or with `value` one that others may have too."""
    ring = keyring()
    stored = ring.point_value(get_cipher(ring, person.pk), kind, value or _fresh_value(kind), country=country)
    return models.ContactPoint.objects.create(
        **{
            "lender_id": person.lender_id,
            "person": person,
            "kind": kind,
            "source": "contract",
            "recorded_at": LONG_AGO,
            **stored._asdict(),
            **columns,
        }
    )


def _fresh_value(kind: str) -> str:
    number = next(_numbers)
    return {
        "email": f"somebody{number}@example.org",
        "mobile": f"09{number:08}",
        "landline": f"02{number:08}",
        "app_inbox": f"user-{number}",
        "postal": f"臺北市某路{number}號",
    }[kind]


def a_loan(
    lender: models.Organisation,
    borrower: models.Person,
    *,
    overdue_days: int | None = None,
    overdue_minor: int | None = 391_300,
    statement_minor: int | None = 2_000_000,
    as_of_on: date = TODAY - timedelta(days=1),
    **columns: Any,
) -> models.Loan:
    """A credit card; with `overdue_days`, reported late by so many days at the end of `as_of_on`."""
    group = borrower.contact_group or borrower.pk
    loan = models.Loan.objects.create(
        **{
            "lender": lender,
            "source_ref": f"L{next(_numbers)}",
            "product": "card",
            "debt_kind": "credit_card",
            "governing_law": "TW",
            "currency": "TWD",
            "contact_group": group,
            "recorded_at": LONG_AGO,
            **columns,
        }
    )
    if borrower.contact_group is None:
        models.Person.objects.filter(pk=borrower.pk).update(contact_group=group)
        borrower.contact_group = group
    a_party(loan, borrower)
    if overdue_days is not None:
        a_report(
            loan,
            as_of_on,
            overdue_since_on=as_of_on - timedelta(days=overdue_days),
            overdue_minor=overdue_minor,
            statement_minor=statement_minor,
        )
    return loan


def a_party(
    loan: models.Loan, person: models.Person, role: str = "borrower", **columns: Any
) -> models.LoanParty:
    """What the person is to the loan, with no end."""
    return models.LoanParty.objects.create(
        **{
            "lender_id": loan.lender_id,
            "loan": loan,
            "person": person,
            "role": role,
            "recorded_at": LONG_AGO,
            **columns,
        }
    )


def a_report(
    loan: models.Loan, as_of_on: date = TODAY, *, overdue_since_on: date | None = None, **columns: Any
) -> models.ReportedArrears:
    """What the core system says for a day; without `overdue_since_on`, that the loan is not late."""
    is_late = overdue_since_on is not None
    stated = {
        "status": "late" if is_late else "paid_in_full",
        "months_late": 1 if is_late else 0,
        "overdue_since_on": overdue_since_on,
        "recorded_at": datetime(as_of_on.year, as_of_on.month, as_of_on.day, 22, tzinfo=UTC),
    }
    return models.ReportedArrears.objects.create(
        **{"lender_id": loan.lender_id, "loan": loan, "as_of_on": as_of_on, **stated, **columns}
    )


def a_payment(loan: models.Loan, value_on: date = TODAY, **columns: Any) -> models.Payment:
    """A payment of 1,000.00 with value on that day."""
    return models.Payment.objects.create(
        **{
            "lender_id": loan.lender_id,
            "loan": loan,
            "source_ref": f"P{next(_numbers)}",
            "amount_minor": 100_000,
            "value_on": value_on,
            "actor_id": an_actor(),
            "recorded_at": NOW,
            **columns,
        }
    )


def an_opt_out(
    person: models.Person | None = None,
    *,
    value_key: int | None = None,
    lender_id: int | None = None,
    **columns: Any,
) -> models.Preference:
    """An opt-out of everything by the person, or for an address with `value_key` and `lender_id`."""
    return models.Preference.objects.create(
        **{
            "lender_id": lender_id if person is None else person.lender_id,
            "person": person,
            "value_key": value_key,
            "from_at": LONG_AGO,
            "told_by": "portal",
            "actor_id": an_actor(),
            "recorded_at": LONG_AGO,
            **columns,
        }
    )


def a_refusal(person: models.Person, **columns: Any) -> models.Refusal:
    """For good."""
    return models.Refusal.objects.create(
        **{
            "lender_id": person.lender_id,
            "person": person,
            "from_at": LONG_AGO,
            "told_by": "call",
            "actor_id": an_actor(),
            "recorded_at": LONG_AGO,
            **columns,
        }
    )


def a_hold(
    *,
    loan: models.Loan | None = None,
    person: models.Person | None = None,
    area: str | None = None,
    **columns: Any,
) -> models.Hold:
    """A dispute that stops notices and calls, without an end. A hold on an area needs `lender_id`."""
    subject = loan or person
    return models.Hold.objects.create(
        **{
            "lender_id": None if subject is None else subject.lender_id,
            "loan": loan,
            "person": person,
            "area": area,
            "reason": "dispute",
            "shown_reason": "We are looking into what you wrote.",
            "stops_notices": True,
            "stops_calls": True,
            "from_at": LONG_AGO,
            "actor_id": an_actor(),
            "recorded_at": LONG_AGO,
            **columns,
        }
    )


def agreed_hours(person: models.Person, **columns: Any) -> models.Consent:
    """An agreement to be contacted from 20:00 to 22:00 on any day."""
    return models.Consent.objects.create(
        **{
            "lender_id": person.lender_id,
            "person": person,
            "given_to_id": person.lender_id,
            "kind": "agreed_hours",
            "form": "electronic",
            "weekdays": 127,
            "start_local_minutes": 20 * 60,
            "end_local_minutes": 22 * 60,
            "given_at": LONG_AGO,
            "from_at": LONG_AGO,
            "actor_id": an_actor(),
            "recorded_at": LONG_AGO,
            **columns,
        }
    )


def an_override(person: models.Person, rule: str, **columns: Any) -> models.Approval:
    """One person asked for it and another approved it."""
    return models.Approval.objects.create(
        **{
            "lender_id": person.lender_id,
            "subject": "override",
            "person": person,
            "rule": rule,
            "reason_code": "asked_by_borrower",
            "requested_by_id": an_actor("staff:anna"),
            "requested_at": LONG_AGO,
            "approved_by_id": an_actor("staff:bo"),
            "approved_at": LONG_AGO,
            "from_at": LONG_AGO,
            "recorded_at": LONG_AGO,
            **columns,
        }
    )


def a_decision(loan: models.Loan, person: models.Person, **columns: Any) -> models.Decision:
    """The gate allowed an e-mail at `NOW`."""
    return models.Decision.objects.create(
        **{
            "id": int(next_ids(models.Decision, 1)[0]),
            "decided_at": NOW,
            "lender_id": loan.lender_id,
            "use": "gate",
            "contact_group": loan.contact_group,
            "loan_id": loan.pk,
            "borrower_id": person.pk,
            "person_id": person.pk,
            "recipient_kind": "borrower",
            "actor_kind": "original_creditor",
            "channel": "email",
            "notice": "payment_reminder",
            "purpose": "collect",
            "is_amount_known": True,
            "asked_at": NOW,
            "known_at": NOW,
            "law_version": "test",
            "zones_version": "test",
            "result": "allow",
            "outcome": "cleared",
            "from_at": NOW,
            **columns,
        }
    )


def a_planned_contact(
    loan: models.Loan,
    point: models.ContactPoint,
    *,
    step: str = "email",
    rank: int = 20,
    episode_start_on: date = TODAY - timedelta(days=10),
    **columns: Any,
) -> models.PlannedContact:
    """An e-mail for today, about one step of one loan."""
    planned = models.PlannedContact.objects.create(
        **{
            "lender_id": loan.lender_id,
            "planned_for_on": TODAY,
            "contact_group": loan.contact_group,
            "person_id": point.person_id,
            "recipient_kind": "borrower",
            "contact_point": point,
            "value_key": point.value_key,
            "channel": _channel_of(point),
            "notice": "payment_reminder",
            "purpose": "collect",
            "not_before_at": NOW,
            "not_after_at": NOW + timedelta(hours=10),
            "state_at": NOW,
            "recorded_at": NOW,
            **columns,
        }
    )
    models.PlannedContactLoan.objects.create(
        lender_id=loan.lender_id,
        planned_contact=planned,
        loan=loan,
        step=step,
        rank=rank,
        episode_start_on=episode_start_on,
    )
    return planned


def an_attempt(
    loan: models.Loan,
    point: models.ContactPoint,
    *,
    planned: models.PlannedContact | None = None,
    decision: models.Decision | None = None,
    is_discussed: bool | None = None,
    **columns: Any,
) -> models.Attempt:
    """A contact the gate reserved at `NOW`; with `origin="imported"` one delivered elsewhere."""
    is_ours = columns.get("origin", "gate") == "gate"
    at = columns.get("at", NOW)
    if is_ours and decision is None:
        decision = a_decision(loan, point.person, channel=columns.get("channel", _channel_of(point)))
    ours = {
        "send_before": at + timedelta(minutes=5),
        "lease_until": at + timedelta(minutes=5),
        "worker": "w1",
    }
    attempt = models.Attempt.objects.create(
        **{
            "lender_id": loan.lender_id,
            "at": at,
            "recorded_at": at,
            "actor_organisation_id": loan.lender_id,
            "person_id": point.person_id,
            "recipient_kind": "borrower",
            "channel": _channel_of(point),
            "purpose": "collect",
            "notice": "payment_reminder",
            "contact_point": point,
            "value_key": point.value_key,
            "planned_contact": planned,
            "decision_id": decision.id if decision else None,
            "decided_at": decision.decided_at if decision else None,
            "state": "reserved" if is_ours else "delivered",
            "state_at": at,
            **(ours if is_ours else {}),
            **columns,
        }
    )
    models.AttemptLoan.objects.create(
        lender_id=loan.lender_id, attempt=attempt, loan=loan, is_discussed=is_discussed
    )
    return attempt


def a_step_done(
    loan: models.Loan, step: str = "app-message", rank: int = 10, **columns: Any
) -> models.StepRecord:
    """Done yesterday."""
    return models.StepRecord.objects.create(
        **{
            "lender_id": loan.lender_id,
            "loan": loan,
            "step": step,
            "rank": rank,
            "episode_start_on": TODAY - timedelta(days=10),
            "done_on": TODAY - timedelta(days=1),
            "outcome": "done",
            "recorded_at": NOW - timedelta(days=1),
            **columns,
        }
    )


def cipher_of(person: models.Person) -> PersonCipher:
    """What encrypts and decrypts the person's data."""
    return get_cipher(keyring(), person.pk)


def _channel_of(point: models.ContactPoint) -> str:
    served = {
        name_of(kind): name_of(channel)
        for channel, kinds in reversed(POINT_KINDS_OF.items())
        for kind in kinds
    }
    return served[point.kind]
