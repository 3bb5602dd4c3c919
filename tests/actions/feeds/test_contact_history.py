"""Contacts of the past: recorded once, completed by what becomes known, and counted by the gate."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest

from arrears.actions.feeds.importing import import_folder
from arrears.actions.lenders import create_lender
from arrears.kernel.days import instant_of
from arrears.kernel.law.candidates import candidates_of
from arrears.kernel.law.solver import solve
from arrears.kernel.vocabulary import Channel, NoticeKind, Purpose, RecipientKind
from arrears.rulepacks import load_law
from arrears.store import models
from arrears.store.crypto import keyring
from arrears.store.facts import load_facts
from tests.actions.feeds.books import AT, LOAN, PERSON, PRODUCT, a_book, faults, load, write
from tests.actions.feeds.people import CONTACT, MOBILE, PLACE, id_of
from tests.actions.sending import a_cap, law_with
from tests.builders import ANA, a_lender, a_simulation

pytestmark = pytest.mark.django_db
LAW = load_law()


@pytest.fixture
def lender(db, tmp_path):
    lender = a_lender()
    a_book(tmp_path, loans=3)
    load(tmp_path, "contact_points", [MOBILE])
    return lender


def the_contact(ref: str = "K1") -> models.Attempt:
    return models.Attempt.objects.get(source_ref=ref)


def loans_of(ref: str = "K1") -> list[tuple[str, bool | None]]:
    rows = models.AttemptLoan.objects.filter(attempt__source_ref=ref, counts=True)
    return sorted(rows.values_list("loan__source_ref", "is_discussed"))


@pytest.mark.usefixtures("lender")
def test_a_contact_is_an_attempt_that_was_made_elsewhere(tmp_path):
    report = load(tmp_path, "contacts", [CONTACT])

    assert report.counts == {"added": 1, "changed": 0, "unchanged": 0}
    row = the_contact()
    assert (row.origin, row.direction, row.initiator, row.channel, row.purpose) == (
        *("imported", "out", "lender", "call", "collect"),
    )
    assert (row.at, row.recorded_at) == (datetime(2026, 2, 27, 2, tzinfo=UTC), AT)
    assert (row.person_id, row.recipient_kind, row.actor_organisation_id) == (
        *(id_of("C1"), "borrower", row.lender_id),
    )
    point = models.ContactPoint.objects.get()
    assert (row.contact_point_id, row.value_key) == (point.pk, point.value_key)
    assert (row.state, row.network_result, row.is_conversation, row.outcome_recorded_at) == (
        *("accepted", "rang_out", None, AT),
    )
    assert loans_of() == [("L1", None)]


def test_what_a_row_may_say_besides_is_kept(tmp_path, lender):
    load(tmp_path, "organisations", [{"organisation_ref": "agency", "kind": "agency", "name": "Agency"}])
    inbound = {
        "contact_ref": "K2",
        "person_ref": "C2",
        "at": "2026-02-27 10:00",
        "zone": "America/New_York",
        "channel": "email",
        "direction": "in",
        "kind": "email",
        "value": "else@example.org",
        "actor_ref": "agency",
        "purpose": "service",
        "state": "complained",
        "recipient_kind": "executor",
    }
    call = {
        "contact_ref": "K3",
        "person_ref": "C1",
        "at": "2026-02-27 10:00:00.5",
        "channel": "call",
        "voice": "artificial",
        "notice": "call_task",
        "network_result": "answered",
        "is_conversation": "yes",
        "message_left": "none",
        "loan_refs": "L2 L1",
        "loans_discussed": "L2",
    }
    load(tmp_path, "contacts", [inbound, call])

    first, second = the_contact("K2"), the_contact("K3")
    assert (first.at, first.direction, first.initiator) == (
        *(datetime(2026, 2, 27, 15, tzinfo=UTC), "in", "person"),
    )
    assert (first.actor_organisation.source_ref, first.state, first.recipient_kind, first.purpose) == (
        *("agency", "complained", "executor", "service"),
    )
    assert (first.contact_point_id, first.value_key, first.outcome_recorded_at) == (
        *(None, keyring().value_key("email", "else@example.org"), None),
    )
    assert loans_of("K2") == []
    assert second.at == datetime(2026, 2, 27, 2, 0, 0, 500_000, tzinfo=UTC)
    assert (second.voice, second.notice, second.is_conversation, second.message_left) == (
        *("artificial", "call_task", True, "none"),
    )
    assert loans_of("K3") == [("L1", False), ("L2", True)]
    assert lender.pk == second.actor_organisation_id


@pytest.mark.usefixtures("lender")
def test_a_contact_that_names_no_loan_was_about_all_open_ones_of_the_person(tmp_path):
    load(
        tmp_path, "loans", [{**LOAN, "loan_ref": "L4"}, {**LOAN, "loan_ref": "L5", "closed_on": "2026-02-26"}]
    )
    about_none = {**CONTACT, "contact_ref": "K2", "loan_refs": "", "purpose": "service"}
    load(tmp_path, "contacts", [{**CONTACT, "loan_refs": "", "loans_discussed": "none"}, about_none])

    assert loans_of("K1") == [("L1", False), ("L4", False)]
    assert loans_of("K2") == []


@pytest.mark.usefixtures("lender")
def test_what_becomes_known_later_completes_a_contact_and_nothing_else_changes_it(tmp_path):
    sent = {**CONTACT, "network_result": "", "loans_discussed": ""}
    load(tmp_path, "contacts", [sent])
    more = {**sent, "network_result": "answered", "is_conversation": "yes", "loans_discussed": "L1"}
    better = load(tmp_path, "contacts", [{**more, "state": "delivered"}], days=1)
    again = load(tmp_path, "contacts", [{**more, "state": "accepted"}], days=2)
    silent = load(tmp_path, "contacts", [{**CONTACT, "network_result": ""}], days=3)

    assert better.counts == {"added": 0, "changed": 1, "unchanged": 0}
    assert again.counts == silent.counts == {"added": 0, "changed": 0, "unchanged": 1}
    row = the_contact()
    assert (row.state, row.network_result, row.is_conversation) == ("delivered", "answered", True)
    assert row.outcome_recorded_at == AT + timedelta(days=1)
    assert loans_of() == [("L1", True)]
    assert models.AttemptStep.objects.values_list("from_state", "to_state").get() == ("accepted", "delivered")


@pytest.mark.usefixtures("lender")
@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"person_ref": "C2"}, "contact_ref"),
        ({"at": "2026-02-27T10:00:01+08:00"}, "contact_ref"),
        ({"value": "0912345679"}, "contact_ref"),
        ({"direction": "in"}, "contact_ref"),
        ({"network_result": "answered"}, "contact_ref"),
        ({"recipient_kind": "spouse"}, "contact_ref"),
        ({"loan_refs": "L1 L2"}, "loan_refs"),
    ],
)
def test_a_contact_on_file_with_other_content_is_refused(tmp_path, change, field):
    load(tmp_path, "contacts", [CONTACT])
    report = load(tmp_path, "contacts", [{**CONTACT, **change}], days=1)

    other = "is on file with other content; send the right one under a number of its own"
    assert (report.state, faults(report)) == ("refused", [(2, field, other)])


@pytest.mark.usefixtures("lender")
def test_bad_contacts_are_named(tmp_path):
    wall = {**CONTACT, "at": "2026-03-29T02:30", "zone": "Europe/Berlin"}
    report = load(
        tmp_path,
        "contacts",
        [
            {**CONTACT, "person_ref": "C9"},
            {**CONTACT, "contact_ref": "K2", "loan_refs": "L1 L9"},
            {**CONTACT, "contact_ref": "K3", "at": "2026-03-02T10:00:01+08:00"},
            {**CONTACT, "contact_ref": "K4", "at": "9999-12-31T10:00:00Z"},
            {**CONTACT, "contact_ref": "K5", "at": "2026-02-27"},
            {**CONTACT, "at": "27.02.2026 10:00"},
            {**wall, "contact_ref": "K6", "at": "2025-03-30T02:30"},
            {**CONTACT, "contact_ref": "K7", "country": ""},
            {**CONTACT, "kind": "email", "value": "a@example.org"},
            {**CONTACT, "channel": "sms", "network_result": "answered"},
            {**CONTACT, "contact_ref": "K8", "loans_discussed": "L2"},
            {**CONTACT, "loan_refs": "L1 L1"},
            {**CONTACT, "state": "reserved"},
            {**CONTACT, "contact_ref": "K9", "actor_ref": "nobody"},
            {**CONTACT, "contact_ref": "K10", "network_result": "rang_out"},
            {**CONTACT, "contact_ref": "K10", "network_result": "answered"},
            {**CONTACT, "zone": "Mars/Olympus"},
            {**CONTACT, "purpose": "love"},
            {**CONTACT, "is_conversation": "maybe"},
        ],
        rejects_to=tmp_path / "rejects.csv",
    )

    assert report.state == "refused"
    found = [
        (int(line), field, reason)
        for line, field, _, reason in (
            row.split(",", 3) for row in (tmp_path / "rejects.csv").read_text().splitlines()[1:]
        )
    ]
    assert sorted((line, field) for line, field, _ in found) == [
        *((2, "person_ref"), (3, "loan_refs"), (4, "at"), (5, "at"), (6, "at"), (7, "at"), (8, "at")),
        *((9, "value"), (10, "kind"), (11, "network_result"), (12, "loans_discussed"), (13, "loan_refs")),
        *((14, "state"), (15, "actor_ref"), (16, "contact_ref"), (17, "contact_ref"), (18, "zone")),
        *((19, "purpose"), (20, "is_conversation")),
    ]
    reasons = {(line, field): reason.strip('"') for line, field, reason in found}
    assert reasons[3, "loan_refs"] == "names a loan that is not on file"
    assert reasons[4, "at"] == reasons[5, "at"] == "lies in the future"
    assert reasons[6, "at"] == "is a day without a time"
    assert reasons[8, "at"] == "is a time that the clocks there skipped"
    assert reasons[9, "value"] == "has no country code"
    assert reasons[10, "kind"] == "is no address of the channel call"
    assert reasons[11, "network_result"] == "is stated, and the channel is not call"
    assert reasons[12, "loans_discussed"] == "names a loan that is not among loan_refs"
    assert reasons[13, "loan_refs"] == "names one twice"
    assert reasons[16, "contact_ref"] == "stands in the file more than once"
    assert models.Attempt.objects.count() == 0


@pytest.mark.usefixtures("lender")
def test_a_voice_is_of_a_call_and_visitors_make_a_visit(tmp_path):
    silent = {**CONTACT, "network_result": ""}
    report = load(
        tmp_path,
        "contacts",
        [
            {**silent, "contact_ref": "K2", "channel": "sms", "voice": "artificial"},
            {**silent, "contact_ref": "K3", "visitors": "2"},
            {**silent, "contact_ref": "K4", "voice": "ringless", "is_conversation": "yes"},
            {**silent, "contact_ref": "K5", "voice": "ringless", "network_result": "answered"},
            {**silent, "contact_ref": "K6", "voice": "robot"},
        ],
    )

    assert [(line, field) for line, field, _ in faults(report)] == [
        *((2, "voice"), (3, "visitors"), (4, "voice"), (5, "voice"), (6, "voice")),
    ]


@pytest.mark.usefixtures("lender")
def test_how_many_came_to_the_door_is_kept(tmp_path):
    visit = {"contact_ref": "K2", "person_ref": "C1", "at": CONTACT["at"], "channel": "visit"}
    load(tmp_path, "contacts", [{**visit, "visitors": "2", "loan_refs": "L1"}])

    assert the_contact("K2").visitors == 2


# -- what is counted ---------------------------------------------------------------------------

NEW_YORK = {**PLACE, "place": "US-NY", "zone": "America/New_York"}
NOON = datetime(2026, 3, 2, 17, tzinfo=UTC)
"""Monday, 12:00 in New York."""
SEVEN = [f"2026-02-{day}T12:00:00-05:00" for day in (24, 25, 25, 26, 27, 27, 28)]
ANAS = {
    "person_ref": "C1",
    "kind": "mobile",
    "value": ANA.values["mobile"],
    "country": "US",
}


def a_debt_in_new_york(folder):
    """Two people with a loan each, who share a telephone."""
    load(folder, "products", [{**PRODUCT, "currency": "USD"}])
    people = ("C1", "C2")
    load(folder, "persons", [{**PERSON, "person_ref": ref, "language": "en"} for ref in people])
    us = {**LOAN, "governing_law": "US-NY", "currency": "USD"}
    load(folder, "loans", [us, {**us, "loan_ref": "L2", "person_ref": "C2"}])
    load(folder, "places", [{**NEW_YORK, "person_ref": ref} for ref in people])
    load(folder, "contact_points", [{**ANAS, "person_ref": ref, "source": "contract"} for ref in people])


@pytest.fixture
def collector(db, tmp_path) -> int:
    """A collector of debts in the United States that has declared its past contacts complete."""
    lender = a_lender(country="US", zone="America/New_York", language="en", actor_kind="agency")
    a_debt_in_new_york(tmp_path)
    return lender.pk


def calls(ats, **columns):
    return [
        {**ANAS, "contact_ref": f"K{n}", "at": at, "channel": "call", "loan_refs": "L1", **columns}
        for n, at in enumerate(ats)
    ]


def refused_by(lender, *, at=NOON, person="C1", loan="L1", law=LAW) -> set[str]:
    """The rules that do not permit a call about the loan at this instant."""
    facts = load_facts(lender_id=lender, known_at=at)
    point = models.ContactPoint.objects.get(person_id=id_of(person))

    def one(value):
        return np.array([value], np.int64)

    candidates = candidates_of(
        facts,
        loan=one(models.Loan.objects.get(source_ref=loan).pk),
        person=one(id_of(person)),
        recipient_kind=one(RecipientKind.BORROWER),
        point=one(point.pk),
        channel=one(Channel.CALL),
        notice=one(NoticeKind.CALL_TASK),
        purpose=one(Purpose.COLLECT),
        is_amount_known=one(1),
        reported_on=one(0),
        actor_kind=facts["lender"]["actor_kind"],
    )
    solution = solve(facts, law, candidates, one(instant_of(at)))
    return {reason.rule.id for reason in solution.reasons(0)}


def test_seven_imported_calls_of_the_last_seven_days_forbid_the_eighth(tmp_path, collector):
    assert "us.call.7in7" not in refused_by(collector)

    load(tmp_path, "contacts", calls(SEVEN[:6], network_result="rang_out"))
    assert "us.call.7in7" not in refused_by(collector)

    load(tmp_path, "contacts", calls(SEVEN, network_result="rang_out"))
    assert "us.call.7in7" in refused_by(collector)


def test_a_call_that_reached_no_telephone_is_not_counted(tmp_path, collector):
    rows = calls(SEVEN, network_result="rang_out")
    load(tmp_path, "contacts", [{**rows[0], "network_result": "not_connected"}, *rows[1:]])

    assert "us.call.7in7" not in refused_by(collector)


def test_calls_count_for_the_debt_they_were_about_and_for_all_when_nobody_says(tmp_path, collector):
    another = {**LOAN, "loan_ref": "L3", "governing_law": "US-NY", "currency": "USD"}
    load(tmp_path, "loans", [another])
    load(tmp_path, "contacts", calls(SEVEN, network_result="rang_out"))
    assert "us.call.7in7" not in refused_by(collector, loan="L3")

    nobody_says = [{**row, "contact_ref": f"Z{n}"} for n, row in enumerate(calls(SEVEN, loan_refs=""))]
    load(tmp_path, "contacts", nobody_says, days=0)
    assert "us.call.7in7" in refused_by(collector, loan="L3")


def test_a_conversation_of_the_last_seven_days_is_known_as_one(tmp_path, collector):
    """Spoken about one debt; of the call whose outcome nobody states, it is believed."""
    rows = calls(SEVEN[-3:], network_result="answered")
    load(
        tmp_path,
        "contacts",
        [
            {**rows[0], "is_conversation": "yes", "loans_discussed": "L1"},
            {**rows[1], "is_conversation": "no"},
            {**rows[2], "network_result": ""},
        ],
    )

    facts = load_facts(lender_id=collector, known_at=NOON)
    assert facts["contact"]["is_conversation"].tolist() == [True, False, True]
    assert facts["contact_loan"]["is_discussed"].tolist() == [True, False, True]


def test_calls_to_a_number_count_for_everybody_who_has_it(tmp_path, collector):
    """Nobody says whom the other calls to the number of both were for, but that they were made."""
    law = law_with(a_cap("test.number", scope="value", most=7, hours=168))
    load(tmp_path, "contacts", calls(SEVEN, network_result="rang_out"))

    assert "test.number" in refused_by(collector, person="C2", loan="L2", law=law)
    assert "us.call.7in7" not in refused_by(collector, person="C2", loan="L2", law=law)


def test_only_a_declaration_of_the_past_contacts_opens_calls(tmp_path, db):
    a_simulation()
    lender = create_lender(
        name="Collector",
        country="US",
        zone="America/New_York",
        actor_kind="agency",
        actor="staff:anna",
        at=AT - timedelta(days=1),
    )
    a_debt_in_new_york(tmp_path)
    load(tmp_path, "contacts", calls(SEVEN[:1]))
    assert "house.contact-history" in refused_by(lender.id)

    folder = tmp_path / "delivery"
    folder.mkdir()
    manifest = 'contacts_known_from = 2025-01-01\n[[file]]\nfeed = "contacts"\npath = "contacts.csv"\n'
    write(folder / "manifest.toml", manifest)
    write(folder / "contacts.csv", calls(SEVEN[:2]))
    report = import_folder(folder=folder, lender=None, actor="staff:anna", at=AT + timedelta(hours=1))

    assert (report.state, report.contacts_known_from_on) == ("stored", date(2025, 1, 1))
    assert "house.contact-history" not in refused_by(lender.id)
