"""The lender's app shows its borrowers' inboxes, and tells what they have opened."""

from __future__ import annotations

from datetime import timedelta

import pytest
from click.testing import CliRunner
from django.test import Client

from arrears.actions.receipts import settle_receipts
from arrears.actions.sweeping import sweep
from arrears.cli.receipts import receipts
from arrears.kernel.errors import NotFound
from arrears.kernel.vocabulary import Channel
from arrears.store import clock, models
from arrears.store.crypto import get_cipher, keyring
from arrears.store.personal import details_of, erase_person
from tests.actions.sending import ACTOR, a_due_contact, a_writing_lender, gate, send
from tests.actions.test_falling_back import Life, a_ladder
from tests.api.asking import BASE, System, problem_of
from tests.builders import MING, NA, NOW, a_contact_point, a_loan, a_person, an_attempt

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def lender():
    return a_writing_lender(language="en")


@pytest.fixture
def app(lender):
    return System(lender, "app", ("inbox",))


@pytest.fixture
def loan(lender):
    return a_loan(lender, a_person(lender, MING), source_ref="L-1")


def a_message(loan, *, text="Please pay.", state="delivered", channel="in_app", **columns):
    """The number of a message to the borrower of the loan, which came so far."""
    person = models.LoanParty.objects.get(loan=loan).person
    point = models.ContactPoint.objects.filter(person=person).first() or a_contact_point(person, "app_inbox")
    attempt = an_attempt(loan, point, channel=channel, **columns)
    for each in ("handing_over", state) if state != "reserved" else ():
        models.Attempt.objects.filter(pk=attempt.pk).update(state=each)
    cipher = get_cipher(keyring(), person.pk)
    models.Message.objects.create(
        lender_id=loan.lender_id,
        recorded_at=attempt.at,
        attempt=attempt,
        person=person,
        channel=channel,
        language="en",
        subject_encrypted=cipher.encrypt("subject", "Your loan"),
        body_encrypted=cipher.encrypt("body", text),
    )
    return attempt.pk


def inbox_of(app, loan, more=""):
    """The numbers shown, and `next_before`."""
    answered = app.get(f"/inbox?loan_ref={loan.source_ref}{more}")
    assert answered.status_code == 200, answered.content
    told = answered.json()
    return [each["message"] for each in told["messages"]], told["next_before"]


def tell(app, loan, *messages):
    return app.post("/inbox/opened", {"loan_ref": loan.source_ref, "messages": list(messages)})


def read_at(message):
    return models.Message.objects.get(attempt=message).read_at


def test_a_message_is_shown_as_it_was_sent_once_it_is_delivered(lender, app):
    person = a_person(lender, MING)
    loan = a_loan(lender, person, overdue_days=10)
    a_due_contact(lender, person=person, loan=loan)
    gate()
    assert inbox_of(app, loan) == ([], None)

    send()

    answered = app.get(f"/inbox?loan_ref={loan.source_ref}")
    attempt = models.Attempt.objects.get()
    message = models.Message.objects.get(attempt=attempt)
    cipher = get_cipher(keyring(), person.pk)
    assert attempt.verification_code
    assert answered.json()["messages"] == [
        {
            "message": attempt.pk,
            "shown_at": attempt.state_at.isoformat(),
            "notice": attempt.notice,
            "language": message.language,
            "subject": cipher.decrypt("subject", bytes(message.subject_encrypted)),
            "text": cipher.decrypt("body", bytes(message.body_encrypted)),
            "verification_code": attempt.verification_code,
            "opened_at": None,
        }
    ]
    assert attempt.verification_code in answered.json()["messages"][0]["text"]
    assert answered.headers["Cache-Control"] == "no-store"


def test_a_person_is_named_by_the_lenders_number_of_him_as_well(lender, app, loan):
    person = models.LoanParty.objects.get(loan=loan).person
    ref = details_of(keyring(), [person.pk])[person.pk]["customer_ref"]
    message = a_message(loan)

    told = app.get(f"/inbox?person_ref={ref}").json()
    opened = app.post("/inbox/opened", {"person_ref": ref, "messages": [message]})

    assert [each["message"] for each in told["messages"]] == [message]
    assert opened.json() == {"opened": [message]}


