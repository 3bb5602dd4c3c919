"""The link that stops e-mail: one click of a mail program, or a page for people; looking is not asking."""

from __future__ import annotations

import pytest

from arrears.actions.mail import marks_of_this_database
from arrears.store import models
from tests.actions.test_receipts import handed_over

pytestmark = pytest.mark.django_db(transaction=True)
ONE_CLICK = {"List-Unsubscribe": "One-Click"}


@pytest.fixture
def attempt(db):
    return handed_over()[1]


def link(attempt, use="stop"):
    return f"/unsubscribe/{marks_of_this_database().mark(use, attempt.pk)}"


def opt_outs():
    return list(models.Preference.objects.values_list("value_key", "channel", "told_by"))


def test_looking_at_the_page_changes_nothing(client, attempt):
    looked = [client.get(link(attempt)), client.head(link(attempt))]

    assert ([each.status_code for each in looked], opt_outs()) == ([200, 200], [])
    assert looked[0].headers["Referrer-Policy"] == "no-referrer"


def test_the_page_is_in_the_language_of_the_message_and_names_nobody(client, attempt):
    page = client.get(link(attempt)).content.decode()

    assert '<html lang="zh-Hant">' in page
    assert "停止向此信箱寄送" in page
    assert 'name="List-Unsubscribe" value="One-Click"' in page
    assert "example.org" not in page


def test_one_click_stops_e_mail_to_the_address_and_again_changes_nothing(client, attempt):
    for _ in range(2):
        answered = client.post(link(attempt), ONE_CLICK)
        assert (answered.status_code, "已完成" in answered.content.decode()) == (200, True)

    assert opt_outs() == [(attempt.value_key, "email", "unsubscribe")]


def test_a_mail_program_may_post_the_form_in_either_way(client, attempt):
    content = "List-Unsubscribe=One-Click"

    client.post(link(attempt), content, content_type="application/x-www-form-urlencoded")

    assert len(opt_outs()) == 1


def test_a_post_that_does_not_ask_for_it_changes_nothing(client, attempt):
    bodies = ({}, {"List-Unsubscribe": "Yes"}, {"x": "One-Click"})

    answered = [client.post(link(attempt), body).status_code for body in bodies]

    assert (answered, opt_outs()) == ([400] * 3, [])


def test_a_mark_for_something_else_is_no_right_to_stop(client, attempt):
    answered = [client.post(link(attempt, use), ONE_CLICK).status_code for use in ("bounce", "message")]

    assert (answered, opt_outs()) == ([404, 404], [])


def test_a_link_that_was_cut_short_changes_nothing_and_says_so(client, attempt):
    answered = client.post(link(attempt)[:-1], ONE_CLICK)

    assert (answered.status_code, opt_outs()) == (404, [])
    assert "Nothing was changed" in answered.content.decode()


def test_only_looking_and_posting_is_understood(client, attempt):
    assert client.delete(link(attempt)).status_code == 405
