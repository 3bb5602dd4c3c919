"""Holds, consents, opt-outs, refusals, authorities and proofs: what a file says holds, and who is bound."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from arrears.actions.holds import end_hold
from arrears.actions.opt_outs import lift_opt_out
from arrears.kernel.errors import BadInput
from arrears.store import models
from arrears.store.crypto import keyring
from tests.actions.feeds.books import AT, a_book, faults, load
from tests.actions.feeds.people import (
    AUTHORITY,
    CONSENT,
    HOLD,
    INCONVENIENT,
    MEASURE,
    MOBILE,
    NOTICE,
    OPT_OUT,
    REFUSAL,
    REQUEST,
    id_of,
    standing,
)
from tests.builders import a_lender

pytestmark = pytest.mark.django_db
ONE_DAY = timedelta(days=1)
LOCAL = timedelta(hours=8)
"""Taipei is ahead of UTC by so much."""


def midnight(month: int, day: int) -> datetime:
    """When a day of 2026 begins in Taipei."""
    return datetime(2026, month, day, tzinfo=UTC) - LOCAL


@pytest.fixture(autouse=True)
def lender(db, tmp_path):
    lender = a_lender()
    a_book(tmp_path, loans=3)
    return lender


# -- what all of them share --------------------------------------------------------------------

ALL = [
    ("holds", models.Hold, HOLD, {"until_at": "2026-04-30"}),
    ("consents", models.Consent, CONSENT, {"until_at": "2026-04-30"}),
    ("preferences", models.Preference, OPT_OUT, {"until_at": "2026-04-30"}),
    ("inconvenient_times", models.Inconvenience, INCONVENIENT, {"until_at": "2026-04-30"}),
    ("refusals", models.Refusal, REFUSAL, {"is_mistake": "yes"}),
    ("authorities", models.Authority, AUTHORITY, {"until_at": "2026-04-30"}),
    ("measures", models.Measure, MEASURE, {"takes_effect_at": "2026-04-30"}),
]
of_each = pytest.mark.parametrize(("feed", "model", "row", "change"), ALL, ids=[each[0] for each in ALL])


@of_each
def test_a_changed_row_supersedes_the_one_on_file(tmp_path, feed, model, row, change):
    first = load(tmp_path, feed, [row])
    second = load(tmp_path, feed, [{**row, **change}], days=1)
    same = load(tmp_path, feed, [{**row, **change}, {**row, next(iter(row)): "other"}], days=2)

    assert first.counts == {"added": 1, "changed": 0, "unchanged": 0}
    assert second.counts == {"added": 0, "changed": 1, "unchanged": 0}
    assert same.counts == {"added": 1, "changed": 0, "unchanged": 1}
    old, new = model.objects.order_by("id")[:2]
    assert (old.supersedes_id, new.supersedes_id, new.source_ref) == (None, old.pk, old.source_ref)
    assert new.recorded_at == AT + ONE_DAY
    assert (old.import_file.rows_changed, new.import_file.kind) == (1, feed)


@of_each
def test_a_field_that_the_file_does_not_have_stays_and_an_empty_one_is_empty(
    tmp_path, feed, model, row, change
):
    load(tmp_path, feed, [{**row, **change}])
    without = {name: value for name, value in row.items() if name not in change}
    silent = load(tmp_path, feed, [without], days=1)
    emptied = load(tmp_path, feed, [{**without, **dict.fromkeys(change, "")}], days=2)

    assert (silent.counts["unchanged"], emptied.counts["changed"]) == (1, 1)
    assert not getattr(standing(model).get(), next(iter(change)))


@of_each
def test_two_rows_of_one_number_are_both_refused(tmp_path, feed, model, row, change):
    report = load(tmp_path, feed, [row, {**row, **change}, {**row, next(iter(row)): "other"}])

    number = next(iter(row))
    repeated = "stands in the file more than once"
    assert faults(report) == [(2, number, repeated), (3, number, repeated)]
    assert model.objects.get().source_ref == "other"


@of_each
def test_a_number_on_file_for_somebody_else_is_refused(tmp_path, feed, model, row, change):
    load(tmp_path, feed, [row])
    somebody = {"loan_ref": "L2"} if feed in ("holds", "measures") else {"person_ref": "C3"}
    report = load(tmp_path, feed, [{**row, **somebody}], days=1)

    assert report.state == "refused"
    assert faults(report) == [(2, next(iter(row)), "is not what it is on file with")]
    assert model.objects.count() == 1


@pytest.mark.parametrize("feed", ["consents", "preferences", "inconvenient_times", "refusals", "authorities"])
def test_what_a_full_file_leaves_out_stays(tmp_path, feed):
    _, model, row, _ = next(each for each in ALL if each[0] == feed)
    load(tmp_path, feed, [row])
    report = load(tmp_path, feed, [{**row, next(iter(row)): "other"}], days=1, is_full=True)

    assert report.counts == {"added": 1, "changed": 0, "unchanged": 0, "left_out": 1}
    assert standing(model).count() == 2


# -- holds -------------------------------------------------------------------------------------


def test_a_hold_is_on_a_loan_a_person_or_an_area(tmp_path):
    load(
        tmp_path,
        "holds",
        [
            HOLD,
            {**HOLD, "hold_ref": "H2", "loan_ref": "", "person_ref": "C2", "stops": "ageing interest"},
            {**HOLD, "hold_ref": "H3", "loan_ref": "", "area": "TW", "until_at": "2026-03-10T12:00"},
            {**HOLD, "hold_ref": "H4", "from_at": "", "until_at": "2026-03-10T12:00:00Z"},
        ],
    )

    columns = ("source_ref", "loan__source_ref", "person_id", "area", "from_at", "until_at")
    assert list(models.Hold.objects.order_by("source_ref").values_list(*columns)) == [
        ("H1", "L1", None, None, midnight(2, 1), midnight(4, 1)),
        ("H2", None, id_of("C2"), None, midnight(2, 1), midnight(4, 1)),
        ("H3", None, None, "TW", midnight(2, 1), midnight(3, 10) + timedelta(hours=12)),
        ("H4", "L1", None, None, AT, datetime(2026, 3, 10, 12, tzinfo=UTC)),
    ]
    stops = [f"stops_{name}" for name in ("notices", "calls", "ageing", "interest", "furnishing")]
    assert list(models.Hold.objects.order_by("source_ref").values_list(*stops))[:2] == [
        (True, True, False, False, False),
        (False, False, True, True, False),
    ]


def test_a_full_file_ends_the_holds_of_files_that_it_leaves_out(tmp_path, lender):
    ours = models.Hold.objects.create(
        lender=lender,
        person_id=id_of("C1"),
        reason="hardship",
        shown_reason="ours",
        stops_calls=True,
        from_at=AT,
        recorded_at=AT,
        actor_id=models.Actor.objects.first().pk,
    )
    kept, gone, over = HOLD, {**HOLD, "hold_ref": "H2", "until_at": ""}, {**HOLD, "hold_ref": "H3"}
    load(tmp_path, "holds", [kept, gone, {**over, "until_at": "2026-02-10"}])
    report = load(tmp_path, "holds", [kept], days=1, is_full=True)
    again = load(tmp_path, "holds", [kept, {**gone, "stops": "calls"}], days=2, is_full=True)

    assert report.counts == {"added": 0, "changed": 0, "unchanged": 1, "ended": 1}
    assert again.counts == {"added": 0, "changed": 1, "unchanged": 1, "ended": 0}
    history = models.Hold.objects.filter(source_ref="H2").order_by("id")
    assert list(history.values_list("until_at", "stops_calls", "stops_notices")) == [
        (None, True, True),
        (AT + ONE_DAY, True, True),
        (None, True, False),
    ]
    assert standing(models.Hold).get(pk=ours.pk).until_at is None
    assert models.Hold.objects.filter(source_ref="H3").count() == 1


def test_a_full_file_that_ends_too_many_holds_is_refused(tmp_path):
    many = [{**HOLD, "hold_ref": f"H{n}"} for n in range(30)]
    load(tmp_path, "holds", many)

    with pytest.raises(BadInput) as error:
        load(tmp_path, "holds", many[:1], days=1, is_full=True)
    assert (error.value.code, models.Hold.objects.count()) == ("import.removals", 30)


def test_a_file_that_still_states_a_hold_ended_here_puts_it_back_in_force(tmp_path):
    load(tmp_path, "holds", [HOLD])
    end_hold(hold=models.Hold.objects.get().pk, actor="staff:anna", at=AT + ONE_DAY)

    assert load(tmp_path, "holds", [HOLD, {**HOLD, "hold_ref": "H2"}], days=2).counts["changed"] == 1
    assert standing(models.Hold).get(source_ref="H1").until_at == midnight(4, 1)


def test_bad_holds_are_named(tmp_path):
    other = {**HOLD, "hold_ref": "H2"}
    report = load(
        tmp_path,
        "holds",
        [
            {**HOLD, "person_ref": "C1"},
            {**HOLD, "loan_ref": ""},
            {**HOLD, "loan_ref": "L9"},
            {**HOLD, "loan_ref": "", "person_ref": "C9", "hold_ref": "H5"},
            {**HOLD, "reason": "moratorium"},
            {**HOLD, "stops": "calls letters"},
            {**HOLD, "stops": ""},
            {**HOLD, "shown_reason": ""},
            {**other, "from_at": "2026-04-01T00:00:01"},
            {**HOLD, "hold_ref": "H6", "until_at": "9999-12-31"},
            {**HOLD, "hold_ref": "H7", "from_at": "9999-12-31T23:59-05:00"},
            {**HOLD, "hold_ref": "H8", "from_at": "soon"},
            {**HOLD, "hold_ref": "H9", "from_at": "2026-02-01T25:00"},
            {**HOLD, "hold_ref": "H10", "from_at": "2026-02-30T10:00Z"},
        ],
    )

    one_of_three = "must be of a loan, a person or an area, and of one of them"
    words = "dispute, promise, plan, hardship, breathing_space, complaint, represented, deceased, bankruptcy"
    assert report.state == "refused"
    assert sorted(faults(report)) == [
        (2, "hold_ref", one_of_three),
        (3, "hold_ref", one_of_three),
        (4, "loan_ref", "is not on file"),
        (5, "person_ref", "is not on file"),
        (6, "reason", f"is not one of {words}, disaster_area, legal, cease_request, plan_sought"),
        (7, "stops", "has a word that is not one of notices, calls, ageing, interest, furnishing"),
        (8, "stops", "is empty"),
        (9, "shown_reason", "is empty"),
        (10, "until_at", "lies before from_at"),
        (11, "until_at", "lies after 2126-03-02; a day that is not known is left empty"),
        (12, "from_at", "is a time that no clock shows"),
        (13, "from_at", "is not a date or a time, such as 2026-03-01 or 2026-03-01T10:00+08:00"),
        (14, "from_at", "is a time that no clock shows"),
        (15, "from_at", "is a day no calendar has"),
    ]
    assert models.Hold.objects.count() == 0


# -- consents ----------------------------------------------------------------------------------


def test_agreed_hours_are_minutes_on_days_and_hold_from_when_they_were_given(tmp_path, lender):
    load(tmp_path, "consents", [CONSENT])

    row = models.Consent.objects.get()
    assert (row.person_id, row.given_to_id, row.kind, row.form) == (
        *(id_of("C1"), lender.pk, "agreed_hours", "written"),
    )
    assert (row.weekdays, row.start_local_minutes, row.end_local_minutes) == (0b111, 1200, 1350)
    given_at = datetime(2026, 2, 1, 2, tzinfo=UTC)
    assert (row.given_at, row.from_at, row.until_at) == (given_at, given_at, None)


def test_whether_the_contact_of_a_consent_complied_is_told_or_not_known(tmp_path):
    load(tmp_path, "consents", [CONSENT])
    assert models.Consent.objects.get().contact_complied is None

    load(tmp_path, "consents", [{**CONSENT, "contact_complied": "no"}], days=1)
    assert standing(models.Consent).get().contact_complied is False


def test_a_consent_is_withdrawn_by_its_end(tmp_path):
    calls = {
        "consent_ref": "A2",
        "person_ref": "C1",
        "kind": "extra_calls",
        "form": "oral",
        "given_at": "2026-02-01",
        "channel": "call",
        "loan_ref": "L1",
        "evidence_ref": "tape 7",
    }
    load(tmp_path, "organisations", [{"organisation_ref": "agency", "kind": "agency", "name": "Agency"}])
    load(tmp_path, "consents", [{**calls, "given_to": "agency"}])
    load(tmp_path, "consents", [{**calls, "given_to": "agency", "until_at": "2026-03-02T09:30"}], days=1)

    row = standing(models.Consent).get()
    assert (row.given_to.source_ref, row.channel, row.loan.source_ref, row.evidence_ref) == (
        *("agency", "call", "L1", "tape 7"),
    )
    assert row.until_at == midnight(3, 2) + timedelta(hours=9, minutes=30)


def test_bad_consents_are_named(tmp_path):
    extra = {**CONSENT, "kind": "extra_calls", "weekdays": "", "start_local": "", "end_local": ""}
    report = load(
        tmp_path,
        "consents",
        [
            {**CONSENT, "weekdays": ""},
            {**CONSENT, "weekdays": "mon funday"},
            {**CONSENT, "start_local": "22:30"},
            {**CONSENT, "end_local": "24:01"},
            {**extra, "start_local": "08:00"},
            {**CONSENT, "given_at": ""},
            {**CONSENT, "given_to": "nobody"},
            {**extra, "consent_ref": "A3", "given_at": "2026-03-03"},
            {**extra, "consent_ref": "A4", "until_at": "2026-01-01"},
            {**extra, "consent_ref": "A5", "loan_ref": "L9"},
            {**extra, "consent_ref": "A6", "until_at": "2026-02-01T10:00+08:00"},
        ],
    )

    assert sorted(faults(report)) == [
        (2, "weekdays", "is empty, and the kind is agreed_hours"),
        (3, "weekdays", "has a word that is not one of mon, tue, wed, thu, fri, sat, sun"),
        (4, "end_local", "is not after start_local"),
        (5, "end_local", "is not a time between 00:00 and 24:00"),
        (6, "start_local", "is stated, and the kind is not agreed_hours"),
        (7, "given_at", "is empty"),
        (8, "given_to", "is not on file"),
        (9, "given_at", "lies in the future"),
        (10, "until_at", "lies before from_at"),
        (11, "loan_ref", "is not on file"),
    ]
    assert models.Consent.objects.get().source_ref == "A6"


# -- opt-outs and refusals ---------------------------------------------------------------------


def test_an_opt_out_is_of_a_person_or_of_an_address_whoever_has_it(tmp_path):
    of_address = {"preference_ref": "O2", "kind": "mobile", "value": "0912 345 678", "country": "TW"}
    load(tmp_path, "preferences", [OPT_OUT, {**of_address, "topic": "collect", "told_by": "reply"}])

    columns = ("person_id", "value_key", "channel", "topic", "from_at", "until_at", "told_by")
    assert list(models.Preference.objects.order_by("source_ref").values_list(*columns)) == [
        (id_of("C1"), None, "sms", None, midnight(2, 1), None, "import"),
        (None, keyring().value_key("mobile", "+886912345678"), None, "collect", AT, None, "reply"),
    ]


def test_only_a_stated_end_switches_on_again(tmp_path):
    load(tmp_path, "preferences", [OPT_OUT])
    load(tmp_path, "preferences", [{**OPT_OUT, "preference_ref": "O2"}], days=1, is_full=True)
    assert standing(models.Preference).get(source_ref="O1").until_at is None

    load(tmp_path, "preferences", [{**OPT_OUT, "until_at": "2026-03-01"}], days=2)
    assert standing(models.Preference).get(source_ref="O1").until_at == midnight(3, 2)


def test_a_file_that_still_states_an_opt_out_lifted_here_puts_it_back(tmp_path):
    load(tmp_path, "preferences", [{**OPT_OUT, "until_at": ""}])
    lift_opt_out(
        opt_out=models.Preference.objects.get().pk, told_by="portal", actor="staff:a", at=AT + ONE_DAY
    )

    report = load(tmp_path, "preferences", [{**OPT_OUT, "until_at": "", "topic": ""}], days=2)
    assert report.counts["changed"] == 1
    assert standing(models.Preference).get().until_at is None


def test_bad_opt_outs_are_named(tmp_path):
    report = load(
        tmp_path,
        "preferences",
        [
            {**OPT_OUT, "kind": "mobile", "value": "0912345678", "country": "TW"},
            {**OPT_OUT, "person_ref": ""},
            {**OPT_OUT, "person_ref": "", "kind": "mobile", "value": "0912345678"},
            {**OPT_OUT, "preference_ref": "O2", "person_ref": "", "value": "x@example.org"},
            {**OPT_OUT, "preference_ref": "O3", "channel": "fax"},
            {**OPT_OUT, "preference_ref": "O4", "person_ref": "C9"},
            {**OPT_OUT, "preference_ref": "O5", "from_at": "2026-03-01", "until_at": "2026-02-27"},
            {**OPT_OUT, "preference_ref": "O6", "told_by": "rumour"},
            {**OPT_OUT, "preference_ref": "O7"},
        ],
    )

    one_of_two = "must be of a person or of an address, and of one of them"
    assert sorted(faults(report)) == [
        (2, "preference_ref", one_of_two),
        (3, "preference_ref", one_of_two),
        (4, "value", "has no country code"),
        (5, "kind", "is empty, and value is stated"),
        (6, "channel", "is not one of in_app, email, sms, call, letter, visit, push"),
        (7, "person_ref", "is not on file"),
        (8, "until_at", "lies before from_at"),
        (9, "told_by", "is not one of portal, reply, call, letter, import"),
    ]
    assert models.Preference.objects.get().source_ref == "O7"


def test_an_inconvenient_time_is_of_days_hours_a_channel_or_an_address(tmp_path):
    whole_day = {"inconvenient_time_ref": "T2", "person_ref": "C2"}
    at_number = {"kind": "mobile", "value": "0912 345 678", "country": "TW"}
    at_work = {**INCONVENIENT, "inconvenient_time_ref": "T3", "place": "work", "form": "oral"}
    load(tmp_path, "inconvenient_times", [INCONVENIENT, {**whole_day, **at_number}, at_work])

    assert list(models.Inconvenience.objects.order_by("source_ref").values_list("place", "form")) == [
        *((None, None), (None, None), ("work", "oral")),
    ]
    columns = ("person_id", "value_key", "channel", "weekdays", "start_local_minutes", "end_local_minutes")
    said = models.Inconvenience.objects.order_by("source_ref")
    assert list(said.values_list(*columns, "from_at", "until_at", "told_by"))[:2] == [
        (id_of("C1"), None, "call", 0b0010001, 0, 10 * 60, midnight(2, 1), None, "call"),
        (
            *(id_of("C2"), keyring().value_key("mobile", "+886912345678"), None, 127, 0, 24 * 60),
            *(AT, None, "import"),
        ),
    ]


def test_bad_inconvenient_times_are_named(tmp_path):
    report = load(
        tmp_path,
        "inconvenient_times",
        [
            {**INCONVENIENT, "weekdays": "monday"},
            {**INCONVENIENT, "start_local": "10:00"},
            {**INCONVENIENT, "inconvenient_time_ref": "T2", "start_local": "22:00", "end_local": "06:00"},
            {**INCONVENIENT, "end_local": "25:00"},
            {**INCONVENIENT, "channel": "fax"},
            {**INCONVENIENT, "inconvenient_time_ref": "T3", "person_ref": "C9"},
            {**INCONVENIENT, "inconvenient_time_ref": "T4", "until_at": "2026-01-01"},
            {**INCONVENIENT, "inconvenient_time_ref": "T5", "kind": "mobile", "value": "12", "country": "TW"},
            {**INCONVENIENT, "inconvenient_time_ref": "T6", "kind": "mobile"},
            {**INCONVENIENT, "inconvenient_time_ref": "T7", "start_local": "24:00", "end_local": ""},
            {**INCONVENIENT, "inconvenient_time_ref": "T8"},
            {**INCONVENIENT, "inconvenient_time_ref": "T9", "place": "moon"},
            {**INCONVENIENT, "inconvenient_time_ref": "T9", "form": "nod"},
        ],
    )

    assert sorted(faults(report)) == [
        (2, "weekdays", "has a word that is not one of mon, tue, wed, thu, fri, sat, sun"),
        (3, "end_local", "is not after start_local"),
        (4, "end_local", "is not after start_local"),
        (5, "end_local", "is not a time between 00:00 and 24:00"),
        (6, "channel", "is not one of in_app, email, sms, call, letter, visit, push"),
        (7, "person_ref", "is not on file"),
        (8, "until_at", "lies before from_at"),
        (9, "value", "is not a number of TW"),
        (10, "value", "is empty, and kind is stated"),
        (11, "end_local", "is not after start_local"),
        (13, "place", "is not one of home, work, other"),
        (14, "form", "is not one of oral, written"),
    ]
    assert models.Inconvenience.objects.get().source_ref == "T8"


def test_hours_that_only_the_row_on_file_makes_senseless_are_named(tmp_path):
    load(tmp_path, "inconvenient_times", [{**INCONVENIENT, "start_local": "09:00"}])
    later = {key: INCONVENIENT[key] for key in ("inconvenient_time_ref", "person_ref")}
    report = load(tmp_path, "inconvenient_times", [{**later, "end_local": "08:00"}], days=1)

    assert faults(report) == [(2, "end_local", "is not after start_local")]


def test_a_refusal_is_for_good_and_a_mistaken_one_is_none(tmp_path):
    load(tmp_path, "refusals", [REFUSAL, {**REFUSAL, "refusal_ref": "R2", "person_ref": "C2"}])
    load(
        tmp_path,
        "refusals",
        [{**REFUSAL, "refusal_ref": "R2", "person_ref": "C2", "is_mistake": "yes"}],
        days=1,
    )

    columns = ("person_id", "from_at", "told_by", "is_mistake")
    assert list(standing(models.Refusal).order_by("source_ref").values_list(*columns)) == [
        (id_of("C1"), midnight(2, 1), "letter", False),
        (id_of("C2"), midnight(2, 1), "letter", True),
    ]


def test_nobody_has_authority_over_himself(tmp_path):
    report = load(
        tmp_path,
        "authorities",
        [
            {**AUTHORITY, "person_ref": "C1"},
            {**AUTHORITY, "on_behalf_of_ref": "C9"},
            {**AUTHORITY, "authority_ref": "V2", "loan_ref": "L1"},
        ],
    )

    assert faults(report) == [
        (2, "on_behalf_of_ref", "is the person himself"),
        (3, "on_behalf_of_ref", "is not on file"),
    ]
    row = models.Authority.objects.get()
    assert (row.person_id, row.on_behalf_of_id, row.loan.source_ref, row.document_ref) == (
        *(id_of("C2"), id_of("C1"), "L1", "D-7"),
    )


# -- notices -----------------------------------------------------------------------------------


def test_a_notice_of_the_past_is_proof_that_is_never_changed(tmp_path):
    first = load(tmp_path, "notices", [NOTICE])
    same = load(tmp_path, "notices", [NOTICE, {**NOTICE, "notice_ref": "N2", "state": "returned"}], days=1)
    other = load(tmp_path, "notices", [{**NOTICE, "state": "served"}], days=2)

    assert (first.counts, same.counts) == ({"added": 1, "unchanged": 0}, {"added": 1, "unchanged": 1})
    assert faults(other) == [
        (2, "notice_ref", "is on file with other content; send the right one under a number of its own")
    ]
    row = models.NoticeProof.objects.get(source_ref="N1")
    assert (row.loan.source_ref, row.person_id, row.notice, row.channel, row.state, row.at) == (
        *("L1", id_of("C1"), "validation", "letter", "posted", midnight(2, 10)),
    )
    assert (row.evidence_ref, bytes(row.evidence_digest)) == ("archive/2026/17", b"\xab" * 32)


def test_bad_proofs_are_named(tmp_path):
    report = load(
        tmp_path,
        "notices",
        [
            {**NOTICE, "loan_ref": "L9"},
            {**NOTICE, "notice_ref": "N2", "person_ref": "C9"},
            {**NOTICE, "notice_ref": "N3", "at": "2026-03-02T10:01"},
            {**NOTICE, "state": "unsure"},
            {**NOTICE, "evidence_ref": ""},
            {**NOTICE, "evidence_sha256": "abc"},
        ],
    )

    assert sorted(faults(report)) == [
        (2, "loan_ref", "is not on file"),
        (3, "person_ref", "is not on file"),
        (4, "at", "lies in the future"),
        (5, "state", "is not one of sent, delivered, posted, served, returned"),
        (6, "evidence_ref", "is empty"),
        (7, "evidence_sha256", "is not a SHA-256 digest of 64 hexadecimal digits"),
    ]
    assert models.NoticeProof.objects.count() == 0


def test_a_bad_number_of_a_bare_address_is_not_repeated(tmp_path):
    report = load(tmp_path, "preferences", [{"preference_ref": "O1", "kind": "mobile", "value": "12"}])

    assert [(reject.value, reject.reason) for reject in report.rejects] == [("", "has no country code")]
    assert MOBILE["value"] not in str(report)


# -- measures ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "field", "reason"),
    [
        ({"loan_ref": "L9"}, "loan_ref", "is not on file"),
        ({"organisation_ref": "A9"}, "organisation_ref", "is not on file"),
        ({"takes_effect_at": "2026-01-31"}, "takes_effect_at", "lies before decided_at"),
        ({"ended_at": "2026-01-31"}, "ended_at", "lies before decided_at"),
        ({"decided_at": "2026-12-31"}, "decided_at", "lies in the future"),
    ],
)
def test_a_measure_that_cannot_be_is_not_taken(tmp_path, change, field, reason):
    report = load(tmp_path, "measures", [{**MEASURE, **change}])

    assert (report.state, faults(report)) == ("refused", [(2, field, reason)])
    assert models.Measure.objects.count() == 0


def test_a_measure_is_never_of_another_kind(tmp_path):
    load(tmp_path, "measures", [MEASURE])
    report = load(tmp_path, "measures", [{**MEASURE, "kind": "placement"}], days=1)

    assert faults(report) == [(2, "measure_ref", "is not what it is on file with")]
    assert [row.kind for row in models.Measure.objects.all()] == ["report"]


# -- requests ----------------------------------------------------------------------------------


def steps_on_file():
    return list(models.RequestStep.objects.order_by("id").values_list("sequence", "state", "at"))


def test_a_request_is_added_once_and_what_becomes_of_it_is_a_step(tmp_path):
    first = load(tmp_path, "requests", [REQUEST])
    same = load(
        tmp_path, "requests", [REQUEST, {**REQUEST, "request_ref": "Q2", "kind": "complaint"}], days=1
    )
    answered = load(tmp_path, "requests", [{**REQUEST, "answered_at": "2026-02-20"}], days=2)
    more = {**REQUEST, "request_ref": "Q3"}
    again = load(tmp_path, "requests", [{**REQUEST, "answered_at": "2026-02-20"}, more], days=3)

    assert [each.counts["added"] for each in (first, same, answered)] == [1, 1, 0]
    assert (answered.counts["steps"], again.counts["steps"]) == (1, 0)
    request = models.Request.objects.get(source_ref="Q1")
    assert (request.kind, request.person_id, request.loan.source_ref) == ("dispute", id_of("C1"), "L1")
    assert steps_on_file() == [(0, "answered", midnight(2, 20))]


def test_an_extended_request_may_be_extended_again_and_then_answered(tmp_path):
    load(tmp_path, "requests", [{**REQUEST, "extended_at": "2026-02-10"}])
    told = {**REQUEST, "extended_at": "2026-02-15", "answered_at": "2026-02-20"}
    load(tmp_path, "requests", [told], days=1)

    assert [(sequence, state) for sequence, state, _ in steps_on_file()] == [
        (0, "extended"),
        (1, "extended"),
        (2, "answered"),
    ]


@pytest.mark.parametrize(
    ("change", "field", "reason"),
    [
        ({"person_ref": "C9"}, "person_ref", "is not on file"),
        ({"loan_ref": "L9"}, "loan_ref", "is not on file"),
        ({"answered_at": "2026-01-31"}, "answered_at", "lies before received_at"),
        ({"received_at": "2026-12-31"}, "received_at", "lies in the future"),
    ],
)
def test_a_request_that_cannot_be_is_not_taken(tmp_path, change, field, reason):
    report = load(tmp_path, "requests", [{**REQUEST, **change}])

    assert (report.state, faults(report)) == ("refused", [(2, field, reason)])
    assert models.Request.objects.count() == 0


def test_a_request_is_never_another_one(tmp_path):
    load(tmp_path, "requests", [REQUEST])
    report = load(tmp_path, "requests", [{**REQUEST, "kind": "complaint"}], days=1)

    assert faults(report) == [(2, "request_ref", "is not what it is on file with")]
