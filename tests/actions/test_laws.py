"""Adopting jurisdictions by name: what binds a lender from when on, and what may be switched."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import DatabaseError

from arrears.actions.lawful_texts import with_texts
from arrears.actions.laws import adopt_law, law_in_use, laws_to_send_by, says_the_same
from arrears.kernel.errors import BadInput, NotPossible
from arrears.kernel.vocabulary import ActorKind
from arrears.rulepacks import list_jurisdictions, load_law
from arrears.store.models import AuditEntry, DatabaseIdentity, LawAdoption, Run
from tests.actions.lives import without_change_guards
from tests.builders import NOW, TODAY, a_lender
from tests.law.test_own_rules import HEAD, HOUSEHOLD

pytestmark = pytest.mark.django_db(transaction=True)
CREDITOR = ActorKind.ORIGINAL_CREDITOR


def adopt(lender, *jurisdictions, **more):
    said = {"approver": "Anna Li", "actor": "staff:anna", "at": NOW, **more}
    return adopt_law(lender=lender.pk, jurisdictions=jurisdictions, **said)


def an_uncertain_rule():
    return next(rule for rule in load_law().rules if rule.is_uncertain)


def live():
    with without_change_guards("database_identity"):
        DatabaseIdentity.objects.update(kind="live", simulated_at=None)


def test_until_a_lender_adopts_some_every_shipped_pack_binds_it():
    lender = a_lender()

    law, every = law_in_use(lender.pk, on=TODAY), with_texts(load_law(list_jurisdictions()), CREDITOR)

    assert (law.version, law.rules, law.exceptions) == (every.version, every.rules, every.exceptions)


def test_a_lender_is_bound_by_what_it_adopted_from_that_day_on_and_by_its_own_policy():
    lender = a_lender()
    adopt(lender, "cn", from_on=TODAY + timedelta(days=1))

    before, after = (law_in_use(lender.pk, on=TODAY + timedelta(days=n)) for n in (0, 1))

    assert before.adopted == load_law().adopted
    assert after.adopted == ("cn", "house")
    assert {rule.jurisdiction for rule in after.rules} == {"cn", "house"}


def test_each_lender_sends_under_the_law_it_adopted():
    first, second = a_lender(), a_lender(name="Second Bank")
    adopt(second, "us")

    laws = laws_to_send_by(at=NOW)

    assert laws[first.pk].adopted == load_law().adopted
    assert laws[second.pk].adopted == ("house", "us")


def test_an_uncertain_prohibition_is_switched_off_by_a_named_approver_alone():
    lender, rule = a_lender(), an_uncertain_rule()
    adopted = adopt(lender, rule.jurisdiction, switched_off=[rule.id])

    law = law_in_use(lender.pk, on=TODAY)

    assert rule.id not in {each.id for each in law.rules}
    assert (adopted.approver, adopted.actor.name) == ("Anna Li", "staff:anna")
    assert says_the_same(adopted)
    assert AuditEntry.objects.get(what="law.adopted").facts["switched_off"] == [rule.id]


def test_an_uncertain_obligation_is_not_applied_and_an_uncertain_extension_relied_on_by_its_name():
    lender = a_lender()
    adopt(lender, "uk", switched_off=["uk.86e"], switched_on=["uk.dsar"])

    law = law_in_use(lender.pk, on=TODAY)
    other = a_lender(name="Second Bank")
    adopt(other, "uk")
    unswitched = law_in_use(other.pk, on=TODAY)

    assert (law.obligations_off, law.obligations_on) == ({"uk.86e"}, {"uk.dsar"})
    assert law.rules == unswitched.rules
    assert law.version != unswitched.version


def test_own_rules_bind_from_their_day_on_until_an_adoption_without_them():
    lender = a_lender()
    adopted = adopt(lender, "cn", own_rules=HEAD + HOUSEHOLD)
    adopt(lender, "cn", from_on=TODAY + timedelta(days=1))

    today, tomorrow = (law_in_use(lender.pk, on=TODAY + timedelta(days=n)) for n in (0, 1))

    assert {each.id for each in today.rules} - {each.id for each in tomorrow.rules} == {
        "house.household-weekly"
    }
    assert says_the_same(adopted)
    assert adopted.version != tomorrow.version


@pytest.mark.parametrize(
    ("jurisdictions", "more", "code"),
    [
        (("atlantis",), {}, "law.unknown_pack"),
        (("cn",), {"switched_off": ["house.hours"]}, "law.may_not_switch"),
        (("cn",), {"switched_off": ["cn.cr.prenotice"]}, "law.may_not_switch"),
        (("cn",), {"switched_off": ["uk.86e"]}, "law.may_not_switch"),
        (("uk",), {"switched_on": ["uk.complaint"]}, "law.may_not_switch"),
        (("cn",), {"approver": " "}, "law.approver"),
        (("cn",), {"own_rules": "no toml"}, "law.no_toml"),
    ],
)
def test_what_cannot_be_adopted_is_refused_and_nothing_is_stored(jurisdictions, more, code):
    lender = a_lender()

    with pytest.raises(BadInput) as raised:
        adopt(lender, *jurisdictions, **more)

    assert raised.value.code == code
    assert not LawAdoption.objects.exists()


def test_in_a_live_database_a_day_that_has_run_keeps_its_law():
    lender = a_lender()
    Run.objects.create(
        lender=lender,
        business_on=TODAY,
        known_at=NOW,
        strategy_version="s",
        law_version="l",
        zones_version="z",
        actor_id=adopt(lender, "cn").actor_id,
        recorded_at=NOW,
    )
    live()

    with pytest.raises(NotPossible) as raised:
        adopt(lender, "us", from_on=TODAY)

    assert raised.value.code in {"law.past", "law.day_has_run"}
    assert LawAdoption.objects.count() == 1


def test_an_adoption_is_never_changed():
    adopted = adopt(a_lender(), "cn")

    with pytest.raises(DatabaseError, match="never updated"):
        LawAdoption.objects.filter(pk=adopted.pk).update(approver="Somebody")
