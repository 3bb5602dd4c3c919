"""`arrears contact-points`: every address by its number, and whether each channel reaches it."""

from __future__ import annotations

import json
from datetime import timedelta
from importlib import resources

import pytest
from click.testing import CliRunner

from arrears.cli.contact_points import contact_points
from tests.builders import LONG_AGO, NOW, a_contact_point, a_lender, a_loan, a_person, an_attempt

pytestmark = pytest.mark.django_db(transaction=True)

SAMPLE = (resources.files("arrears.strategies") / "sample.toml").read_text(encoding="utf-8")
LIMITS = "\n[reachability.call]\nunanswered = 2\nunanswered_over_days = 3\n"


def test_each_channel_of_each_address_has_a_state_and_what_it_rests_on(tmp_path):
    lender = a_lender()
    person = a_person(lender, points=())
    loan = a_loan(lender, person, overdue_days=4, source_ref="A-1")
    mobile, landline = (a_contact_point(person, kind) for kind in ("mobile", "landline"))
    mail = a_contact_point(person, "email", dead_from_at=LONG_AGO, dead_reason="bounced")
    for point, days in ((mobile, 9), (mobile, 5), (landline, 5)):
        at = NOW - timedelta(days=days)
        an_attempt(
            loan,
            point,
            origin="reported",
            channel="call",
            at=at,
            recorded_at=at,
            network_result="rang_out",
            is_conversation=False,
            outcome_recorded_at=at,
        )
    (tmp_path / "ours.toml").write_text(SAMPLE + LIMITS, encoding="utf-8")

    arguments = ["A-1", "--strategy", str(tmp_path / "ours.toml"), "--format", "json"]
    done = CliRunner(catch_exceptions=False).invoke(contact_points, arguments)

    rows = {(row["point"], row["channel"]): row for row in json.loads(done.stdout)}
    assert {key: row["state"] for key, row in rows.items()} == {
        (mobile.pk, "sms"): "reaches",
        (mobile.pk, "call"): "does_not_reach",
        (landline.pk, "call"): "doubtful",
        (mail.pk, "email"): "dead",
    }
    called = rows[mobile.pk, "call"]
    assert (called["role"], called["misses"]) == ("borrower", "2 unanswered")
    assert called["since"] == (NOW - timedelta(days=9)).isoformat()
    assert called["tried_again"] == (NOW + timedelta(days=85)).isoformat()
    assert rows[landline.pk, "call"]["misses"] == "1 unanswered"
    assert rows[landline.pk, "call"]["tried_again"] is None
