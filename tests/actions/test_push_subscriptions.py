"""Browsers' subscriptions: kept, replaced and ended, sent to, and pruned when their push service says so."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.db import transaction

from arrears.actions.contact_points import mark_dead
from arrears.actions.gate import gate_due
from arrears.actions.push_subscriptions import list_subscriptions, subscribe, unsubscribe
from arrears.kernel.errors import BadInput, NotFound
from arrears.store import clock, models
from arrears.store.personal import erase_person
from tests.actions.pushing import ONLY_DEAD, PUSHING, a_due_push, send
from tests.actions.sending import ACTOR, a_writing_lender, end_of, for_all, move_clock, states
from tests.builders import MING, NA, NOW, a_contact_point, a_person, cipher_of
from tests.channels.browser import KEYS, Browser, a_push_url, milliseconds
from tests.channels.push_service import a_push_service, needs_push_service
from tests.channels.scripted_server import scripted_gateway

pytestmark = pytest.mark.django_db(transaction=True)

GONE = b"HTTP/1.1 410 Gone\r\nContent-Length: 0\r\n\r\n"


@pytest.fixture
def lender():
    return a_writing_lender()


@pytest.fixture
def ming(lender):
    return a_person(lender, MING)


def keep(person, browser, **more):
    told = {"subscription": browser.subscription(), **more}
    return subscribe(lender=person.lender_id, person=person.pk, **told, actor=ACTOR, at=clock.now())


def end(person, endpoint):
    return unsubscribe(
        lender=person.lender_id, person=person.pk, endpoint=endpoint, actor=ACTOR, at=clock.now()
    )


def standing(person):
    return [each.state for each in list_subscriptions(person=person.pk, at=clock.now())]


def entries():
    return list(models.AuditEntry.objects.filter(what__startswith="push.").values_list("what", flat=True))


def test_a_subscription_is_kept_once_however_often_it_is_told(ming):
    first, again = keep(ming, Browser()), keep(ming, Browser())
    browser = Browser()
    kept, told_again = keep(ming, browser), keep(ming, browser)

    assert first.number != again.number, "two browsers"
    assert (kept.number, kept.recorded_at) == (told_again.number, told_again.recorded_at)
    assert (kept.state, kept.host, kept.server_key) == (
        *("active", "fcm.googleapis.com", KEYS.public_keys[0]),
    )
    assert entries() == ["push.subscribed"] * 3
    point = models.ContactPoint.objects.get(pk=kept.number)
    assert (point.source, point.owner_kind) == ("authorised", "own")
    assert models.ContactScope.objects.filter(kind="value", key=point.value_key).exists()


def test_one_subscription_takes_the_place_of_another(ming):
    old, new = Browser(), Browser(endpoint="https://fcm.googleapis.com/fcm/send/new")
    keep(ming, old)

    kept = keep(ming, new, replaces=old.endpoint)
    again = keep(ming, new, replaces=old.endpoint)

    assert standing(ming) == ["active", "ended"]
    assert kept.number == again.number
    assert entries() == ["push.subscribed"] * 2
    replaced = models.AuditEntry.objects.filter(what="push.subscribed").latest("id").facts["replaces"]
    assert replaced == models.ContactPoint.objects.get(retired_at__isnull=False).pk


def test_an_ended_subscription_is_not_used_until_it_is_there_again(ming):
    browser = Browser()
    keep(ming, browser)

    ended = [end(ming, browser.endpoint), end(ming, browser.endpoint), end(ming, "https://none.example")]
    after = standing(ming)
    keep(ming, browser)

    assert ended == [True, False, False]
    assert (after, standing(ming)) == (["ended"], ["active"])
    assert entries() == ["push.subscribed", "push.unsubscribed", "push.subscribed"]


def test_a_subscription_ends_by_itself_when_its_browser_said_so(ming):
    browser, until = Browser(), NOW + timedelta(days=2)

    kept = keep(ming, browser, subscription=browser.subscription(expirationTime=milliseconds(until)))
    before = standing(ming)
    move_clock(days=2)

    assert kept.expires_at == until
    assert (before, standing(ming)) == (["active"], ["gone"])


def test_what_a_push_service_said_is_gone_is_not_brought_back_by_being_told_again(ming):
    browser = Browser()
    number = keep(ming, browser).number
    move_clock(minutes=1)
    with transaction.atomic():
        mark_dead(point=number, reason="refused web_push.gone 410", actor=ACTOR, at=clock.now())
    move_clock(minutes=1)

    assert keep(ming, browser).state == "gone"


def test_a_subscription_that_could_never_be_sent_to_is_refused(ming):
    over = Browser().subscription(expirationTime=milliseconds(NOW))
    for told, code in (
        ({"subscription": "{}"}, "contact_point.value"),
        ({"subscription": over}, "push.expired"),
        ({"server_keys": ["another"]}, "push.other_key"),
    ):
        with pytest.raises(BadInput) as raised:
            keep(ming, Browser(), **told)
        assert raised.value.code == code
    erase_person(ming.pk, at=NOW)
    with pytest.raises(NotFound):
        keep(ming, Browser())
    assert not models.ContactPoint.objects.filter(kind="web_push").exists()


def test_a_browser_of_two_is_pruned_for_both(lender, ming, tmp_path):
    with scripted_gateway(GONE) as service:
        url, key = a_push_url(tmp_path)
        browser = Browser(endpoint=f"http://127.0.0.1:{service.port}/1", server_key=key)
        other = a_person(lender, NA)
        points = [models.ContactPoint.objects.get(pk=keep(each, browser).number) for each in (ming, other)]
        planned = a_due_push(points[0])
        move_clock(minutes=1)

        run = send(url, law=ONLY_DEAD)["push"]
        move_clock(minutes=1)
        again = a_due_push(points[0])
        later = send(url, law=ONLY_DEAD)["push"]

    assert run.states == {"refused_by_provider": 1}
    assert end_of(planned) == ("lapsed", "refused_by_provider")
    assert (standing(ming), standing(other)) == (["gone"], ["gone"])
    assert len(service.heard) == 1, "never tried again"
    assert (later.states, end_of(again)) == ({}, ("not_permitted", "house.dead-point"))
    assert models.AuditEntry.objects.filter(what="contact_point.dead").count() == 1


def test_what_is_reserved_for_a_subscription_that_ends_is_taken_back(ming, tmp_path):
    browser = Browser()
    point = models.ContactPoint.objects.get(pk=keep(ming, browser).number)
    a_due_push(point)
    told = {"laws": for_all(ONLY_DEAD), "strategies": for_all(PUSHING), "limit": 9, "actor": ACTOR}
    assert gate_due(channel="push", **told).cleared == 1

    move_clock(minutes=1)
    end(ming, browser.endpoint)

    attempt = models.Attempt.objects.get()
    assert (attempt.state, attempt.failure_code) == ("not_sent", "unsubscribed")
    assert states() == {"planned": 1}
    assert gate_due(channel="push", **told).cleared == 0


# -- a real push service ------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def service():
    with a_push_service() as running:
        yield running


@needs_push_service
def test_a_notification_arrives_and_a_subscription_that_has_ended_is_pruned(service, ming, tmp_path):
    url, key = a_push_url(tmp_path)
    told = service.subscribe(key)
    kept = keep(ming, Browser(), subscription=json.dumps(told))
    point = models.ContactPoint.objects.get(pk=kept.number)
    a_due_push(point)

    first = send(url)["push"]

    attempt = models.Attempt.objects.get()
    message = models.Message.objects.get()
    (shown,) = service.shown(told)
    assert first.states == {"accepted": 1}
    assert (attempt.state, attempt.provider) == ("accepted", "web_push")
    assert (shown["title"], shown["lang"]) == ("Example Bank", message.language)
    assert shown["data"] == {
        "reference": str(attempt.pk),
        "code": attempt.verification_code,
        "text": cipher_of(ming).decrypt("body", bytes(message.body_encrypted)),
    }

    service.end(told)
    move_clock(minutes=1)
    a_due_push(point)
    second = send(url, law=ONLY_DEAD)["push"]

    assert second.states == {"refused_by_provider": 1}
    assert (standing(ming), len(service.shown(told))) == (["gone"], 1)


@needs_push_service
def test_a_real_push_service_refuses_another_key_and_another_browser(service, ming, tmp_path):
    """So the test above means something: the service does look at the signature and at the message."""
    url, key = a_push_url(tmp_path)
    told = service.subscribe(KEYS.public_keys[0])
    for wrong in (
        {**told, "applicationServerKey": key},
        {**service.subscribe(key), "keys": Browser().told()["keys"]},
    ):
        a_due_push(a_contact_point(ming, "web_push", value=json.dumps(wrong)))

    run = send(url, law=ONLY_DEAD)["push"]

    assert run.states == {"refused_by_provider": 2}
    assert service.shown(told) == []
    assert not models.ContactPoint.objects.filter(dead_from_at__isnull=False).exists()
