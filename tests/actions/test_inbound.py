"""What people write is kept once, done at once where it is clear, and left to a person where it is not."""

from __future__ import annotations

import pytest

from arrears.actions.hearing.confirming import confirm_refusals
from arrears.actions.holds import end_hold
from arrears.actions.inbound import Heard, receive, settle_by_hand, settle_inbound, settle_waiting
from arrears.actions.laws import laws_to_send_by
from arrears.actions.obligations import list_open
from arrears.kernel.errors import BadInput, Conflict
from arrears.kernel.inbound import understanding
from arrears.kernel.inbound.wishes import Certainty3, Found, Understood, Wish
from arrears.store import clock, models
from tests.actions.sending import ACTOR, a_due_contact, a_writing_lender, end_of, gate, move_clock
from tests.builders import (
    ANA,
    MING,
    NA,
    TODAY,
    a_contact_point,
    a_loan,
    a_party,
    a_person,
    a_watermark,
    cipher_of,
)

pytestmark = pytest.mark.django_db(transaction=True)
NUMBER = "+886912345678"


def a_message(text="STOP", *, sender=NUMBER, ref="", channel="sms", **told):
    heard = Heard(channel=channel, provider="kannel", text=text, sender=sender, provider_ref=ref, **told)
    return receive(heard, actor=ACTOR, at=clock.now())


def written(text="STOP", **told):
    """A message that was settled; its row."""
    number = a_message(text, **told).message
    settle_inbound(number, actor=ACTOR)
    return models.InboundMessage.objects.get(pk=number)


def a_borrower(lender=None, *, number=NUMBER, who=MING, **point):
    person = a_person(lender or a_writing_lender(), who)
    a_loan(models.Organisation.objects.get(pk=person.lender_id), person, overdue_days=10)
    a_contact_point(person, "mobile", value=number, **point)
    return person


def switched_off():
    """(whose it is, channel) of every opt-out in force."""
    rows = models.Preference.objects.filter(until_at=None).order_by("pk")
    replaced = set(models.Preference.objects.exclude(supersedes=None).values_list("supersedes", flat=True))
    return [(each.person_id or "number", each.channel) for each in rows if each.pk not in replaced]


def effects(row):
    return list(
        models.InboundEffect.objects.filter(inbound=row).order_by("pk").values_list("what", flat=True)
    )


@pytest.fixture
def understood(monkeypatch):
    """Lets a test say what a message is understood to say."""

    def say(wish, certainty=Certainty3.CLEAR, *, subject="", entry="test.sentence"):
        found = Found(wish, certainty, entry, "", subject)
        said = Understood((wish,), certainty, (entry,), (found,))
        monkeypatch.setattr("arrears.actions.inbound.understand", lambda *_: said)

    return say


def test_a_bare_stop_switches_its_channel_off_for_the_person_and_the_number():
    person = a_borrower()

    row = written("STOP")

    assert (row.state, row.wishes, row.certainty) == ("applied", ["stop"], "clear")
    assert switched_off() == [("number", "sms"), (person.pk, "sms")]


def test_what_was_written_is_kept_but_not_in_the_clear():
    a_borrower()

    row = written("STOP")

    assert b"STOP" not in bytes(row.body_encrypted)
    assert NUMBER.encode() not in bytes(row.sender_encrypted)


def test_a_sentence_that_asks_for_no_contact_switches_off_every_channel(understood):
    person = a_borrower()
    understood(Wish.STOP)

    written("Never contact me again")

    assert switched_off() == [("number", None), (person.pk, None)]


def test_the_same_delivery_twice_is_one_message():
    a_borrower()

    first, second = a_message(ref="k-1"), a_message(ref="k-1")
    settle_inbound(first.message, actor=ACTOR)

    assert (second.message, second.is_new) == (first.message, False)
    assert settle_inbound(second.message, actor=ACTOR) is None
    assert len(switched_off()) == 2


