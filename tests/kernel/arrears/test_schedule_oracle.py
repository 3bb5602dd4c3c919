"""Examples reckoned by hand, to which the oracle is held and the kernel with it."""

from __future__ import annotations

from arrears.kernel.vocabulary import Component, LoanEventKind, PauseBasis, Surplus
from tests.kernel.arrears.books import (
    Books,
    Event,
    Installment,
    Order,
    Part,
    Pause,
    Payment,
    Statement,
    Terms,
    same_at_any_time,
)
from tests.kernel.arrears.comparing import agreed_on
from tests.kernel.arrears.ledger import Difference
from tests.kernel.arrears.schedule_oracle import ledger_of

PRINCIPAL, INTEREST, FEE, PENALTY = Component
THREE_OF_100 = tuple(Installment(n, 10 * n, 10 * n, principal=100) for n in (1, 2, 3))


def answer(as_of, *installments, **books):
    return agreed_on(as_of, Books(installments=installments, **books))


def picked(answer, *names):
    return tuple(answer[name] for name in names)


def days_and_money(answer):
    return picked(answer, "past_due_days", "overdue_minor")


def moves_of(books, as_of):
    return [(m.by, m.debt.number, m.component, m.amount) for m in ledger_of(books, as_of).moves]


def test_the_due_day_is_day_zero_and_the_day_after_is_late():
    it = Installment(1, 100, 100, principal=9000, interest=1000)

    assert answer(100, it)["is_late"] is False
    late = answer(101, it)
    assert days_and_money(late) == (1, 10_000)
    assert picked(late, "overdue_principal_minor", "overdue_interest_minor") == (9000, 1000)
    assert picked(late, "overdue_since_on", "episode_start_on") == (100, 101)


def test_after_a_day_off_days_count_from_the_due_day_once_they_count():
    it = Installment(1, 100, 102, principal=50)

    assert answer(102, it)["is_late"] is False
    assert picked(answer(103, it), "past_due_days", "episode_start_on") == (3, 103)


def test_a_shorter_time_to_pay_of_a_later_installment_does_not_overtake_the_older_one():
    its = Installment(1, 100, 105, principal=1), Installment(2, 101, 101, principal=1)

    assert answer(105, *its)["is_late"] is False
    assert days_and_money(answer(106, *its)) == (6, 2)


def test_a_tolerated_cent_ages_nothing():
    its = THREE_OF_100[:2]
    books = {"payments": (Payment(1, 10, 99),), "terms": Terms(tolerance_minor=1)}

    assert answer(20, *its, **books)["is_late"] is False
    assert days_and_money(answer(21, *its, **books)) == (1, 101)


def test_tolerated_days_are_not_late_and_count_afterwards():
    terms = Terms(tolerance_days=3)

    assert answer(13, *THREE_OF_100, terms=terms)["is_late"] is False
    assert picked(answer(14, *THREE_OF_100, terms=terms), "past_due_days", "episode_start_on") == (4, 14)


def test_grace_and_pauses_shorten_delinquent_days_only():
    """30 days past due; 15..24 are paused, ten days; three of grace: 17."""
    pauses = Pause(15, 20), Pause(18, 25)
    late = answer(40, THREE_OF_100[0], pauses=pauses, terms=Terms(grace_days=3))

    assert picked(late, "past_due_days", "paused_days", "delinquent_days") == (30, 10, 17)


def test_pauses_before_the_due_day_count_only_since_origination():
    """0..11 is paused, of which 10 and 11 are past due."""
    books = {"pauses": (Pause(0, 12),)}
    since_origination = Terms(pause_basis=PauseBasis.SINCE_ORIGINATION)

    assert answer(40, THREE_OF_100[0], **books)["delinquent_days"] == 28
    assert answer(40, THREE_OF_100[0], **books, terms=since_origination)["delinquent_days"] == 18


