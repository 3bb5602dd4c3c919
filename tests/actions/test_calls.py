"""Calls that people make: one door, one agent, one number; and what came of them counts."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from arrears.actions.answered_before import Numbered
from arrears.actions.attempts import TRIES_MAX
from arrears.actions.calls.dialling import dial_call_by
from arrears.actions.calls.outcomes import FOR_A_PERSON, CallFacts
from arrears.actions.calls.showing import get_call
from arrears.actions.calls.taking import give_back_call, list_calls
from arrears.actions.explanations import explain
from arrears.actions.inbound import settle_waiting
from arrears.actions.opt_outs import record_opt_out
from arrears.actions.reservations import Reservation, reserve_contact
from arrears.actions.retention import get_retention
from arrears.actions.sweeping import sweep
from arrears.actions.telling import tell as tell_explanation
from arrears.actions.verifications import find_verified
from arrears.actions.wanted import Wanted
from arrears.channels.base import Accepted, Channel
from arrears.channels.registry import Servers, channels_of
from arrears.kernel.errors import (
    BadInput,
    ChannelUnavailable,
    ChannelUnsure,
    Conflict,
    NotFound,
    NotPossible,
)
from arrears.kernel.vocabulary import NetworkResult, name_of
from arrears.store import clock, models
from tests.actions.calling import CALLS, RANG_OUT, TALKED, a_due_call, dial, take, tell
from tests.actions.sending import (
    ACTOR,
    EPISODE_START_ON,
    LAW,
    a_writing_lender,
    end_of,
    loan_of,
    move_clock,
    send,
)
from tests.builders import (
    ANA,
    MING,
    NA,
    NOW,
    TODAY,
    a_loan,
    a_payment,
    a_person,
    an_attempt,
    an_inconvenience,
)

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_call_goes_from_the_plan_to_its_outcome():
    lender = a_writing_lender()
    planned = a_due_call(lender)

    task = take(lender)
    assert task is not None
    assert (task.state, task.agent, task.name, task.number) == ("reserved", "anna", MING.name, "")
    assert MING.values["mobile"].endswith(task.number_ends)
    assert task.begin_before == NOW + timedelta(minutes=5)
    assert task.local == (("Asia/Taipei", task.begin_before.astimezone(task.local[0][1].tzinfo)),)
    assert task.loan_refs == (loan_of(planned).source_ref,)
    assert task.verification in task.script
    assert task.script.startswith(lender.name)
    assert find_verified(task.verification) is None

    dialled = dial(task)
    assert (dialled.state, dialled.number) == ("handing_over", "+886912345678")
    assert find_verified(task.verification) is not None

    move_clock(minutes=3)
    facts = CallFacts(
        "answered", "self", is_conversation=True, duration_seconds=100, discussed=task.loan_refs
    )
    told = tell(task, facts)

    attempt = models.Attempt.objects.get()
    assert (told.state, told.sequence, told.to_do) == ("accepted", 1, ())
    assert (attempt.network_result, attempt.is_conversation, attempt.message_left) == (
        "answered",
        True,
        "none",
    )
    assert (attempt.voice, attempt.provider) == ("person", "agent")
    assert models.AttemptLoan.objects.get().is_discussed is True
    assert end_of(planned) == ("sent", None)
    assert models.StepRecord.objects.get().step == "call"
    assert take(lender) is None
    (row,) = list_calls(lender.pk, on=TODAY)
    assert (row.state, row.agent, row.result) == ("sent", "anna", "answered")


def test_the_number_is_told_when_it_is_dialled_and_stands_in_no_log():
    lender = a_writing_lender()
    a_due_call(lender)

    task = dial(take(lender))

    assert "912345678" not in repr(task)
    assert MING.name not in repr(task)
    assert not [each for each in models.AuditEntry.objects.all() if "912345678" in str(each.facts)]


def test_of_calls_that_are_due_the_one_with_the_least_time_comes_first():
    lender = a_writing_lender()
    later = a_due_call(lender, not_after_at=NOW + timedelta(hours=9))
    soon = a_due_call(lender, who=NA, not_after_at=NOW + timedelta(hours=2), not_before_at=NOW)

    first, second = take(lender), take(lender, "bert")

    assert first.loan_refs == (loan_of(soon).source_ref,)
    assert second.loan_refs == (loan_of(later).source_ref,)


def test_an_agent_has_one_call_at_a_time_and_is_given_it_again():
    lender = a_writing_lender()
    a_due_call(lender)
    a_due_call(lender, who=NA)

    task = take(lender)

    assert take(lender) == task
    dial(task)
    assert take(lender).attempt == task.attempt
    tell(task, RANG_OUT)
    assert take(lender).attempt != task.attempt


def test_a_person_and_a_number_that_are_being_called_are_nobody_elses():
    lender = a_writing_lender()
    shared = a_due_call(lender)
    a_due_call(
        lender, person=shared.person, loan=a_loan(lender, shared.person, overdue_days=10), value="0912000111"
    )
    a_due_call(lender, person=a_person(lender, MING), value=MING.values["mobile"])

    assert take(lender, "anna") is not None
    assert take(lender, "bert") is None
    assert models.Attempt.objects.count() == 1


def test_a_call_that_the_law_does_not_permit_is_passed_over_with_its_reason():
    lender = a_writing_lender()
    off = a_due_call(lender, not_after_at=NOW + timedelta(hours=1))
    on = a_due_call(lender, who=NA)
    record_opt_out(
        lender=lender.pk, person=off.person_id, channel="call", told_by="call", actor=ACTOR, at=NOW
    )

    assert take(lender).loan_refs == (loan_of(on).source_ref,)
    assert end_of(off) == ("not_permitted", "house.opt-out")


@pytest.mark.parametrize("restricted", ["opt_out", "payment", "address"])
def test_what_is_recorded_between_taking_and_dialling_stops_the_call(restricted):
    lender = a_writing_lender()
    planned = a_due_call(lender)
    task = take(lender)
    move_clock(minutes=1)
    at = clock.now()

    if restricted == "opt_out":
        record_opt_out(lender=lender.pk, person=planned.person_id, told_by="reply", actor=ACTOR, at=at)
    elif restricted == "address":
        record_opt_out(lender=lender.pk, value_key=planned.value_key, told_by="reply", actor=ACTOR, at=at)
    else:
        a_payment(loan_of(planned), recorded_at=at)

    with pytest.raises(NotPossible) as stopped:
        dial(task)

    attempt = models.Attempt.objects.get()
    assert (stopped.value.code, attempt.state) == ("call.stopped", "not_sent")
    assert end_of(planned)[0] == "not_permitted"
    assert stopped.value.facts["reason"] == attempt.failure_code == end_of(planned)[1]
    assert find_verified(task.verification) is None
    with pytest.raises(Conflict):
        dial(task)


def test_a_call_taken_too_long_ago_is_not_dialled_and_is_due_again():
    lender = a_writing_lender()
    planned = a_due_call(lender)
    task = take(lender)
    move_clock(minutes=5)

    with pytest.raises(NotPossible, match="too_late"):
        dial(task)

    assert end_of(planned)[0] == "planned"
    again = take(lender)
    assert (again.attempt, again.verification) != (task.attempt, task.verification)


def test_a_call_that_is_left_is_certainly_not_made_and_goes_to_whoever_asks():
    lender = a_writing_lender()
    planned = a_due_call(lender)
    left = take(lender)
    move_clock(minutes=6)

    task = take(lender, "bert")

    assert models.Attempt.objects.get(pk=left.attempt).state == "not_sent"
    assert task.agent == "bert"
    assert end_of(planned)[0] == "reserved"


def test_a_call_given_back_is_due_at_once_and_not_the_agents():
    lender = a_writing_lender()
    a_due_call(lender)
    task = take(lender)

    give_back_call(lender=lender.pk, attempt=task.attempt, agent="anna", actor=ACTOR)

    assert take(lender, "bert").agent == "bert"
    with pytest.raises(Conflict):
        give_back_call(lender=lender.pk, attempt=task.attempt, agent="anna", actor=ACTOR)


def test_a_dialled_call_of_which_nothing_is_said_is_unsure_counts_and_can_still_be_told():
    lender = a_writing_lender()
    planned = a_due_call(lender)
    task = dial(take(lender))
    move_clock(hours=2)

    sweep(actor=ACTOR)

    assert models.Attempt.objects.get().state == "unsure"
    assert end_of(planned)[0] == "unsure"
    assert take(lender) is None
    tell(task, RANG_OUT)
    assert (models.Attempt.objects.get().state, end_of(planned)[0]) == ("accepted", "sent")


def tell_loan(planned, language):
    at = clock.now()
    found = explain(loan_ref=loan_of(planned).source_ref, at=at, law=LAW, strategy=CALLS)
    return tell_explanation(found, language)


def test_a_call_for_which_nobody_asks_lapses_and_says_so():
    lender = a_writing_lender()
    planned = a_due_call(lender, not_after_at=NOW + timedelta(hours=1))
    move_clock(hours=2)

    send()

    assert end_of(planned) == ("lapsed", "no_agent")
    (row,) = list_calls(lender.pk, on=TODAY)
    assert (row.state, row.because, row.agent) == ("lapsed", "no_agent", None)
    (lapsed,) = tell_loan(planned, "en")["lapsed"]
    assert (lapsed["because"], lapsed["channel"]) == ("no_agent", "call")
    assert lapsed["said"].endswith("telephone call, planned. Nobody at the lender made it in time.")


def test_a_call_left_too_often_lapses():
    lender = a_writing_lender()
    planned = a_due_call(lender)
    for _ in range(TRIES_MAX):
        task = take(lender)
        give_back_call(lender=lender.pk, attempt=task.attempt, agent="anna", actor=ACTOR)

    assert take(lender) is None
    assert end_of(planned) == ("lapsed", "tries_used_up")


def test_a_live_database_has_nobody_but_agents_for_its_calls():
    assert "call" not in channels_of(is_simulation=False, servers=Servers())


def test_a_sender_leaves_an_agents_call_alone():
    lender = a_writing_lender()
    a_due_call(lender)
    task = take(lender)

    send()

    assert models.Attempt.objects.get(pk=task.attempt).state == "reserved"


@pytest.mark.parametrize("agent", ["", " ", "a\nb", "x" * 101])
def test_an_agent_has_a_name(agent):
    lender = a_writing_lender()

    with pytest.raises(BadInput) as wrong:
        take(lender, agent)

    assert wrong.value.facts["field"] == "agent"


def test_another_lenders_call_is_none():
    lender, other = a_writing_lender(), a_writing_lender(name="Other Bank")
    a_due_call(lender)
    task = take(lender)

    assert take(other) is None
    with pytest.raises(NotFound):
        get_call(task.attempt, lender=other.pk)


def test_an_agent_sees_what_the_person_has_asked_for():
    lender = a_writing_lender()
    planned = a_due_call(lender)
    an_inconvenience(planned.person, start_local_minutes=0, end_local_minutes=540)

    (wish,) = take(lender).wishes

    assert wish.hours.endswith("00:00-09:00")


class Dialer(Channel):
    """A telephone program that answers as told."""

    name, provider, per_second = "call", "test", 1

    def __init__(self, answer):
        super().__init__(clock.now)
        self.answer, self.dialled = answer, []

    def check(self):
        if self.answer == "away":
            raise ChannelUnavailable("dialer.away", "It is away.")

    def close(self):
        """Nothing is open."""

    def _hand_over(self, contact):
        self.dialled.append(contact.address)
        if isinstance(self.answer, Exception):
            raise self.answer
        return Accepted("c1", network_result=self.answer)


def dial_by(dialer, task, lender, agent="anna"):
    return dial_call_by(
        dialer, lender=lender.pk, attempt=task.attempt, agent=agent, law=LAW, strategy=CALLS, actor=ACTOR
    )


@pytest.mark.parametrize(
    ("answer", "state", "outcome", "then"),
    [
        (NetworkResult.ANSWERED, "handing_over", (None, None), "reserved"),
        (NetworkResult.RANG_OUT, "accepted", ("rang_out", False), "sent"),
        (NetworkResult.NOT_CONNECTED, "accepted", ("not_connected", False), "sent"),
        (ChannelUnsure("dialer.silent", "It may have rung."), "unsure", (None, None), "unsure"),
        (ChannelUnavailable("dialer.not_carried", "Not carried."), "not_sent", (None, None), "planned"),
    ],
)
def test_what_a_dialer_answers_is_recorded_and_a_talk_is_the_agents(answer, state, outcome, then):
    lender = a_writing_lender()
    planned = a_due_call(lender)
    task, dialer = take(lender), Dialer(answer)

    dial_by(dialer, task, lender)

    attempt = models.Attempt.objects.get()
    assert dialer.dialled == ["+886912345678"]
    assert (attempt.state, attempt.provider) == (state, "test")
    assert (attempt.network_result, attempt.is_conversation) == outcome
    assert end_of(planned)[0] == then
    if state == "handing_over":
        assert tell(task, TALKED).state == "accepted"


def test_a_telephone_program_that_is_away_costs_no_try():
    lender = a_writing_lender()
    a_due_call(lender)
    task = take(lender)

    with pytest.raises(ChannelUnavailable):
        dial_by(Dialer("away"), task, lender)

    assert models.Attempt.objects.get().state == "reserved"
    assert dial(task).number


def test_a_stopped_call_reaches_no_dialer():
    lender = a_writing_lender()
    planned = a_due_call(lender)
    task, dialer = take(lender), Dialer(NetworkResult.ANSWERED)
    record_opt_out(lender=lender.pk, person=planned.person_id, told_by="reply", actor=ACTOR, at=NOW)

    with pytest.raises(NotPossible):
        dial_by(dialer, task, lender)

    assert dialer.dialled == []


# -- what came of it ------------------------------------------------------------------------


def a_dialled_call(lender=None, **columns):
    lender = lender or a_writing_lender()
    planned = a_due_call(lender, **columns)
    return planned, dial(take(lender))


@pytest.mark.parametrize(
    ("result", "network"),
    [
        ("busy", NetworkResult.NOT_CONNECTED),
        ("not_in_service", NetworkResult.NOT_CONNECTED),
        ("not_connected", NetworkResult.NOT_CONNECTED),
        ("rang_out", NetworkResult.RANG_OUT),
        ("voicemail", NetworkResult.VOICEMAIL),
    ],
)
def test_a_call_that_nobody_answered_was_no_conversation(result, network):
    _, task = a_dialled_call()

    tell(task, CallFacts(result))

    attempt = models.Attempt.objects.get()
    assert (attempt.network_result, attempt.is_conversation) == (name_of(network), False)
    assert models.AttemptLoan.objects.get().is_discussed is False


def test_a_call_cannot_have_lasted_longer_than_since_it_was_dialled():
    _, task = a_dialled_call()
    move_clock(seconds=30)

    with pytest.raises(BadInput, match="duration_seconds"):
        tell(task, CallFacts("answered", "self", is_conversation=True, duration_seconds=31))


def test_the_outcome_of_a_call_that_was_not_dialled_is_refused():
    lender = a_writing_lender()
    a_due_call(lender)
    task = take(lender)

    with pytest.raises(NotPossible, match="not dialled"):
        tell(task, RANG_OUT)


def test_the_same_outcome_again_changes_nothing_and_another_is_a_correction():
    _, task = a_dialled_call()
    first = tell(task, TALKED)

    assert tell(task, TALKED) == first
    with pytest.raises(Conflict, match="recorded already"):
        tell(task, RANG_OUT)
    corrected = tell(task, RANG_OUT, is_correction=True)

    assert (corrected.sequence, tell(task, RANG_OUT).sequence) == (2, 2)
    attempt = models.Attempt.objects.get()
    assert (attempt.network_result, attempt.is_conversation) == ("rang_out", False)
    assert models.AttemptLoan.objects.get().is_discussed is False
    assert list(models.CallOutcome.objects.order_by("sequence").values_list("result", flat=True)) == [
        "answered",
        "rang_out",
    ]
    entries = models.AuditEntry.objects.filter(what__startswith="call.").order_by("id")
    assert [each.what for each in entries] == ["call.outcome_recorded", "call.outcome_corrected"]


def test_loans_that_were_not_spoken_of_are_not_discussed():
    lender = a_writing_lender()
    person = a_person(lender, MING)
    first, second = (a_loan(lender, person, overdue_days=10) for _ in range(2))
    planned = a_due_call(lender, person=person, loan=first)
    models.PlannedContactLoan.objects.create(
        lender=lender, planned_contact=planned, loan=second, person=person, step="call", track="arrears",
        rank=10, episode_start_on=EPISODE_START_ON,
    )  # fmt: skip
    task = dial(take(lender))

    tell(task, CallFacts("answered", "self", is_conversation=True, discussed=(second.source_ref,)))

    spoken = dict(models.AttemptLoan.objects.values_list("loan_id", "is_discussed"))
    assert spoken == {first.pk: False, second.pk: True}


def test_a_debt_told_to_a_third_person_can_be_found():
    _, task = a_dialled_call()

    tell(task, CallFacts("answered", "third_person", is_conversation=True, discussed=task.loan_refs))

    assert models.AuditEntry.objects.get(what="call.outcome_recorded").facts["third_person_told"] is True


@pytest.mark.parametrize(
    ("wish", "said"),
    [
        ("stop", (True, False, None)),
        ("stop_channel", (True, False, "call")),
        ("stop_address", (False, True, None)),
    ],
)
def test_a_refusal_in_a_call_is_an_opt_out_recorded_once(wish, said):
    planned, task = a_dialled_call()
    facts = CallFacts("answered", "self", is_conversation=True, wishes=(wish,))

    tell(task, facts)
    tell(task, facts)
    tell(task, CallFacts("answered", "self", is_conversation=False, wishes=(wish,)), is_correction=True)

    row = models.Preference.objects.get()
    assert (row.person_id == planned.person_id, row.value_key == planned.value_key, row.channel) == said


def test_a_wrong_number_is_called_no_more():
    lender = a_writing_lender()
    planned, task = a_dialled_call(lender)

    tell(task, CallFacts("answered", "third_person", is_conversation=False, wishes=("not_me",)))

    point = models.ContactPoint.objects.get(pk=planned.contact_point_id)
    assert (point.dead_reason, point.dead_from_at is not None) == ("wrong_number", True)


def test_words_are_kept_encrypted_and_what_a_person_has_to_do_is_told():
    _, task = a_dialled_call()

    told = tell(
        task,
        CallFacts("answered", "self", is_conversation=True, wishes=("promise", "dispute"), said="on Friday"),
    )

    assert told.to_do == ("dispute", "promise")
    assert set(told.to_do) < set(FOR_A_PERSON)
    assert b"on Friday" not in bytes(models.CallOutcome.objects.get().said_encrypted)


# -- and then it counts -----------------------------------------------------------------------


def rules_against_another_call(planned):
    """What the gate has against another call to the same person about the same loan now."""
    lender, loan = planned.lender, loan_of(planned)
    numbered = Numbered(lender.pk, "test", "reservation", f"r-{clock.now()}", {})
    wanted = Wanted(loan.source_ref, "call", "call_task", "collect")
    asked = Reservation(numbered, wanted, timedelta(minutes=5))
    reserved = reserve_contact(asked, law=LAW, actor=ACTOR)
    assert reserved.told["reserved"] is False
    return {each.rule.id for each in reserved.answer.solution.reasons(reserved.answer.row)}


def earlier_calls(planned, times, **columns):
    """So many calls to the same number today that rang out."""
    for _ in range(times):
        an_attempt(
            loan_of(planned),
            planned.contact_point,
            **{
                "origin": "imported",
                "channel": "call",
                "at": NOW,
                "network_result": "rang_out",
                "is_conversation": False,
                "outcome_recorded_at": NOW,
                **columns,
            },
        )


def an_american_call():
    """By a debt collector, at ten in the morning in New York."""
    agency = a_writing_lender(
        country="US", zone="America/New_York", actor_kind="agency", collects_for="Example Card", language="en"
    )
    planned = a_due_call(agency, who=ANA, not_after_at=NOW + timedelta(days=1))
    move_clock(hours=12)
    return planned, dial(take(agency))


ABOUT_NOTHING = replace(TALKED, discussed=())


@pytest.mark.parametrize(("facts", "is_quiet"), [(TALKED, True), (ABOUT_NOTHING, False), (RANG_OUT, False)])
def test_after_a_conversation_about_a_debt_nobody_calls_about_it_for_seven_days(facts, is_quiet):
    planned, task = an_american_call()
    tell(task, facts)

    move_clock(days=6)
    assert ("us.call.conv7" in rules_against_another_call(planned)) is is_quiet
    move_clock(days=1)
    assert "us.call.conv7" not in rules_against_another_call(planned)


@pytest.mark.parametrize(("facts", "is_full"), [(RANG_OUT, True), (CallFacts("busy"), False)])
def test_seven_calls_that_were_connected_are_seven_in_seven_days(facts, is_full):
    planned, task = an_american_call()
    earlier_calls(planned, 6, at=clock.now(), outcome_recorded_at=clock.now())

    tell(task, facts)

    assert ("us.call.7in7" in rules_against_another_call(planned)) is is_full


@pytest.mark.parametrize(("facts", "is_full"), [(RANG_OUT, True), (TALKED, False)])
def test_six_calls_a_day_that_nobody_answered_are_enough_in_china(facts, is_full):
    bank = a_writing_lender(country="CN", zone="Asia/Shanghai", language="zh-Hans")
    planned = a_due_call(bank, who=NA)
    task = dial(take(bank))
    earlier_calls(planned, 5)

    tell(task, facts)

    assert ("cn.freq.cba.attempt6" in rules_against_another_call(planned)) is is_full


def test_after_a_call_the_house_waits_for_another_day():
    lender = a_writing_lender()
    planned, task = a_dialled_call(lender)
    tell(task, RANG_OUT)

    assert "house.daily" in rules_against_another_call(planned)


# -- in his own words -------------------------------------------------------------------------


def said(words, answered_by="self", *wishes):
    return CallFacts("answered", answered_by, is_conversation=True, wishes=wishes, said=words)


def heard():
    return list(models.InboundMessage.objects.order_by("pk").values_list("state", flat=True))


def test_what_a_called_person_says_in_his_own_words_is_understood_and_done_once():
    planned, task = a_dialled_call()

    tell(task, said("別再聯絡我"))
    tell(task, said("別再聯絡我"))

    row = models.Preference.objects.get(person=planned.person_id)
    assert (row.channel, row.until_at) == (None, None)
    assert heard() == ["applied"]
    assert models.Attempt.objects.count() == 1
    assert not models.InboundEffect.objects.filter(what="attempt").exists()


def test_a_correction_that_says_the_same_is_heard_once_and_other_words_are_heard():
    _, task = a_dialled_call()
    tell(task, said("wait"))

    tell(task, CallFacts("answered", "self", is_conversation=False, said="wait"), is_correction=True)
    again = heard()
    tell(task, said("I have a lawyer, talk to my lawyer"), is_correction=True)

    assert again == ["waiting"]
    assert heard() == ["waiting", "waiting"]
    assert models.Hold.objects.get().reason == "represented"


def test_what_is_not_clear_waits_for_a_person_and_stops_nothing():
    _, task = a_dialled_call()

    tell(task, said("on Friday", "self", "promise"))

    assert heard() == ["waiting"]
    assert not models.Preference.objects.exists()
    assert not models.Hold.objects.exists()


@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        (said("She has passed away", "third_person"), "deceased"),
        (said("", "unknown", "deceased"), "deceased"),
        (said("", "self", "dispute"), "dispute"),
    ],
)
def test_what_holds_contact_in_a_reply_holds_it_when_it_is_said(facts, reason):
    planned, task = a_dialled_call()

    tell(task, facts)

    hold = models.Hold.objects.get()
    assert (hold.person_id, hold.reason) == (planned.person_id, reason)
    assert heard() == ["waiting"]


def test_whoever_else_answers_speaks_for_the_number():
    planned, task = a_dialled_call()

    tell(task, said("leave me alone", "third_person"))

    assert set(models.Preference.objects.values_list("person", "value_key")) == {(None, planned.value_key)}
    assert not models.Request.objects.exists()


def test_words_that_were_not_understood_at_once_are_understood_with_the_next_ones(monkeypatch):
    planned, task = a_dialled_call()
    monkeypatch.setattr("arrears.actions.calls.outcomes.settle_inbound", lambda *_, **__: None)
    tell(task, said("別再聯絡我"))
    before = models.Preference.objects.count()

    settle_waiting(actor=ACTOR)

    assert before == 0
    assert models.Preference.objects.filter(person=planned.person_id).exists()


def test_the_words_of_a_call_are_kept_as_long_as_messages_are():
    planned, task = a_dialled_call()
    today = clock.now().date()
    before = {row.record: row.records for row in get_retention(lender_id=planned.lender_id, on=today)}

    tell(task, said("別再聯絡我"))

    after = {row.record: row.records for row in get_retention(lender_id=planned.lender_id, on=today)}
    assert after["message"] == before.get("message", 0) + 2  # with the outcome, and as what was heard
