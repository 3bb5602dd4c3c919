"""Every feed of the books: what it stores, what it refuses, and what a full file takes away."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest

from arrears.kernel.errors import BadInput
from arrears.store import models
from arrears.store.crypto import keyring
from arrears.store.personal import details_of, erase_person
from tests.actions.feeds.books import (
    AT,
    BUREAU,
    EVENT,
    FUND,
    FUNDER,
    INSTALLMENT,
    ITEMISATION,
    LOAN,
    PART,
    PARTY,
    PAYMENT,
    PERSON,
    PRODUCT,
    REPORT,
    REVERSAL,
    STATEMENT,
    a_book,
    faults,
    load,
)
from tests.builders import a_lender

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def lender(db):
    return a_lender()


def test_a_product_keeps_its_terms_and_new_ones_supersede_them(tmp_path):
    load(tmp_path, "products", [PRODUCT])
    terms = {"tolerance_amount": "1.5", "grace_days": 3, "business_day_roll": "following", "calendar": "TW"}
    changed = load(tmp_path, "products", [{**PRODUCT, **terms, "buckets": "1-29/30+"}], days=1)
    again = load(tmp_path, "products", [{**PRODUCT, **terms, "buckets": "1-29/30+", "surplus": ""}], days=2)

    assert (changed.counts["changed"], again.counts["unchanged"]) == (1, 1)
    first, second = models.Product.objects.order_by("id")
    assert (first.tolerance_minor, first.buckets, first.surplus) == (0, "days", "next")
    assert (second.supersedes_id, second.tolerance_minor, second.calendar) == (first.id, 150, "TW")


@pytest.mark.parametrize(
    ("terms", "field", "reason"),
    [
        ({"business_day_roll": "following"}, "calendar", "is empty, and due days roll"),
        ({"calendar": "ZZ"}, "calendar", "is a place whose public holidays are not known here"),
        ({"buckets": "1-29/31+"}, "buckets", "does not end in 30+"),
        (
            {"buckets": "2-9/10+"},
            "buckets",
            "is not bands of days one after the other, such as 1-29/30-89/90+",
        ),
        (
            {"allocation": "by_moon: fee"},
            "allocation",
            "does not begin with one of by_installment:, by_component:",
        ),
        ({"tolerance_days": -1}, "tolerance_days", "is not between 0 and 3,650"),
        ({"currency": "XXX"}, "currency", "is not a currency code of ISO 4217, such as TWD"),
    ],
)
def test_terms_that_cannot_be_are_refused(tmp_path, terms, field, reason):
    report = load(tmp_path, "products", [{**PRODUCT, **terms}])

    assert report.state == "refused"
    assert [fault[1:] for fault in faults(report)] == [(field, reason)]
    assert not models.Product.objects.exists()


def test_persons_are_stored_encrypted_and_may_change_their_name(tmp_path):
    load(tmp_path, "persons", [PERSON, {**PERSON, "person_ref": "C2", "name": "", "language": ""}])
    report = load(tmp_path, "persons", [{**PERSON, "name": "林怡"}, {"person_ref": "C3"}], days=1)

    assert report.counts == {"changed": 1, "unchanged": 0, "added": 1}
    details = details_of(keyring(), list(models.Person.objects.order_by("id").values_list("id", flat=True)))
    assert [details[person] for person in sorted(details)] == [
        {"customer_ref": "C1", "name": "林怡"},
        {"customer_ref": "C2"},
        {"customer_ref": "C3"},
    ]
    assert models.ContactScope.objects.filter(kind="person").count() == 3


def test_who_is_a_child_is_told_by_yes_and_no_and_goes_with_the_person(tmp_path):
    told = [{"person_ref": ref, "under_14": age} for ref, age in (("C1", "yes"), ("C2", ""), ("C3", "yes"))]
    load(tmp_path, "persons", told)
    later = [{**told[0], "under_14": "no"}, {**told[1], "under_14": ""}, {**told[2], "under_14": ""}]

    report = load(tmp_path, "persons", later, days=1)

    assert report.counts == {"changed": 1, "unchanged": 2}
    assert list(models.Person.objects.order_by("id").values_list("is_under_14", flat=True)) == [
        *(False, None, True)
    ]
    erase_person(models.Person.objects.latest("id").id, at=AT)
    assert models.Person.objects.latest("id").is_under_14 is None


def test_an_erased_person_is_not_taken_in_again(tmp_path):
    load(tmp_path, "persons", [PERSON])
    erase_person(models.Person.objects.get().id, at=AT)

    report = load(tmp_path, "persons", [{**PERSON, "name": "x"}], days=1)

    assert faults(report) == [(2, "person_ref", "was erased here, and is not taken in again")]
    assert report.rejects[0].value == ""


def test_of_a_loan_product_days_and_risk_class_may_change_and_nothing_else(tmp_path):
    a_book(tmp_path, loans=2)
    load(tmp_path, "products", [{**PRODUCT, "code": "other"}])

    report = load(
        tmp_path,
        "loans",
        [
            {**LOAN, "product": "other", "closed_on": "2026-01-01"},
            {**LOAN, "loan_ref": "L2", "debt_kind": "auto_loan", "closed_on": ""},
        ],
        days=1,
    )

    assert report.counts == {"added": 0, "changed": 1, "unchanged": 0}
    assert faults(report) == [
        (3, "debt_kind", "is not what the loan is on file with"),
        (3, "person_ref", "is not the borrower this loan is on file with"),
    ]
    loan = models.Loan.objects.get(source_ref="L1")
    assert (loan.product, loan.closed_on, loan.opened_on) == ("other", date(2026, 1, 1), date(2025, 1, 10))
    assert models.LoanPast.objects.values_list("product", "closed_on").get() == ("card", None)


def test_a_field_the_file_does_not_have_stays_as_it_is(tmp_path):
    a_book(tmp_path)
    load(tmp_path, "loans", [{**LOAN, "closed_on": "2026-01-01"}], days=1)
    without = {name: value for name, value in LOAN.items() if name != "opened_on"}

    load(tmp_path, "loans", [without], days=2)

    assert models.Loan.objects.values_list("opened_on", "closed_on").get() == (
        *(date(2025, 1, 10), date(2026, 1, 1)),
    )


def test_a_risk_class_comes_with_the_loan_and_may_change_and_go(tmp_path):
    a_book(tmp_path)
    wild = {**LOAN, "loan_ref": "L2", "risk": "R-3"}

    load(tmp_path, "loans", [wild], days=1)
    load(tmp_path, "loans", [{**LOAN, "risk": "R-2"}, {**wild, "risk": ""}], days=2)

    assert dict(models.Loan.objects.values_list("source_ref", "risk")) == {"L1": "R-2", "L2": None}
    assert dict(models.LoanPast.objects.values_list("source_ref", "risk")) == {"L1": None, "L2": "R-3"}


def test_a_file_without_the_field_leaves_the_risk_class_as_it_is(tmp_path):
    a_book(tmp_path)
    load(tmp_path, "loans", [{**LOAN, "risk": "R-2"}], days=1)

    load(tmp_path, "loans", [{**LOAN, "closed_on": "2026-01-01"}], days=2)

    assert models.Loan.objects.get().risk == "R-2"


def test_a_risk_class_is_a_short_code(tmp_path):
    a_book(tmp_path)

    report = load(tmp_path, "loans", [{**LOAN, "risk": "high\trisk"}], days=1)

    assert [(row, field) for row, field, _ in faults(report)] == [(2, "risk")]


def test_a_loan_needs_a_person_and_a_product_of_its_currency(tmp_path):
    a_book(tmp_path)
    rows = [
        {**LOAN, "loan_ref": "L2", "person_ref": "C9"},
        {**LOAN, "loan_ref": "L3", "product": "none"},
        {**LOAN, "loan_ref": "L4", "currency": "USD"},
        {**LOAN, "loan_ref": "L5", "closed_on": "2024-01-01"},
    ]

    assert faults(load(tmp_path, "loans", rows)) == [
        (5, "closed_on", "lies before opened_on"),
        (2, "person_ref", "is not on file"),
        (3, "product", "is not on file"),
        (4, "currency", "is not the currency of its product"),
    ]
    assert models.Loan.objects.count() == 1


def test_parties_join_the_contact_groups_of_borrowers(tmp_path):
    a_book(tmp_path, loans=3)
    load(
        tmp_path,
        "loan_parties",
        [{**PARTY, "person_ref": "C3"}, {**PARTY, "loan_ref": "L3", "person_ref": "C2"}],
    )

    first = models.Person.objects.order_by("id").first()
    assert set(models.Person.objects.values_list("contact_group", flat=True)) == {first.id}
    assert set(models.Loan.objects.values_list("contact_group", flat=True)) == {first.id}


def test_a_full_file_ends_the_parties_it_leaves_out_but_never_a_borrower(tmp_path):
    a_book(tmp_path, loans=3)
    load(tmp_path, "loan_parties", [PARTY, {**PARTY, "person_ref": "C3"}])

    report = load(tmp_path, "loan_parties", [{**PARTY, "until_on": "2026-06-01"}], days=1, is_full=True)

    assert report.counts == {"ended": 1, "added": 0, "changed": 1, "unchanged": 0}
    parties = models.LoanParty.objects.exclude(role="borrower")
    assert sorted(parties.values_list("until_on", flat=True)) == [date(2026, 3, 3), date(2026, 6, 1)]
    assert models.LoanParty.objects.filter(role="borrower", until_on=None).count() == 3


def test_another_borrower_is_no_party(tmp_path):
    a_book(tmp_path, loans=2)

    report = load(tmp_path, "loan_parties", [{**PARTY, "role": "borrower"}])

    assert faults(report) == [
        (2, "role", "is stated for a person who is not the borrower the loan is on file with")
    ]


def test_funders_have_shares_and_routes_and_are_superseded(tmp_path):
    a_book(tmp_path)
    load(tmp_path, "organisations", [BUREAU, FUND])
    load(tmp_path, "loan_funders", [FUNDER])
    changed = load(tmp_path, "loan_funders", [{**FUNDER, "is_reported": "", "reports_to": ""}], days=1)
    again = load(tmp_path, "loan_funders", [{**FUNDER, "is_reported": "", "share": "0.70"}], days=2)

    first, second = models.LoanFunder.objects.order_by("id")[:2]
    assert (first.share, first.is_reported, first.reports_to.name) == (Decimal("0.7"), True, "聯徵中心")
    assert (second.supersedes_id, second.is_reported, second.reports_to_id) == (first.id, None, None)
    assert (changed.counts["changed"], again.counts["changed"]) == (1, 1)


def test_how_an_organisation_is_reached_may_change(tmp_path):
    a_book(tmp_path)
    agency = {"organisation_ref": "IR", "kind": "agency", "name": "Island Recovery", "ask_through": "02 8765"}
    load(tmp_path, "organisations", [agency])
    same = load(tmp_path, "organisations", [agency, BUREAU], days=1)
    moved = load(tmp_path, "organisations", [{**agency, "ask_through": "02 1111"}], days=2)

    assert (same.counts["unchanged"], moved.counts["changed"]) == (1, 1)
    assert models.Organisation.objects.get(source_ref="IR").ask_through == "02 1111"


def test_shares_are_not_more_than_the_whole(tmp_path):
    a_book(tmp_path)
    load(tmp_path, "organisations", [BUREAU, FUND])

    report = load(tmp_path, "loan_funders", [FUNDER, {**FUNDER, "organisation_ref": "JCIC", "share": "0.31"}])

    assert report.state == "refused"
    assert [fault[2] for fault in faults(report)] == ["makes the shares of the loan more than the whole"] * 2


def test_a_schedule_is_a_new_version_only_when_it_says_something_else(tmp_path):
    a_book(tmp_path)
    second = {**INSTALLMENT, "number": 2, "due_on": "2025-03-10"}
    load(tmp_path, "installments", [INSTALLMENT, second])
    same = load(tmp_path, "installments", [second, INSTALLMENT], days=1)
    shorter = load(tmp_path, "installments", [INSTALLMENT], days=2)

    assert (same.counts["unchanged"], shorter.counts["changed"]) == (1, 1)
    assert list(models.Schedule.objects.order_by("version").values_list("version", "reason")) == [
        *[(1, "contract"), (2, "agreed_change")]
    ]
    assert models.Installment.objects.filter(schedule__version=2).count() == 1


def test_one_bad_installment_costs_the_whole_schedule_of_its_loan(tmp_path):
    a_book(tmp_path, loans=2)
    rows = [
        INSTALLMENT,
        {**INSTALLMENT, "number": 2, "due_on": "2025-02-30"},
        {**INSTALLMENT, "loan_ref": "L2"},
    ]

    report = load(tmp_path, "installments", rows)

    assert faults(report) == [
        (3, "due_on", "is a day no calendar has"),
        (2, "loan_ref", "has another row that cannot be taken"),
    ]
    assert models.Schedule.objects.values_list("loan__source_ref", flat=True).get() == "L2"


def test_an_installment_of_nobody_knows_which_loan_refuses_the_file(tmp_path):
    a_book(tmp_path)

    with pytest.raises(BadInput) as caught:
        load(tmp_path, "installments", "loan_ref,number,due_on\nL1,1,2025-02-10\nL1,2\n")

    assert caught.value.code == "import.torn"
    assert caught.value.what.endswith("line 3: (row) has 2 cells, and the header 3.")
    assert not models.Schedule.objects.exists()


def test_what_falls_due_on_a_day_off_may_be_paid_on_the_next_business_day(tmp_path):
    a_book(tmp_path, business_day_roll="following", calendar="TW")
    rows = [
        {**INSTALLMENT, "number": 1, "due_on": "2026-02-17"},  # the first day of the lunar year
        {**INSTALLMENT, "number": 2, "due_on": "2026-03-10"},
        {**INSTALLMENT, "number": 3, "due_on": "2026-04-11", "payable_until_on": "2026-04-11"},  # a Saturday
    ]
    load(tmp_path, "installments", rows)

    assert list(models.Installment.objects.order_by("number").values_list("payable_until_on", flat=True)) == [
        *[date(2026, 2, 23), date(2026, 3, 10), date(2026, 4, 11)]
    ]


def test_nobody_has_to_pay_before_the_due_day_when_the_month_ends_with_days_off(tmp_path):
    a_book(tmp_path, business_day_roll="modified_following", calendar="TW")
    load(
        tmp_path,
        "installments",
        [{**INSTALLMENT, "due_on": "2026-01-31"}, {**INSTALLMENT, "number": 2, "due_on": "2026-04-11"}],
    )

    assert list(models.Installment.objects.order_by("number").values_list("payable_until_on", flat=True)) == [
        *[date(2026, 1, 31), date(2026, 4, 13)]
    ]


def test_a_payment_on_file_with_other_content_is_a_reject(tmp_path):
    a_book(tmp_path, loans=2)
    load(tmp_path, "payments", [PAYMENT])

    for other in ({"amount": "500.26"}, {"loan_ref": "L2"}, {"value_on": "2025-02-11"}, {"surplus": "last"}):
        report = load(tmp_path, "payments", [{**PAYMENT, **other}], days=1)
        assert faults(report) == [
            (
                2,
                "payment_ref",
                "is on file with other content; reverse it, and send the right one under a number of its own",
            )
        ]


def test_a_full_file_of_payments_reverses_what_it_leaves_out(tmp_path):
    a_book(tmp_path)
    load(tmp_path, "payments", [PAYMENT, {**PAYMENT, "payment_ref": "P2"}])
    report = load(tmp_path, "payments", [{**PAYMENT, "payment_ref": "P2"}], days=1, is_full=True)
    again = load(tmp_path, "payments", [PAYMENT, {**PAYMENT, "payment_ref": "P2"}], days=2, is_full=True)

    assert report.counts == {"added": 0, "unchanged": 1, "reversed": 1}
    reversal = models.Reversal.objects.get()
    assert (reversal.payment.source_ref, reversal.reversed_on, reversal.reason) == (
        *("P1", date(2026, 3, 3), "not_in_full_file"),
    )
    assert again.state == "refused"
    assert faults(again)[0][2].startswith("was taken back because a full file left it out")


def test_a_full_file_that_takes_away_too_much_is_refused_unless_it_is_meant(tmp_path):
    a_book(tmp_path)
    load(tmp_path, "payments", [{**PAYMENT, "payment_ref": f"P{n}"} for n in range(30)])

    with pytest.raises(BadInput) as caught:
        load(tmp_path, "payments", [{**PAYMENT, "payment_ref": "P1"}], days=1, is_full=True)
    report = load(tmp_path, "payments", [{**PAYMENT, "payment_ref": "P1"}], days=1, is_full=True, accept=True)

    assert caught.value.code == "import.removals"
    assert "leaves out 29 of the 30 rows on file" in caught.value.what
    assert report.counts["reversed"] == 29


def test_a_full_file_with_a_bad_row_takes_nothing_away(tmp_path):
    a_book(tmp_path)
    load(tmp_path, "payments", [PAYMENT, {**PAYMENT, "payment_ref": "P2"}])

    report = load(
        tmp_path, "payments", [PAYMENT, {**PAYMENT, "payment_ref": "P2", "amount": "x"}], is_full=True
    )

    assert (report.state, report.notes) == ("refused", ("full_file_not_whole",))
    assert not models.Reversal.objects.exists()


def test_parts_of_a_payment_are_taken_once_and_are_not_more_than_it(tmp_path):
    a_book(tmp_path)
    load(tmp_path, "payments", [PAYMENT, {**PAYMENT, "payment_ref": "P2"}])
    parts = [PART, {**PART, "number": "", "component": "principal", "amount": "400"}]
    stored = load(
        tmp_path, "payment_allocations", [*parts, {**PART, "payment_ref": "P2", "amount": "500.26"}]
    )
    same = load(tmp_path, "payment_allocations", parts[::-1], days=1)
    other = load(tmp_path, "payment_allocations", parts[:1], days=2)

    assert faults(stored) == [(4, "amount", "makes the parts more than the payment")]
    assert same.counts == {"added": 0, "unchanged": 2}
    assert faults(other)[0][1:] == (
        "payment_ref",
        "is on file with other parts; reverse the payment, and send it under a number of its own",
    )
    allocations = models.PaymentAllocation.objects.order_by("amount_minor")
    assert list(allocations.values_list("installment_number", "component", "amount_minor")) == [
        (1, "interest", 10025),
        (None, "principal", 40000),
    ]


def test_one_bad_part_costs_all_parts_of_its_payment(tmp_path):
    a_book(tmp_path)
    load(tmp_path, "payments", [PAYMENT])

    report = load(tmp_path, "payment_allocations", [PART, {**PART, "component": "tip"}])

    assert faults(report) == [
        (3, "component", "is not one of principal, interest, fee, penalty"),
        (2, "payment_ref", "has another row that cannot be taken"),
    ]
    assert not models.PaymentAllocation.objects.exists()


def test_events_are_told_once_and_due_only_when_they_add_something(tmp_path):
    a_book(tmp_path)
    charge = {**EVENT, "event_ref": "E2", "kind": "charge", "component": "fee", "due_on": "2025-03-20"}
    load(tmp_path, "loan_events", [EVENT, charge])
    report = load(
        tmp_path,
        "loan_events",
        [
            EVENT,
            {**charge, "amount": "11"},
            {**EVENT, "event_ref": "E3", "due_on": "2025-04-01"},
            {**charge, "event_ref": "E4", "due_on": "2025-02-01"},
            {**EVENT, "event_ref": "E5", "kind": "gift"},
        ],
        days=1,
    )

    assert report.counts == {"added": 0, "unchanged": 1}
    assert [(line, field) for line, field, _ in faults(report)] == [
        *[(4, "due_on"), (5, "due_on"), (6, "kind"), (3, "event_ref")]
    ]
    assert list(models.LoanEvent.objects.order_by("id").values_list("kind", "amount_minor", "due_on")) == [
        ("waiver", 1000, None),
        ("charge", 1000, date(2025, 3, 20)),
    ]


def test_a_payment_or_an_event_is_reversed_once(tmp_path):
    a_book(tmp_path)
    load(tmp_path, "payments", [PAYMENT])
    load(tmp_path, "loan_events", [EVENT])
    of_event = {**REVERSAL, "payment_ref": "", "event_ref": "E1"}
    stored = load(tmp_path, "reversals", [REVERSAL, of_event])
    report = load(
        tmp_path,
        "reversals",
        [
            {**REVERSAL, "reason": "other"},
            of_event,
            {**REVERSAL, "payment_ref": "P9"},
            {**REVERSAL, "payment_ref": ""},
            {**of_event, "payment_ref": "P1"},
        ],
        days=1,
    )

    assert stored.counts == {"added": 2, "unchanged": 0}
    assert report.counts == {"added": 0, "unchanged": 1}
    assert faults(report) == [
        (5, "payment_ref", "is empty, and event_ref too"),
        (6, "event_ref", "is stated, and payment_ref too"),
        (2, "reversed_on", "is not the day, or not the reason, with which it was reversed already"),
        (4, "payment_ref", "is not on file"),
    ]


def test_nothing_is_reversed_before_its_own_day(tmp_path):
    a_book(tmp_path)
    load(tmp_path, "payments", [PAYMENT])

    report = load(tmp_path, "reversals", [{**REVERSAL, "reversed_on": "2025-02-09"}])

    assert faults(report) == [(2, "reversed_on", "lies before the day of what is reversed")]


def test_a_corrected_statement_supersedes_the_one_of_its_day(tmp_path):
    a_book(tmp_path)
    load(tmp_path, "statements", [STATEMENT])
    same = load(tmp_path, "statements", [{**STATEMENT, "payable_until_on": "2025-02-15"}], days=1)
    other = load(tmp_path, "statements", [{**STATEMENT, "minimum_due": "400", "balance": "-5"}], days=2)

    assert (same.counts["unchanged"], other.counts["changed"]) == (1, 1)
    first, second = models.Statement.objects.order_by("id")
    assert (second.supersedes_id, second.minimum_due_minor, second.balance_minor) == (first.id, 40000, -500)


def test_a_statement_says_whether_its_minimum_includes_what_was_not_paid(tmp_path):
    a_book(tmp_path)

    empty = load(tmp_path, "statements", [{**STATEMENT, "minimum_includes_unpaid": ""}])
    with pytest.raises(BadInput) as caught:
        load(tmp_path, "statements", [{k: v for k, v in STATEMENT.items() if k != "minimum_includes_unpaid"}])

    assert faults(empty) == [(2, "minimum_includes_unpaid", "is empty")]
    assert caught.value.what.endswith("the header has no column minimum_includes_unpaid.")


def test_reports_are_taken_as_stated(tmp_path):
    a_book(tmp_path)
    load(tmp_path, "reported_arrears", [REPORT])
    other = load(tmp_path, "reported_arrears", [{**REPORT, "overdue_amount": ""}], days=1)
    bad = load(tmp_path, "reported_arrears", [{**REPORT, "status": "paid_in_full", "as_of_on": "2026-03-04"}])

    assert other.counts["changed"] == 1
    first, second = models.ReportedArrears.objects.order_by("id")
    assert (first.overdue_minor, second.overdue_minor, second.supersedes_id) == (1250, None, first.id)
    assert faults(bad) == [
        (2, "as_of_on", "lies after the lender's today, 2026-03-02"),
        (2, "months_late", "is above zero, and the loan is not late"),
        (2, "overdue_since_on", "is stated, and the loan is not late"),
        (2, "overdue_amount", "is above zero, and the loan is not late"),
    ]


def test_whoever_is_protected_by_news_has_a_scope_that_is_locked(tmp_path, monkeypatch):
    locked = []
    monkeypatch.setattr("arrears.actions.feeds.deliveries.lock_scopes", locked.append)
    a_book(tmp_path, loans=2)
    load(tmp_path, "payments", [PAYMENT], days=1)

    (person, _) = models.Person.objects.order_by("id").values_list("id", flat=True)
    assert locked[:3] == [[], [], []]
    assert locked[3] == [("person", person)]
    assert AT + timedelta(days=1) == models.Payment.objects.get().recorded_at


def test_a_product_tells_its_yearly_rates_and_they_may_stay_untold(tmp_path):
    load(tmp_path, "products", [PRODUCT])
    load(tmp_path, "products", [{**PRODUCT, "interest_bps": 1000, "penalty_bps": 1500}], days=1)
    report = load(tmp_path, "products", [{**PRODUCT, "code": "other", "penalty_bps": -1}], days=2)

    assert list(models.Product.objects.order_by("id").values_list("interest_bps", "penalty_bps")) == [
        (None, None),
        (1000, 1500),
    ]
    assert faults(report) == [(2, "penalty_bps", "is not between 0 and 1,000,000")]


# -- itemisations ------------------------------------------------------------------------------


def test_a_debt_is_itemised_once_and_a_later_itemisation_supersedes_it(tmp_path):
    a_book(tmp_path)
    first = load(tmp_path, "itemisations", [ITEMISATION], days=1)
    same = load(tmp_path, "itemisations", [{**ITEMISATION, "currency": "TWD"}], days=2)
    later = load(tmp_path, "itemisations", [{**ITEMISATION, "payments": "100.50"}], days=3)

    assert [each.counts["added"] for each in (first, same, later)] == [1, 0, 0]
    assert (same.counts["unchanged"], later.counts["changed"]) == (1, 1)
    old, new = models.Itemisation.objects.order_by("id")
    assert (old.itemised_from, old.itemised_on, old.creditor) == (
        "charge_off",
        date(2025, 6, 30),
        "Harbour Bank",
    )
    amounts = ("itemised_minor", "interest_minor", "fees_minor", "payments_minor", "credits_minor")
    assert [getattr(new, name) for name in amounts] == [100_000, 1_025, 0, 10_050, 0]
    assert (new.supersedes_id, new.stated_on) == (old.pk, date(2026, 2, 28))


@pytest.mark.parametrize(
    ("change", "field", "reason"),
    [
        ({"loan_ref": "L9"}, "loan_ref", "is not on file"),
        ({"itemised_from": "birthday"}, "itemised_from", None),
        ({"creditor": ""}, "creditor", "is empty"),
        ({"interest": ""}, "interest", "is empty"),
        ({"fees": "-1"}, "fees", "is below zero"),
        ({"fees": "0.005"}, "fees", "is finer than the smallest unit of its currency"),
        ({"stated_on": "2025-06-29"}, "stated_on", "lies before itemised_on"),
        ({"stated_on": "2026-03-04"}, "stated_on", None),
        ({"payments": "1010.26"}, "payments", "and credits are more than was owed with interest and fees"),
        ({"currency": "USD"}, "currency", "is not the currency of the loan"),
    ],
)
def test_an_itemisation_that_cannot_be_is_not_taken(tmp_path, change, field, reason):
    a_book(tmp_path)

    report = load(tmp_path, "itemisations", [{**ITEMISATION, **change}], days=1)

    ((_, named, said),) = faults(report)
    assert (report.state, named, said) == ("refused", field, reason or said)
    assert models.Itemisation.objects.count() == 0