def test_a_payment_fills_penalty_fee_interest_and_then_principal():
    it = Installment(1, 10, 10, principal=60, interest=20, fee=10, penalty=5)
    books = Books((it,), (Payment(1, 11, 40),))

    assert moves_of(books, 11) == [
        ("payment", 1, PENALTY, 5),
        ("payment", 1, FEE, 10),
        ("payment", 1, INTEREST, 20),
        ("payment", 1, PRINCIPAL, 5),
    ]
    assert picked(agreed_on(12, books), "overdue_minor", "overdue_principal_minor") == (55, 55)


def test_by_component_interest_of_both_installments_comes_before_principal_of_either():
    its = tuple(Installment(n, 10 * n, 10 * n, principal=50, interest=10) for n in (1, 2))
    order = same_at_any_time(INTEREST, PRINCIPAL, is_by_component=True)
    books = Books(its, (Payment(1, 25, 65),), terms=Terms(order=order))

    assert moves_of(books, 25) == [
        ("payment", 1, INTEREST, 10),
        ("payment", 2, INTEREST, 10),
        ("payment", 1, PRINCIPAL, 45),
    ]


def test_what_an_order_leaves_out_takes_no_money_and_the_money_waits_for_the_due_day():
    order = Order(False, (("past_due", PRINCIPAL), ("due", PRINCIPAL)))
    books = Books(THREE_OF_100, (Payment(1, 5, 150),), terms=Terms(order=order))

    assert [agreed_on(day, books)["credit_minor"] for day in (9, 10, 19, 20)] == [150, 50, 50, 0]
    assert days_and_money(agreed_on(21, books)) == (1, 50)


def test_surplus_goes_to_the_next_the_last_or_waits():
    def moves(surplus, as_of):
        return moves_of(Books(THREE_OF_100, (Payment(1, 5, 150, surplus),)), as_of)

    assert moves(Surplus.NEXT, 5) == [("payment", 1, PRINCIPAL, 100), ("payment", 2, PRINCIPAL, 50)]
    assert moves(Surplus.LAST, 5) == [("payment", 3, PRINCIPAL, 100), ("payment", 2, PRINCIPAL, 50)]
    assert moves(Surplus.HOLD, 9) == []
    assert moves(Surplus.HOLD, 20) == [("credit", 1, PRINCIPAL, 100), ("credit", 2, PRINCIPAL, 50)]


def test_what_is_stated_is_taken_and_what_cannot_be_flows_on():
    """Interest of the first is 20, not 30: 10 stay short; 30 of the 100 are left for its principal."""
    its = tuple(Installment(n, 10 * n, 10 * n, principal=80, interest=20) for n in (1, 2))
    too_much, fits = Part(1, INTEREST, 30), Part(2, PRINCIPAL, 50)
    books = Books(its, (Payment(1, 15, 100, parts=(fits, too_much)),))

    assert moves_of(books, 15) == [
        ("payment", 1, INTEREST, 20),
        ("payment", 2, PRINCIPAL, 50),
        ("payment", 1, PRINCIPAL, 30),
    ]
    assert ledger_of(books, 15).differences == [Difference(1, too_much, 20)]


def test_a_part_that_names_no_installment_takes_the_oldest_not_named_by_another():
    its = tuple(Installment(n, 10 * n, 10 * n, interest=20) for n in (1, 2))
    anywhere, first = Part(None, INTEREST, 15), Part(1, INTEREST, 20)
    books = Books(its, (Payment(1, 25, 35, parts=(anywhere, first)),))

    assert moves_of(books, 25) == [("payment", 1, INTEREST, 20), ("payment", 2, INTEREST, 15)]
    assert ledger_of(books, 25).differences == []


def test_money_that_found_nothing_pays_a_charge_on_the_day_it_is_added():
    charge = Event(2, 40, LoanEventKind.CHARGE, 50)
    books = Books(THREE_OF_100[:1], (Payment(1, 5, 130),), (charge,))

    assert agreed_on(39, books)["credit_minor"] == 30
    assert picked(agreed_on(40, books), "credit_minor", "outstanding_minor") == (0, 20)
    assert picked(agreed_on(41, books), "past_due_days", "overdue_fee_minor") == (1, 20)


