"""`law check` names every mistake of files of law in one run: with its file, line, rule and key."""

from __future__ import annotations

import json
import shutil
import tomllib
from contextlib import suppress
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from arrears.actions.law_checking import check_law
from arrears.kernel.errors import BadInput
from arrears.rulepacks import library
from arrears.rulepacks.library import check_file, read_law
from arrears.rulepacks.loading import why_not_lifted
from tests.effort import effort
from tests.law.planting import Named, plant, plants_in

PLACES = ("hk", "in", "sg", "tw")


def names(mistakes):
    return [Named(each.file, each.rule, each.key) for each in mistakes]


@pytest.fixture(scope="module")
def packs(tmp_path_factory):
    """Copies of some shipped packs, as a lawyer would edit them."""
    folder = tmp_path_factory.mktemp("packs")
    for place in PLACES:
        shutil.copytree(library.FOLDER / place, folder / place)
    return folder


@given(st.data())
@settings(max_examples=effort(12, 300), deadline=None)
def test_every_planted_mistake_is_found_and_nothing_else(packs, data):
    place = packs / data.draw(st.sampled_from(PLACES))
    written = {path: path.read_bytes() for path in sorted(place.glob("*.toml"))}
    every = [each for path in written for each in plants_in(path)]
    chosen = data.draw(
        st.lists(st.sampled_from(every), min_size=1, max_size=12, unique_by=lambda one: one.soil)
    )

    try:
        plant(chosen)
        _, mistakes = check_law(place)
    finally:
        for path, content in written.items():
            path.write_bytes(content)

    assert sorted(names(mistakes)) == sorted(each.named for each in chosen)


def test_what_was_planted_is_of_many_kinds(packs):
    keys = {
        each.named.key
        for place in PLACES
        for path in (packs / place).glob("*.toml")
        for each in plants_in(path)
    }

    assert len({key for key in keys if not key.startswith("case ")}) == 13


CONTACT = """jurisdiction = "test"
reference_zone = "UTC"

[[rule]]
id = "test.night"
kind = "hours"
params = { from = "8:00", until = "20:00" }
match = { channel = ["fax", "call"], mood = ["sad"] }
citation = ""
certainty = "E"
in_force_from = 2026-02-01
in_force_until = 2026-01-01
about = { en = "By day." }
[[rule.case]]
id = "test/by-day"
at = "noon"
channel = "smoke"
recipient = { zones = ["UTC"], mood = "sad" }
expect = "allow"
[[rule.case]]
id = "test/by-night"
at = "2026-07-14T22:00:00Z"
expect = "perhaps"

[[rule]]
id = "test.sunday"
kind = "hours"
params = { from = "08:00", to = "20:00" }
citation = "Act 1"
certainty = "A"
about = { en = "By day.", zh-Hans = "白天。", zh-Hant = "白天。" }
[[rule.case]]
id = "test/by-day"
at = "2026-07-14T22:00:00Z"
recipient = { zones = ["UTC"] }
overrides = [{ rule = "test.sundae", since = "2026-07-14T00:00:00Z" }]
expect = "allow"
[[rule.case]]
id = "test/late"
at = "2026-07-14T23:00:00Z"
recipient = { zones = ["UTC"] }
expect = "refuse"

[[exception]]
id = "test.agreed"
kind = "agreed_hours"
lifts = ["test.sundays", "house.hours"]
citation = "Act 1"
certainty = "A"
about = { en = "Agreed.", zh-Hans = "约定。", zh-Hant = "約定。" }

[[silence]]
on = ""
"""
FOUND = [
    (7, "test.night", "params.from"),
    (7, "test.night", "params.to"),
    (7, "test.night", "params.until"),
    (8, "test.night", "match.channel"),
    (8, "test.night", "match.mood"),
    (9, "test.night", "citation"),
    (10, "test.night", "certainty"),
    (12, "test.night", "in_force_until"),
    (13, "test.night", "about"),
    (14, "test.night", "case test/by-day"),
    (14, "test.night", "case test/by-day"),
    (14, "test.night", "case test/by-day"),
    (23, "test.night", "case.expect"),
    (33, "test.sunday", "case.id"),
    (36, "test.sunday", "case.overrides"),
    (44, "test.agreed", "case"),
    (44, "test.agreed", "case"),
    (47, "test.agreed", "lifts"),
    (47, "test.agreed", "lifts"),
    (52, "a silence", "about"),
    (53, "a silence", "on"),
]


def test_one_run_names_every_mistake_of_a_file_by_line(tmp_path):
    path = tmp_path / "test" / "contact.toml"
    path.parent.mkdir()
    path.write_text(CONTACT, encoding="utf-8")

    _, mistakes = check_law(path)

    assert [(each.line, each.rule, each.key) for each in mistakes] == FOUND
    assert {each.file for each in mistakes} == {"test/contact.toml"}
    told = {each.key: (each.what, each.hint) for each in mistakes}
    assert told["about"][0] == "is missing"
    assert told["params.to"] == ("is missing", "Add it: it must be a time of day, 20:00 to 24:00.")
    assert told["case.overrides"][1] == "Did you mean test.sunday?"


