"""The lender's pages hand over browsers' subscriptions, and ask for the key to subscribe with."""

from __future__ import annotations

import pytest
from django.test import Client

from arrears.channels.web_push.keys import write_new_key
from arrears.store import models
from tests.actions.sending import a_writing_lender
from tests.api.asking import BASE, System, problem_of
from tests.builders import MING, a_loan, a_person
from tests.channels.browser import Browser, a_push_url

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def key(tmp_path, settings):
    settings.ARREARS_PUSH_URL, key = a_push_url(tmp_path)
    return key


@pytest.fixture
def loan():
    lender = a_writing_lender()
    return a_loan(lender, a_person(lender, MING), source_ref="L-1")


@pytest.fixture
def page(loan):
    return System(models.Organisation.objects.get(pk=loan.lender_id), "page")


def told(browser, **more):
    values = browser.told()
    values.pop("applicationServerKey")
    return {"loan_ref": "L-1", "subscription": values, **more}


def test_anybody_may_ask_for_the_key_that_browsers_subscribe_with(key, loan):
    answered = Client().get(f"{BASE}/push/key")

    assert (answered.status_code, answered.json()) == (200, {"application_server_key": key})


def test_a_page_hands_over_a_subscription_and_later_its_end(page, key):
    browser, new = Browser(server_key=key), Browser("https://fcm.googleapis.com/fcm/send/new", key)

    kept = page.post("/push/subscriptions", told(browser))
    again = page.post("/push/subscriptions", told(browser))
    replaced = page.post("/push/subscriptions", told(new, replaces=browser.endpoint))
    ended = [
        page.post("/push/unsubscriptions", {"loan_ref": "L-1", "endpoint": new.endpoint}).json()
        for _ in range(2)
    ]

    assert (kept.status_code, kept.json()["state"]) == (200, "active")
    assert (again.json(), replaced.status_code) == (kept.json(), 200)
    assert ended == [{"ended": True}, {"ended": False}]
    assert models.ContactPoint.objects.filter(kind="web_push", retired_at=None).count() == 0
    actors = models.AuditEntry.objects.filter(what__startswith="push.").values_list("actor__name", flat=True)
    assert set(actors) == {"other_system:page"}


def test_a_subscription_to_an_older_key_is_kept_while_that_is_in_the_file(page, key, tmp_path):
    newer = write_new_key(tmp_path / "push.pem")
    told_older = told(Browser(server_key=key), application_server_key=key)

    answers = [
        page.post("/push/subscriptions", told_older),
        page.post("/push/subscriptions", told(Browser("https://fcm.googleapis.com/2", newer))),
        page.post("/push/subscriptions", told(Browser(), application_server_key="BAAA")),
        page.post("/push/subscriptions", told(Browser(), application_server_key=Browser().server_key)),
    ]

    assert [each.status_code for each in answers] == [200, 200, 422, 422]
    assert [problem_of(each)[1] for each in answers[2:]] == ["contact_point.value", "push.other_key"]


def test_what_cannot_be_kept_is_answered_with_what_is_wrong(page, key):
    here = Browser(endpoint="http://push.example/1", server_key=key)
    answers = {
        "token": Client().post(f"{BASE}/push/subscriptions", {}, content_type="application/json"),
        "nobody": page.post("/push/subscriptions", {**told(Browser()), "loan_ref": None}),
        "both": page.post("/push/subscriptions", told(Browser(), person_ref="C1")),
        "unknown": page.post("/push/subscriptions", {**told(Browser()), "loan_ref": "L-2"}),
        "endpoint": page.post("/push/subscriptions", told(here)),
        "more": page.post("/push/subscriptions", told(Browser(), more=1)),
    }

    assert {name: problem_of(each) for name, each in answers.items()} == {
        "token": (401, "token.missing"),
        "nobody": (422, "request.wrong"),
        "both": (422, "request.wrong"),
        "unknown": (404, "explain.unknown_loan"),
        "endpoint": (422, "contact_point.value"),
        "more": (422, "request.wrong"),
    }
    assert "push.example" not in answers["endpoint"].content.decode()
    assert not models.ContactPoint.objects.filter(kind="web_push").exists()


def test_without_keys_nothing_can_be_subscribed_to(page, settings):
    settings.ARREARS_PUSH_URL = ""

    assert problem_of(Client().get(f"{BASE}/push/key")) == (409, "push.not_set")
    assert problem_of(page.post("/push/subscriptions", told(Browser()))) == (409, "push.not_set")
