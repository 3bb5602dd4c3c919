"""A rule is set aside by somebody named, for a reason that counts, where it is open to that."""

from __future__ import annotations

from datetime import timedelta

import pytest

from arrears.actions.overrides import approve_override, list_overrides, revoke_override
from arrears.kernel.days import instant_of
from arrears.kernel.errors import BadInput, Conflict, NotFound, NotPossible
from arrears.kernel.vocabulary import Ground
from arrears.store import models
from arrears.store.crypto import keyring
from arrears.store.facts import load_facts
from tests.actions.sending import a_writing_lender
from tests.builders import MING, NA, NOW, a_loan, a_person

pytestmark = pytest.mark.django_db(transaction=True)
CALLS, ATTEMPTS = "us.call.7in7", "cn.freq.cba.attempt6"
DAY = timedelta(days=1)


@pytest.fixture
def loan():
    lender = a_writing_lender()
    return a_loan(lender, a_person(lender, MING), overdue_days=10)


def approve(loan, rule=CALLS, *, reason="litigation", **more):
    told = {"approver": "staff:bo", "until": NOW + DAY, "actor": "staff:anna", "at": NOW, **more}
    return approve_override(rule=rule, loan_ref=loan.source_ref, reason=reason, **told)


def known(loan, at=NOW):
    """What the law is asked with: (person, loan, rule, ground, until) of each override."""
    facts = load_facts(lender_id=loan.lender_id, loans=[loan.pk], known_at=at)
    table = facts["override"]
    names = ("person", "loan", "ground", "until_at")
    rows = zip(*(table[name].tolist() for name in names), table["rule"].tolist(), strict=True)
    return [(person, of, facts.rules[rule], ground, until) for person, of, ground, until, rule in rows]


def test_what_was_approved_is_what_the_law_is_asked_with(loan):
    row = approve(loan)

    until = instant_of(NOW + DAY)
    assert known(loan) == [(row.person_id, loan.pk, CALLS, Ground.LITIGATION, until)]
    assert (row.approved_by.name, row.requested_by.name) == ("staff:bo", "staff:anna")
    assert [each.pk for each in list_overrides(at=NOW)] == [row.pk]
    entry = models.AuditEntry.objects.get(what="override.approved")
    assert (entry.facts["rule"], entry.facts["reason"]) == (CALLS, "litigation")


def test_it_may_be_about_every_loan_and_about_somebody_else_than_the_borrower(loan):
    key = keyring().source_key(loan.lender_id, "C-77")
    neighbour = a_person(models.Organisation.objects.get(pk=loan.lender_id), NA, source_key=key)

    with pytest.raises(NotFound, match="no person with this number"):
        approve(loan, person_ref="nobody")
    row = approve(loan, all_loans=True, person_ref="C-77")

    assert (row.person_id, row.loan_id) == (neighbour.pk, None)


def test_one_that_is_taken_back_is_over_and_cannot_be_taken_back_twice(loan):
    row = approve(loan)

    revoke_override(override=row.pk, actor="staff:anna", at=NOW + timedelta(hours=1))

    later = NOW + timedelta(hours=2)
    assert list_overrides(at=later) == []
    assert [until for *_, until in known(loan, later)] == [instant_of(NOW + timedelta(hours=1))]
    with pytest.raises(Conflict, match="ended already"):
        revoke_override(override=row.pk, actor="staff:anna", at=later)
    with pytest.raises(NotFound, match="no override 77"):
        revoke_override(override=77, actor="staff:anna", at=later)


@pytest.mark.parametrize(
    ("rule", "told", "error", "what"),
    [
        ("us.time.default", {}, NotPossible, "Nobody may set us.time.default aside"),
        ("us.call.rebut-compliance.day", {}, NotPossible, "only remarks on a contact"),
        ("house.lawyers-letter", {}, NotPossible, "for one text alone"),
        ("us.call.8in7", {}, NotFound, "No rule that binds this lender"),
        (CALLS, {"reason": "convenient"}, BadInput, "us.call.rebut-violation names what does"),
        (ATTEMPTS, {"reason": "He asked!"}, BadInput, "no code of a reason"),
        (CALLS, {"approver": "staff:anna"}, NotPossible, "by somebody else than who asks"),
        (CALLS, {"until": NOW}, BadInput, "end before it begins"),
    ],
)
def test_what_may_not_be_approved_is_not_and_nothing_is_written(loan, rule, told, error, what):
    with pytest.raises(error, match=what):
        approve(loan, rule, **told)

    assert not models.Approval.objects.exists()


def test_where_the_law_names_no_grounds_any_code_of_a_reason_will_do(loan):
    approve(loan, ATTEMPTS, reason="asked_for")
    approve(loan, ATTEMPTS, reason="line_was_down")

    assert len(known(loan)) == 2
