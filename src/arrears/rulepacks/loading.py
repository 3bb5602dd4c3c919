"""The law a lender works under: `house` always, and the jurisdictions it has adopted.

Certainty acts by direction. An uncertain prohibition is switched on and marked; an uncertain
exception and a draft are shipped switched off. Only a lender's named approver changes either.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping, Sequence
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

    Raises `BadInput` for an unknown jurisdiction, an id used twice, an exception that lifts
    an unknown rule, a switch that the rule's certainty does not allow, or two rules of equal
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
    rules = [rule for pack in packs for rule in pack.rules]
    exceptions = [rule for pack in packs for rule in pack.exceptions]
    _refuse_repeats(packs)
    _refuse_dangling(packs)
    _refuse_switches(rules, exceptions, on, off)
    left_out = {
        **{rule.id: "switched off by the lender" for rule in rules if rule.id in off},
        **{rule.id: "a draft, shipped switched off" for rule in rules if rule.is_draft and rule.id not in on},
        **{
            rule.id: "uncertain permission, shipped switched off"
            for rule in exceptions
            if rule.is_uncertain and rule.id not in on
        },
    }
    on_rules, on_exceptions = (
        tuple(rule for rule in each if rule.id not in left_out) for each in (rules, exceptions)
    )
    refuse_conflicts((*on_rules, *on_exceptions))
    return Law(
        rules=on_rules,
        exceptions=on_exceptions,
        version=_version(packs, left_out),
        zones=ZONES,
        zones_version=VERSION,
        switched_off=tuple((r, left_out[r.id]) for r in (*rules, *exceptions) if r.id in left_out),
        adopted=tuple(adopted),
        calendars=CALENDARS,
    )


def _refuse_repeats(packs: Sequence[Pack]) -> None:
    seen: dict[str, Pack] = {}
    for pack in packs:
        for rule in (*pack.rules, *pack.exceptions):
            if rule.id in seen:
                both = f"{seen[rule.id].name} and {pack.name}"
                what = f"{rule.id} stands in both {both}."
                raise BadInput("law.repeated_rule", what, file=both, rule=rule.id, key="id")
            seen[rule.id] = pack


def _refuse_dangling(packs: Sequence[Pack]) -> None:
    ids = {rule.id for pack in packs for rule in pack.rules}
    lifting = [(pack, exception) for pack in packs for exception in pack.exceptions]
    for pack, exception in lifting:
        for lifted in sorted(set(exception.lifts) - ids):
            what = f"{pack.name}: {exception.id}: lifts names {lifted!r}, which is no rule of this law."
            raise BadInput("law.lifts_unknown", what, file=pack.name, rule=exception.id, key="lifts")


def _refuse_switches(
    rules: Sequence[Rule], exceptions: Sequence[Rule], on: frozenset[str], off: frozenset[str]
) -> None:
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
