"""Another system hands over what a person wrote or said."""

from __future__ import annotations

import pytest

from arrears.actions.hearing.links import make_link
from arrears.store import clock, models
from tests.actions.sending import a_writing_lender
from tests.actions.test_inbound import NUMBER, a_borrower, loan_of_person, switched_off
from tests.api.asking import System, problem_of
from tests.builders import ANA

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def borrower():
    return a_borrower()


@pytest.fixture
def app(borrower):
    return System(models.Organisation.objects.get(pk=borrower.lender_id), "app")


def hand_over(app, **told):
    return app.post("/inbound", {"id": "m-1", "channel": "sms", "text": "STOP", **told})


def test_what_he_wrote_is_stored_and_binds_at_once(app, borrower):
    answered = hand_over(app, loan_ref=loan_of_person(borrower).source_ref)

    message = models.InboundMessage.objects.get()
    assert (answered.status_code, answered.json()["message"]) == (200, message.pk)
    assert (message.provider, message.state) == ("other_system:app", "applied")
    assert switched_off() == [(borrower.pk, "sms")]


def test_the_same_number_is_one_message_and_another_content_under_it_is_refused(app):
    first, again = hand_over(app, value=NUMBER), hand_over(app, value=NUMBER)
    other = hand_over(app, value=NUMBER, text="START")

    assert first.json() == again.json()
    assert problem_of(other) == (409, "id.other_content")
    assert models.InboundMessage.objects.count() == 1


def test_a_link_says_who_writes_and_is_good_for_one_message(app, borrower):
    token = make_link(person=borrower.pk, at=clock.now())

    first = hand_over(app, link=token)
    again = hand_over(app, id="m-2", link=token, text="START")

    assert first.status_code == 200
    assert problem_of(again) == (409, "link.used")
    assert (models.InboundMessage.objects.get().person_id, switched_off()) == (
        *(borrower.pk, [(borrower.pk, "sms")]),
    )


def test_a_link_of_another_lender_or_changed_or_over_is_none(app, borrower):
    stranger = a_borrower(a_writing_lender(name="Other Bank"), number="+12125550123", who=ANA)
    tokens = {
        "other": make_link(person=stranger.pk, at=clock.now()),
        "changed": make_link(person=borrower.pk, at=clock.now()).replace(".", ".9", 1),
        "over": make_link(person=borrower.pk, days=1, at=clock.now().replace(year=2025)),
    }

    answers = {name: problem_of(hand_over(app, id=name, link=token))[1] for name, token in tokens.items()}

    assert answers == {"other": "link.unknown", "changed": "link.unknown", "over": "link.over"}
    assert models.InboundMessage.objects.count() == 0


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({}, "request.wrong"),
        ({"loan_ref": "none"}, "explain.unknown_loan"),
        ({"person_ref": "none"}, "inbound.person"),
        ({"person_ref": "a", "link": "b"}, "request.wrong"),
        ({"value": NUMBER, "at": "2030-01-01T00:00:00Z"}, "inbound.future"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_stored(app, wrong, code):
    assert problem_of(hand_over(app, **wrong))[1] == code
    assert models.InboundMessage.objects.count() == 0


def test_it_takes_the_right_to_report(borrower):
    asking = System(models.Organisation.objects.get(pk=borrower.lender_id), "reader", scopes=["decide"])

    assert problem_of(hand_over(asking, value=NUMBER)) == (403, "token.scope")