def test_a_second_stop_changes_nothing_and_is_confirmed_by_nothing():
    a_borrower()

    first, second = written("STOP"), written("stop")

    assert "confirmation_due" in effects(first)
    assert effects(second) == ["attempt"]
    assert len(switched_off()) == 2


def test_stop_at_a_number_of_several_persons_binds_all_of_them():
    lender = a_writing_lender()
    one, two = a_borrower(lender), a_borrower(lender, who=ANA)

    row = written("STOP")

    assert switched_off() == [("number", "sms"), (one.pk, "sms"), (two.pk, "sms")]
    assert "attempt" not in effects(row), "nobody knows which of them it was"


def test_a_number_nobody_has_is_switched_off_all_the_same():
    a_writing_lender()

    row = written("STOP", sender="+8613800138000")

    assert (row.state, switched_off()) == ("applied", [("number", None)])


def test_a_person_who_owes_nothing_is_left_alone_by_every_channel():
    lender = a_writing_lender()
    borrower = a_borrower(lender, number="+886911111111")
    friend = a_person(lender, ANA, points=())
    a_contact_point(friend, "mobile", value=NUMBER)
    a_party(loan_of_person(borrower), friend, "family")

    written("STOP")

    assert switched_off() == [("number", None), (friend.pk, None)]


def loan_of_person(person):
    return models.Loan.objects.get(pk=models.LoanParty.objects.get(person=person).loan_id)


def test_who_answers_at_anothers_number_speaks_for_the_number_only():
    a_borrower(owner_kind="other_person")

    written("STOP")

    assert switched_off() == [("number", None)]


def test_a_wrong_number_is_dead_and_switched_off(understood):
    person = a_borrower()
    understood(Wish.NOT_ME)

    row = written("wrong number, I am not he")

    assert models.ContactPoint.objects.get(person=person).dead_reason == f"wrong number, message {row.pk}"
    assert switched_off() == [("number", None)]


def test_what_only_hints_at_a_refusal_waits_until_a_person_has_looked(understood):
    person = a_borrower()
    understood(Wish.STOP, Certainty3.HINT)

    row = written("can you not")
    assert (row.state, switched_off()) == ("waiting", [("number", "sms"), (person.pk, "sms")])

    assert settle_by_hand(row.pk, meant=[Wish.OTHER], actor="staff:anna") == "settled"
    assert switched_off() == []


def test_a_person_who_finds_a_refusal_in_a_hint_makes_it_last(understood):
    person = a_borrower()
    understood(Wish.STOP, Certainty3.HINT)
    row = written("can you not")

    settle_by_hand(row.pk, meant=[Wish.STOP], actor="staff:anna")

    assert switched_off() == [("number", "sms"), (person.pk, "sms")]
    with pytest.raises(Conflict):
        settle_by_hand(row.pk, meant=[Wish.OTHER], actor="staff:bo")


def test_what_is_not_understood_stops_nothing_and_waits():
    a_borrower()

    row = written("hm")

    assert (row.state, row.certainty, switched_off()) == ("waiting", "unclear", [])


def test_a_dispute_is_recorded_in_his_words_and_contact_is_held(understood):
    person = a_borrower()
    understood(Wish.DISPUTE)

    row = written("I paid this in May")

    request, hold = models.Request.objects.get(), models.Hold.objects.get()
    assert (request.kind, request.person_id, hold.reason, row.state) == (
        *("dispute", person.pk, "dispute"),
        "waiting",
    )
    assert request.attempt_id == models.Attempt.objects.get().pk


@pytest.mark.parametrize(
    ("text", "channel"),
    [("He passed away", "sms"), ("他去世了", "call"), ("機主已過世", "email"), ("佢過咗身", "in_app")],
)
def test_a_death_holds_all_contact_with_whom_the_number_stands_for_until_a_person_has_looked(text, channel):
    person = a_borrower()
    told = {"sender": NUMBER} if channel == "sms" else {"sender": ""}
    whose = {} if channel == "sms" else {"lender": person.lender_id, "person": person.pk}

    row = written(text, channel=channel, **told, **whose)

    hold = models.Hold.objects.get()
    assert (hold.person_id, hold.reason, hold.until_at) == (person.pk, "deceased", None)
    assert (hold.stops_notices, hold.stops_calls) == (True, True)
    assert row.state == "waiting"
    assert (person.pk, None) in switched_off()
    assert "confirmation_due" not in effects(row)


