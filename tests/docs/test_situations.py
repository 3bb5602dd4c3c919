"""docs/situations.md tells every key of a situation, and its examples are answered as it says."""

from __future__ import annotations

import contextlib
import io
import json

import pytest

from arrears.actions.situation_shape import SHAPE, TABLES, page
from arrears.kernel.law.situation import situation_facts
from arrears.kernel.law.solver import Solution, solve
from arrears.kernel.law.told import KEYS
from arrears.rulepacks import load_law
from tests.docs.documents import ROOT, Document

PAGE = Document(ROOT / "docs" / "situations.md")
LAW = load_law()
EXAMPLES = [json.loads(block.split("```")[0]) for block in PAGE.text.split("```json\n")[1:]]
IN_THE_WAY = ["cn.freq.gb.effective3", "us.call.conv7", "uk.87", "house.furnish.notice"]
WORDS = [
    (name, key, told.without.strip("`"))
    for name in ("", *TABLES)
    for key, told in SHAPE[name].items()
    if told.without.startswith("`")
]


def answered(situation: dict[str, object]) -> Solution:
    facts, candidates, at = situation_facts([situation], LAW.zones)
    return solve(facts, LAW, candidates, at)


def rules(solution: Solution) -> list[str]:
    return [each.rule.id for each in solution.reasons(0) if each.is_now]


def test_the_page_is_made_from_the_shape() -> None:
    assert PAGE.text == page(), "arrears schema situation --format md > docs/situations.md"


def test_every_key_that_is_read_is_described_and_no_other() -> None:
    described = {name: list(keys) for name, keys in SHAPE.items()}
    read = {name: [k for k in keys.split() if k not in KEYS] for name, keys in KEYS.items()}

    assert {name: sorted(keys) for name, keys in described.items()} == {n: sorted(k) for n, k in read.items()}


@pytest.mark.parametrize(("example", "rule"), list(zip(EXAMPLES, IN_THE_WAY, strict=True)))
def test_the_example_is_answered_as_the_page_says(example, rule) -> None:
    assert rule in rules(answered(example))


def test_only_rules_of_the_house_are_in_the_way_of_the_last_example() -> None:
    assert [rule for rule in rules(answered(EXAMPLES[-1])) if not rule.startswith("house.")] == []


def test_the_python_of_the_page_runs() -> None:
    (code,) = [block.split("```")[0] for block in PAGE.text.split("```python\n")[1:]]
    printed = io.StringIO()

    with contextlib.redirect_stdout(printed):
        exec(compile(code, "docs/situations.md", "exec"), {})

    assert printed.getvalue() == "REFUSE ['cn.hours.gb', 'cn.hours.cba', 'house.hours']\n"


@pytest.mark.parametrize(("name", "key", "word"), WORDS)
def test_what_a_key_is_without_being_told_may_be_told(name, key, word) -> None:
    plain = EXAMPLES[0]
    if name == "" and key in plain:
        plain = {each: value for each, value in plain.items() if each != key}
    told = {**plain, key: word} if name == "" else {**plain, name: {**plain.get(name, {}), key: word}}

    one, other = answered(plain), answered(told)

    assert (rules(one), one.from_at[0]) == (rules(other), other.from_at[0])
