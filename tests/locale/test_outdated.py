"""The request for a current address: its kind alone, as the channel says it, within every rule of content."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from arrears.actions.gating.claims import Claim
from arrears.actions.gating.updating import with_request
from arrears.actions.gating.wording import Worded
from arrears.actions.templates import check_template, shipped_templates
from arrears.kernel.vocabulary import LANGUAGES, PointKind
from arrears.locale.notices import Text, get_template
from arrears.locale.outdated import said_of_outdated

ASK = "0800 000 000"
KINDS = (PointKind.EMAIL, PointKind.POSTAL)


def asked(channel, language="en", *, purpose="collect", body="{institution}: x", outdated=KINDS):
    """The body that a message to person 7 has with the request."""
    notice = "call_task" if channel == "call" else "payment_reminder"
    template = get_template(notice, "in_app" if channel == "letter" else channel, language)
    worded = Worded(Text("s", body), language, template, "CODE")
    fields = dict.fromkeys(Claim._fields, None)
    claim = Claim(**{**fields, "person": 7, "channel": channel, "purpose": purpose})
    return with_request(worded, [claim], {7: outdated} if outdated else {}, ASK).text.body


def test_a_message_names_the_kinds_of_address_and_how_to_give_a_current_one():
    assert asked("in_app") == (
        "{institution}: x\n\nMessages to the e-mail address and postal address we have on file for you do not"
        f" arrive. To give us a current one: {ASK}."
    )


def test_a_script_tells_the_agent_to_ask_and_to_read_nothing_out():
    assert asked("call", outdated=(PointKind.EMAIL,)).endswith(
        "For you only: once it is sure who answers, ask for a current e-mail address; the one on file does"
        " not reach. Read out no address that is on file."
    )


def test_whoever_is_reached_at_every_address_is_asked_nothing():
    assert asked("in_app", outdated=()) == "{institution}: x"


def test_a_notice_that_the_law_requires_says_no_more_than_it_requires():
    assert asked("in_app", purpose="notice_required_by_law") == "{institution}: x"


def test_a_text_message_that_would_need_a_fourth_part_goes_without_it():
    request = " We cannot reach your e-mail address and postal address on file: please tell us a new one."
    room = 3 * 153 - len(request)

    assert asked("sms", body="x" * room) == "x" * room + request
    assert asked("sms", body="x" * (room + 1)) == "x" * (room + 1)


@pytest.mark.parametrize("template", shipped_templates(), ids=lambda each: f"{each.notice}.{each.channel}")
def test_no_rule_of_content_has_anything_against_the_request(template):
    names = [kind.name.lower() for kind in KINDS]
    said = said_of_outdated(names, template.channel, "{ask_through}", template.language)
    on = date(2026, 7, 14)

    with_it = check_template(replace(template, body=f"{template.body}\n\n{said}"), on=on)

    assert {(each.rule.id, each.fact) for each in with_it} <= {
        (each.rule.id, each.fact) for each in check_template(template, on=on)
    }


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_asks_by_every_channel(language):
    channels = ("in_app", "sms", "call")
    said = {channel: said_of_outdated(["mobile"], channel, ASK, language) for channel in channels}

    assert len(set(said.values())) == 3
    assert ASK in said["in_app"]
