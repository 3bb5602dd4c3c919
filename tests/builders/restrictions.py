"""What forbids a contact, and what permits one."""

from __future__ import annotations

from typing import Any

from arrears.store import models
from tests.builders.cast import LONG_AGO, NOW
from tests.builders.people import an_actor


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


def an_inconvenience(person: models.Person, **columns: Any) -> models.Inconvenience:
    """What the person said on the telephone: not from 9:00 to 12:00, on any day, by any channel."""
    return models.Inconvenience.objects.create(
        **{
            "lender_id": person.lender_id,
            "person": person,
            "weekdays": 127,
            "start_local_minutes": 9 * 60,
            "end_local_minutes": 12 * 60,
            "from_at": LONG_AGO,
            "told_by": "call",
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


def a_household_member(
    person: models.Person, household_key: int | None, **columns: Any
) -> models.HouseholdMember:
    """Of one household, or of none, from long ago on."""
    return models.HouseholdMember.objects.create(
        **{
            "lender_id": person.lender_id,
            "person": person,
            "household_key": household_key,
            "from_at": LONG_AGO,
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


def extra_calls(person: models.Person, **columns: Any) -> models.Consent:
    """A consent to calls beyond the usual number, given to the lender."""
    none = dict.fromkeys(("weekdays", "start_local_minutes", "end_local_minutes"))
    return agreed_hours(person, **{**none, "kind": "extra_calls", "form": "oral", **columns})


def a_notice_proof(loan: models.Loan, person: models.Person, **columns: Any) -> models.NoticeProof:
    """A letter that negative data will be passed on, posted at `NOW` as the lender states."""
    return models.NoticeProof.objects.create(
        **{
            "lender_id": loan.lender_id,
            "loan": loan,
            "person": person,
            "notice": "negative_data",
            "channel": "letter",
            "state": "posted",
            "at": NOW,
            "evidence_ref": "post book",
            "actor_id": an_actor(),
            "recorded_at": NOW,
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
