"""Letters from the plan to the print house, and letters to look at."""

from __future__ import annotations

import itertools

import pytest
from pypdf import PdfReader

from arrears.actions.gate import gate_due
from arrears.actions.handing_over import new_worker, open_for
from arrears.actions.letter_events import take_in_events
from arrears.actions.letters import letter_about
from arrears.actions.sweeping import sweep
from arrears.channels.letter import LetterChannel
from arrears.channels.registry import Servers
from arrears.kernel.errors import BadInput, ChannelUnavailable, Misconfigured, NotPossible
from arrears.store import clock, models
from tests.actions.letters import WRITING, a_due_letter, send, servers_of
from tests.actions.sending import (
    ACTOR,
    LAW,
    a_writing_lender,
    for_all,
    move_clock,
    states,
)
from tests.builders import MING, a_loan, a_person, cipher_of
from tests.channels.letter.letters import plain

pytestmark = pytest.mark.django_db(transaction=True)

AT = "2026-07-14T01:00:00+00:00"
STREET = "臺北市中正區重慶南路一段122號"


def printed_in(folder):
    return sorted(path.name for path in folder.glob("[0-9]*/*.pdf"))


def test_what_is_printed_is_what_is_kept_and_the_print_house_has_it(tmp_path):
    planned = a_due_letter(a_writing_lender(postal_address="台北郵政100號信箱"), value=STREET)

    run = send(servers_of(tmp_path))["letter"]

    attempt = models.Attempt.objects.get()
    assert (run.states, attempt.state, attempt.provider) == ({"accepted": 1}, "accepted", "print")
    (path,) = tmp_path.glob(f"[0-9]*/{attempt.pk}.pdf")
    text = plain("".join(page.extract_text() for page in PdfReader(path).pages))
    kept = cipher_of(planned.person).decrypt("body", bytes(models.Message.objects.get().body_encrypted))
    assert all(plain(line) in text for line in kept.splitlines())
    on_it = ("王小明君啟", "臺北市中正區", "台北郵政100號信箱", attempt.verification_code)
    assert all(part in text for part in on_it)
    planned.refresh_from_db()
    assert planned.state == "sent"


def test_an_address_that_cannot_be_printed_is_refused_and_stops_no_other(tmp_path):
    lender = a_writing_lender()
    nowhere, fine = a_due_letter(lender, value="somewhere"), a_due_letter(lender)

    run = send(servers_of(tmp_path))["letter"]

    assert run.states == {"refused_by_provider": 1, "accepted": 1}
    refused = models.Attempt.objects.get(planned_contact=nowhere)
    assert refused.failure_code == "letter.incomplete"
    assert printed_in(tmp_path) == [f"{models.Attempt.objects.get(planned_contact=fine).pk}.pdf"]


def test_a_folder_that_is_away_leaves_the_letter_planned(tmp_path):
    planned = a_due_letter(a_writing_lender())

    run = send(servers_of(tmp_path / "not-mounted"))["letter"]

    assert run.away == "print.not_written"
    planned.refresh_from_db()
    assert (planned.state, models.Attempt.objects.count()) == ("planned", 0)


def test_a_simulation_without_a_folder_takes_letters_as_sent():
    a_due_letter(a_writing_lender())

    assert send(Servers())["letter"].states == {"accepted": 1}


def test_a_simulation_uses_no_folder_that_may_be_printed_from(tmp_path):
    a_due_letter(a_writing_lender())

    with pytest.raises(Misconfigured, match="is a simulation"):
        send(Servers(print_url=f"folder://{tmp_path}"))


@pytest.mark.parametrize("is_handed_over", [True, False])
def test_what_a_dead_sender_left_is_settled_by_what_the_print_house_has(tmp_path, is_handed_over):
    a_due_letter(a_writing_lender())
    servers = servers_of(tmp_path)
    gate_due(channel="letter", laws=for_all(LAW), strategies=for_all(WRITING), limit=5, actor=ACTOR)
    _die_while_handing_over(servers, is_handed_over=is_handed_over)
    move_clock(minutes=20)

    sweep(actor=ACTOR, servers=servers)

    assert states(models.Attempt) == {"accepted" if is_handed_over else "not_sent": 1}


def test_without_the_print_house_nobody_knows_what_a_dead_sender_left(tmp_path):
    a_due_letter(a_writing_lender())
    gate_due(channel="letter", laws=for_all(LAW), strategies=for_all(WRITING), limit=5, actor=ACTOR)
    _die_while_handing_over(servers_of(tmp_path), is_handed_over=True)
    move_clock(minutes=20)

    sweep(actor=ACTOR)

    assert states(models.Attempt) == {"unsure": 1}


def _die_while_handing_over(servers, *, is_handed_over):
    """What a killed sender leaves: attempts marked, and the batch handed over or not."""
    from arrears.actions.handing_over import _claim

    worker = new_worker()
    with open_for("letter", servers=servers, worker=worker, actor=ACTOR) as channel:
        contacts = _claim(channel, worker, ACTOR, set()).contacts
        if is_handed_over:
            list(channel.send_all(contacts))


