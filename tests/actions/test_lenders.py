"""What notices say of a lender can be said later, and cannot carry a second header."""

from __future__ import annotations

import pytest

from arrears.actions.lenders import change_lender
from arrears.kernel.errors import BadInput
from arrears.store.models import AuditEntry, Organisation
from tests.builders import NOW, a_lender

pytestmark = pytest.mark.django_db


def change(lender, **said):
    change_lender(lender=lender.pk, actor="staff:test", at=NOW, **said)


def test_what_is_given_is_changed_and_the_rest_stays():
    lender = a_lender(pay_through="old", ask_through="here")

    change(lender, pay_through="new")

    stored = Organisation.objects.get(pk=lender.pk)
    assert (stored.pay_through, stored.ask_through) == ("new", "here")
    assert AuditEntry.objects.get().facts == {"columns": ["pay_through"]}


@pytest.mark.parametrize(
    "said",
    [
        {"email_from": "a@b.example\nBcc: x@y.example"},
        {"email_from": "no address"},
        {"pay_through": "two\nlines"},
        {"ask_through": " "},
        {},
    ],
)
def test_a_text_that_cannot_stand_in_a_notice_changes_nothing(said):
    lender = a_lender(email_from="a@b.example")

    with pytest.raises(BadInput):
        change(lender, **said)

    assert Organisation.objects.get(pk=lender.pk).email_from == "a@b.example"
    assert not AuditEntry.objects.exists()
