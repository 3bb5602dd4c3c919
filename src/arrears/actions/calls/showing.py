"""A call as its agent sees it: whom, until when, what to say, and what the person has asked for before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from django.db import connection

from arrears.actions.calls.agents import agent_of
from arrears.actions.inconvenient_times import list_inconvenient_times
from arrears.actions.weekly_hours import WeeklyHours
from arrears.kernel.errors import NotFound, NotPossible
from arrears.store import clock
from arrears.store.crypto import PersonCipher, ciphers_of, keyring
from arrears.store.facts import load_facts
from arrears.store.models import Attempt
from arrears.store.models.attempts import AGENT
from arrears.store.personal import details_of

_SHOWN_DIGITS = 3
_ID_MAX = (1 << 63) - 1


@dataclass(frozen=True, slots=True)
class Wish:
    """When and where a person said that contact does not suit him; None is any."""

    hours: str
    channel: str | None
    place: str | None


@dataclass(frozen=True, slots=True)
class CallTask:
    """One call, reserved for one agent.

    `state` is `reserved` until it is dialled, then `handing_over` until its outcome is recorded or
    nobody knows. `begin_before` is the last instant, excluded, at which it may be begun, `local` the
    same where the person may be, by zone. `number` is empty until it is dialled, `number_ends` its
    last digits. `script` is read before the call and says what may be said to whom; the code is in it.
    """

    attempt: int
    agent: str
    state: str
    begin_before: datetime
    local: tuple[tuple[str, datetime], ...]
    recipient_kind: str
    name: str = field(repr=False)
    number: str = field(repr=False)
    number_ends: str = field(repr=False)
    language: str
    script: str = field(repr=False)
    verification: str = field(repr=False)
    loan_refs: tuple[str, ...]
    wishes: tuple[Wish, ...]


def get_call(attempt: int, *, lender: int) -> CallTask:
    """The call as it stands. Raises NotFound for what is no agent's call of this lender."""
    row = own_call(attempt, lender=lender)
    cipher = ciphers_of(keyring(), [row.person_id]).get(row.person_id)
    if cipher is None:
        raise NotPossible("call.person_erased", "Who this person is has been erased.")
    number, script = _texts(attempt, cipher)
    begin_before, worker, language = row.send_before, row.worker, row.language
    assert begin_before is not None and worker is not None and language is not None  # noqa: PT018
    return CallTask(
        attempt=attempt,
        agent=agent_of(worker),
        state=row.state,
        begin_before=begin_before,
        local=_local(row, begin_before),
        recipient_kind=row.recipient_kind,
        name=str(details_of(keyring(), [row.person_id]).get(row.person_id, {}).get("name", "")),
        number="" if row.state == "reserved" else number,
        number_ends=number[-_SHOWN_DIGITS:],
        language=language,
        script=script,
        verification=row.verification_code or "",
        loan_refs=tuple(loan_refs(attempt)),
        wishes=_wishes(row.person_id),
    )


def own_call(attempt: int, *, lender: int) -> Attempt:
    """Raises NotFound for an attempt that is no agent's call of this lender."""
    rows = Attempt.objects.filter(pk=attempt, lender=lender, worker__startswith=AGENT)
    row = rows.first() if attempt <= _ID_MAX else None
    if row is None:
        raise NotFound("call.unknown", "No agent has a call of this number.", field="attempt")
    return row


def loan_refs(attempt: int) -> dict[str, int]:
    """The loans that the call is about: their ids by the lender's numbers."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT loan.source_ref, loan.id FROM attempt_loan AS told JOIN loan ON loan.id = told.loan_id"
            " WHERE told.attempt_id = %s ORDER BY loan.source_ref",
            [attempt],
        )
        return dict(cursor.fetchall())


def _texts(attempt: int, cipher: PersonCipher) -> tuple[str, str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT point.value_encrypted, message.body_encrypted FROM attempt"
            "  JOIN contact_point AS point ON point.id = attempt.contact_point_id"
            "  JOIN message ON message.attempt_id = attempt.id WHERE attempt.id = %s",
            [attempt],
        )
        number, body = cursor.fetchone()
    return cipher.decrypt("point", number), cipher.decrypt("body", body)


def _local(row: Attempt, at: datetime) -> tuple[tuple[str, datetime], ...]:
    """The instant in every zone in which the person may be."""
    facts = load_facts(
        lender_id=row.lender_id,
        loans=list(loan_refs(row.pk).values()),
        persons=[row.person_id],
        known_at=clock.now(),
    )
    persons = facts["person"]
    zones: Sequence[int] = facts.zone_sets[
        persons["zones"][int(persons["person"].searchsorted(row.person_id))]
    ]
    return tuple((facts.zones[zone], at.astimezone(ZoneInfo(facts.zones[zone]))) for zone in zones)


def _wishes(person: int) -> tuple[Wish, ...]:
    return tuple(
        Wish(
            str(WeeklyHours(each.weekdays, each.start_local_minutes, each.end_local_minutes)),
            each.channel,
            each.place,
        )
        for each in list_inconvenient_times(person=person)
        if each.until_at is None or each.until_at > clock.now()
    )