def test_pages_go_from_the_newest_to_the_oldest_by_when_they_were_shown(app, loan):
    days = {day: a_message(loan, at=NOW - timedelta(days=day), text=f"Day {day}") for day in (1, 3, 2)}
    same = a_message(loan, at=NOW - timedelta(days=2))
    newest_first = [days[1], same, days[2], days[3]]

    assert inbox_of(app, loan) == (newest_first, None)
    assert inbox_of(app, loan, "&limit=2") == (newest_first[:2], same)
    assert inbox_of(app, loan, f"&limit=2&before={same}") == (newest_first[2:], None)
    assert inbox_of(app, loan, f"&limit=1&before={same}") == ([days[2]], days[2])
    assert inbox_of(app, loan, f"&before={days[3]}") == ([], None)


def test_only_what_was_delivered_into_this_persons_inbox_is_in_it(lender, app, loan):
    shown = a_message(loan)
    other = a_loan(lender, a_person(lender, NA))
    not_here = [
        a_message(other),
        a_message(loan, channel="email"),
        *(a_message(loan, state=state) for state in ("reserved", "handing_over", "unsure", "not_sent")),
    ]

    assert inbox_of(app, loan) == ([shown], None)
    for message in not_here:
        refused = tell(app, loan, shown, message)
        assert problem_of(refused) == (404, "inbox.message")
        assert refused.json()["detail"] == f"Message {message} is not in the inbox."
        assert problem_of(app.get(f"/inbox?loan_ref=L-1&before={message}")) == (404, "inbox.message")
    assert not models.Receipt.objects.exists()


def test_each_lender_sees_and_marks_its_own_alone(app, loan):
    other_lender = a_writing_lender(name="Other Bank")
    other, other_app = a_loan(other_lender, a_person(other_lender, NA)), System(other_lender, "app")
    ours, theirs = a_message(loan), a_message(other)

    assert (inbox_of(app, loan), inbox_of(other_app, other)) == (([ours], None), ([theirs], None))
    assert problem_of(app.get(f"/inbox?loan_ref={other.source_ref}")) == (404, "explain.unknown_loan")
    assert problem_of(tell(app, other, theirs)) == (404, "explain.unknown_loan")
    assert problem_of(tell(app, loan, theirs)) == (404, "inbox.message")
    assert not models.Receipt.objects.exists()


def test_the_inbox_of_somebody_who_was_erased_is_empty(app, loan):
    message = a_message(loan)
    erase_person(models.LoanParty.objects.get(loan=loan).person_id, at=NOW)

    assert inbox_of(app, loan) == ([], None)
    assert problem_of(tell(app, loan, message)) == (404, "inbox.message")


def test_what_was_opened_is_told_at_once_known_after_the_next_sweep_and_the_first_time_stays(app, loan):
    first, second = a_message(loan), a_message(loan)

    told = [tell(app, loan, second, first, second), tell(app, loan, first)]

    assert [each.json() for each in told] == [{"opened": [second, first]}, {"opened": [first]}]
    assert (read_at(first), read_at(second)) == (None, None)
    assert settle_receipts(actor=ACTOR, at=clock.now()) == {"matched": 2, "duplicate": 1}
    opened_at = clock.now()
    assert (read_at(first), read_at(second)) == (opened_at, opened_at)
    clock.set_simulated(opened_at + timedelta(hours=1))

    assert tell(app, loan, first).json() == {"opened": [first]}

    assert not sweep(actor=ACTOR)["receipts"]
    shown = app.get("/inbox?loan_ref=L-1").json()["messages"]
    assert [each["opened_at"] for each in shown] == [opened_at.isoformat()] * 2
    entries = models.AuditEntry.objects.filter(what="inbox.opened").order_by("id")
    assert [(each.subjects, each.actor.name) for each in entries] == [
        ({"attempt": [first, second]}, "other_system:app"),
        ({"attempt": [first]}, "other_system:app"),
    ]


