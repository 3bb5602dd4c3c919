"""What a person said of hours binds at once, is taken back by another row, and says who recorded it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from arrears.actions.agreed_hours import list_agreed_hours, record_agreed_hours, withdraw_agreed_hours
from arrears.actions.inconvenient_times import (
    list_inconvenient_times,
    record_inconvenient_time,
    take_back_inconvenient_time,
)
from arrears.actions.opt_outs import record_only_by, value_key_of
from arrears.actions.weekly_hours import WeeklyHours, weekly_hours
from arrears.kernel.errors import BadInput, Conflict, NotFound
from arrears.store import models
from tests.actions.sending import ACTOR, a_due_contact, a_writing_lender, end_of, gate
from tests.builders import NOW

pytestmark = pytest.mark.django_db(transaction=True)
MORNING = weekly_hours(days=(), start="00:00", end="12:00")
"""It is Tuesday, ten in the morning, in Taipei at `NOW`."""
ALWAYS = weekly_hours(days=(), start="00:00", end="24:00")
EVENING = weekly_hours(days=(), start="18:00", end="24:00")


def inconvenient(planned, hours=MORNING, **columns):
    return record_inconvenient_time(
        lender=planned.lender_id,
        person=planned.person_id,
        hours=hours,
        **{"told_by": "call", "actor": ACTOR, "at": NOW, **columns},
    )


def agreed(planned, **columns):
    return record_agreed_hours(
        lender=planned.lender_id,
        person=planned.person_id,
        hours=EVENING,
        **{"form": "oral", "actor": ACTOR, "at": NOW, **columns},
    )


@pytest.mark.parametrize(
    ("said", "hours_later"),
    [
        ({}, 2),
        ({"channel": "in_app"}, 2),
        ({"channel": "call"}, 0),
        ({"hours": EVENING}, 0),
        ({"hours": weekly_hours(days=["tue"], start="09:00", end="11:00")}, 1),
        ({"hours": weekly_hours(days=["fri"], start="00:00", end="24:00")}, 0),
        ({"from_at": NOW + timedelta(hours=1)}, 0),
        ({"from_at": NOW - timedelta(days=3), "until_at": NOW}, 0),
    ],
)
def test_the_gate_waits_until_what_was_said_is_over(said, hours_later):
    planned = a_due_contact(a_writing_lender())
    inconvenient(planned, **said)

    gate()

    planned.refresh_from_db()
    waits_until = NOW + timedelta(hours=hours_later)
    assert planned.state == ("planned" if hours_later else "reserved")
    assert max(planned.not_before_at, NOW) == waits_until


def test_a_channel_that_never_suits_is_not_permitted():
    planned = a_due_contact(a_writing_lender())
    inconvenient(planned, ALWAYS, channel="in_app")

    gate()

    assert end_of(planned) == ("not_permitted", "house.inconvenient")


def test_a_statement_about_one_address_binds_no_other():
    lender = a_writing_lender()
    planned = a_due_contact(lender, channel="email", value="ming@example.org")
    inconvenient(planned, ALWAYS, value_key=value_key_of("email", "other@example.org", country=None))
    gate("email")
    assert end_of(planned)[0] == "reserved"

    again = a_due_contact(lender, channel="email", value="ana@example.org")
    inconvenient(again, ALWAYS, value_key=value_key_of("email", "ana@example.org", country=None))
    gate("email")
    assert end_of(again) == ("not_permitted", "house.inconvenient")


@pytest.mark.parametrize(
    ("point", "end"),
    [
        ({"place": "work"}, ("not_permitted", "house.inconvenient-place")),
        ({"owner_kind": "work"}, ("not_permitted", "house.inconvenient-place")),
        ({"place": "home"}, ("reserved", None)),
        ({}, ("reserved", None)),
    ],
)
def test_a_place_binds_every_address_of_it(point, end):
    planned = a_due_contact(a_writing_lender(), channel="email", value="ming@example.org")
    inconvenient(planned, ALWAYS, place="work", form="oral")
    recorded_at = NOW - timedelta(days=1)
    models.ContactPoint.objects.update(**point, recorded_at=recorded_at) if point else None

    gate("email")

    assert end_of(planned) == end


def test_what_was_taken_back_binds_no_longer_and_stays_on_file():
    planned = a_due_contact(a_writing_lender())
    number = inconvenient(planned)

    take_back_inconvenient_time(inconvenient_time=number, told_by="letter", actor=ACTOR, at=NOW)

    gate()
    assert end_of(planned)[0] == "reserved"
    (row,) = list_inconvenient_times(person=planned.person_id)
    assert (row.supersedes_id, row.until_at, row.told_by, row.actor.name) == (number, NOW, "letter", ACTOR)
    assert models.Inconvenience.objects.count() == 2


def test_it_is_taken_back_once():
    number = inconvenient(a_due_contact(a_writing_lender()))
    second = take_back_inconvenient_time(inconvenient_time=number, told_by="call", actor=ACTOR, at=NOW)

    for ended in (number, second):
        with pytest.raises(Conflict, match="ended or replaced already"):
            take_back_inconvenient_time(inconvenient_time=ended, told_by="call", actor=ACTOR, at=NOW)
    with pytest.raises(NotFound, match="There is no inconvenient time 99"):
        take_back_inconvenient_time(inconvenient_time=99, told_by="call", actor=ACTOR, at=NOW)


def test_a_statement_is_recorded_with_its_provenance_and_audited():
    planned = a_due_contact(a_writing_lender())
    number = inconvenient(planned, channel="call", told_by="reply")

    row = models.Inconvenience.objects.get(pk=number)
    assert (row.told_by, row.actor.name, row.recorded_at, row.from_at) == ("reply", ACTOR, NOW, NOW)
    entry = models.AuditEntry.objects.get(what="inconvenient_time.recorded")
    assert entry.subjects == {"inconvenient_time": [number], "person": [planned.person_id]}


@pytest.mark.parametrize(
    ("said", "what"),
    [
        ({"channel": "fax"}, "'fax' is not a Channel"),
        ({"place": "moon"}, "'moon' is not a PointPlace"),
        ({"form": "nod"}, "'nod' is not a StatementForm"),
        ({"until_at": NOW}, "has to end after it begins"),
    ],
)
def test_a_statement_that_means_nothing_is_refused(said, what):
    planned = a_due_contact(a_writing_lender())

    with pytest.raises(BadInput, match=what):
        inconvenient(planned, **said)

    assert not models.Inconvenience.objects.exists()


def test_agreed_hours_are_recorded_listed_and_withdrawn_once():
    planned = a_due_contact(a_writing_lender())
    number = agreed(planned, channel="call")

    withdraw_agreed_hours(consent=number, actor=ACTOR, at=NOW + timedelta(days=1))

    (row,) = list_agreed_hours(person=planned.person_id)
    assert (row.kind, row.form, row.channel, row.given_to_id) == (
        *("agreed_hours", "oral", "call"),
        planned.lender_id,
    )
    assert (row.from_at, row.until_at, row.start_local_minutes) == (NOW, NOW + timedelta(days=1), 18 * 60)
    with pytest.raises(Conflict, match="ended or replaced already"):
        withdraw_agreed_hours(consent=number, actor=ACTOR, at=NOW)
    with pytest.raises(NotFound, match="There is no agreement on hours 99"):
        withdraw_agreed_hours(consent=99, actor=ACTOR, at=NOW)


@pytest.mark.parametrize(
    ("said", "what"),
    [
        ({"channel": "fax"}, "'fax' is not a Channel"),
        ({"form": "nod"}, "'nod' is not a ConsentForm"),
        ({"until_at": NOW}, "has to end after it begins"),
    ],
)
def test_an_agreement_that_means_nothing_is_refused(said, what):
    with pytest.raises(BadInput, match=what):
        agreed(a_due_contact(a_writing_lender()), **said)


def test_who_wants_e_mail_only_has_switched_everything_else_off():
    lender = a_writing_lender()
    in_app = a_due_contact(lender)
    numbers = record_only_by(
        lender=lender.pk,
        person=in_app.person_id,
        channel="email",
        told_by="call",
        actor=ACTOR,
        at=NOW,
    )

    gate()

    assert end_of(in_app) == ("not_permitted", "house.opt-out")
    off = models.Preference.objects.filter(pk__in=numbers).values_list("channel", flat=True)
    assert sorted(off) == ["call", "in_app", "letter", "push", "sms", "visit"]


@pytest.mark.parametrize(
    ("days", "start", "end", "what"),
    [
        (("funday",), "09:00", "10:00", "No day is called 'funday'"),
        ((), "9:00", "10:00", "'9:00' is not a time of day"),
        ((), "09:00", "24:01", "'24:01' is not a time of day"),
        ((), "09:60", "10:00", "'09:60' is not a time of day"),
        ((), "noon", "13:00", "'noon' is not a time of day"),
        ((), "22:00", "06:00", "The hours end at 06:00, which is not after 22:00"),
        ((), "09:00", "09:00", "which is not after 09:00"),
    ],
)
def test_hours_that_are_none_are_refused(days, start, end, what):
    with pytest.raises(BadInput, match=what):
        weekly_hours(days=days, start=start, end=end)


def test_hours_are_shown_as_they_are_said():
    assert weekly_hours(days=["fri", "mon"], start="09:00", end="24:00") == WeeklyHours(0b10001, 540, 1440)
    assert str(WeeklyHours(0b10001, 540, 1440)) == "mon fri 09:00-24:00"
