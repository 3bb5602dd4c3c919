"""A mistake in an obligations file is refused, and the refusal names file, entry and key."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from arrears.kernel.errors import BadInput
from arrears.rulepacks.obligations import load_obligations
from arrears.rulepacks.obligations.cases import answer_obligation_cases
from arrears.rulepacks.obligations.reading import obligations_of_file, read_obligations
from arrears.rulepacks.obligations.values import OBLIGATION, OPTIONAL
from tests.law.builders import where_of

FILE = Path("test/obligations.toml")


def an_entry(**told: Any) -> dict[str, Any]:
    """What a file says of one obligation; None leaves a key out."""
    entry = {
        "id": "t.answer",
        "triggers": ["dispute"],
        "duty": "answer",
        "recipient": "requester",
        "window": {"counted": "from_trigger", "length": 20, "unit": "days", "counts_anchor": False},
        "satisfied_by": "answered",
        "citation": "Act 1",
        "certainty": "A",
        "about": {"en": "Text.", "zh-Hans": "文本。", "zh-Hant": "文本。"},
        **told,
    }
    return {key: value for key, value in entry.items() if value is not None}


def a_file(*entries: dict[str, Any], **told: Any):
    head = {"jurisdiction": "test", "reference_zone": "UTC", "applies_to": ["AQ"]}
    return obligations_of_file(FILE, {**head, "obligation": list(entries), **told})


def a_window(**told: Any) -> dict[str, Any]:
    window = {"counted": "from_trigger", "length": 20, "unit": "days", "counts_anchor": False, **told}
    return {key: value for key, value in window.items() if value is not None}


def test_a_file_without_mistakes_is_read():
    assert [each.id for each in a_file(an_entry()).obligations] == ["t.answer"]


@pytest.mark.parametrize("key", sorted(set(OBLIGATION) - OPTIONAL - {"id"}))
def test_a_missing_key_is_named(key):
    with pytest.raises(BadInput) as refused:
        a_file(an_entry(**{key: None}))

    assert str(refused.value) == f"test/obligations.toml: t.answer: {key} is missing."


@pytest.mark.parametrize(
    ("entry", "key", "what"),
    [
        ({"deadline": 3}, "deadline", "is not a key"),
        ({"triggers": ["tea"]}, "triggers", "must be one of"),
        ({"triggers": []}, "triggers", "must be a list with something in it"),
        ({"duty": "letter"}, "duty", "must be one of answer"),
        ({"certainty": "E"}, "certainty", "must be one of A, B, C, D"),
        ({"about": {"en": "Text."}}, "about", "has no text in zh-Hans"),
        ({"channels": []}, "channels", "must be a list with something in it"),
        ({"channels": ["fax"]}, "channels", "must be one of in_app, email, sms"),
        ({"repeat_months": 0}, "repeat_months", "must be a whole number of at least 1"),
        ({"match": {"place": ["US"]}}, "match.place", "is not a key"),
        ({"match": {"actor_kind": ["friend"]}}, "match.actor_kind", "must be one of"),
        ({"window": 20}, "window", "must be a table"),
        ({"window": {}}, "window.counted", "is missing"),
        ({"window": a_window(length=-1)}, "window.length", "must be a whole number of at least 0"),
        ({"window": a_window(unit=None)}, "window.length", "goes with unit"),
        ({"window": a_window(counts_anchor=None)}, "window.length", "goes with unit"),
        ({"window": a_window(length=0, unit="months")}, "window.unit", "must be days"),
        ({"window": a_window(unit="business_days")}, "window.calendar", "goes with the unit business_days"),
        ({"window": a_window(calendar="US")}, "window.calendar", "goes with the unit business_days"),
        ({"window": a_window(calendar="AA")}, "window.calendar", "must be a country"),
        ({"window": a_window(extensions=[])}, "window.extensions", "must be a list of whole numbers"),
        ({"window": a_window(counted="back_from_event")}, "window.counted", "needs an event"),
        ({"recipient": "borrower"}, "recipient", "is requester where dispute wants an answer"),
        ({"triggers": ["access", "sums_in_arrears"]}, "recipient", "is nobody where sums_in_arrears"),
        ({"satisfied_by": "sent"}, "satisfied_by", "is answered for an answer"),
        ({"duty": "agency", "satisfied_by": "sent"}, "recipient", "is nobody who asked"),
        ({"case": [{"id": "t/1"}]}, "case.expect", "is missing"),
        ({"case": [{"id": "t/1", "expect": "allow"}]}, "case.expect", "must be one of none, open"),
        ({"case": [{"id": "t/1", "expect": "open", "last_on": "soon"}]}, "case.last_on", "must be a date"),
    ],
)
def test_a_wrong_value_is_named(entry, key, what):
    with pytest.raises(BadInput) as refused:
        a_file(an_entry(**entry))

    assert str(refused.value).startswith(f"test/obligations.toml: t.answer: {key} {what}")
    assert where_of(refused.value) == ("test/obligations.toml", "t.answer", key)


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ({"reference_zone": "Mars"}, "reference_zone is not an IANA zone."),
        ({"applies_to": ["Utopia"]}, "applies_to must be countries or regions"),
        ({"rule": []}, "rule is not a key"),
    ],
)
def test_a_mistake_of_the_file_itself_is_named(told, said):
    with pytest.raises(BadInput) as refused:
        a_file(an_entry(), **told)

    assert str(refused.value).startswith(f"test/obligations.toml: the file: {said}")


def test_a_file_that_is_not_toml_is_named(tmp_path):
    path = tmp_path / "obligations.toml"
    path.write_text("jurisdiction =", encoding="utf-8")

    with pytest.raises(BadInput, match=r"/obligations\.toml: not valid TOML"):
        read_obligations(path)


def test_an_id_used_twice_is_refused():
    with pytest.raises(BadInput, match=r"t\.answer: id stands twice in this file"):
        a_file(an_entry(), an_entry())
    with pytest.raises(BadInput, match=r"t\.answer stands in both test/obligations\.toml and test"):
        load_obligations(files=[a_file(an_entry()), a_file(an_entry())])


def test_only_what_was_adopted_binds():
    file = a_file(an_entry())

    assert load_obligations(["test"], files=[file]) == file.obligations
    assert load_obligations(["cn"], files=[file]) == ()


MORNING = "2026-06-01T10:00:00+00:00"


@pytest.mark.parametrize(
    ("situation", "said"),
    [
        ({}, "'kind' is missing."),
        ({"in_zone": "Mars"}, "no time zone is called 'Mars'."),
        ({"clock": 1}, "unknown key 'clock'."),
        ({"trigger": 3}, "'trigger' is not a table."),
        ({"trigger": {"kind": "tea"}}, "'tea' is not a Trigger"),
        ({"trigger": {"kind": "dispute", "at": "soon"}}, "'at' is not a date and time: soon."),
        (
            {"trigger": {"kind": "dispute", "at": MORNING, "missed": -1}},
            "'missed' is not a",
        ),
        (
            {"trigger": {"kind": "dispute", "at": MORNING, "places": "US"}},
            "'places' is not a list.",
        ),
        ({"trigger": {"kind": "dispute", "at": MORNING}}, "'asked_at' is missing."),
        (
            {"trigger": {"kind": "dispute", "at": MORNING}, "proofs": [1]},
            "'proofs' is not a list",
        ),
        (
            {"trigger": {"kind": "dispute", "at": MORNING}, "proofs": [{"to": "me"}]},
            "'to' must be",
        ),
    ],
)
def test_a_situation_that_cannot_be_read_names_its_case(situation, said):
    case = {"id": "t/1", "expect": "open", **situation}

    with pytest.raises(BadInput) as refused:
        answer_obligation_cases([a_file(an_entry(case=[case]))])

    assert str(refused.value).startswith(f"t.answer: case t/1: {said}")