def test_a_chargeback_of_an_installment_is_as_old_as_it_and_late_from_its_own_day():
    chargeback = Event(2, 40, LoanEventKind.CHARGEBACK, 100, number=1)
    books = Books(THREE_OF_100[:1], (Payment(1, 10, 100),), (chargeback,))

    assert agreed_on(39, books)["is_late"] is False
    late = agreed_on(45, books)
    assert days_and_money(late) == (35, 100)
    assert picked(late, "overdue_since_on", "episode_start_on") == (10, 40)


def test_a_waiver_never_becomes_credit():
    it = Installment(1, 10, 10, principal=100, fee=5)
    waiver = Event(1, 12, LoanEventKind.WAIVER, 9, component=FEE)
    books = Books((it,), events=(waiver,))

    assert picked(agreed_on(12, books), "overdue_minor", "credit_minor") == (100, 0)


def test_a_charge_off_changes_nothing():
    charge_off = Event(1, 12, LoanEventKind.CHARGE_OFF, 100)

    assert answer(13, *THREE_OF_100, events=(charge_off,)) == answer(13, *THREE_OF_100)


def test_a_refund_takes_what_nothing_took_and_then_what_was_paid_last():
    """330 came for 300: of the 150 that go back 30 paid nothing; then the third, and 20 of the second."""
    refund = Event(2, 6, LoanEventKind.REFUND, 150)
    books = Books(THREE_OF_100, (Payment(1, 5, 330),), (refund,))

    assert moves_of(books, 6)[3:] == [("refund", 3, PRINCIPAL, -100), ("refund", 2, PRINCIPAL, -20)]
    assert picked(agreed_on(21, books), "credit_minor", "overdue_minor") == (0, 20)


def test_a_refund_in_advance_takes_the_latest_installment_back_even_where_the_last_is_paid_first():
    books = Books(
        THREE_OF_100,
        (Payment(1, 1, 300),),
        (Event(2, 2, LoanEventKind.REFUND, 100),),
        terms=Terms(surplus=Surplus.LAST),
    )

    assert agreed_on(12, books)["is_late"] is False
    assert days_and_money(agreed_on(31, books)) == (1, 100)


def a_loan_with_free_and_with_held_money(*events):
    """150 pay 100 and leave 50 free; 50 more are held."""
    return Books(THREE_OF_100[:1], (Payment(1, 5, 150), Payment(2, 5, 50, Surplus.HOLD, ordinal=1)), events)


def test_held_money_is_used_before_free_money():
    """Held money pays the charge due on 20, so free money is there for the one due on 40."""
    now = Event(3, 20, LoanEventKind.CHARGE, 50)
    later = Event(4, 25, LoanEventKind.CHARGE, 50, due_on=40)
    books = a_loan_with_free_and_with_held_money(now, later)

    credit = [agreed_on(day, books)["credit_minor"] for day in (19, 20, 24, 25)]
    assert credit == [100, 50, 50, 0]


def test_a_refund_takes_free_money_before_held_money():
    """What is left is held, and waits for the day the charge is due."""
    refund = Event(3, 15, LoanEventKind.REFUND, 50)
    charge = Event(4, 25, LoanEventKind.CHARGE, 50, due_on=40)
    books = a_loan_with_free_and_with_held_money(refund, charge)

    assert [agreed_on(day, books)["credit_minor"] for day in (15, 25, 39, 40)] == [50, 50, 50, 0]


def test_free_money_of_a_product_that_holds_waits_for_the_due_day_too():
    charge = Event(3, 25, LoanEventKind.CHARGE, 30, due_on=40)
    payments = (Payment(1, 5, 130, Surplus.NEXT),)
    books = Books(THREE_OF_100[:1], payments, (charge,), terms=Terms(surplus=Surplus.HOLD))

    assert [agreed_on(day, books)["credit_minor"] for day in (25, 39, 40)] == [30, 30, 0]