def test_an_interrupted_sender_does_not_take_a_printed_batch_for_unsent(tmp_path, monkeypatch):
    from arrears.actions import handing_over

    lender = a_writing_lender()
    a_due_letter(lender)
    a_due_letter(lender)
    monkeypatch.setattr(handing_over, "again_after_deadlock", _interrupted)

    with pytest.raises(KeyboardInterrupt):
        send(servers_of(tmp_path))
    move_clock(minutes=20)
    sweep(actor=ACTOR, servers=servers_of(tmp_path))

    assert states(models.Attempt) == {"accepted": 2}
    assert len(printed_in(tmp_path)) == 2


def _interrupted(*_):
    raise KeyboardInterrupt


@pytest.mark.parametrize("facts", [{"is_ours": True}, {}])
def test_every_letter_of_a_batch_is_answered_whatever_became_of_the_first(tmp_path, monkeypatch, facts):
    lender = a_writing_lender()
    for _ in range(5):
        a_due_letter(lender)
    calls, set_one = itertools.count(), LetterChannel._set

    def failing_first(channel, contact):
        if next(calls) < 3:
            raise ChannelUnavailable("letter.test", "Not now.", **facts)
        return set_one(channel, contact)

    monkeypatch.setattr(LetterChannel, "_set", failing_first)

    run = send(servers_of(tmp_path))["letter"]

    assert run.states == {"not_sent": 3, "accepted": 2}
    assert run.away == (None if facts else "failing")
    assert len(printed_in(tmp_path)) == 2


# -- what the post reports ---------------------------------------------------------------------


def reported(*lines):
    text = "".join(f"{line}\n" for line in ("attempt,event,at,reason", *lines))
    return take_in_events(text.encode(), file="back.csv", actor=ACTOR, at=clock.now())


def a_letter_sent():
    planned = a_due_letter(a_writing_lender())
    send(Servers())
    return models.Attempt.objects.get(planned_contact=planned), planned


def test_a_proof_of_delivery_settles_the_letter():
    attempt, _ = a_letter_sent()

    assert reported(f"{attempt.pk},posted,{AT},", f"{attempt.pk},delivered,{AT},") == {"matched": 2}

    attempt.refresh_from_db()
    assert attempt.state == "delivered"


def test_a_letter_that_comes_back_marks_the_address_dead():
    attempt, _ = a_letter_sent()

    reported(f"{attempt.pk},returned,{AT},unknown at this address")

    attempt.refresh_from_db()
    point = models.ContactPoint.objects.get(pk=attempt.contact_point_id)
    assert attempt.state == "returned"
    assert point.dead_reason == "returned unknown at this address"


def test_a_letter_that_was_not_called_for_says_nothing_of_the_address():
    attempt, _ = a_letter_sent()

    reported(f"{attempt.pk},undeliverable,{AT},not called for")

    attempt.refresh_from_db()
    point = models.ContactPoint.objects.get(pk=attempt.contact_point_id)
    assert (attempt.state, point.dead_from_at) == ("undelivered", None)


def test_a_file_taken_in_again_changes_nothing():
    attempt, _ = a_letter_sent()
    reported(f"{attempt.pk},delivered,{AT},")

    assert reported(f"{attempt.pk},delivered,{AT},") == {"duplicate": 1}


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("999999,delivered,2026-07-14T01:00+00:00,", "row 3: there is no letter 999999"),
        ("{unsent},delivered,2026-07-14T01:00+00:00,", "row 3: letter {unsent} was never handed over"),
        ("{sent},delivered,2036-07-14T01:00+00:00,", "row 3: at lies in the future"),
    ],
)
def test_of_a_file_with_a_wrong_row_nothing_is_stored(line, why):
    attempt, _ = a_letter_sent()
    a_due_letter(models.Organisation.objects.get())
    gate_due(channel="letter", laws=for_all(LAW), strategies=for_all(WRITING), limit=5, actor=ACTOR)
    numbers = {"sent": attempt.pk, "unsent": models.Attempt.objects.get(state="reserved").pk}

    with pytest.raises(BadInput, match=why.format(**numbers)):
        reported(f"{attempt.pk},posted,{AT},", line.format(**numbers))

    assert models.Receipt.objects.count() == 0


# -- to look at --------------------------------------------------------------------------------


def test_a_letter_about_a_loan_shows_what_its_borrower_would_read():
    planned = a_due_letter(a_writing_lender(), value=STREET)
    loan = models.PlannedContactLoan.objects.get(planned_contact=planned).loan

    shown = letter_about(loan_ref=loan.source_ref, at=clock.now())

    assert shown.letter.address == ("臺北市中正區", "重慶南路一段122號", "王小明　君啟")
    assert loan.source_ref[-4:] in shown.letter.body
    assert models.Attempt.objects.count() == 0


def test_a_borrower_without_an_address_is_written_no_letter():
    lender = a_writing_lender()
    loan = a_loan(lender, a_person(lender, MING), overdue_days=10)

    with pytest.raises(NotPossible, match="no postal address"):
        letter_about(loan_ref=loan.source_ref, at=clock.now())
