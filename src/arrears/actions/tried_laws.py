"""Laws to be tried: the one that binds a lender now, or another in its place; nothing is adopted by it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from arrears.actions.days import today_at
from arrears.actions.law_cases import packs_beside_shipped
from arrears.actions.lawful_texts import with_texts
from arrears.actions.laws import actor_of, find_law_adoption
from arrears.kernel.law.rules import Law
from arrears.rulepacks import list_jurisdictions, load_law
from arrears.rulepacks.library import LawFile
from arrears.rulepacks.own import own_pack, packs_with
from arrears.store.models import LawAdoption


@dataclass(frozen=True, slots=True)
class Changes:
    """What is tried in place of what the lender has adopted, or beside it.

    jurisdictions   in place of the whole adoption, with its switches and own rules; none: as adopted
    switched_on, switched_off   beside those of the adoption
    own_rules       the text of own rules, in place of the adopted ones
    files           of law, in place of the shipped packs of their jurisdictions
    """

    jurisdictions: tuple[str, ...] = ()
    switched_on: tuple[str, ...] = ()
    switched_off: tuple[str, ...] = ()
    own_rules: str | None = None
    files: Sequence[LawFile] = ()


@dataclass(frozen=True, slots=True)
class LawBasis:
    """On what a law that is tried rests.

    adopted_from_on   the first day of the lender's adoption that it is; None: it is of none
    is_named          its jurisdictions were named in place of any adoption
    own_rules         `adopted`, `tried`, or None: without rules of the lender's own
    files             names of the files of law that were tried
    """

    adopted_from_on: date | None = None
    is_named: bool = False
    own_rules: str | None = None
    switched_on: tuple[str, ...] = ()
    switched_off: tuple[str, ...] = ()
    files: tuple[str, ...] = ()


def law_to_try(lender: int, changes: Changes, *, at: datetime) -> tuple[Law, LawBasis]:
    """The law that binds the lender on its business day now, with its own rules, and what is changed in it.

    Without changes it is `law_now`. Raises BadInput as `adopt_law` does.
    """
    adopted = None if changes.jurisdictions else _in_use(lender, at)
    adopted_rules = None if adopted is None else adopted.own_rules
    own = changes.own_rules if changes.own_rules is not None else adopted_rules
    basis = LawBasis(
        adopted_from_on=None if adopted is None else adopted.from_on,
        is_named=bool(changes.jurisdictions),
        own_rules=None if own is None else "adopted" if own is adopted_rules else "tried",
        switched_on=_all([] if adopted is None else adopted.switched_on, changes.switched_on),
        switched_off=_all([] if adopted is None else adopted.switched_off, changes.switched_off),
        files=tuple(file.name for file in changes.files),
    )
    named = changes.jurisdictions or (list_jurisdictions() if adopted is None else adopted.jurisdictions)
    law = load_law(
        _all(named, [file.jurisdiction for file in changes.files]),
        switched_on=basis.switched_on,
        switched_off=basis.switched_off,
        packs=packs_with(None if own is None else own_pack(own), packs_beside_shipped(changes.files)),
    )
    return with_texts(law, actor_of(lender)), basis


def _in_use(lender: int, at: datetime) -> LawAdoption | None:
    number = find_law_adoption(lender, on=today_at(lender, at))
    return None if number is None else LawAdoption.objects.get(pk=number)


def _all(some: Sequence[str], others: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys([*some, *others]))