def test_a_charge_of_an_installment_may_be_paid_as_long_as_it():
    """Due on 10, in time until 13: late, with it, from 14 on; on a due day of its own, from the next."""
    it = Installment(1, 10, 13, principal=100)
    charge = Event(1, 5, LoanEventKind.CHARGE, 7, number=1)

    assert answer(13, it, events=(charge,))["is_late"] is False
    assert days_and_money(answer(14, it, events=(charge,))) == (4, 107)
    later = Event(1, 5, LoanEventKind.CHARGE, 7, due_on=20, number=1)
    assert days_and_money(answer(20, it, events=(later,))) == (10, 100)
    assert days_and_money(answer(21, it, events=(later,))) == (11, 107)


def test_a_waiver_reaches_what_it_names_also_where_the_order_takes_no_money():
    order = same_at_any_time(INTEREST, PRINCIPAL)
    it = Installment(1, 10, 10, principal=100, fee=5)
    waiver = Event(1, 12, LoanEventKind.WAIVER, 5, component=FEE)

    assert days_and_money(answer(12, it, events=(waiver,), terms=Terms(order=order))) == (2, 100)


def test_an_episode_lasts_over_a_partial_payment_and_ends_with_a_cure():
    """Late from 11; on 25 the first is paid and the second not; on 28 all; the third is late from 31."""
    books = Books(THREE_OF_100, (Payment(1, 25, 100), Payment(2, 28, 100)))

    assert picked(agreed_on(24, books), "overdue_since_on", "episode_start_on") == (10, 11)
    assert picked(agreed_on(27, books), "overdue_since_on", "episode_start_on") == (20, 11)
    assert agreed_on(28, books)["is_late"] is False
    assert picked(agreed_on(31, books), "overdue_since_on", "episode_start_on") == (30, 31)


def a_statement(number, minimum, includes_unpaid):
    """Statements on 0, 30 and 60, each due 20 days after."""
    first = 30 * number
    return Statement(first, first + 20, first + 20, minimum, includes_unpaid, balance=1000)


def test_a_minimum_that_includes_the_unpaid_asks_anew_only_for_the_rest():
    """40 of the first 100 are paid; 150 then are 60 old and 90 new."""
    statements = a_statement(0, 100, True), a_statement(1, 150, True)
    books = Books(statements=statements, payments=(Payment(1, 10, 40),))

    assert days_and_money(agreed_on(21, books)) == (1, 60)
    assert days_and_money(agreed_on(50, books)) == (30, 60)
    assert days_and_money(agreed_on(51, books)) == (31, 150)


def test_a_minimum_that_does_not_include_the_unpaid_comes_on_top():
    statements = a_statement(0, 100, False), a_statement(1, 150, False)

    assert days_and_money(agreed_on(51, Books(statements=statements))) == (31, 250)


def test_a_smaller_minimum_that_includes_the_unpaid_forgives_the_oldest():
    """Of 100 and 50 the third statement asks for 70: the first shrinks by 80 to 20."""
    statements = a_statement(0, 100, True), a_statement(1, 150, True), a_statement(2, 70, True)

    assert days_and_money(agreed_on(59, Books(statements=statements))) == (39, 150)
    assert days_and_money(agreed_on(60, Books(statements=statements))) == (40, 70)


def test_what_was_paid_too_much_is_gone_with_the_next_statement():
    books = Books(
        statements=(a_statement(0, 100, True), a_statement(1, 80, True)), payments=(Payment(1, 30, 130),)
    )

    assert agreed_on(29, books)["credit_minor"] == 0
    assert ledger_of(books, 30).dropped == 30
    assert days_and_money(agreed_on(51, books)) == (1, 80)


def test_before_the_first_statement_nothing_is_known():
    books = Books(statements=(a_statement(1, 100, True),))

    assert picked(agreed_on(29, books), "is_known", "overdue_minor") == (False, None)
    assert picked(agreed_on(30, books), "is_known", "overdue_minor") == (True, 0)