def test_a_death_said_at_anothers_number_holds_the_person_it_stands_for():
    person = a_borrower(owner_kind="other_person")

    written("他去世了")

    assert models.Hold.objects.get().person_id == person.pk


def test_a_death_told_by_a_third_person_holds_the_loans_that_name_him():
    lender = a_writing_lender()
    loan = a_loan(lender, a_person(lender, ANA), overdue_days=10)
    friend = a_person(lender, MING)
    a_party(loan, friend, "family")
    a_contact_point(friend, "mobile", value=NUMBER)

    written("She passed away")

    hold = models.Hold.objects.get()
    assert (hold.loan_id, hold.person_id, hold.reason) == (loan.pk, None, "deceased")


def test_a_death_said_at_a_number_of_nobody_holds_nobody_and_waits():
    a_writing_lender()

    row = written("he is dead")

    assert row.state == "waiting"
    assert not models.Hold.objects.exists()
    assert switched_off() == [("number", None)]


def test_a_death_that_is_told_again_after_its_hold_ended_holds_again():
    person = a_borrower()
    written("He passed away")
    end_hold(hold=models.Hold.objects.get().pk, actor=ACTOR, at=clock.now())

    written("He passed away, I told you")

    standing = models.Hold.objects.filter(until_at=None, person=person).order_by("pk")
    assert standing.count() == 2


def test_a_complaint_starts_the_clock_of_its_answer_and_stops_nothing():
    person = a_borrower(who=NA, number="+8613812345678")

    row = written("我要投诉你们的催收员", sender="+8613812345678")

    request = models.Request.objects.get()
    owed = list_open(lender_id=person.lender_id, at=clock.now(), known_at=clock.now())
    assert (request.kind, request.person_id) == ("complaint", person.pk)
    assert [(each.rule.id, each.request) for each in owed] == [("cn.complaint.bank", request.pk)]
    assert row.state == "waiting"
    assert not models.Hold.objects.exists()
    assert switched_off() == []


def test_start_lifts_what_stop_from_that_number_has_switched_off_and_nothing_else(understood):
    person = a_borrower()
    written("STOP")
    models.Preference.objects.create(
        lender_id=person.lender_id,
        person=person,
        channel="call",
        told_by="call",
        from_at=clock.now(),
        recorded_at=clock.now(),
        actor_id=models.Actor.objects.first().pk,
    )
    understood(Wish.RESUME)

    row = written("START")

    assert row.state == "applied"
    assert switched_off() == [(person.pk, "call")]


def test_what_he_wrote_counts_as_a_contact_of_his():
    person = a_borrower()

    row = written("STOP")

    attempt = models.Attempt.objects.get()
    assert (attempt.direction, attempt.origin, attempt.initiator, attempt.channel) == (
        *("in", "received"),
        *("person", "sms"),
    )
    assert (attempt.person_id, attempt.source_ref) == (person.pk, f"inbound:{row.pk}:{person.pk}")
    assert models.AttemptLoan.objects.get(attempt=attempt).loan_id == loan_of_person(person).pk


def test_what_the_gate_has_cleared_and_nobody_has_begun_is_taken_back():
    planned = a_due_contact(a_writing_lender(), channel="email", value="ming@x.example")
    gate("email")
    assert models.Attempt.objects.get().state == "reserved"

    row = written("STOP", sender="ming@x.example", channel="email")
    assert "withdrawn_attempt" in effects(row)
    assert (models.Attempt.objects.get(direction="out").state, end_of(planned)) == (
        "not_sent",
        ("planned", None),
    )
    gate("email")

    assert end_of(planned) == ("not_permitted", "house.opt-out")


