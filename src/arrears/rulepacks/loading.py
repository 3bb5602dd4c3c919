"""The law a lender works under: `house` always, and the jurisdictions it has adopted.

Certainty acts by direction. An uncertain prohibition is switched on and marked; an uncertain
exception and a draft are shipped switched off. Only a lender's named approver changes either.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import NamedTuple

from arrears.kernel.errors import BadInput
from arrears.kernel.law.rules import Law, Rule
from arrears.kernel.vocabulary import HOUSE
from arrears.rulepacks.calendars import CALENDARS
from arrears.rulepacks.conflicts import refuse_conflicts
from arrears.rulepacks.content import FILE as CONTENT
from arrears.rulepacks.mistakes import Mistake, refuse_mistakes
from arrears.rulepacks.obligations.loading import load_obligations
from arrears.rulepacks.reading import Pack, read_pack
from arrears.rulepacks.strict import TABLES
from arrears.rulepacks.zones import VERSION, ZONES

_FOLDER = Path(__file__).parent
NOT_PACKS = frozenset({CONTENT, "obligations.toml", TABLES})
"""Files beside the packs that are no contact law and have a reader of their own."""


@cache
def shipped() -> tuple[Pack, ...]:
    """Every pack file of the package, by jurisdiction and file name; what is no contact law aside."""
    paths = sorted(path for path in _FOLDER.glob("*/*.toml") if path.name not in NOT_PACKS)
    return tuple(read_pack(path) for path in paths)


def list_jurisdictions() -> tuple[str, ...]:
    """The names of the shipped packs that a lender may adopt, `house` aside."""
    return tuple(sorted({pack.jurisdiction for pack in shipped()} - {HOUSE}))


def countries() -> frozenset[str]:
    """The countries (ISO 3166-1) that have a pack of their own."""
    return frozenset(place.split("-")[0] for pack in shipped() for place in pack.applies_to)


def load_law(
    adopted: Sequence[str] | None = None,
    *,
    switched_on: Iterable[str] = (),
    switched_off: Iterable[str] = (),
    packs: Sequence[Pack] | None = None,
    with_house: bool = True,
) -> Law:
    """The law of a lender that has adopted these jurisdictions; of one that has not said which, all.

    switched_on   uncertain exceptions a named approver relies on, drafts he applies, obligations
                  whose uncertain extensions he relies on
    switched_off  uncertain prohibitions and obligations a named approver does not apply
    packs         instead of the shipped ones (tests, a lender's own)
    with_house    False only to test one pack by itself: no real decision is without `house`

    Raises `BadInput` for an unknown jurisdiction, for every id used twice and exception that lifts
    an unknown rule, for a switch that the rule's certainty does not allow, or for all rules of equal
    strength that nobody can obey both (`conflicts`).
    """
    every = shipped() if packs is None else tuple(packs)
    known = {pack.jurisdiction for pack in every}
    adopted = sorted(known - {HOUSE}) if adopted is None else adopted
    for name in adopted:
        if name not in known:
            raise BadInput(
                "law.unknown_pack", f"No pack is called {name!r}.", hint=f"Known: {sorted(known)}."
            )
    wanted = {*adopted, *([HOUSE] if with_house else [])}
    chosen = [pack for pack in every if pack.jurisdiction in wanted]
    of_duties = _switched_obligations(wanted, frozenset(switched_on), frozenset(switched_off))
    ids = {rule.id for pack in chosen for rule in (*pack.rules, *pack.exceptions)}
    on = frozenset(switched_on) - (of_duties.on - ids)  # a rule may have the id of the obligation it mirrors
    off = frozenset(switched_off) - (of_duties.off - ids)
    law = _assembled(chosen, on, off, sorted(wanted))
    if not of_duties.on | of_duties.off:
        return law
    return replace(
        law,
        version=_digest([law.version, sorted(of_duties.on), sorted(of_duties.off)]),
        obligations_on=of_duties.on,
        obligations_off=of_duties.off,
    )


class _Switches(NamedTuple):
    on: frozenset[str]
    off: frozenset[str]


def _switched_obligations(wanted: Collection[str], on: frozenset[str], off: frozenset[str]) -> _Switches:
    """Which of these ids are obligations of the jurisdictions, and may be switched so."""
    known = load_obligations(wanted)
    may_go_on = {each.id for each in known if each.window.extensions and not each.may_extend}
    may_go_off = {each.id for each in known if each.is_uncertain}
    return _Switches(on & may_go_on, off & may_go_off)


def _assembled(packs: Sequence[Pack], on: frozenset[str], off: frozenset[str], adopted: Sequence[str]) -> Law:
    _refuse_together(packs)
    _refuse_switches(packs, on, off)
    law = law_as_it_is(packs, on, off, adopted)
    refuse_conflicts((*law.rules, *law.exceptions))
    return law


def law_as_it_is(
    packs: Sequence[Pack],
    on: frozenset[str] = frozenset(),
    off: frozenset[str] = frozenset(),
    adopted: Sequence[str] = (),
) -> Law:
    """The law of these packs, whatever is wrong with them: to check them, never to decide by."""
    rules = [rule for pack in packs for rule in pack.rules]
    exceptions = [rule for pack in packs for rule in pack.exceptions]
    left_out = {
        **{rule.id: "switched off by the lender" for rule in rules if rule.id in off},
        **{rule.id: "a draft, shipped switched off" for rule in rules if rule.is_draft and rule.id not in on},
        **{
            rule.id: "uncertain permission, shipped switched off"
            for rule in exceptions
            if rule.is_uncertain and rule.id not in on
        },
    }
    return Law(
        rules=tuple(rule for rule in rules if rule.id not in left_out),
        exceptions=tuple(rule for rule in exceptions if rule.id not in left_out),
        version=_version(packs, left_out),
        zones=ZONES,
        zones_version=VERSION,
        switched_off=tuple((r, left_out[r.id]) for r in (*rules, *exceptions) if r.id in left_out),
        adopted=tuple(adopted),
        calendars=CALENDARS,
    )


def _refuse_together(packs: Sequence[Pack]) -> None:
    """What packs that are right one by one may not say together."""
    repeats, dangling = [*_repeats(packs)], [*_dangling(packs)]
    refuse_mistakes([*repeats, *dangling], "law.repeated_rule" if repeats else "law.lifts_unknown")


def _repeats(packs: Sequence[Pack]) -> Iterator[Mistake]:
    seen: dict[str, Pack] = {}
    for pack in packs:
        for rule in (*pack.rules, *pack.exceptions):
            if rule.id in seen:
                yield Mistake(pack.name, rule.id, "id", f"stands in {seen[rule.id].name} too")
            seen[rule.id] = pack


def _dangling(packs: Sequence[Pack]) -> Iterator[Mistake]:
    of = {rule.id: rule.jurisdiction for pack in packs for rule in pack.rules}
    for pack in packs:
        for exception in pack.exceptions:
            for lifted in exception.lifts:
                what = why_not_lifted(lifted, exception.jurisdiction, of)
                if what:
                    yield Mistake(pack.name, exception.id, "lifts", what)


def why_not_lifted(lifted: str, jurisdiction: str, of: Mapping[str, str]) -> str:
    """Why an exception of the jurisdiction cannot lift the rule; `of` is rule id -> its jurisdiction."""
    if lifted not in of:
        return f"names {lifted!r}, which is no rule of this law"
    if of[lifted] == jurisdiction:
        return ""
    if jurisdiction == HOUSE:
        return f"names {lifted!r}, which is law of {of[lifted]} and stronger than one's own policy"
    return f"names {lifted!r}, which is of {of[lifted]} and not of {jurisdiction}"


def _refuse_switches(packs: Sequence[Pack], on: frozenset[str], off: frozenset[str]) -> None:
    rules = [rule for pack in packs for rule in pack.rules]
    exceptions = [rule for pack in packs for rule in pack.exceptions]
    may_go_off = {rule.id for rule in rules if rule.is_uncertain}
    may_go_on = {
        *(rule.id for rule in exceptions if rule.is_uncertain),
        *(rule.id for rule in rules if rule.is_draft),
    }
    for wrong in sorted((off - may_go_off) | (on - may_go_on)):
        raise BadInput(
            "law.may_not_switch",
            f"{wrong} cannot be switched: only uncertain rules may be.",
            hint="See `arrears law list` for the certainty of each rule.",
        )


def _version(packs: Sequence[Pack], left_out: Mapping[str, str]) -> str:
    """Digest of what the packs say (cases aside) and of which rules are on."""
    told = [
        {name: str(getattr(rule, name)) for name in Rule.__slots__}
        for pack in packs
        for rule in (*pack.rules, *pack.exceptions)
    ]
    return _digest([told, sorted(left_out)])


def _digest(told: object) -> str:
    text = json.dumps(told, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:16]
