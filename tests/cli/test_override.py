"""`override` as it is typed."""

from __future__ import annotations

import json

import pytest

from arrears.cli.override import override
from arrears.kernel.errors import NotPossible
from arrears.store import models
from tests.actions.sending import a_writing_lender
from tests.builders import MING, a_loan, a_person
from tests.cli.test_sending import say

pytestmark = pytest.mark.django_db(transaction=True)


def test_an_override_is_approved_listed_and_taken_back():
    lender = a_writing_lender()
    ref = a_loan(lender, a_person(lender, MING), overdue_days=10).source_ref
    said = (
        "--loan",
        ref,
        "--reason",
        "asked_for",
        "--approved-by",
        "bo",
        "--until",
        "2099-01-01T00:00+08:00",
    )

    done = say(override, "approve", "us.call.7in7", *said, "--by", "anna")
    number = str(models.Approval.objects.get().pk)

    assert f"revoke {number}" in done.stderr
    (row,) = json.loads(say(override, "list", "--format", "json").stdout)
    assert (row["rule"], row["loan"], row["reason"]) == ("us.call.7in7", ref, "asked_for")
    assert (row["approved_by"], row["requested_by"]) == ("staff:bo", "staff:anna")
    assert "is ended" in say(override, "revoke", number, "--by", "anna").stderr
    assert json.loads(say(override, "list", "--format", "json").stdout) == []
    with pytest.raises(NotPossible, match="Nobody may set"):
        say(override, "approve", "us.time.default", *said, "--by", "anna")
