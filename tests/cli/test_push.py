"""`arrears push` as it is typed."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from arrears.channels.web_push.keys import read_keys
from arrears.cli.push import push
from arrears.kernel.errors import BadInput
from tests.actions.sending import a_writing_lender, move_clock
from tests.builders import MING, a_loan, a_person
from tests.channels.browser import Browser, a_push_url


def say(*arguments, said=None):
    return CliRunner(catch_exceptions=False).invoke(push, [*map(str, arguments)], input=said)


def test_keys_are_made_without_a_database_and_only_the_public_half_is_shown(tmp_path):
    file = tmp_path / "push.pem"

    first, second = say("keys", file), say("keys", file)

    assert read_keys(file).public_keys == (second.stdout.strip(), first.stdout.strip())
    assert f"webpush://{file}?contact=" in second.stderr
    assert "PRIVATE" not in first.output + second.output


@pytest.mark.django_db(transaction=True)
def test_staff_record_a_subscription_list_it_and_end_it(tmp_path, settings):
    settings.ARREARS_PUSH_URL, key = a_push_url(tmp_path)
    lender = a_writing_lender()
    a_loan(lender, a_person(lender, MING), source_ref="L-1")
    browser = Browser(server_key=key)
    own = browser.told()
    own.pop("applicationServerKey")

    kept = say("subscribe", "L-1", "-", said=json.dumps(own))
    move_clock(minutes=1)
    listed = say("list", "L-1", "--format", "json")
    ended = say("unsubscribe", "L-1", browser.endpoint)
    again = say("unsubscribe", "L-1", browser.endpoint)

    assert say("key").stdout.strip() == key
    assert "at fcm.googleapis.com" in kept.stderr
    (row,) = json.loads(listed.stdout)
    assert (row["push_service"], row["key"], row["state"]) == ("fcm.googleapis.com", f"{key[:12]}…", "active")
    assert browser.endpoint not in listed.stdout
    assert ("is ended" in ended.stderr, "no such" in again.stderr) == (True, True)
    assert json.loads(say("list", "L-1", "--format", "json").stdout)[0]["state"] == "ended"


@pytest.mark.django_db(transaction=True)
def test_without_keys_it_says_which_setting(settings):
    settings.ARREARS_PUSH_URL = ""
    a_writing_lender()

    with pytest.raises(BadInput, match="ARREARS_PUSH_URL"):
        say("key")
