"""A lender's own rules: in place of the numbers that ship as house policy, and beside all the rest.

What may be put in another's place is what counts and what says the hours. The rest of the house
policy (opt-outs, refusals, holds, third persons, dead addresses) is what this program promises to
every person, so own rules may add to it and never take from it. No own rule weakens a law: `house`
stands beside the law, and the stricter of the two is what binds.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from arrears.kernel.errors import BadInput
from arrears.kernel.vocabulary import HOUSE
from arrears.rulepacks.loading import shipped
from arrears.rulepacks.mistakes import Mistake, refuse_mistakes
from arrears.rulepacks.reading import Pack, pack_of

EDITABLE = frozenset({"hours", "count"})
"""Kinds of house rules that a lender may state anew."""

_PATH = Path(HOUSE, "own.toml")
"""Where own rules are said to stand once they are adopted."""


def own_pack(text: str, path: Path = _PATH) -> Pack:
    """The own rules that a text states. Raises BadInput for all that is wrong with it, by rule and key."""
    try:
        told = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise BadInput("law.no_toml", f"{path.name} is no TOML: {error}.") from None
    pack = pack_of(path, told)
    refuse_mistakes(mistakes_of_own(pack), "law.not_own")
    return pack


def mistakes_of_own(pack: Pack) -> list[Mistake]:
    """What a pack may not say as a lender's own."""
    return [*_not_house(pack), *_not_editable(pack), *_not_liftable(pack)]


def packs_with(own: Pack | None, packs: Sequence[Pack] | None = None) -> tuple[Pack, ...]:
    """These packs (the shipped ones), with own rules beside them and in the place of those of the same id."""
    every = shipped() if packs is None else tuple(packs)
    if own is None:
        return every
    ids = {rule.id for rule in own.rules}
    return (*(_without(pack, ids) for pack in every), own)


def _without(pack: Pack, ids: set[str]) -> Pack:
    if pack.jurisdiction != HOUSE:
        return pack
    return replace(
        pack,
        rules=tuple(rule for rule in pack.rules if rule.id not in ids),
        cases=tuple(case for case in pack.cases if case[0].id not in ids),
    )


def _not_house(pack: Pack) -> Iterator[Mistake]:
    if pack.jurisdiction != HOUSE:
        what = f"is {pack.jurisdiction!r}, and a lender's own rules are those of {HOUSE!r}"
        yield Mistake(pack.name, "", "jurisdiction", what, f'Write jurisdiction = "{HOUSE}".')


def _not_editable(pack: Pack) -> Iterator[Mistake]:
    kept = {rule.id: rule.kind for each in _of_the_house() for rule in (*each.rules, *each.exceptions)}
    for rule in (*pack.rules, *pack.exceptions):
        if rule.id in kept and not (kept[rule.id] == rule.kind and rule.kind in EDITABLE):
            what = "is a rule of this program that no lender may change"
            may = ", ".join(sorted(each for each, kind in kept.items() if kind in EDITABLE))
            yield Mistake(pack.name, rule.id, "id", what, f"Give yours another id. May be changed: {may}.")


def _not_liftable(pack: Pack) -> Iterator[Mistake]:
    """An own exception gives back what hours or a count of the house have taken, and nothing else."""
    kinds = {rule.id: rule.kind for each in (*_of_the_house(), pack) for rule in each.rules}
    for exception in pack.exceptions:
        for lifted in exception.lifts:
            if kinds.get(lifted, "hours") not in EDITABLE:
                what = f"names {lifted!r}, which no lender may lift"
                yield Mistake(pack.name, exception.id, "lifts", what)


def _of_the_house() -> list[Pack]:
    return [pack for pack in shipped() if pack.jurisdiction == HOUSE]
