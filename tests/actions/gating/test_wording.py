"""What a notice says of a loan is read from its row of the arrears, and left out where that is silent."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from arrears.actions.gating import wording
from arrears.actions.gating.wording import ensure_templates, get_institution, late_loans, lateness_of
from arrears.actions.lenders import change_lender
from arrears.kernel.days import day_of
from arrears.kernel.errors import Misconfigured
from arrears.kernel.facts import NO_DATE, UNKNOWN_MINOR
from arrears.kernel.money import Money
from arrears.kernel.vocabulary import ArrearsSource
from arrears.locale.notices import get_template, load_texts, texts_of
from arrears.store.models import MessageTemplate
from tests.builders import NOW, TODAY, a_lender, a_loan, a_person

TODAYS_DAY = day_of(TODAY)


def a_row(**columns):
    """One loan computed from its schedule, late by nothing."""
    told = {
        "source": ArrearsSource.SCHEDULE,
        "reported_on": TODAYS_DAY,
        "overdue_since_on": NO_DATE,
        "overdue_minor": 0,
        **columns,
    }
    return {name: np.array([value]) for name, value in told.items()}


def test_what_falls_due_next_is_told_with_its_amount():
    row = a_row(next_due_on=TODAYS_DAY + 6, next_due_minor=150_000)

    lateness = lateness_of(row, 0, TODAYS_DAY - 1)

    assert (lateness.next_due_on, lateness.next_due_minor) == (date(2026, 7, 20), 150_000)
    assert (lateness.known_on, lateness.overdue_since_on) == (date(2026, 7, 13), None)


@pytest.mark.parametrize("row", [a_row(), a_row(next_due_on=NO_DATE, next_due_minor=UNKNOWN_MINOR)])
def test_where_nothing_says_what_falls_due_nothing_is_told_of_it(row):
    lateness = lateness_of(row, 0, TODAYS_DAY)

    assert (lateness.next_due_on, lateness.next_due_minor) == (None, None)


@pytest.mark.django_db
def test_the_next_amount_is_in_the_currency_of_the_loan():
    lender = a_lender()
    loan = a_loan(lender, a_person(lender), currency="JPY", source_ref="A-12345")
    row = a_row(next_due_on=TODAYS_DAY + 6, next_due_minor=1_500)

    told = late_loans({loan.pk: lateness_of(row, 0, TODAYS_DAY)}, known_at=NOW)[loan.pk]

    assert (told.next_due_on, told.next_due) == (date(2026, 7, 20), Money(1_500, "JPY"))
    assert (told.product, told.reference) == ("credit_card", "2345")


@pytest.mark.django_db
def test_a_text_that_two_channels_read_at_the_same_time_is_one_text():
    rows = ensure_templates("email", at=NOW)
    load_texts.cache_clear()

    again = get_template("payment_reminder", "email", "en")

    assert again.digest in rows
    assert ensure_templates("email", at=NOW) == rows


@pytest.mark.django_db
def test_a_text_that_nobody_may_be_sent_is_not_stored(monkeypatch):
    text = replace(get_template("payment_reminder", "email", "en"), body="We will sue you.", digest="0" * 64)
    monkeypatch.setattr(wording, "load_texts", lambda: texts_of([text]))

    with pytest.raises(Misconfigured) as raised:
        ensure_templates("email", at=NOW)

    assert raised.value.code == "notice.unlawful_text"
    assert not MessageTemplate.objects.exists()


@pytest.mark.django_db
def test_an_agency_that_has_not_said_for_whom_it_collects_sends_nothing():
    said = {"pay_through": "a", "ask_through": "b", "check_through": "c"}
    lender = a_lender(actor_kind="agency", **said)

    with pytest.raises(Misconfigured) as raised:
        get_institution(lender.pk)

    assert raised.value.facts["field"] == "collects_for"
    assert "--collects-for" in raised.value.hint
    change_lender(lender=lender.pk, collects_for="Island Card", actor="staff:test", at=NOW)
    assert get_institution(lender.pk).wording.creditor == "Island Card"
