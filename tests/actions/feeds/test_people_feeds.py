"""Contact points and places: encrypted, counted by a hash, and replaced by what a later file says."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from arrears.actions.contact_points import mark_dead
from arrears.kernel.errors import BadInput
from arrears.kernel.push_subscriptions import base64url, read_subscription
from arrears.store import models
from arrears.store.crypto import get_cipher, keyring
from arrears.store.personal import erase_person
from tests.actions.feeds.books import AT, a_book, faults, load
from tests.actions.feeds.people import EMAIL, MOBILE, PLACE, id_of, points, standing
from tests.builders import ANA, MING, a_lender
from tests.channels.browser import Browser, milliseconds

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def book(db, tmp_path):
    a_lender()
    a_book(tmp_path, loans=3)


def test_addresses_are_stored_encrypted_under_a_hash(tmp_path):
    report = load(tmp_path, "contact_points", [EMAIL, {**MOBILE, "owner_kind": "shared"}])

    assert report.counts == {"added": 2, "changed": 0, "unchanged": 0}
    assert points() == {
        "ming@example.org": ("email", "contract", "own", None, None, None),
        "+886912345678": ("mobile", "contract", "shared", None, None, None),
    }
    mobile = models.ContactPoint.objects.get(kind="mobile")
    assert mobile.person_id == id_of("C1")
    assert mobile.value_key == keyring().value_key("landline", "+886 912 345 678")
    assert models.ContactScope.objects.filter(kind="value", key=mobile.value_key).exists()


def test_a_point_on_file_changes_in_all_but_its_address_and_keeps_its_past(tmp_path):
    load(tmp_path, "contact_points", [MOBILE])
    changed = {**MOBILE, "value": "+886-912-345-678", "source": "public", "verified_on": "2026-03-01"}
    report = load(tmp_path, "contact_points", [changed], days=1)
    again = load(tmp_path, "contact_points", [{**changed, "owner_kind": ""}], days=2)

    assert report.counts == {"added": 0, "changed": 1, "unchanged": 0}
    assert again.counts == {"added": 0, "changed": 0, "unchanged": 1}
    assert points() == {"+886912345678": ("mobile", "public", "own", date(2026, 3, 1), None, None)}
    assert models.ContactPointPast.objects.values_list("source", "verified_on").get() == ("contract", None)


def test_the_place_of_a_point_is_told_kept_and_changed(tmp_path):
    place = models.ContactPoint.objects.values_list("place", flat=True)

    load(tmp_path, "contact_points", [{**MOBILE, "place": "work"}])
    assert place.get() == "work"
    assert load(tmp_path, "contact_points", [{**MOBILE, "place": ""}], days=1).counts["unchanged"] == 1
    load(tmp_path, "contact_points", [{**MOBILE, "place": "home"}], days=2)
    assert place.get() == "home"
    assert models.ContactPointPast.objects.get().place == "work"


POSTAL = {"person_ref": "C1", "kind": "postal", "value": "臺北市信義路五段7號", "source": "contract"}


def test_the_country_of_a_postal_address_may_be_told_later_and_speaks_for_its_zones_then(tmp_path):
    zones = models.ContactPoint.objects.values_list("zones", flat=True)

    load(tmp_path, "contact_points", [POSTAL])
    assert zones.get() is None
    told = load(tmp_path, "contact_points", [{**POSTAL, "country": "TW"}], days=1)
    assert (told.counts["changed"], zones.get()) == (1, "Asia/Taipei")
    assert models.ContactPointPast.objects.get().zones is None
    silent = load(tmp_path, "contact_points", [{**POSTAL, "country": ""}], days=2)
    assert (silent.counts["unchanged"], zones.get()) == (1, "Asia/Taipei")
    assert load(tmp_path, "contact_points", [{**POSTAL, "country": "JP"}], days=3).counts["changed"] == 1
    assert zones.get() == "Asia/Tokyo"


def test_a_full_file_retires_what_it_leaves_out_until_it_is_stated_again(tmp_path):
    load(tmp_path, "contact_points", [EMAIL, MOBILE])
    full = load(tmp_path, "contact_points", [EMAIL], days=1, is_full=True)
    retired = {value: row[-1] for value, row in points().items()}
    back = load(tmp_path, "contact_points", [{**MOBILE, "verified_on": ""}], days=2)

    assert full.counts == {"ended": 1, "added": 0, "changed": 0, "unchanged": 1}
    assert retired == {"ming@example.org": None, "+886912345678": AT + timedelta(days=1)}
    assert back.counts == {"added": 0, "changed": 1, "unchanged": 0}
    assert {row[-1] for row in points().values()} == {None}


def test_a_full_file_that_would_retire_too_much_is_refused(tmp_path):
    many = [{**EMAIL, "value": f"a{n}@example.org"} for n in range(30)]
    load(tmp_path, "contact_points", many)

    with pytest.raises(BadInput, match="leaves out 29 of the 30 rows on file") as error:
        load(tmp_path, "contact_points", many[:1], days=1, is_full=True)
    assert error.value.code == "import.removals"
    assert models.ContactPoint.objects.filter(retired_at=None).count() == 30


def test_an_address_told_dead_stays_dead_until_it_is_verified_on_a_later_day(tmp_path):
    dead = {**MOBILE, "dead_from_at": "2026-02-20", "dead_reason": "no such number"}
    load(tmp_path, "contact_points", [dead])
    midnight = datetime(2026, 2, 19, 16, tzinfo=UTC)
    assert points()["+886912345678"][-2] == midnight

    silent = load(tmp_path, "contact_points", [MOBILE], days=1)
    verified_before = load(tmp_path, "contact_points", [{**MOBILE, "verified_on": "2026-02-20"}], days=2)
    assert (silent.counts["unchanged"], verified_before.counts["changed"]) == (1, 1)
    assert points()["+886912345678"][-2] == midnight

    load(tmp_path, "contact_points", [{**MOBILE, "verified_on": "2026-02-21"}], days=3)
    assert points()["+886912345678"][-3:] == (date(2026, 2, 21), None, None)


def test_a_file_does_not_bring_a_bounced_address_back(tmp_path):
    load(tmp_path, "contact_points", [EMAIL])
    mark_dead(point=models.ContactPoint.objects.get().pk, reason="bounced", actor="program:test", at=AT)

    assert load(tmp_path, "contact_points", [{**EMAIL, "owner_kind": "own"}], days=1).counts["unchanged"] == 1
    assert points()["ming@example.org"][-2] == AT


def test_bad_addresses_are_named_and_not_repeated(tmp_path):
    load(tmp_path, "contact_points", [EMAIL])
    report = load(
        tmp_path,
        "contact_points",
        [
            {**MOBILE, "person_ref": "C9"},
            {**MOBILE, "country": ""},
            {**MOBILE, "country": "HK"},
            {**MOBILE, "value": "0912345678 ext 7"},
            {**EMAIL, "value": "ming@"},
            {**EMAIL, "value": "a\u202eb@example.org"},
            {**EMAIL, "kind": "fax"},
            {**EMAIL, "value": ""},
            {**MOBILE, "country": "US-NY"},
            {**EMAIL, "value": "b@example.org", "verified_on": "2026-03-03"},
            {**EMAIL, "value": "c@example.org", "verified_on": "9999-12-31"},
            {**EMAIL, "value": "d@example.org", "dead_from_at": "2026-02-30", "dead_reason": "x"},
            {**EMAIL, "value": "e@example.org", "dead_from_at": "2026-03-03", "dead_reason": "x"},
            {**EMAIL, "value": "f@example.org", "dead_from_at": "2026-03-01"},
            {**EMAIL, "person_ref": "C2", "value": "A@example.org"},
            {**EMAIL, "person_ref": "C2", "value": "a@EXAMPLE.org", "source": "public"},
            {**MOBILE, "person_ref": "C3"},
        ],
    )

    assert (report.rows_read, report.rows_rejected, report.counts["added"]) == (17, 16, 1)
    assert sorted(faults(report)) == [
        (2, "person_ref", "is not on file"),
        (3, "value", "has no country code"),
        (4, "value", "is not a number of HK"),
        (5, "value", "holds more than a number"),
        (6, "value", "is not an e-mail address"),
        (7, "value", "contains a control or an invisible character"),
        (8, "kind", "is not one of app_inbox, email, mobile, landline, postal, web_push"),
        (9, "value", "is empty"),
        (10, "country", "is not a country of ISO 3166-1, such as TW"),
        (11, "verified_on", "lies after the lender's today, 2026-03-02"),
        (12, "verified_on", "lies after 2126-03-02; a day that is not known is left empty"),
        (13, "dead_from_at", "is a day no calendar has"),
        (14, "dead_from_at", "lies in the future"),
        (15, "dead_reason", "is empty, and dead_from_at is stated"),
        (16, "value", "stands in the file more than once"),
        (17, "value", "stands in the file more than once"),
    ]
    assert all(reject.value == "" for reject in report.rejects if reject.line in (2, 3, 4, 5, 6, 16, 17))


def test_a_browsers_subscription_is_an_address_and_ends_when_it_says(tmp_path):
    browser, end = Browser(), AT + timedelta(days=30)
    row = {**EMAIL, "kind": "web_push", "value": browser.subscription(), "source": "authorised"}
    ending = {**row, "value": browser.subscription(expirationTime=milliseconds(end))}

    first = load(tmp_path, "contact_points", [row])
    again = load(tmp_path, "contact_points", [{**row, "owner_kind": "own"}], days=1)
    ended = load(tmp_path, "contact_points", [ending], days=2)

    assert (first.counts["added"], again.counts["unchanged"], ended.counts["changed"]) == (1, 1, 1)
    (point,) = models.ContactPoint.objects.all()
    kept = get_cipher(keyring(), point.person_id).decrypt("point", bytes(point.value_encrypted))
    assert read_subscription(kept) == read_subscription(browser.subscription())
    assert (point.dead_from_at, point.dead_reason) == (end, "the subscription ends")
    mark_dead(point=point.pk, reason="refused web_push.gone 410", actor="program:test", at=AT)
    load(tmp_path, "contact_points", [ending], days=3)
    point.refresh_from_db()
    assert (point.dead_from_at, point.dead_reason) == (AT, "refused web_push.gone 410")


def test_a_full_file_retires_no_browsers_subscription(tmp_path):
    row = {**EMAIL, "kind": "web_push", "value": Browser().subscription(), "source": "authorised"}
    load(tmp_path, "contact_points", [EMAIL, row])

    load(tmp_path, "contact_points", [EMAIL], days=1, is_full=True)

    assert models.ContactPoint.objects.filter(retired_at=None).count() == 2


def test_a_subscription_with_a_fault_is_named_and_not_repeated(tmp_path):
    off_the_curve = base64url(b"\x04" + b"\x01" * 64)
    told = [
        "push",
        Browser(endpoint="http://push.example/1").subscription(),
        Browser(server_key=off_the_curve).subscription(),
    ]
    rows = [{**EMAIL, "kind": "web_push", "value": value, "source": "authorised"} for value in told]

    report = load(tmp_path, "contact_points", [*rows, {**EMAIL, "kind": "app_inbox", "value": "a" * 301}])

    assert sorted(faults(report)) == [
        (2, "value", "is not the JSON that PushSubscription.toJSON() gives"),
        (3, "value", "has a fault: endpoint does not begin with https://"),
        (4, "value", "has a fault: applicationServerKey is no point of P-256"),
        (5, "value", "is longer than 300 characters"),
    ]
    assert {reject.value for reject in report.rejects} == {""}


def test_nothing_of_an_erased_person_is_taken_in_again(tmp_path):
    erase_person(id_of("C1"), at=AT)

    point = load(tmp_path, "contact_points", [EMAIL, {**EMAIL, "person_ref": "C2"}], is_full=True)
    place = load(tmp_path, "places", [PLACE])

    assert (point.counts["added"], point.counts["unchanged"]) == (1, 1)
    assert place.counts["unchanged"] == 1
    assert models.ContactPoint.objects.get().person_id == id_of("C2")
    assert models.ZoneEvidence.objects.count() == 0


# -- places ------------------------------------------------------------------------------------


def places() -> list[tuple[str, str | None, str | None]]:
    return sorted(set(standing(models.ZoneEvidence).values_list("source", "place", "zone")))


NEW_YORK = {**PLACE, "place": "US-NY", "zone": "America/New_York"}
INDIANA = [{**PLACE, "place": "US-IN", "zone": f"America/{city}"} for city in ("New_York", "Chicago")]


def test_a_person_may_be_in_several_places_and_zones_at_once(tmp_path):
    report = load(tmp_path, "places", [PLACE, *INDIANA, {**NEW_YORK, "source": "area_code", "place": ""}])

    assert report.counts == {"added": 4, "changed": 0, "unchanged": 0}
    assert places() == [
        ("address", "TW", "Asia/Taipei"),
        ("address", "US-IN", "America/Chicago"),
        ("address", "US-IN", "America/New_York"),
        ("area_code", None, "America/New_York"),
    ]


def test_who_moved_is_where_the_newest_file_says_and_where_other_sources_say(tmp_path):
    load(tmp_path, "places", [PLACE, {**PLACE, "source": "employer"}])
    moved = load(tmp_path, "places", INDIANA, days=1)
    again = load(tmp_path, "places", list(reversed(INDIANA)), days=2)
    back = load(tmp_path, "places", [{**PLACE, "zone": "Asia/Taipei"}], days=3)
    once_more = load(
        tmp_path, "places", [{**PLACE, "person_ref": "C1"}, {**PLACE, "person_ref": "C2"}], days=4
    )

    assert moved.counts == {"added": 1, "changed": 1, "unchanged": 0}
    assert again.counts == {"added": 0, "changed": 0, "unchanged": 2}
    assert back.counts == {"added": 0, "changed": 2, "unchanged": 0}
    assert once_more.counts == {"added": 1, "changed": 0, "unchanged": 1}
    assert places() == [("address", "TW", "Asia/Taipei"), ("employer", "TW", "Asia/Taipei")]


def test_bad_places_are_named_and_leave_a_person_where_he_was(tmp_path):
    load(tmp_path, "places", [{**PLACE, "person_ref": "C2"}])
    report = load(
        tmp_path,
        "places",
        [
            {**PLACE, "person_ref": "C9"},
            {**PLACE, "person_ref": "C2", "place": "BR", "zone": "America/Sao_Paulo"},
            {**PLACE, "person_ref": "C3"},
            {**PLACE, "person_ref": "C3"},
            {**PLACE, "person_ref": "C3", "place": "Taiwan"},
            {**PLACE, "person_ref": "C3", "zone": "Asia/Taipeh"},
            {**PLACE, "person_ref": "C3", "place": "", "zone": ""},
            {**PLACE, "person_ref": "C3", "source": "guess"},
            {**NEW_YORK, "person_ref": "C2"},
            PLACE,
        ],
        days=1,
    )

    assert faults(report) == [
        (2, "person_ref", "is not on file"),
        (3, "place", "has no rule pack, and its country is not declared house-only"),
        (4, "zone", "stands in the file more than once"),
        (5, "zone", "stands in the file more than once"),
        (6, "place", "is not a place of ISO 3166, such as TW or US-NY"),
        (7, "zone", "is not a time zone of the IANA database, such as Asia/Taipei"),
        (8, "place", "is empty, and so is zone"),
        (9, "source", "is not one of address, area_code, stated, employer, network_address, lender"),
        (10, "person_ref", "has another row that cannot be taken"),
    ]
    assert report.counts == {"added": 1, "changed": 0, "unchanged": 0}
    standing_of = standing(models.ZoneEvidence).order_by("person_id").values_list("person_id", "place")
    assert list(standing_of) == [(id_of("C1"), "TW"), (id_of("C2"), "TW")]


def test_the_cast_reads_back_as_it_was_written(tmp_path):
    load(
        tmp_path,
        "contact_points",
        [
            {"person_ref": ref, "kind": kind, "value": value, "country": who.place[:2], "source": "contract"}
            for ref, who in (("C1", MING), ("C2", ANA))
            for kind, value in who.values.items()
        ],
    )

    assert sorted(points()) == sorted(
        [
            *("ming@example.org", "+886912345678", "ming", "+886223456789", "臺北市中正區重慶南路一段122號"),
            *(
                "ana@example.com",
                "+12125550123",
                "ana",
                "+12125550199",
                "1 Example Plaza, New York, NY 10001",
            ),
        ]
    )
