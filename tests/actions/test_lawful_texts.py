"""A text that breaks a rule of content reaches nobody of whom the rule speaks, whoever asks and when."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from arrears.actions.days import run_day
from arrears.actions.forecasts import foretell
from arrears.actions.lawful_texts import KEPT
from arrears.actions.laws import adopt_law, law_in_use
from arrears.actions.plans import show_plan
from arrears.actions.simulations import Side, simulate
from arrears.kernel.facts import NEVER
from arrears.locale import notices
from arrears.store.models import Decision, Message, Person, PlannedContact
from tests.actions.sending import SAMPLE, a_writing_lender, gate
from tests.builders import NOW, TODAY, a_loan, a_person, a_product, a_schedule, a_watermark, cipher_of

pytestmark = pytest.mark.django_db(transaction=True)
MINI_MIRANDA = {"us.mini-miranda", "us.mini-miranda.initial"}
COLLECTING = "意在收取一筆債務"


@pytest.fixture
def texts(tmp_path, monkeypatch):
    """Folders of texts like the shipped ones, to be edited; in use until the test ends."""
    for language in notices.LANGUAGES:
        (tmp_path / language).mkdir()
        shipped = Path(notices.__file__).parent / language / "notices.toml"
        (tmp_path / language / "notices.toml").write_text(shipped.read_text("utf-8"), "utf-8")
    monkeypatch.setattr(notices, "_FOLDER", tmp_path)
    notices.load_texts.cache_clear()
    yield tmp_path
    notices.load_texts.cache_clear()


def edit(texts, old, new):
    """Change the texts in traditional Chinese, which the cast reads."""
    path = texts / "zh-Hant" / "notices.toml"
    source = path.read_text("utf-8")
    assert old in source
    path.write_text(source.replace(old, new), "utf-8")
    notices.load_texts.cache_clear()


def without_collectors(texts):
    """Nobody but the creditor has texts of his own then."""
    source = (texts / "zh-Hant" / "notices.toml").read_text("utf-8")
    edit(texts, source[source.index("[[collectors]]") : source.index("[payment_reminder]")], "")


def law(lender):
    return law_in_use(lender.pk, on=TODAY)


def plan(lender):
    return run_day(lender=lender.pk, on=TODAY, strategy=SAMPLE, law=law(lender), actor="program:test", at=NOW)


def shown_against(loan):
    """What stands in the way in the plan as it would be made now."""
    shown = show_plan(who=loan.source_ref, strategy=SAMPLE, law=law(loan.lender), at=NOW)
    return {each.rule.id for due in shown.due for way in due.ways for each in way.bindings}


def foretold_against(loan):
    """What stands in the way in the forecast, and no time releases."""
    asked = {"loan_ref": loan.source_ref, "strategy": SAMPLE, "law": law(loan.lender), "at": NOW, "days": 2}
    lines = foretell(**asked).nothing_changes.lines
    return {each.rule.id for line in lines for each in line.bindings if each.from_at == NEVER}


def an_adopting_lender(*jurisdictions, **columns):
    lender = a_writing_lender(**columns)
    a_watermark(lender)
    adopt_law(
        lender=lender.pk,
        jurisdictions=jurisdictions,
        approver="Anna Li",
        actor="staff:anna",
        at=NOW,
    )
    return lender


def a_late_loan(lender, law_place, **columns):
    person = a_person(lender, points=("app_inbox",))
    return a_loan(lender, person, overdue_days=4, governing_law=law_place, **columns)


def test_a_buyer_of_american_loans_is_refused_the_creditors_text_wherever_it_asks(texts):
    without_collectors(texts)
    lender = an_adopting_lender("us", actor_kind="assignee")
    loan = a_late_loan(lender, "US")

    plan(lender)

    (decision,) = Decision.objects.all()
    assert {each["rule"] for each in decision.reasons if each["now"]} == MINI_MIRANDA
    assert {each["release"]["fact"] for each in decision.reasons} == {"text"}
    assert shown_against(loan) == MINI_MIRANDA
    assert foretold_against(loan) == MINI_MIRANDA
    assert not PlannedContact.objects.exists()


@pytest.mark.parametrize(
    ("opened_on", "refused_by"),
    [
        (date(2026, 7, 31), set()),
        (date(2026, 8, 1), {"cn.cost.display"}),
        (None, {"cn.cost.display"}),
    ],
)
def test_a_text_that_names_a_charge_is_refused_for_loans_made_since_charges_have_to_be_shown(
    texts, opened_on, refused_by
):
    edit(
        texts, "這是一則繳款提醒：有款項已過繳款期限。", "這是一則繳款提醒：有款項已過繳款期限。另計違約金。"
    )
    lender = an_adopting_lender("cn")
    person = a_person(lender, points=("app_inbox",))
    loan = a_loan(lender, person, overdue_days=4, governing_law="CN", opened_on=opened_on)

    assert shown_against(loan) == refused_by


def test_what_was_planned_with_a_lawful_text_is_refused_at_the_gate_once_it_is_none(texts):
    lender = an_adopting_lender("us", actor_kind="assignee")
    a_late_loan(lender, "US")
    plan(lender)
    without_collectors(texts)

    gated = gate(law=law(lender))

    assert (gated.cleared, gated.not_permitted) == (0, 1)
    assert PlannedContact.objects.get().end_reason in MINI_MIRANDA
    assert not Message.objects.exists()


def test_a_buyer_of_american_loans_sends_the_collectors_text():
    lender = an_adopting_lender("us", actor_kind="assignee")
    a_late_loan(lender, "US")
    plan(lender)

    gated = gate(law=law(lender))

    message = Message.objects.get()
    body = cipher_of(Person.objects.get()).decrypt("body", bytes(message.body_encrypted))
    assert gated.cleared == 1
    assert COLLECTING in body


@pytest.mark.parametrize(
    ("jurisdiction", "columns", "law_place"),
    [
        ("cn", {}, "CN"),  # who lent the money is no debt collector
        ("us", {}, "US"),
        ("us", {"actor_kind": "assignee"}, "SG"),  # the law of another place
        ("sg", {"actor_kind": "assignee"}, "US"),  # a pack that was not adopted
    ],
)
def test_the_rules_for_collectors_bind_nobody_else_and_nowhere_else(texts, jurisdiction, columns, law_place):
    without_collectors(texts)
    lender = an_adopting_lender(jurisdiction, **columns)
    loan = a_late_loan(lender, law_place)

    assert shown_against(loan) & MINI_MIRANDA == set()


def test_an_edited_text_is_refused_at_once_where_the_law_forbids_what_it_says(texts):
    lender = an_adopting_lender("cn", "sg")
    chinese, singaporean = a_late_loan(lender, "CN"), a_late_loan(lender, "SG")
    before = law(lender).version
    assert shown_against(chinese) == set()

    edit(texts, "這是一則繳款提醒", "將公開您的姓名。這是一則繳款提醒")

    assert shown_against(chinese) >= {"cn.tone.eight", "cn.pi.public", "house.content.no-threat"}
    assert "cn.tone.eight" not in shown_against(singaporean)
    assert law(lender).version != before


def test_a_rule_that_every_text_keeps_is_known_to_the_law_and_refuses_nothing():
    lender = an_adopting_lender("us", actor_kind="assignee")

    bound = law(lender)

    kept = {rule.id for rule, why in bound.switched_off if why == KEPT}
    assert kept >= MINI_MIRANDA
    assert {rule.id for rule in bound.rules if rule.kind == "content"} == {
        "house.content.third-persons",
        "us.third.text",
    }
    assert bound.rule("us.third").kind != "content", "the rule of the contact itself"
    assert bound.rule("us.mini-miranda").citation
    assert not kept & {"us.loc.once", "us.limited-content"}, "documents that are no notices"


def test_past_days_lived_with_another_text_are_refused_by_the_same_rule(texts):
    lender = an_adopting_lender("us", actor_kind="assignee")
    a_scheduled_loan(lender, "US", due_on=TODAY - timedelta(days=9))
    collectors = Side(SAMPLE, law(lender))
    without_collectors(texts)
    days = {"from_on": TODAY - timedelta(days=6), "to_on": TODAY - timedelta(days=1)}

    lived = simulate(lender_id=lender.pk, current=collectors, new=Side(SAMPLE, law(lender)), at=NOW, **days)

    assert lived.current.contacts > 0
    assert lived.new.contacts == 0
    assert set(lived.new.refused) >= MINI_MIRANDA
    assert not set(lived.current.refused) & MINI_MIRANDA


def a_scheduled_loan(lender, law_place, *, due_on):
    """A loan whose past days can be lived again."""
    person = a_person(lender, points=("app_inbox",))
    loan = a_loan(lender, person, product="card", governing_law=law_place)
    a_product(lender)
    a_schedule(loan, due_on)
    return loan


def test_a_rule_by_the_day_of_the_loan_is_asked_of_each_loan(texts):
    lender = an_adopting_lender("cn")
    before, unknown = a_late_loan(lender, "CN", opened_on=date(2026, 7, 1)), a_late_loan(lender, "CN")

    edit(texts, "這是一則繳款提醒", "另計違約金300元。這是一則繳款提醒")

    assert "cn.cost.display" not in shown_against(before)
    assert "cn.cost.display" in shown_against(unknown)