def test_loading_raises_one_error_that_carries_all(tmp_path):
    path = tmp_path / "test" / "contact.toml"
    path.parent.mkdir()
    path.write_text(CONTACT, encoding="utf-8")
    (path.parent / "tables.toml").write_text("entry = =", encoding="utf-8")

    with pytest.raises(BadInput) as refused:
        read_law(path.parent)

    alone = [mistake for each in sorted(path.parent.iterdir()) for mistake in check_file(each).mistakes]
    assert list(refused.value.facts["mistakes"]) == alone
    assert refused.value.what.split("\n") == [each.said for each in alone]
    assert (alone[-1].file, alone[-1].line) == ("test/tables.toml", 1)


RULE = """
[[rule]]
id = "test.{0}"
kind = "{1}"
citation = "Act 1"
certainty = "A"
about = {{ en = "Text.", zh-Hans = "文本。", zh-Hant = "文本。" }}
[[rule.case]]
id = "test.{0}/allowed"
at = "2026-07-14T22:00:00Z"
purpose = "service"
expect = "allow"
[[rule.case]]
id = "test.{0}/refused"
at = "2026-07-14T22:00:00Z"
expect = "refuse"
"""
HEAD = 'jurisdiction = "test"\nreference_zone = "UTC"\n'


def failing(tmp_path, *rules):
    path = tmp_path / "test" / "contact.toml"
    path.parent.mkdir(exist_ok=True)
    path.write_text(HEAD + "".join(rules), encoding="utf-8")
    return [each.key for each in check_law(path)[1] if each.key.startswith("case ")]


def test_a_case_is_held_against_a_rule_unless_an_entry_that_cannot_be_read_might_make_it_hold(tmp_path):
    collect, mute = (RULE.format(name, "forbid") for name in ("collect", "mute"))
    collect = collect.replace("citation", 'match = { purpose = ["collect"] }\ncitation')
    mute = mute.replace("citation", 'match = { channel = ["call"] }\ncitation')
    broken = RULE.format("broken", "forbid").replace('certainty = "A"', 'certainty = "?"')
    exception = RULE.format("lost", "agreed_hours").replace("[[rule", "[[exception")
    lost = exception.replace("citation", 'lifts = ["test.mute"]\ncolour = "red"\ncitation')

    assert failing(tmp_path, collect, mute) == ["case test.mute/refused"]
    assert failing(tmp_path, collect, mute, broken) == ["case test.mute/refused"]
    assert failing(tmp_path, collect, mute, lost) == []


@pytest.mark.parametrize(
    ("jurisdiction", "lifted", "why"),
    [
        ("house", "us.call.7in7", "is law of us and stronger than one's own policy"),
        ("test", "us.call.7in7", "is of us and not of test"),
        ("test", "us.call.8in7", "is no rule of this law"),
    ],
)
def test_an_exception_lifts_rules_of_its_own_jurisdiction_only(jurisdiction, lifted, why):
    assert why_not_lifted(lifted, jurisdiction, {"us.call.7in7": "us"}).endswith(why)
    assert why_not_lifted("us.call.7in7", "us", {"us.call.7in7": "us"}) == ""


JUNK = (0, -1, 10**20, 1.5, True, "", "x", [], [[]], [{}], {}, {"x": 1}, ["x", 1], date.max)


def _dumped(told):
    """TOML on one line a key."""
    if isinstance(told, dict):
        return f"{{ {', '.join(f'{json.dumps(key)} = {_dumped(each)}' for key, each in told.items())} }}"
    if isinstance(told, list):
        return f"[{', '.join(map(_dumped, told))}]"
    if isinstance(told, date):  # or a date and time
        return told.isoformat()
    return json.dumps(told, ensure_ascii=False)


def _ways(told, way=()):
    yield from ([way] if way else [])
    parts = told.items() if isinstance(told, dict) else enumerate(told) if isinstance(told, list) else ()
    for key, each in parts:
        yield from _ways(each, (*way, key))


@given(st.data())
@settings(max_examples=effort(40, 400), deadline=None)
def test_no_value_makes_the_check_fall_over(packs, data):
    path = data.draw(st.sampled_from([p for place in PLACES for p in sorted((packs / place).glob("*.toml"))]))
    written = path.read_bytes()
    told = tomllib.loads(written.decode())
    for way in data.draw(st.lists(st.sampled_from(list(_ways(told))), min_size=1, max_size=3)):
        at = told
        with suppress(LookupError, TypeError):  # an earlier one may have taken the way away
            for step in way[:-1]:
                at = at[step]
            at[way[-1]] = data.draw(st.sampled_from(JUNK))

    try:
        path.write_text("\n".join(f"{json.dumps(key)} = {_dumped(each)}" for key, each in told.items()))
        check_law(path.parent)
    finally:
        path.write_bytes(written)
