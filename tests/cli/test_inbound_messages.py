"""`arrears inbound list|show|record|settle|link|gateway` as they are typed."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from arrears.actions.hearing.links import read_link
from arrears.cli.explain import explain
from arrears.cli.inbound import inbound
from arrears.cli.opt_out import opt_out
from arrears.store import clock, models
from tests.actions.test_inbound import NUMBER, a_borrower, loan_of_person, switched_off, written

pytestmark = pytest.mark.django_db(transaction=True)


def say(command, *arguments):
    return CliRunner(catch_exceptions=False).invoke(command, arguments)


def rows(*arguments):
    return json.loads(say(inbound, *arguments, "--format", "json").stdout)


def test_what_waits_is_listed_shown_and_settled_by_a_named_person():
    person = a_borrower()
    message = written("hm, about that").pk

    (listed,) = rows("list")
    assert (listed["message"], listed["understood"], listed["text"]) == (
        *(message, "other (unclear)", "hm, about that"),
    )
    assert listed["loans"] == loan_of_person(person).source_ref
    say(inbound, "settle", str(message), "--meant", "stop", "--by", "anna")

    shown = rows("show", str(message))
    assert (shown["state"], shown["settled_by"], shown["sender"]) == ("settled", "staff:anna", NUMBER)
    assert [each["what"] for each in shown["done"]].count("opt_out") == 2
    assert rows("list") == []


def test_an_opt_out_names_the_message_it_came_from():
    person = a_borrower()
    message = written("STOP").pk

    told = say(opt_out, "list", loan_of_person(person).source_ref, "--format", "json").stdout

    assert [each["message"] for each in json.loads(told)] == [message]


def test_the_explanation_of_a_loan_names_the_message_because_of_which_contact_is_refused():
    person = a_borrower()
    message = written("STOP").pk

    told = say(explain, loan_of_person(person).source_ref, "--strategy", "sample").stderr

    assert f"refused because of message {message}." in told


def test_what_an_agent_heard_is_done_as_if_it_had_been_written():
    person = a_borrower()

    loan = loan_of_person(person).source_ref
    said = say(inbound, "record", "--loan", loan, "--by", "bo", "stop calling me")

    message = models.InboundMessage.objects.get()
    assert f"message {message.pk}: applied" in said.stderr
    assert (message.channel, message.provider, message.person_id) == ("call", "agent", person.pk)
    assert switched_off() == [(person.pk, "call")]
    attempt = models.Attempt.objects.get()
    assert (attempt.channel, attempt.is_conversation) == ("call", True)


def test_a_link_is_for_the_borrower_of_the_loan():
    person = a_borrower()

    token = say(inbound, "link", loan_of_person(person).source_ref).stdout.strip()

    assert read_link(token, at=clock.now()).person == person.pk


def test_the_gateways_configuration_is_printed_with_its_mark(settings):
    a_borrower()
    settings.ARREARS_SMS_URL = "kannel://arrears:secret@127.0.0.1:13013?sender=10690&sink=yes"

    told = say(inbound, "gateway", "--ours", "http://10.0.0.1:8000/").stdout

    assert 'get-url = "http://10.0.0.1:8000/api/v1/inbound/kannel?mark=' in told
    assert "secret" not in told
