"""What a provider's answer does to the attempt, the planned contact and the step; and late answers."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import pytest
from django.db import OperationalError, connection

from arrears.actions import handing_over
from arrears.actions.attempts import TRIES_MAX, move
from arrears.actions.handing_over import Manner, hand_over_reserved
from arrears.actions.receipts import settle_receipts
from arrears.actions.sweeping import sweep
from arrears.channels.base import Accepted, Channel
from arrears.channels.registry import Servers
from arrears.kernel.errors import ChannelRefused, ChannelUnavailable, ChannelUnsure
from arrears.store import clock, models
from arrears.store.personal import erase_person
from tests.actions.sending import (
    ACTOR,
    a_due_contact,
    a_writing_lender,
    end_of,
    gate,
    loan_of,
    move_clock,
    states,
)
from tests.builders import NOW, TODAY

pytestmark = pytest.mark.django_db(transaction=True)

AWAY = ChannelUnavailable("smtp.no_connection", "The mail server could not be reached.")
LATER = ChannelUnavailable("smtp.not_now", "Not now.", command="RCPT", reply=450)
NOBODY = ChannelRefused(
    "smtp.refused", "No.", command="RCPT", reply=550, status="5.1.1", is_address_dead=True
)
NOT_THIS = ChannelRefused("smtp.refused", "No.", command="message", reply=554, status="5.7.1")
NO_ANSWER = ChannelUnsure("smtp.no_answer", "No answer.")


class Provider(Channel):
    """E-mail whose answers are given in advance, one per contact; accepted when they run out."""

    name, provider, per_second = "email", "smtp", 50

    def __init__(self, *answers):
        super().__init__(clock.now)
        self.answers, self.asked = list(answers), []
        self.before_answering = lambda contact: None

    def _hand_over(self, contact):
        self.asked.append(contact.attempt)
        self.before_answering(contact)
        answer = self.answers.pop(0) if self.answers else Accepted("queued as 1")
        if isinstance(answer, BaseException):
            raise answer
        return answer

    def check(self):
        pass

    def close(self):
        pass


def hand_over(*answers, contacts=1, provider=None):
    """(planned contacts, what became of them) of contacts gated and handed over in order."""
    lender = a_writing_lender()
    planned = [a_due_contact(lender, channel="email") for _ in range(contacts)]
    gate("email")
    handed = hand_over_reserved(provider or Provider(*answers), worker="w1", actor=ACTOR)
    return planned, handed


def steps_done(planned):
    rows = models.StepRecord.objects.filter(loan=loan_of(planned), step="email")
    return list(rows.values_list("done_on", "outcome", "attempt"))


def moves():
    return list(models.AttemptStep.objects.order_by("id").values_list("from_state", "to_state"))


def test_an_accepted_contact_is_sent_and_its_step_done():
    (planned,), handed = hand_over(Accepted("queued as 4711"))

    attempt = models.Attempt.objects.get()
    assert handed.states == Counter(accepted=1)
    assert (attempt.state, attempt.provider, attempt.provider_ref) == ("accepted", "smtp", "queued as 4711")
    assert end_of(planned) == ("sent", None)
    assert steps_done(planned) == [(TODAY, "done", attempt.pk)]
    assert moves() == [("reserved", "handing_over"), ("handing_over", "accepted")]


def test_handing_over_is_committed_before_the_provider_is_asked():
    seen = []
    provider = Provider()
    provider.before_answering = lambda contact: seen.append(models.Attempt.objects.get(pk=contact.attempt))

    hand_over(provider=provider)

    assert [(attempt.state, attempt.worker) for attempt in seen] == [("handing_over", "w1")]
    assert seen[0].lease_until == seen[0].send_before + timedelta(minutes=5)


def test_a_contact_of_unknown_fate_is_unsure_and_its_step_done_and_it_is_never_tried_again():
    (planned,), _ = hand_over(NO_ANSWER)

    assert end_of(planned) == ("unsure", None)
    assert [step[:2] for step in steps_done(planned)] == [(TODAY, "done")]
    move_clock(days=2)
    sweep(actor=ACTOR)
    assert gate("email").due == 0
    assert end_of(planned) == ("unsure", None)


def test_a_contact_that_left_nothing_is_planned_again_after_a_while_and_its_step_is_not_done():
    (planned,), _ = hand_over(AWAY)

    planned.refresh_from_db()
    assert (planned.state, planned.tries) == ("planned", 1)
    assert planned.not_before_at == NOW + timedelta(minutes=5)
    assert steps_done(planned) == []
    assert models.Attempt.objects.get().failure_code == "smtp.no_connection"


def test_each_further_try_is_decided_anew_and_waits_longer_until_the_tries_are_used_up():
    (planned,), _ = hand_over(AWAY)
    waits = [5]
    for _ in range(TRIES_MAX - 1):
        move_clock(minutes=waits[-1])
        gate("email")
        hand_over_reserved(Provider(AWAY), worker="w1", actor=ACTOR)
        planned.refresh_from_db()
        waits.append((planned.not_before_at - clock.now()).seconds // 60)

    assert waits[:4] == [5, 15, 45, 135]
    assert end_of(planned) == ("lapsed", "tries_used_up")
    assert list(models.Attempt.objects.order_by("id").values_list("try_no", "state")) == [
        (n, "not_sent") for n in range(1, TRIES_MAX + 1)
    ]
    assert models.Decision.objects.filter(use="gate").count() == TRIES_MAX


def test_a_try_that_would_fall_behind_the_window_lapses():
    lender = a_writing_lender()
    planned = a_due_contact(lender, channel="email", not_after_at=NOW + timedelta(minutes=4))
    gate("email")

    hand_over_reserved(Provider(AWAY), worker="w1", actor=ACTOR)

    assert end_of(planned) == ("lapsed", "window_ended")


def test_a_second_try_is_refused_by_what_was_recorded_since_the_first():
    (planned,), _ = hand_over(AWAY)
    models.Preference.objects.create(
        lender_id=planned.lender_id,
        person_id=planned.person_id,
        from_at=NOW,
        recorded_at=NOW,
        told_by="portal",
        actor_id=models.Actor.objects.all()[0].pk,
    )
    move_clock(minutes=5)

    assert gate("email").not_permitted == 1
    assert end_of(planned) == ("not_permitted", "house.opt-out")


def test_a_refused_mailbox_is_dead_for_everybody_from_then_on():
    lender = a_writing_lender()
    planned = a_due_contact(lender, channel="email", value="gone@example.org")
    gate("email")
    other = a_due_contact(lender, channel="email", value="gone@example.org")

    hand_over_reserved(Provider(NOBODY), worker="w1", actor=ACTOR)

    assert models.Attempt.objects.get().failure_code == "smtp.refused 5.1.1"
    assert end_of(planned) == ("lapsed", "refused_by_provider")
    assert steps_done(planned) == []
    points = models.ContactPoint.objects.filter(kind="email")
    assert set(points.values_list("dead_from_at", "dead_reason")) == {(NOW, "refused smtp.refused 5.1.1")}
    gate("email")
    assert end_of(other) == ("not_permitted", "house.dead-point")


def test_a_refused_message_says_nothing_about_the_address():
    hand_over(NOT_THIS)

    assert models.Attempt.objects.get().state == "refused_by_provider"
    assert not models.ContactPoint.objects.filter(dead_from_at__isnull=False).exists()


def test_three_failures_in_a_row_release_everything_reserved_for_the_provider():
    provider = Provider(AWAY, AWAY, AWAY)

    _, handed = hand_over(contacts=6, provider=provider)

    assert (len(provider.asked), handed.is_broken) == (3, True)
    assert handed.states == Counter(not_sent=6)
    assert states() == {"planned": 6}
    codes = Counter(models.Attempt.objects.values_list("failure_code", flat=True))
    assert codes == {"smtp.no_connection": 3, "provider_away": 3}


def test_three_silences_in_a_row_stop_too():
    _, handed = hand_over(NO_ANSWER, NO_ANSWER, NO_ANSWER, contacts=5)

    assert handed.states == Counter(unsure=3, not_sent=2)


def test_a_success_between_failures_keeps_going():
    _, handed = hand_over(AWAY, AWAY, Accepted(), AWAY, AWAY, contacts=6)

    assert (handed.is_broken, handed.states) == (False, Counter(not_sent=4, accepted=2))


def test_a_server_that_defers_recipients_is_not_away():
    _, handed = hand_over(LATER, LATER, LATER, LATER, contacts=5)

    assert (handed.is_broken, handed.states) == (False, Counter(not_sent=4, accepted=1))


def test_a_sender_that_fails_in_an_unknown_way_leaves_that_contact_unsure_and_lets_go_of_the_rest():
    lender = a_writing_lender()
    for _ in range(3):
        a_due_contact(lender, channel="email")
    gate("email")

    with pytest.raises(ZeroDivisionError):
        hand_over_reserved(Provider(Accepted(), ZeroDivisionError()), worker="w1", actor=ACTOR)

    assert states(models.Attempt) == {"accepted": 1, "unsure": 1, "not_sent": 1}


def test_an_interrupted_sender_lets_go_of_what_it_has_not_begun():
    lender = a_writing_lender()
    for _ in range(3):
        a_due_contact(lender, channel="email")
    gate("email")

    with pytest.raises(KeyboardInterrupt):
        hand_over_reserved(Provider(Accepted(), KeyboardInterrupt()), worker="w1", actor=ACTOR)

    assert states(models.Attempt) == {"accepted": 1, "handing_over": 1, "not_sent": 1}
    assert states() == {"sent": 1, "reserved": 1, "planned": 1}


def test_a_store_that_is_lost_while_showing_messages_leaves_them_to_the_sweeper(monkeypatch):
    """Lost before the commit nothing is shown; lost while committing, the state itself tells."""
    planned = a_due_contact(a_writing_lender())
    gate()
    channel = handing_over.open_for("in_app", servers=Servers(), worker="w1", actor=ACTOR)

    claim = handing_over._claim

    def claim_and_lose(*asked):
        contacts = claim(*asked)
        monkeypatch.setattr(handing_over, "follow", lost_store)
        return contacts

    with monkeypatch.context() as patch:
        patch.setattr(handing_over, "_claim", claim_and_lose)
        with pytest.raises(OperationalError):  # and the sender cannot write that either
            hand_over_reserved(channel, worker="w1", actor=ACTOR)

    assert states(models.Attempt) == {"handing_over": 1}
    move_clock(minutes=11)
    sweep(actor=ACTOR)
    assert states(models.Attempt) == {"not_sent": 1}
    assert end_of(planned) == ("planned", None)


def lost_store(*args, **named):
    raise OperationalError("the connection is gone")


@pytest.mark.parametrize(("where", "error"), [("follow", ChannelUnavailable), ("commit", ChannelUnsure)])
def test_what_a_lost_store_means_depends_on_whether_it_was_committing(monkeypatch, where, error):
    a_due_contact(a_writing_lender())
    (attempt,) = gate().attempts
    contact = handing_over.cleared_contacts([attempt])[attempt]
    move([attempt], of=["reserved"], to="handing_over", at=NOW)
    channel = handing_over.open_for("in_app", servers=Servers(), worker=None, actor=ACTOR)

    monkeypatch.setattr(handing_over if where == "follow" else connection, where, lost_store)
    with pytest.raises(error):
        channel.send(contact)


def test_a_sender_that_wakes_after_the_sweeper_changes_nothing_but_what_it_learnt_is_kept():
    provider = Provider()

    def oversleep(contact):
        move_clock(minutes=10)
        sweep(actor=ACTOR)

    provider.before_answering = oversleep
    (planned,), handed = hand_over(provider=provider)

    assert handed.states == Counter(late=1)
    assert states(models.Attempt) == {"unsure": 1}

    assert settle_receipts(actor=ACTOR, at=clock.now()) == {"matched": 1}

    assert states(models.Attempt) == {"accepted": 1}
    assert end_of(planned) == ("sent", None)


def test_a_late_failure_does_not_undo_unsure():
    provider = Provider(AWAY)
    provider.before_answering = lambda contact: (move_clock(minutes=10), sweep(actor=ACTOR))

    (planned,), handed = hand_over(provider=provider)

    assert handed.states == Counter(late=1)
    assert (states(models.Attempt), models.Receipt.objects.count()) == ({"unsure": 1}, 0)
    assert end_of(planned) == ("unsure", None)


def test_another_workers_answer_is_not_taken():
    provider = Provider()
    provider.before_answering = lambda contact: models.Attempt.objects.update(worker="w2")

    _, handed = hand_over(provider=provider)

    assert handed.states == Counter(late=1)
    assert states(models.Attempt) == {"handing_over": 1}


def test_a_receipt_may_arrive_before_the_result():
    provider = Provider()
    provider.before_answering = lambda contact: move(
        [contact.attempt], of=["handing_over"], to="delivered", at=NOW
    )

    hand_over(provider=provider)

    assert states(models.Attempt) == {"delivered": 1}


def test_a_reservation_whose_time_is_over_is_not_taken_up():
    lender = a_writing_lender()
    a_due_contact(lender, channel="email")
    gate("email")
    move_clock(minutes=5)
    provider = Provider()

    hand_over_reserved(provider, worker="w1", actor=ACTOR)

    assert (provider.asked, states(models.Attempt)) == ([], {"reserved": 1})


def test_a_person_erased_between_gate_and_sender_is_not_written_to():
    lender = a_writing_lender()
    planned = a_due_contact(lender, channel="email")
    gate("email")
    erase_person(planned.person_id, at=NOW)
    provider = Provider()

    hand_over_reserved(provider, worker="w1", actor=ACTOR)

    assert (provider.asked, states(models.Attempt)) == ([], {"not_sent": 1})
    move_clock(minutes=5)
    gate("email")
    assert end_of(planned) == ("cancelled", "person_erased")


def test_a_sub_batch_holds_five_seconds_of_what_the_provider_takes(monkeypatch):
    monkeypatch.setattr(Provider, "per_second", 1)
    taken = []
    provider = Provider()
    provider.before_answering = lambda contact: taken.append(states(models.Attempt)["handing_over"])

    hand_over(contacts=7, provider=provider)

    assert taken == [5, 4, 3, 2, 1, 2, 1]


def test_a_sender_that_is_to_stop_ends_its_sub_batch_and_leaves_the_rest_reserved(monkeypatch):
    monkeypatch.setattr(Provider, "per_second", 1)
    lender, provider = a_writing_lender(), Provider()
    for _ in range(7):
        a_due_contact(lender, channel="email")
    gate("email")

    def is_stopping():
        return bool(provider.asked)

    hand_over_reserved(provider, worker="w1", actor=ACTOR, manner=Manner(is_stopping=is_stopping))

    assert states(models.Attempt) == {"accepted": 5, "reserved": 2}
    hand_over_reserved(provider, worker="w2", actor=ACTOR)
    assert states(models.Attempt) == {"accepted": 7}


def test_names_of_workers_are_never_the_same():
    assert handing_over.new_worker() != handing_over.new_worker()


class Narrow(Provider):
    """One that has room for `most` contacts, and for as many again after each wait."""

    def __init__(self, most):
        super().__init__()
        self.most = self.room = most
        self.waits = []

    def with_room(self, contacts):
        return contacts[: self.room]

    def _hand_over(self, contact):
        self.room -= 1
        return super()._hand_over(contact)

    def wait(self, seconds):
        self.waits.append(dict(states(models.Attempt)))
        self.room = self.most


def hand_over_to(narrow, *, contacts):
    lender = a_writing_lender()
    for _ in range(contacts):
        a_due_contact(lender, channel="email")
    gate("email")
    return hand_over_reserved(narrow, worker="w1", actor=ACTOR, wait=narrow.wait)


def test_what_a_channel_has_no_room_for_stays_reserved_until_it_has():
    narrow = Narrow(2)

    handed = hand_over_to(narrow, contacts=5)

    assert handed.states == Counter(accepted=5)
    assert narrow.waits == [{"accepted": 2, "reserved": 3}, {"accepted": 4, "reserved": 1}]
    assert len(set(narrow.asked)) == 5
    assert states(models.Attempt) == {"accepted": 5}


def test_what_has_no_room_in_its_time_is_decided_again(monkeypatch):
    narrow = Narrow(2)
    monkeypatch.setattr(narrow, "wait", lambda seconds: move_clock(hours=1))

    handed = hand_over_to(narrow, contacts=3)
    sweep(actor=ACTOR)

    assert handed.states == Counter(accepted=2)
    assert states(models.Attempt) == {"accepted": 2, "not_sent": 1}
    assert states()["planned"] == 1


def test_a_provider_that_wants_less_at_a_time_is_given_a_pause_that_doubles():
    lender = a_writing_lender()
    for _ in range(6):
        a_due_contact(lender, channel="email")
    gate("email")
    too_many = ChannelUnavailable("kannel.not_now", "Later.", reply=429, pause_seconds=2)
    waited = []

    handed = hand_over_reserved(
        Provider(too_many, too_many, Accepted("1"), too_many), worker="w1", actor=ACTOR, wait=waited.append
    )

    assert waited == [2.0, 4.0, 2.0]
    assert handed.states == Counter(not_sent=3, accepted=3)


def test_a_provider_that_goes_on_wanting_less_is_away():
    lender = a_writing_lender()
    for _ in range(5):
        a_due_contact(lender, channel="email")
    gate("email")
    too_many = ChannelUnavailable("kannel.not_now", "Later.", reply=429, pause_seconds=30)
    waited = []

    provider = Provider(*[too_many] * 5)
    handed = hand_over_reserved(provider, worker="w1", actor=ACTOR, wait=waited.append)

    assert (handed.is_broken, waited, len(provider.asked)) == (True, [30.0, 30.0], 3)
