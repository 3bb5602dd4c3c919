"""The loader reads what the rows say, as it was known then, and nothing else."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from arrears.kernel.days import MINUTE, instant_of
from arrears.kernel.facts import NEVER, NO_DATE, NO_ID
from arrears.kernel.vocabulary import Channel, NetworkResult
from arrears.store import models
from arrears.store.facts import load_facts
from tests import builders as b
from tests.effort import effort
from tests.store.plain import Reading, in_words
from tests.store.randomworld import a_random_world

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
DAY = timedelta(days=1)
LATER = b.NOW + DAY


@settings(max_examples=effort(20, 120), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.randoms(use_true_random=False))
def test_the_loader_equals_a_plain_reading_of_the_same_rows(random):
    with transaction.atomic():
        world = a_random_world(random)
        some_loans = random.sample(world.loans, random.randint(0, len(world.loans)))
        some_people = random.sample(world.persons, random.randint(0, len(world.persons)))
        for loans, persons in (
            (None, None),
            (some_loans, None),
            (None, some_people),
            (some_loans, some_people),
        ):
            facts = load_facts(lender_id=world.lender, loans=loans, persons=persons, known_at=b.NOW)

            assert in_words(facts) == Reading(world.lender, b.NOW, loans, persons).rows()
        transaction.set_rollback(True)


def _facts(lender, **asked):
    return load_facts(lender_id=lender.pk, known_at=b.NOW, **asked)


def _column(facts, table, column):
    return facts[table][column].tolist()


def test_an_empty_lender_has_facts_too():
    lender = b.a_lender()

    facts = _facts(lender)

    assert {name: len(next(iter(columns.values()))) for name, columns in facts.tables.items()} == {
        name: int(name == "lender") for name in facts.tables
    }
    assert facts.known_at == instant_of(b.NOW)


def test_one_borrower_gives_the_same_rows_as_inside_the_whole_lender():
    lender = b.a_lender()
    people = [b.a_person(lender, who, points=("email", "app_inbox")) for who in b.CAST]
    loans = [b.a_loan(lender, person, overdue_days=10) for person in people]
    b.an_attempt(loans[0], models.ContactPoint.objects.filter(person=people[0]).first())

    whole, one = in_words(_facts(lender)), in_words(_facts(lender, loans=[loans[0].pk]))

    assert one["loan"] == {row for row in whole["loan"] if row[0] == loans[0].pk}
    assert one["point"] == {row for row in whole["point"] if row[1] == people[0].pk}
    assert one["contact"] == whole["contact"]


def test_a_person_who_is_only_a_recipient_comes_with_his_restrictions():
    lender = b.a_lender()
    borrower, sister = b.a_person(lender, b.MING), b.a_person(lender, b.NA, points=("mobile",))
    loan = b.a_loan(lender, borrower)
    b.a_refusal(sister)
    b.an_opt_out(sister)
    b.a_hold(person=sister)
    b.an_override(sister, "house.third-persons")

    facts = _facts(lender, loans=[loan.pk], persons=[sister.pk])

    assert _column(facts, "loan", "loan") == [loan.pk]
    assert _column(facts, "person", "person") == sorted([borrower.pk, sister.pk])
    for table in ("refusal", "opt_out", "hold", "override", "point"):
        assert _column(facts, table, "person") == [sister.pk], table
    assert facts.rules == ("house.third-persons",)


def test_what_is_known_of_the_contact_in_which_hours_were_agreed():
    lender = b.a_lender()
    ming = b.a_person(lender, b.MING)
    loan, point = b.a_loan(lender, ming), b.a_contact_point(ming, "mobile", value="0912345678")
    ours = b.an_attempt(loan, point)
    told = (
        {},
        {"attempt": ours},
        {"attempt": ours, "from_at": b.NOW, "given_at": b.NOW - DAY},
        {"attempt": ours, "contact_complied": False},
        {"contact_complied": True},
        {"attempt": b.an_attempt(loan, point, origin="imported", state="accepted")},
        {"attempt": b.an_attempt(loan, point, origin="imported", direction="in", state="delivered")},
    )
    for minute, each in enumerate(told):
        b.agreed_hours(ming, start_local_minutes=minute, **each)

    agreed = _facts(lender, loans=[loan.pk])["agreement"]

    known = dict(zip((agreed["start_local"] // MINUTE).tolist(), agreed["complied"].tolist(), strict=True))
    assert known == {0: NO_ID, 1: 1, 2: NO_ID, 3: 0, 4: 1, 5: NO_ID, 6: 1}


def test_a_number_is_somebody_elses_although_it_was_given_up():
    lender = b.a_lender()
    ming = b.a_person(lender, b.MING)
    own = b.a_contact_point(ming, "mobile", value="0912345678")
    work = b.a_contact_point(ming, "landline", value="02 2345 6789", owner_kind="work", retired_at=b.LONG_AGO)

    facts = _facts(lender, persons=[ming.pk])

    assert own.value_key != work.value_key
    assert _column(facts, "elsewhere", "value") == [work.value_key]


def test_a_contact_with_somebody_else_at_the_same_number_counts_and_brings_his_zone():
    lender = b.a_lender()
    ming, ana = b.a_person(lender, b.MING), b.a_person(lender, b.ANA)
    mine = b.a_contact_point(ming, "mobile", value="0912345678")
    theirs = b.a_contact_point(ana, "mobile", value="+886 912 345 678")
    loan, other = b.a_loan(lender, ming), b.a_loan(lender, ana)
    b.an_attempt(other, theirs)

    facts = _facts(lender, loans=[loan.pk])

    assert mine.value_key == theirs.value_key
    assert _column(facts, "contact", "person") == [ana.pk]
    assert _column(facts, "person", "person") == sorted([ming.pk, ana.pk])
    both = {"America/New_York", "Asia/Taipei"}  # where she is, and what the number's prefix says
    assert both in [{facts.zones[z] for z in zones} for zones in facts.zone_sets]


def test_contacts_with_the_people_of_ones_household_are_known_and_nobody_elses():
    lender = b.a_lender()
    ming, ana, na = (b.a_person(lender, who, points=("email",)) for who in (b.MING, b.ANA, b.NA))
    loan, hers, theirs = (b.a_loan(lender, person) for person in (ming, ana, na))
    for person in (ming, ana):
        b.a_household_member(person, 7)
    for each, person in ((hers, ana), (theirs, na)):
        b.an_attempt(each, models.ContactPoint.objects.get(person=person))

    facts = _facts(lender, loans=[loan.pk])

    assert _column(facts, "contact", "person") == [ana.pk]
    assert _column(facts, "household", "person") == sorted([ming.pk, ana.pk])
    assert _column(facts, "household", "household") == [7, 7]


def test_an_address_switched_off_at_another_lender_is_switched_off():
    lender, other = b.a_lender(), b.a_lender(name="Other Bank")
    person = b.a_person(lender)
    point = b.a_contact_point(person)
    b.a_loan(lender, person)
    b.an_opt_out(value_key=point.value_key, lender_id=other.pk)

    assert _column(_facts(lender), "opt_out", "value") == [point.value_key]


@pytest.mark.parametrize("state", ["reserved", "handing_over", "unsure"])
def test_a_contact_not_known_to_have_failed_counts(state):
    lender = b.a_lender()
    person = b.a_person(lender, points=("email",))
    attempt = b.an_attempt(b.a_loan(lender, person), models.ContactPoint.objects.get())
    for step in {"reserved": (), "handing_over": ("handing_over",)}.get(state, ("handing_over", state)):
        models.Attempt.objects.filter(pk=attempt.pk).update(state=step, state_at=b.NOW)

    assert _column(_facts(lender), "contact", "contact") == [attempt.pk]


def test_a_contact_that_was_not_sent_counts_until_that_is_known():
    lender = b.a_lender()
    person = b.a_person(lender, points=("email",))
    attempt = b.an_attempt(b.a_loan(lender, person), models.ContactPoint.objects.get())
    models.Attempt.objects.filter(pk=attempt.pk).update(state="not_sent", state_at=LATER)

    assert _column(_facts(lender), "contact", "contact") == [attempt.pk]
    assert _column(load_facts(lender_id=lender.pk, known_at=LATER), "contact", "contact") == []


def test_a_call_is_taken_for_a_conversation_until_its_outcome_is_known():
    lender = b.a_lender()
    person = b.a_person(lender, points=("mobile",))
    call = b.an_attempt(b.a_loan(lender, person), models.ContactPoint.objects.get(), channel="call")
    models.Attempt.objects.filter(pk=call.pk).update(network_result="rang_out", outcome_recorded_at=LATER)

    before, after = _facts(lender), load_facts(lender_id=lender.pk, known_at=LATER)

    assert _column(before, "contact", "channel") == [Channel.CALL]
    assert (_column(before, "contact", "is_conversation"), _column(after, "contact", "is_conversation")) == (
        [True],
        [False],
    )
    assert (_column(before, "contact", "network_result"), _column(after, "contact", "network_result")) == (
        [NetworkResult.NONE],
        [NetworkResult.RANG_OUT],
    )
    assert _column(before, "contact_loan", "is_discussed") == [True]


def test_an_open_end_is_the_end_of_time_and_a_missing_day_no_day():
    lender = b.a_lender()
    person = b.a_person(lender)
    loan = b.a_loan(lender, person)
    b.a_report(loan)
    b.a_hold(loan=loan)

    facts = _facts(lender)

    assert _column(facts, "hold", "until_at") == [NEVER]
    assert _column(facts, "party", "until_on") == [NO_DATE]


def test_inside_a_transaction_the_loader_sees_what_it_wrote():
    lender = b.a_lender()
    person = b.a_person(lender)
    with transaction.atomic():
        loan = b.a_loan(lender, person)

        assert _column(_facts(lender, persons=[person.pk]), "loan", "loan") == [loan.pk]


def test_ids_come_in_any_kind_of_sequence():
    lender = b.a_lender()
    loan = b.a_loan(lender, b.a_person(lender))

    for ids in ([loan.pk], (loan.pk,), np.array([loan.pk])):
        assert _column(_facts(lender, loans=ids), "loan", "loan") == [loan.pk]
    assert _column(_facts(lender, loans=[]), "loan", "loan") == []
