"""No value of a pack can be changed without a case, or the reader, noticing."""

from __future__ import annotations

import tomllib
from dataclasses import replace

import pytest

from arrears.kernel.errors import BadInput
from arrears.kernel.law.rules import Rule
from arrears.rulepacks.cases import answer_cases
from arrears.rulepacks.loading import shipped
from arrears.rulepacks.reading import Pack, pack_of
from tests.law.mutants import Told, mutants

pytestmark = pytest.mark.slow


def is_noticed(pack: Pack, told: Told) -> bool:
    """Whether reading the changed pack fails, or a case does: those of what has changed are asked first."""
    others = [each for each in shipped() if each.jurisdiction == pack.jurisdiction and each.path != pack.path]
    try:
        mutant = pack_of(pack.path, told)
        near = replace(mutant, cases=_cases_near(pack, mutant))
        silent = [replace(each, cases=()) for each in others]
        return not (_hold([*silent, near]) and _hold([*others, mutant]))
    except BadInput:
        return True


def _hold(packs: list[Pack]) -> bool:
    return all(answer.holds for answer in answer_cases(packs))


def _cases_near(pack: Pack, mutant: Pack) -> tuple[tuple[Rule, Told], ...]:
    """The cases of the rules that differ, and of the exceptions that lift them."""
    was = {rule.id: rule for rule in (*pack.rules, *pack.exceptions)}
    changed = {rule.id for rule in (*mutant.rules, *mutant.exceptions) if was.get(rule.id) != rule}
    return tuple(each for each in mutant.cases if changed & {each[0].id, *each[0].lifts})


@pytest.mark.parametrize("pack", shipped(), ids=lambda pack: pack.name)
def test_every_changed_value_breaks_a_case_or_is_refused(pack):
    told = tomllib.loads(pack.path.read_text(encoding="utf-8"))

    survivors = [what for what, mutant in mutants(told) if not is_noticed(pack, mutant)]

    assert survivors == []
