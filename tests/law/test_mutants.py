"""No value of a pack can be changed without a case, or the reader, noticing."""

from __future__ import annotations

import tomllib

import pytest

from arrears.kernel.errors import BadInput
from arrears.rulepacks.cases import answer_cases
from arrears.rulepacks.loading import shipped
from arrears.rulepacks.reading import Pack, pack_of
from tests.law.mutants import Told, mutants


def is_noticed(pack: Pack, told: Told) -> bool:
    others = [each for each in shipped() if each.jurisdiction == pack.jurisdiction and each.path != pack.path]
    try:
        return not all(answer.holds for answer in answer_cases([*others, pack_of(pack.path, told)]))
    except BadInput:
        return True


@pytest.mark.parametrize("pack", shipped(), ids=lambda pack: pack.name)
def test_every_changed_value_breaks_a_case_or_is_refused(pack):
    told = tomllib.loads(pack.path.read_text(encoding="utf-8"))

    survivors = [what for what, mutant in mutants(told) if not is_noticed(pack, mutant)]

    assert survivors == []
