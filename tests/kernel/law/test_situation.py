"""A situation by value says what a database would, or is refused in words."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from arrears.kernel.days import datetime_of
from arrears.kernel.errors import BadInput
from arrears.kernel.facts import NO_ID, TABLES
from arrears.kernel.law.situation import readable_situations, situation_facts
from arrears.kernel.law.solver import solve
from arrears.kernel.law.told import FEW, instants_alike, moment_of, moment_or_wall
from arrears.kernel.vocabulary import Age, Manner, Voice
from arrears.rulepacks import load_law
from arrears.rulepacks.zones import ZONES
from tests.effort import effort
from tests.kernel.law import situations

AT = "2026-07-14T09:00:00+08:00"


def read(**told):
    return situation_facts([{"at": AT, **told}], ZONES)


@pytest.mark.parametrize(
    ("zone", "wall", "utc"),
    [
        ("America/New_York", "2026-03-08T01:59:00", "2026-03-08T06:59"),
        (
            "America/New_York",
            "2026-03-08T02:30:00",
            "2026-03-08T07:30",
        ),  # left out: as if the clock had not moved
        ("America/New_York", "2026-03-08T03:00:00", "2026-03-08T07:00"),
        ("America/New_York", "2026-11-01T01:30:00", "2026-11-01T05:30"),  # twice: the first
        ("America/New_York", "2026-11-01T02:00:00", "2026-11-01T07:00"),
        ("Australia/Lord_Howe", "2026-10-04T02:15:00", "2026-10-03T15:45"),
        ("Australia/Lord_Howe", "2026-04-05T01:45:00", "2026-04-04T14:45"),
        ("Pacific/Apia", "2011-12-30T12:00:00", "2011-12-30T22:00"),
        ("Pacific/Honolulu", "2026-07-14T08:00:00", "2026-07-14T18:00"),
    ],
)
def test_wall_time_that_is_skipped_or_repeated_is_read_with_the_offset_before(zone, wall, utc):
    assert datetime_of(moment_of(wall, zone, ZONES)).isoformat().startswith(utc)


def test_what_is_listed_twice_is_said_once():
    facts, _, _ = read(
        holds=[{"stops": ["calls", "calls"]}],
        agreements=[{"weekdays": [1, 1], "from": "22:00", "to": "23:00"}],
    )

    assert facts["hold"]["stops"][0] == 2
    assert facts["agreement"]["weekdays"][0] == 1


@pytest.mark.parametrize(
    ("told", "what"),
    [
        ({"chanel": "sms"}, "unknown key 'chanel'"),
        ({"channel": "fax"}, "'fax' is not a Channel"),
        ({"at": "tomorrow"}, "'at' is not a date and time"),
        ({"recipient": {"zones": ["Asia/Peking"]}}, "no time zone is called 'Asia/Peking'"),
        ({"in_zone": "Nowhere"}, "no time zone is called 'Nowhere'"),
        ({"recipient": "CN"}, "'recipient' is not a table"),
        ({"contacts": {"at": AT}}, "'contacts' is not a list of tables"),
        ({"contacts": [AT]}, "'contacts' is not a list of tables"),
        ({"contacts": [{}]}, "'at' is missing"),
        ({"contacts": [{"at": AT, "debts": "card"}]}, "'debts' is not a list"),
        ({"recipient": {"places": "CN"}}, "'places' is not a list"),
        ({"agreements": [{"from": "22:00"}]}, "'to' is not a time of day"),
        ({"agreements": [{"from": "22:00", "to": "25:00"}]}, "'to' is not a time of day"),
        ({"agreements": [{"from": "2200", "to": "23:00"}]}, "'from' is not a time of day"),
        (
            {"agreements": [{"from": "22:00", "to": "23:00", "weekdays": [0]}]},
            "'weekdays' are numbers from 1",
        ),
        ({"opt_outs": [{"by": "nobody"}]}, "'by' must be person or number"),
        ({"holds": [{"on": "house"}]}, "'on' must be loan or person"),
        ({"holds": [{"stops": ["everything"]}]}, "'everything' is not a Stops"),
        ({"overrides": [{}]}, "'rule' is missing"),
        ({"payments": [{"on": "soon"}]}, "'on' is not a date: soon"),
        ({"payments": [{}]}, "'on' is missing"),
    ],
)
def test_a_situation_that_cannot_be_read_says_which_and_what(told, what):
    with pytest.raises(BadInput) as refused:
        situation_facts([{"at": AT}, {"at": AT, **told}], ZONES)

    assert refused.value.code == "situation.bad"
    assert refused.value.what.startswith(f"Situation 2: {what}"), refused.value.what


HOURS = {"from": "22:00", "to": "23:00"}


@pytest.mark.parametrize(
    ("told", "field", "what"),
    [
        ({"at": "2026-07-14"}, "at", "'at' is not a date and time"),
        ({"at": "2026-07-14T09:00:00"}, "at", "it is a time without an offset"),
        ({"at": "1989-12-31T23:59:59Z"}, "at", "'at' is not between 1990 and 2080"),
        ({"at": "2080-01-01T00:00:00Z"}, "at", "'at' is not between 1990 and 2080"),
        ({"at_local": AT}, "at_local", "'at' and 'at_local' are both there"),
        ({"in_zone": "asia/taipei"}, "in_zone", "no time zone is called"),
        ({"recipient": {"places": ["GB", "UK"]}}, "recipient.places", "no place is called 'UK' in ISO 3166"),
        ({"recipient": {"places": ["USA"]}}, "recipient.places", "no place is called 'USA'"),
        ({"recipient": {"places": ["ZZ"]}}, "recipient.places", "no place is called 'ZZ'"),
        ({"recipient": {"zones": ["Nowhere"]}}, "recipient.zones", "no time zone is called"),
        ({"loan": {"law": "us"}}, "loan.law", "no place is called 'us'"),
        ({"loan": {"debt": ["1"]}}, "loan.debt", "'debt' is not a label"),
        ({"point": {"number": None}}, "point.number", "'number' is not a label"),
        ({"amount_known": "no"}, "amount_known", "'amount_known' is not true or false"),
        ({"dispute_noted": "no"}, "dispute_noted", "'dispute_noted' is not true or false"),
        ({"contacts_known": 0}, "contacts_known", "'contacts_known' is not true or false"),
        ({"contacts": [{"at": AT}, {"at": AT, "conversation": "no"}]}, "contacts[1].conversation", "'conv"),
        ({"contacts": [{"at": AT}, {"at": AT}, {"result": "answered"}]}, "contacts[2].at", "'at' is missing"),
        ({"contacts": [{"at": AT, "debts": [None]}]}, "contacts[0].debts", "'debts' is not a label"),
        ({"contacts": [{"at": AT, "count": -3}]}, "contacts.count", "unknown key 'count' in 'contacts'"),
        (
            {"agreements": [HOURS, {**HOURS, "to": "22:00"}]},
            "agreements[1].to",
            "'from' and 'to' are the same",
        ),
        (
            {"agreements": [{**HOURS, "weekdays": []}]},
            "agreements[0].weekdays",
            "'weekdays' is an empty list",
        ),
        ({"inconvenient": [{"weekdays": [True]}]}, "inconvenient[0].weekdays", "'weekdays' are numbers"),
        (
            {"opt_outs": [{"since": AT, "until": "2026-07-13T00:00:00Z"}]},
            "opt_outs[0].until",
            "'until' is before",
        ),
        ({"holds": [{"stops": []}]}, "holds[0].stops", "'stops' is an empty list"),
        ({"consents": [{"kind": "extra_calls"}]}, "consents[0].since", "'since' is missing"),
    ],
)
def test_what_is_wrong_is_found_by_the_name_of_its_key(told, field, what):
    right = {"at": AT, "contacts": [{"at": AT}]}

    *_, wrong = readable_situations([right, {"at": AT, **told}], ZONES)

    assert list(wrong) == [1]
    (fault,) = wrong[1]
    assert fault.facts["field"] == field
    assert what in fault.what


def test_many_situations_do_not_share_people_loans_or_numbers():
    contacts = [{"at": "2026-07-14T08:00:00+08:00"}]
    facts, candidates, at = situation_facts([{"at": AT, "contacts": contacts}] * 3, ZONES)

    for column in ("person", "loan", "debt", "value", "lender", "point"):
        assert len(np.unique(candidates[column])) == 3
    assert len(at) == len(facts["contact"]["at"]) == 3


def test_no_situations_are_no_candidates():
    _, candidates, at = situation_facts([], ZONES)

    assert len(candidates["loan"]) == len(at) == 0


IDS = {
    *("person", "loan", "lender", "borrower", "debt", "contact_group", "point", "value", "contact"),
    *("hold", "payment", "ordinal", "given_to", "about", "household"),
}
ANSWERS = ("result", "from_at", "until_at", "hard_from_at", "hard_until_at")


def said(facts):
    """The rows of every table without ids, places and zones by name."""
    rows = Counter()
    for name in TABLES:
        columns = {key: column.tolist() for key, column in facts[name].items() if key not in IDS}
        columns = {key: [named(facts, key, code) for code in codes] for key, codes in columns.items()}
        rows.update((name, *row) for row in zip(*columns.values(), strict=True))
    return rows


def named(facts, key, code):
    sets = {"zones": (facts.zone_sets, facts.zones), "places": (facts.place_sets, facts.places)}
    names = {"zone": facts.zones, "law_place": facts.places, "rule": facts.rules}
    if key in sets:
        of, words = sets[key]
        return tuple(sorted(words[each] for each in of[code]))
    return names[key][code] if key in names and code >= 0 else code


@settings(max_examples=60)
@given(st.lists(st.one_of(situations.right, situations.wrong()), max_size=4))
def test_situations_read_together_are_those_read_alone(told):
    law = load_law()
    alone = [readable_situations([each], ZONES) for each in told]
    wrong = {number: error[0] for number, (*_, error) in enumerate(alone) if error}

    facts, candidates, at, refused = readable_situations(told, ZONES)

    assert {n: [error.what.partition(": ")[2] for error in errors] for n, errors in refused.items()} == {
        n: [error.what.partition(": ")[2] for error in errors] for n, errors in wrong.items()
    }
    assert said(facts) == sum((said(each) for each, *_ in alone), Counter())
    together = solve(facts, law, candidates, at)
    apart = [solve(*each[:1], law, *each[1:3]) for n, each in enumerate(alone) if n not in wrong]
    for name in ANSWERS:
        assert getattr(together, name).tolist() == [int(getattr(each, name)[0]) for each in apart]


def test_of_many_situations_only_those_with_a_fault_are_left_out():
    told = [
        {"at": AT, "contacts": [{"at": AT}]},
        {"at": AT, "contacts": [{"at": "x"}]},
        {"at": AT, "chanel": 1},
    ]

    facts, candidates, at, wrong = readable_situations([*told, told[0]], ZONES)

    assert {number: error.facts["number"] for number, (error,) in wrong.items()} == {1: 1, 2: 2}
    assert len(at) == len(candidates["loan"]) == len(facts["person"]["person"]) == 2
    assert len(facts["contact"]["at"]) == 2


def test_a_label_written_as_a_number_is_the_same_label():
    facts, _, _ = read(loan={"debt": 1}, contacts=[{"at": AT, "debts": ["1", 1], "discussed": ["1"]}])

    assert len(facts["loan"]["loan"]) == len(facts["contact_loan"]["loan"]) == 1
    assert facts["contact_loan"]["is_discussed"].tolist() == [True]


@pytest.mark.parametrize("told", [{"channel": "fax"}, {"channel": ["sms"]}, {"at": None}])
def test_a_value_of_an_unusual_kind_is_a_fault_of_its_situation(told):
    *_, wrong = readable_situations([{"at": AT}, {"at": AT, **told}], ZONES)

    assert list(wrong) == [1]


@pytest.mark.parametrize(
    ("told", "voice", "visitors"),
    [
        ({"channel": "call"}, int(Voice.PERSON), NO_ID),
        ({"channel": "call", "voice": "ringless"}, int(Voice.RINGLESS), NO_ID),
        ({"channel": "visit", "visitors": 2}, NO_ID, 2),
        ({"channel": "visit"}, NO_ID, NO_ID),
        ({"channel": "sms"}, NO_ID, NO_ID),
    ],
)
def test_a_call_is_by_a_person_unless_it_says_otherwise(told, voice, visitors):
    _, candidates, _ = read(**told)

    assert (candidates["voice"].tolist(), candidates["visitors"].tolist()) == ([voice], [visitors])


def test_who_spoke_in_an_earlier_call_is_not_known_unless_it_is_told():
    facts, _, _ = read(contacts=[{"at": AT, "channel": "call"}, {"at": AT, "voice": "artificial"}])

    assert facts["contact"]["voice"].tolist() == [NO_ID, int(Voice.ARTIFICIAL)]


@pytest.mark.parametrize(
    "told",
    [
        *({"channel": "sms", "voice": "person"}, {"channel": "call", "voice": "robot"}),
        *({"channel": "call", "visitors": 2}, {"channel": "visit", "visitors": 0}),
        *({"channel": "visit", "visitors": "2"}, {"channel": "visit", "visitors": True}),
    ],
)
def test_a_voice_is_of_a_call_and_visitors_make_a_visit(told):
    with pytest.raises(BadInput, match=r"voice|visitors|Voice"):
        read(**told)


@pytest.mark.parametrize(
    "told",
    [
        *({"channel": "sms", "manner": "postcard"}, {"channel": "visit", "manner": "seen_by_others"}),
        *({"channel": "letter", "manner": "fax"}, {"purpose": "furnish", "manner": "seen_by_others"}),
    ],
)
def test_a_manner_is_of_its_channel(told):
    with pytest.raises(BadInput, match=r"manner|Manner"):
        read(**told)


def test_nothing_is_known_of_a_manner_or_an_age_that_is_not_told():
    facts, candidates, _ = read(channel="letter")
    child, told, _ = read(channel="letter", manner="postcard", recipient={"under_14": True})

    assert (candidates["manner"][0], candidates["age"][0], len(facts["child"]["person"])) == (-1, -1, 0)
    assert (told["manner"][0], told["age"][0]) == (Manner.POSTCARD, Age.UNDER_14)
    assert child["child"]["person"].tolist() == told["person"].tolist()


def test_whose_a_number_is_counts_for_every_contact_at_it():
    contacts = [{"at": AT, "number": "W"}, {"at": AT, "number": "V", "owner": "work"}, {"at": AT}]
    facts, _, _ = read(point={"number": "W", "owner": "other_person"}, contacts=contacts)

    made = facts["contact"]["value"].tolist()
    assert sorted(facts["elsewhere"]["value"].tolist()) == sorted({made[0], made[1]})
    assert made[2] == made[0]


_SIGNS = "0123456789-+:TZ .x\u0661"
_ALIKE = st.builds(
    "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}{}{:02}:{:02}".format,
    st.integers(0, 9999),
    st.integers(0, 13),
    st.integers(0, 32),
    st.integers(0, 24),
    st.integers(0, 60),
    st.integers(0, 60),
    st.sampled_from("+-"),
    st.integers(0, 24),
    st.integers(0, 60),
)


@st.composite
def _nearly_alike(draw):
    text = draw(_ALIKE)
    at = draw(st.integers(0, len(text) - 1))
    return text[:at] + draw(st.sampled_from(_SIGNS)) + text[at + 1 :] if draw(st.booleans()) else text


@given(st.lists(_nearly_alike() | st.text(_SIGNS, min_size=25, max_size=25), min_size=1, max_size=3))
@settings(max_examples=effort(300, 10_000))
def test_instants_read_together_are_those_read_one_by_one(told):
    together = instants_alike(told * FEW)
    if together is not None:
        assert together[: len(told)].tolist() == [moment_or_wall(each) for each in told]


@pytest.mark.parametrize(
    "odd", ["2026-11-23T01:30:00Z", "2026-02-29T09:30:00+08:00", "0000-11-23T09:30:00+08:00"]
)
def test_instants_of_one_form_are_read_together(odd):
    told = ["2026-11-23T09:30:00+08:00", "0001-01-01T00:00:00-23:59", "9999-12-31T23:59:59+00:00"]
    told = [*told, "2024-02-29T00:00:00-00:30"] * FEW
    assert instants_alike(told).tolist() == [moment_or_wall(each) for each in told]
    assert instants_alike([*told, odd]) is None
    assert instants_alike([]) is None
