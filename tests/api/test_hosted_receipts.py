"""What providers of e-mail report: checked by their signature and our mark, stored, understood afterwards."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json

import pytest

from arrears.actions.handing_over import hand_over_reserved
from arrears.actions.mail import marks_of_this_database
from arrears.actions.receipts import settle_receipts
from arrears.channels.hosted.channel import HostedChannel
from arrears.channels.hosted.providers import USE
from arrears.channels.hosted.route import read_hosted_route
from arrears.store import clock, models
from tests.actions.sending import ACTOR, a_due_contact, a_writing_lender, gate
from tests.channels.scripted_server import scripted_gateway
from tests.channels.test_hosted_channel import ANSWER, fields_of

pytestmark = pytest.mark.django_db(transaction=True)
PATH = "/api/v1/receipts/email"
KEY = "signing key"
URL = "anymail+{name}://k@127.0.0.1:{port}/v3?bounces=b.example&sink=yes&secret={secret}"


@pytest.fixture
def attempt(db):
    """An e-mail that was handed to a provider, with the mark that went with it."""
    a_due_contact(a_writing_lender(), channel="email", value="lin@borrower.example")
    gate("email")
    with scripted_gateway(ANSWER) as gateway:
        route = read_hosted_route(url(port=gateway.port), is_simulation=True)
        channel = HostedChannel(clock.now, route, marks_of_this_database(), is_simulation=True)
        hand_over_reserved(channel, worker="w1", actor=ACTOR)
    row = models.Attempt.objects.get()
    row.mark = fields_of(gateway.heard[0])["v:arrears"]
    return row


def url(name="mailgun", *, port=8025, secret=KEY):
    return URL.format(name=name, port=port, secret=secret.replace(" ", "%20").replace(":", "%3A"))


def by_mailgun(client, event, mark, *, key=KEY, **told):
    """A report of Mailgun's, signed as it signs."""
    signed = hmac.new(key.encode(), b"1700000000token", hashlib.sha256).hexdigest()
    content = {
        "signature": {"timestamp": "1700000000", "token": "token", "signature": signed},
        "event-data": {
            "event": event,
            "timestamp": 1700000000.5,
            "recipient": "lin@borrower.example",
            "user-variables": {} if mark is None else {"arrears": mark},
            "message": {"headers": {"message-id": "4711@mailgun"}},
            **told,
        },
    }
    return client.post(PATH, json.dumps(content), content_type="application/json")


def by_postmark(client, content, mark, *, password="u:p"):
    told = json.dumps({**content, "Email": "lin@borrower.example", "Metadata": {"arrears": mark}})
    credentials = f"Basic {base64.b64encode(password.encode()).decode()}"
    return client.post(
        PATH, told, content_type="application/json; charset=utf-8", headers={"Authorization": credentials}
    )


def settled(attempt):
    """(the attempt's state, its code, whether its address is dead) once everything is understood."""
    settle_receipts(actor=ACTOR, at=clock.now())
    attempt.refresh_from_db()
    point = models.ContactPoint.objects.get(pk=attempt.contact_point_id)
    return attempt.state, attempt.failure_code, point.dead_from_at is not None


NOBODY = {
    "severity": "permanent",
    "reason": "bounce",
    "delivery-status": {"code": 550, "message": "550 5.1.1 nobody"},
}
FULL = {
    "severity": "permanent",
    "reason": "bounce",
    "delivery-status": {"code": 552, "message": "5.2.2 is full"},
}
LATER = {"severity": "temporary", "reason": "generic", "delivery-status": {"code": 450, "message": "later"}}


@pytest.fixture
def mailgun(settings):
    settings.ARREARS_EMAIL_URL = url()


@pytest.mark.usefixtures("mailgun")
@pytest.mark.parametrize(
    ("event", "told", "expected"),
    [
        ("delivered", {}, ("delivered", None, False)),
        ("failed", NOBODY, ("returned", "5.1.1", True)),
        ("failed", FULL, ("returned", "5.2.2", False)),
        ("failed", LATER, ("accepted", None, False)),
        ("rejected", {"reject": {"reason": "suppressed"}}, ("undelivered", "other", False)),
        ("complained", {}, ("complained", None, False)),
    ],
)
def test_what_mailgun_reports_settles_the_attempt(client, attempt, event, told, expected):
    assert by_mailgun(client, event, attempt.mark, **told).status_code == 204

    assert settled(attempt) == expected
    assert models.Preference.objects.count() == (event == "complained")


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ({"RecordType": "Delivery", "Details": "250 ok"}, ("delivered", None, False)),
        (
            {"RecordType": "Bounce", "Type": "HardBounce", "Details": "smtp;550 5.1.1 x"},
            ("returned", "5.1.1", True),
        ),
        (
            {"RecordType": "Bounce", "Type": "SoftBounce", "Details": "552 5.2.2 full"},
            ("returned", "5.2.2", False),
        ),
    ],
)
def test_what_postmark_reports_settles_the_attempt(client, settings, attempt, content, expected):
    settings.ARREARS_EMAIL_URL = url("postmark", secret="u:p")

    assert by_postmark(client, content, attempt.mark).status_code == 204

    assert settled(attempt) == expected


def test_the_same_report_again_is_a_duplicate(client, settings, attempt):
    settings.ARREARS_EMAIL_URL = url()
    for _ in range(2):
        by_mailgun(client, "delivered", attempt.mark)

    assert settle_receipts(actor=ACTOR, at=clock.now()) == {"matched": 1, "duplicate": 1}


def test_who_unsubscribes_at_the_provider_is_not_written_to(client, settings, attempt):
    settings.ARREARS_EMAIL_URL = url()

    by_mailgun(client, "unsubscribed", attempt.mark)

    assert models.Preference.objects.get().told_by == "unsubscribe"
    assert models.Receipt.objects.count() == 0


def test_that_a_message_was_opened_is_not_kept(client, settings, attempt):
    settings.ARREARS_EMAIL_URL = url()

    for event in ("opened", "clicked"):
        assert by_mailgun(client, event, attempt.mark).status_code == 204

    assert models.Receipt.objects.count() == 0


def test_a_report_that_anybody_could_have_made_is_refused_and_nothing_is_stored(client, settings, attempt):
    settings.ARREARS_EMAIL_URL = url()
    of_another_use = marks_of_this_database().mark("bounce", attempt.pk)

    answered = [
        by_mailgun(client, "failed", attempt.mark, key="another"),
        by_mailgun(client, "failed", None),
        by_mailgun(client, "failed", f"{attempt.pk}.{'0' * 32}"),
        by_mailgun(client, "failed", of_another_use),
        client.post(PATH, "{}", content_type="application/json"),
    ]

    assert [each.status_code for each in answered] == [403] * 5
    assert (models.Receipt.objects.count(), models.Preference.objects.count()) == (0, 0)


def test_a_wrong_password_is_refused(client, settings, attempt):
    settings.ARREARS_EMAIL_URL = url("postmark", secret="u:p")

    answered = by_postmark(client, {"RecordType": "Delivery"}, attempt.mark, password="u:x")

    assert (answered.status_code, answered.json()["code"]) == (403, "receipt.signature")


def test_without_a_provider_or_a_secret_nothing_is_taken(client, settings, attempt):
    for setting in ("", url(secret="").replace("&secret=", "")):
        settings.ARREARS_EMAIL_URL = setting
        assert by_mailgun(client, "delivered", attempt.mark).status_code == 403


def test_the_mark_that_went_with_the_message_is_for_reports_only(attempt):
    assert marks_of_this_database().attempt_of(USE, attempt.mark) == attempt.pk