def test_an_inbox_that_nobody_opens_is_used_again_once_the_app_tells_that_it_was_opened():
    life = Life(a_ladder(*[(Channel.IN_APP, Channel.EMAIL)] * 4), "app_inbox", "email")
    app = System(life.lender, "app", ("inbox",))
    for day in (0, 4):
        assert life.morning(day) == ["in_app"]
        attempt, body = life.send("in_app")
    assert life.morning(12) == ["email"]

    newest = app.get(f"/inbox?loan_ref={life.loan.source_ref}").json()["messages"][0]
    assert (newest["message"], newest["text"]) == (attempt.pk, body)
    assert tell(app, life.loan, attempt.pk).status_code == 200
    assert sweep(actor=ACTOR)["receipts"] == 1

    assert read_at(attempt.pk) == clock.now()
    assert life.morning(13) == ["in_app"]


@pytest.mark.parametrize(
    "query",
    [
        "",
        "?person_ref=C1&loan_ref=L-1",
        "?loan_ref=L-1&limit=0",
        "?loan_ref=L-1&limit=101",
        "?loan_ref=L-1&before=0",
        f"?loan_ref=L-1&before={2**63}",
        "?loan_ref=",
        "?loan_ref=L-1&limit=two",
    ],
)
def test_a_question_that_cannot_be_is_refused(app, loan, query):
    assert problem_of(app.get(f"/inbox{query}")) == (422, "request.wrong")


def test_a_report_that_cannot_be_is_refused(app, loan):
    message = a_message(loan)
    lender = models.Organisation.objects.get(pk=loan.lender_id)
    reporter = System(lender, scopes=("decide", "reserve", "report"))
    told = {"loan_ref": "L-1", "messages": [message]}
    answers = {
        "token": Client().post(f"{BASE}/inbox/opened", told, content_type="application/json"),
        "scope": reporter.post("/inbox/opened", told),
        "scope of reading": reporter.get("/inbox?loan_ref=L-1"),
        "nobody": app.post("/inbox/opened", {"messages": [message]}),
        "both": app.post("/inbox/opened", {**told, "person_ref": "C1"}),
        "no person": app.post("/inbox/opened", {"person_ref": "nobody", "messages": [message]}),
        "none": app.post("/inbox/opened", {**told, "messages": []}),
        "text": app.post("/inbox/opened", {**told, "messages": [str(message)]}),
        "too large": app.post("/inbox/opened", {**told, "messages": [2**63]}),
        "too many": app.post("/inbox/opened", {**told, "messages": [message] * 1_001}),
        "more": app.post("/inbox/opened", {**told, "more": 1}),
    }

    assert {name: problem_of(each) for name, each in answers.items()} == {
        "token": (401, "token.missing"),
        "scope": (403, "token.scope"),
        "scope of reading": (403, "token.scope"),
        "no person": (404, "inbound.person"),
        **dict.fromkeys(
            ("nobody", "both", "none", "text", "too large", "too many", "more"), (422, "request.wrong")
        ),
    }
    assert not models.Receipt.objects.exists()


def test_the_command_refuses_what_is_in_no_inbox_by_its_number_and_stores_nothing(loan):
    shown, mail = a_message(loan), a_message(loan, channel="email")
    waiting = a_message(loan, state="reserved")

    with pytest.raises(NotFound) as refused:
        opened(shown, mail, waiting)
    assert str(refused.value) == f"Message {mail} is not in the inbox. Nor are {waiting}."
    assert not models.Receipt.objects.exists()

    done = opened(shown)
    assert "Stored: 1." in done.stderr
    assert settle_receipts(actor=ACTOR, at=clock.now()) == {"matched": 1}
    assert models.AuditEntry.objects.get(what="inbox.opened").actor.name == "staff:anna"


def opened(*numbers):
    arguments = ["opened", *map(str, numbers), "--by", "anna"]
    return CliRunner(catch_exceptions=False).invoke(receipts, arguments)
