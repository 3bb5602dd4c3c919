"""A rule may bind by the day on which the loan was made, not by that of the contact."""

from __future__ import annotations

from datetime import date

import pytest

from arrears.kernel.content.rules import ContentRule
from arrears.kernel.law.situation import situation_facts
from arrears.kernel.law.solver import Result, solve
from arrears.kernel.tables.entries import Entry, binds
from arrears.rulepacks import ZONES, load_law
from arrears.rulepacks.tables import ask
from tests.law.builders import a_pack, a_rule, an_exception

START, END = date(2026, 8, 1), date(2026, 12, 1)


def answers(law, *days):
    """What the law says on 14 July 2026 and on 14 January 2027 of a loan made on each of the days."""
    asked = ("2026-07-14T12:00:00Z", "2027-01-14T12:00:00Z")
    loans = [{} if day is None else {"opened_on": day} for day in days]
    told = [{"at": at, "recipient": {"zones": ["UTC"]}, "loan": loan} for loan in loans for at in asked]
    facts, candidates, at = situation_facts(told, ZONES)
    said = [Result(int(each)).name.lower() for each in solve(facts, law, candidates, at).result]
    return [tuple(said[row : row + 2]) for row in range(0, len(said), 2)]


def by_loan(**more):
    return a_rule(in_force_from=START, in_force_by="loan", **more)


def test_a_rule_by_the_loan_binds_loans_of_its_days_whenever_they_are_asked_about():
    law = load_law(packs=[a_pack(by_loan(in_force_until=END))], with_house=False)

    days = (date(2026, 7, 31), START, date(2026, 11, 30), END)

    allowed, refused = ("allow", "allow"), ("refuse", "refuse")
    assert answers(law, *days) == [allowed, refused, refused, allowed]


def test_a_loan_of_which_nobody_told_when_it_was_made_is_bound():
    law = load_law(packs=[a_pack(by_loan())], with_house=False)

    assert answers(law, None) == [("refuse", "refuse")]


def test_an_exception_by_the_loan_needs_the_day_to_be_known():
    always = a_rule()
    lifting = an_exception(
        kind="consented",
        params={"consent": "extra_calls"},
        lifts=(always["id"],),
        in_force_from=START,
        in_force_by="loan",
    )
    law = load_law(packs=[a_pack(always, lifting)], with_house=False)
    consent = [{"kind": "extra_calls", "since": "2026-01-01T00:00:00Z"}]
    told = [
        {"at": "2026-07-14T12:00:00Z", "recipient": {"zones": ["UTC"]}, "consents": consent, "loan": loan}
        for loan in ({}, {"opened_on": date(2026, 7, 31)}, {"opened_on": START})
    ]

    facts, candidates, at = situation_facts(told, ZONES)

    assert list(solve(facts, law, candidates, at).result) == [Result.REFUSE, Result.REFUSE, Result.ALLOW]


@pytest.mark.parametrize(("opened_on", "is_bound"), [(date(2026, 7, 31), False), (START, True), (None, True)])
def test_tables_and_rules_of_content_go_by_the_loan_too(opened_on, is_bound):
    on = date(2026, 7, 14)
    by_loan = {"in_force_from": START, "in_force_by": "loan"}
    entry = Entry("a", "a", "listed_charges", "test", (), {}, {}, "Act 1", "A", {}, **by_loan)
    rule = ContentRule("a", "test", {}, (), ("charge",), (), (), {}, "Act 1", "A", {}, **by_loan)
    facts = {"on": on} if opened_on is None else {"on": on, "opened_on": opened_on}

    assert binds(entry, facts) is is_bound
    assert rule.binds({}, {}, on, opened_on) is is_bound


def test_the_cost_table_binds_loans_made_from_the_first_of_august_2026_on():
    told = {"on": date(2026, 11, 1), "charge": "visit fee", "shown_charges": ["late fee"]}

    before = ask("cn.cost.display", {**told, "opened_on": date(2026, 7, 31)})
    after = ask("cn.cost.display", {**told, "opened_on": date(2026, 8, 1)})

    assert (before.word, after.word) == ("not_bound", "unlawful")
