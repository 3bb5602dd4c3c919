"""The gate: what was permitted when it was planned is asked again, under locks, with fresh facts."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from arrears.actions.days import list_busy
from arrears.actions.gate import Gated, gate_due
from arrears.actions.opt_outs import record_opt_out
from arrears.actions.payments import post_payment
from arrears.kernel.errors import Misconfigured
from arrears.kernel.vocabulary import RecipientKind
from arrears.store import clock, models
from arrears.store.personal import erase_person
from tests.actions.sending import (
    ACTOR,
    LAW,
    SAMPLE,
    a_cap,
    a_due_contact,
    a_writing_lender,
    end_of,
    for_all,
    gate,
    law_with,
    loan_of,
    states,
)
from tests.builders import (
    ANA,
    MING,
    NA,
    NOW,
    TODAY,
    a_contact_point,
    a_hold,
    a_lender,
    a_loan,
    a_party,
    a_person,
    a_report,
    a_step_done,
    a_watermark,
    an_attempt,
    an_opt_out,
    cipher_of,
)

pytestmark = pytest.mark.django_db(transaction=True)
UNTIL_TOMORROW = NOW + timedelta(hours=30)  # 16:00 in Taipei


def reasons_of(planned):
    """The rules that refused a planned contact at the gate."""
    decision = models.Decision.objects.get(planned_contact_id=planned.pk)
    return [reason["rule"] for reason in decision.reasons if reason["now"]]


def test_a_permitted_contact_is_reserved_with_its_decision():
    planned = a_due_contact(a_writing_lender())

    gated = gate()

    attempt, decision = models.Attempt.objects.get(), models.Decision.objects.get()
    assert gated == Gated(due=1, cleared=1)
    assert (attempt.state, attempt.planned_contact_id, attempt.try_no) == ("reserved", planned.pk, 1)
    assert (attempt.decision_id, attempt.decided_at) == (decision.id, decision.decided_at)
    assert (decision.use, decision.result, decision.outcome) == ("gate", "allow", "cleared")
    assert (attempt.at, attempt.send_before) == (NOW, NOW + timedelta(minutes=5))
    assert end_of(planned) == ("reserved", None)


def test_the_channel_must_start_before_the_permitted_time_ends():
    lender = a_writing_lender()
    clock.set_simulated(NOW + timedelta(hours=9, minutes=57))  # 19:57; the house closes at 20:00
    a_due_contact(lender, not_after_at=UNTIL_TOMORROW)

    gate()

    assert models.Attempt.objects.get().send_before == NOW + timedelta(hours=10)


def test_the_text_is_kept_as_sent_in_the_recipients_language_and_encrypted():
    planned = a_due_contact(a_writing_lender(), who=MING)

    gate()

    message = models.Message.objects.get()
    cipher = cipher_of(models.Person.objects.get())
    body = cipher.decrypt("body", bytes(message.body_encrypted))
    assert message.language == "zh-Hant"
    assert body.startswith("Example Bank\n\n這是一則繳款提醒：有款項已過繳款期限。")
    assert "我們截至2026年7月13日的紀錄顯示逾期1個月。當時的逾期金額為新臺幣3,913.00元。" in body
    assert models.Attempt.objects.get().verification_code in body
    assert loan_of(planned).source_ref[-4:] in body
    assert "逾期".encode() not in bytes(message.body_encrypted)
    template = models.MessageTemplate.objects.get(pk=message.template_id)
    assert (template.notice, template.language, template.version[:2]) == ("payment_reminder", "zh-Hant", "2.")


def body_sent(person):
    """The text of the one message kept for a person."""
    message = models.Message.objects.get(person=person)
    return cipher_of(person).decrypt("body", bytes(message.body_encrypted))


def telling_guarantors():
    """The sample ladder, its first step for guarantors."""
    first, *others = SAMPLE.ladders[0].steps
    told = replace(first, recipients=(RecipientKind.GUARANTOR,))
    ladder = replace(SAMPLE.ladders[0], steps=(told, *others))
    return replace(SAMPLE, ladders=(ladder, *SAMPLE.ladders[1:]), version="guarantors")


def test_whoever_owes_the_loan_beside_its_borrower_is_addressed_in_his_role():
    lender = a_writing_lender()
    loan = a_loan(lender, a_person(lender, MING), overdue_days=10)
    na = a_person(lender, NA)
    a_party(loan, na, "guarantor")
    strategy = telling_guarantors()
    a_due_contact(
        lender,
        person=na,
        loan=loan,
        recipient_kind="guarantor",
        notice="guarantor_notice",
        strategy_version=strategy.version,
    )

    gated = gate_due(
        channel="in_app", laws=for_all(LAW), strategies=for_all(strategy), limit=500, actor=ACTOR
    )

    assert gated == Gated(due=1, cleared=1)

    assert "我们的记录显示您是下列账户的保证人，该账户有款项逾期。" in body_sent(na)
    assert "该信用卡（账户编号尾号" in body_sent(na)


def test_a_notice_to_a_guarantor_is_not_written_to_the_borrower_and_holds_nobody_else_up():
    lender = a_writing_lender()
    wrong = a_due_contact(lender, notice="guarantor_notice")
    right = a_due_contact(lender, who=NA)

    assert gate() == Gated(due=2, cleared=1, not_permitted=1)

    assert end_of(wrong) == ("not_permitted", "notice_incomplete")
    assert end_of(right) == ("reserved", None)


def test_an_offer_to_talk_names_the_loan_and_no_sum():
    planned = a_due_contact(a_writing_lender(), who=NA, notice="outreach_offer")

    gate()

    body = body_sent(models.Person.objects.get(pk=planned.person_id))
    assert (
        f"关于您的账户（信用卡，尾号{loan_of(planned).source_ref[-4:]}），如果您愿意，我们可以谈一谈。"
        in body
    )
    assert "TWD" not in body


def test_a_person_without_a_language_is_written_to_in_the_lenders():
    lender = a_writing_lender(language="zh-TW")
    a_due_contact(lender, person=a_person(lender, NA, language=None))

    gate()

    assert models.Message.objects.get().language == "zh-Hant"


def test_what_is_permitted_only_later_in_its_window_is_put_off_to_then():
    lender = a_writing_lender()
    clock.set_simulated(NOW + timedelta(hours=11))  # 21:00
    a_watermark(lender, payments_complete_through_on=TODAY)
    planned = a_due_contact(lender, not_after_at=UNTIL_TOMORROW)

    gated = gate()

    planned.refresh_from_db()
    assert gated == Gated(due=1, put_off=1)
    assert (planned.state, planned.not_before_at) == ("planned", NOW + timedelta(hours=22))  # 08:00
    assert models.Decision.objects.get().outcome == "refused"
    assert models.Attempt.objects.count() == 0
    assert gate() == Gated()


def test_what_is_not_permitted_in_its_window_any_more_is_over():
    lender = a_writing_lender()
    clock.set_simulated(NOW + timedelta(hours=11))
    planned = a_due_contact(lender, not_after_at=NOW + timedelta(hours=12))

    assert gate() == Gated(due=1, not_permitted=1)
    assert end_of(planned)[0] == "not_permitted"


def test_an_opt_out_since_it_was_planned_binds():
    planned = a_due_contact(a_writing_lender())
    record_opt_out(
        lender=planned.lender_id, person=planned.person_id, told_by="portal", actor=ACTOR, at=clock.now()
    )

    gate()

    assert end_of(planned) == ("not_permitted", "house.opt-out")
    assert reasons_of(planned) == ["house.opt-out"]
    assert models.Attempt.objects.count() == 0


def test_an_opt_out_of_the_address_by_somebody_else_binds():
    lender = a_writing_lender()
    planned = a_due_contact(lender)
    an_opt_out(value_key=planned.value_key, lender_id=lender.pk)

    gate()

    assert end_of(planned) == ("not_permitted", "house.opt-out")


def test_a_payment_since_the_report_binds():
    planned = a_due_contact(a_writing_lender())
    post_payment(
        loan=loan_of(planned).pk,
        source_ref="P-1",
        amount_minor=1,
        value_on=TODAY,
        actor=ACTOR,
        at=clock.now(),
    )

    gate()

    assert end_of(planned) == ("not_permitted", "house.payment-since-report")


def test_a_hold_since_it_was_planned_binds():
    planned = a_due_contact(a_writing_lender())
    a_hold(loan=loan_of(planned))

    gate()

    assert end_of(planned) == ("not_permitted", "house.hold")


def test_an_address_no_longer_on_file_is_not_used():
    planned = a_due_contact(a_writing_lender())
    models.ContactPoint.objects.update(retired_at=NOW, recorded_at=NOW)

    gate()

    assert end_of(planned) == ("not_permitted", "house.dead-point")


def test_a_loan_no_longer_late_cancels_without_a_decision():
    planned = a_due_contact(a_writing_lender())
    a_report(loan_of(planned), TODAY, recorded_at=NOW)

    assert gate() == Gated(due=1, cancelled=1)
    assert end_of(planned) == ("cancelled", "not_late")
    assert models.Decision.objects.count() == 0


def test_a_closed_loan_cancels():
    planned = a_due_contact(a_writing_lender())
    models.Loan.objects.update(closed_on=TODAY, recorded_at=NOW)

    gate()

    assert end_of(planned) == ("cancelled", "not_late")


def test_another_episode_cancels():
    planned = a_due_contact(a_writing_lender(), episode_start_on=TODAY - timedelta(days=90))

    gate()

    assert end_of(planned) == ("cancelled", "other_episode")


def test_a_step_done_meanwhile_cancels():
    planned = a_due_contact(a_writing_lender())
    a_step_done(loan_of(planned), done_on=TODAY)

    gate()

    assert end_of(planned) == ("cancelled", "step_not_due")


def test_a_borrower_who_is_none_any_more_is_not_written_to():
    lender = a_writing_lender()
    planned = a_due_contact(lender)
    models.LoanParty.objects.update(person=a_person(lender, ANA), recorded_at=NOW)

    gate()

    assert end_of(planned) == ("cancelled", "other_borrower")


def test_an_erased_person_is_not_written_to():
    planned = a_due_contact(a_writing_lender())
    erase_person(planned.person_id, at=NOW)

    gate()

    assert end_of(planned) == ("cancelled", "person_erased")


def test_a_window_that_has_ended_lapses():
    planned = a_due_contact(a_writing_lender())
    clock.set_simulated(planned.not_after_at)

    assert gate() == Gated(due=1, lapsed=1)
    assert end_of(planned) == ("lapsed", "window_ended")


def test_two_contacts_of_one_person_in_one_batch_are_decided_one_after_the_other():
    lender = a_writing_lender()
    a_watermark(lender, payments_complete_through_on=TODAY)
    person = a_person(lender)
    first, second = (a_due_contact(lender, person=person, not_after_at=UNTIL_TOMORROW) for _ in range(2))

    assert gate() == Gated(due=2, cleared=1, put_off=1)
    assert (end_of(first)[0], end_of(second)[0]) == ("reserved", "planned")
    assert reasons_of(second) == ["house.daily"]


def test_two_people_with_one_address_in_one_batch_are_decided_one_after_the_other():
    lender = a_writing_lender()
    contacts = [a_due_contact(lender, value="shared") for _ in range(3)]

    gated = gate(law=law_with(a_cap("test.two", scope="value", most=2)))

    assert gated == Gated(due=3, cleared=2, not_permitted=1)
    assert end_of(contacts[2]) == ("not_permitted", "test.two")


def test_a_contact_of_unknown_fate_counts():
    planned = a_due_contact(a_writing_lender())
    point = models.ContactPoint.objects.get(pk=planned.contact_point_id)
    an_attempt(loan_of(planned), point, state="unsure")

    assert gate() == Gated(due=1, not_permitted=1)
    assert "house.daily" in reasons_of(planned)


def test_a_contact_that_certainly_was_not_sent_does_not_count():
    planned = a_due_contact(a_writing_lender())
    point = models.ContactPoint.objects.get(pk=planned.contact_point_id)
    an_attempt(loan_of(planned), point, state="not_sent")

    assert gate() == Gated(due=1, cleared=1)


def test_of_two_loans_in_one_contact_only_the_permitted_one_is_told():
    lender = a_writing_lender()
    planned = a_due_contact(lender)
    held = a_loan(lender, models.Person.objects.get(), overdue_days=10)
    models.PlannedContactLoan.objects.create(
        lender=lender,
        planned_contact=planned,
        loan=held,
        person_id=planned.person_id,
        track="arrears",
        step="app-message",
        rank=10,
        episode_start_on=TODAY - timedelta(days=11),
    )
    a_hold(loan=held)

    assert gate() == Gated(due=1, cleared=1)

    assert [told.loan_id for told in models.AttemptLoan.objects.all()] == [loan_of_first(planned)]
    outcomes = dict(models.Decision.objects.values_list("loan_id", "outcome"))
    assert outcomes == {loan_of_first(planned): "cleared", held.pk: "refused"}
    assert not models.PlannedContactLoan.objects.get(loan=held).is_live
    assert list(list_busy(lender.pk)) == [loan_of_first(planned)]  # the other may be planned again


def loan_of_first(planned):
    return models.PlannedContactLoan.objects.filter(planned_contact=planned).order_by("id")[0].loan_id


def test_of_what_has_as_much_time_a_batch_takes_the_longest_due_first():
    lender = a_writing_lender()
    late, later = (a_due_contact(lender, not_before_at=NOW - timedelta(minutes=m)) for m in (1, 2))

    assert gate(limit=1) == Gated(due=1, cleared=1)
    assert (end_of(late)[0], end_of(later)[0]) == ("planned", "reserved")


def test_contacts_of_another_strategy_are_left_alone():
    planned = a_due_contact(a_writing_lender(), strategy_version="another")

    assert gate() == Gated()
    assert end_of(planned) == ("planned", None)


def test_each_channel_is_gated_by_itself():
    planned = a_due_contact(a_writing_lender())

    assert gate("email") == Gated()
    assert end_of(planned) == ("planned", None)


def test_a_lender_that_has_not_said_how_to_pay_sends_nothing():
    planned = a_due_contact(a_lender())

    with pytest.raises(Misconfigured) as raised:
        gate()

    assert (raised.value.code, raised.value.facts) == ("lender.says_nothing", {"field": "pay_through"})
    assert end_of(planned) == ("planned", None)
    assert models.Decision.objects.count() == 0


def test_a_notice_that_would_have_a_gap_is_not_sent_and_stops_no_other():
    """A core system that says late, but neither for how many months nor since when."""
    lender = a_writing_lender()
    person, since = a_person(lender), TODAY - timedelta(days=9)
    loan = a_loan(lender, person)
    a_report(loan, since, status="late", months_late=0, overdue_minor=100)
    vague = a_due_contact(lender, person=person, loan=loan, episode_start_on=since)
    whole = a_due_contact(lender)

    assert gate() == Gated(due=2, cleared=1, not_permitted=1)

    assert end_of(vague) == ("not_permitted", "notice_incomplete")
    assert end_of(whole) == ("reserved", None)


def test_a_live_database_on_a_machine_with_a_wrong_clock_sends_nothing(monkeypatch):
    planned = a_due_contact(a_writing_lender())
    monkeypatch.setattr(clock, "get_kind", lambda: "live")
    monkeypatch.setattr(clock, "host_difference", lambda: timedelta(seconds=-6))

    with pytest.raises(Misconfigured) as raised:
        gate()

    assert raised.value.code == "clock.host_differs"
    assert end_of(planned) == ("planned", None)


def test_a_decision_of_a_refusal_says_under_what_it_was_asked():
    planned = a_due_contact(a_writing_lender())
    a_hold(person=models.Person.objects.get())

    gate()

    decision = models.Decision.objects.get()
    assert (decision.use, decision.result, decision.outcome) == ("gate", "refuse", "refused")
    assert (decision.asked_at, decision.known_at, decision.decided_at) == (NOW, NOW, NOW)
    assert decision.planned_contact_id == planned.pk
    assert (decision.step, decision.rank) == ("app-message", 10)
    assert all((decision.law_version, decision.zones_version, decision.strategy_version))


def test_every_contact_gated_is_in_the_audit_trail_once():
    lender = a_writing_lender()
    a_due_contact(lender)
    a_contact_point(models.Person.objects.get())

    gate()

    entry = models.AuditEntry.objects.get(what="gate.decided")
    assert (entry.facts["due"], entry.facts["cleared"], len(entry.facts["attempts"])) == (1, 1, 1)
    assert states(models.Attempt) == {"reserved": 1}


def test_what_is_permitted_only_for_a_short_time_is_decided_before_what_has_time():
    lender = a_writing_lender()
    has_time, hurries, due_longer = (
        a_due_contact(
            lender,
            not_before_at=NOW - timedelta(minutes=waits),
            not_after_at=NOW + timedelta(minutes=left),
        )
        for waits, left in ((9, 600), (0, 20), (30, 300))
    )

    assert gate(limit=1).cleared == 1
    assert [end_of(each)[0] for each in (hurries, due_longer, has_time)] == ["reserved", "planned", "planned"]
    gate(limit=1)
    assert [end_of(each)[0] for each in (due_longer, has_time)] == ["reserved", "planned"]