def test_words_are_taken_away_with_the_person_whose_they_are():
    person = a_borrower()
    row = written("STOP")

    from arrears.store.personal import erase_person

    erase_person(person.pk, at=clock.now())

    row.refresh_from_db()
    assert (row.body_encrypted, row.sender_encrypted, row.state) == (None, None, "applied")


def test_one_that_cannot_be_settled_stops_no_other_and_waits_for_a_person(monkeypatch):
    a_borrower()
    first, second = a_message("STOP").message, a_message("STOP").message
    understood_of = understanding.understand
    answers = iter([BadInput("test", "No.")])

    def failing(text, lexicon):
        error = next(answers, None)
        if error is not None:
            raise error
        return understood_of(text, lexicon)

    monkeypatch.setattr("arrears.actions.inbound.understand", failing)

    assert settle_waiting(actor=ACTOR) == {"waiting": 1, "applied": 1}
    row = models.InboundMessage.objects.get(pk=first)
    assert (row.state, row.because) == ("waiting", ["failed: BadInput"])
    assert models.InboundMessage.objects.get(pk=second).state == "applied"


# -- confirming -------------------------------------------------------------------------------------


def confirm():
    return confirm_refusals("sms", laws=laws_to_send_by(at=clock.now()), actor=ACTOR)


def confirmed(row):
    found = models.InboundEffect.objects.filter(inbound=row, what__in=["confirmation", "no_confirmation"])
    return [(each.what, each.reason) for each in found]


def test_a_refusal_is_confirmed_once():
    person = a_borrower()
    row = written("STOP")

    assert [confirm(), confirm()] == [1, 0]

    attempt = models.Attempt.objects.get(direction="out")
    assert (attempt.state, attempt.notice, attempt.person_id) == (
        *("reserved", "opt_out_confirmation", person.pk),
    )
    kept = models.Message.objects.get(attempt=attempt)
    assert cipher_of(person).decrypt("body", bytes(kept.body_encrypted)) == (
        "【Example Bank】已為您停止，此號碼不會再收到我們的簡訊。"
    )
    assert confirmed(row) == [("confirmation", None)]
    decision = models.Decision.objects.get()
    assert (decision.use, decision.outcome, decision.notice) == ("gate", "cleared", "opt_out_confirmation")


def test_a_second_stop_gets_no_second_confirmation():
    a_borrower()
    first = written("STOP")
    confirm()
    second = written("STOP")

    assert confirm() == 0
    assert (confirmed(first), confirmed(second)) == ([("confirmation", None)], [])


def test_a_collector_in_the_united_states_cannot_confirm_lawfully_and_it_is_recorded_why():
    lender = a_writing_lender(
        actor_kind="agency", country="US", zone="America/New_York", collects_for="Other"
    )
    a_borrower(lender, number="+12125550123", who=ANA)
    move_clock(hours=13)  # eleven in the morning there

    row = written("STOP", sender="+12125550123")

    assert confirm() == 0
    assert confirmed(row) == [("no_confirmation", "us.medium us.optout.notice")]
    assert models.Attempt.objects.filter(direction="out").count() == 0


def test_at_night_a_confirmation_waits_for_the_morning():
    a_borrower()
    move_clock(hours=13)  # eleven at night

    row = written("STOP")
    assert (confirm(), confirmed(row)) == (0, [])
    move_clock(hours=10)
    a_watermark(
        models.Organisation.objects.get(), payments_complete_through_on=TODAY, recorded_at=clock.now()
    )

    assert (confirm(), confirmed(row)) == (1, [("confirmation", None)])


def test_nobody_confirms_to_a_number_that_is_not_on_file():
    a_writing_lender()
    row = written("STOP", sender="+8613800138000")

    assert (confirm(), confirmed(row)) == (0, [("no_confirmation", "unknown_number")])


def test_a_refusal_of_calls_is_not_confirmed_as_one_of_texts(understood):
    a_borrower()
    understood(Wish.STOP_CHANNEL, subject="call")

    row = written("no more calls")

    assert "confirmation_due" not in effects(row)
