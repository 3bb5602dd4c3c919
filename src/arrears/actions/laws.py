"""The law in use: adopting jurisdictions by name, and which law binds a lender on a business day."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from functools import lru_cache
from typing import NamedTuple

from django.db import connection, transaction

from arrears.actions.days import TODAY_OF_LENDER, today_at
from arrears.actions.lawful_texts import with_texts
from arrears.actions.lenders import KIND, get_lender, lock_lender
from arrears.actions.strategies import check_line, refuse_past, strategy_now
from arrears.kernel.law.rules import Law
from arrears.kernel.vocabulary import HOUSE, ActorKind, code_of
from arrears.locale.notices import Texts, load_texts
from arrears.rulepacks import load_law
from arrears.rulepacks.conflicts import refuse_conflicts
from arrears.rulepacks.library import shipped_entries
from arrears.rulepacks.own import own_pack, packs_with
from arrears.store import audit
from arrears.store.actors import actor_id
from arrears.store.models import LawAdoption, Organisation
from arrears.strategies.reachability import with_reachability


def adopt_law(
    *,
    lender: int,
    jurisdictions: Sequence[str],
    switched_on: Sequence[str] = (),
    switched_off: Sequence[str] = (),
    own_rules: str | None = None,
    approver: str,
    from_on: date | None = None,
    actor: str,
    at: datetime,
) -> LawAdoption:
    """Record that these packs bind the lender from its business day `from_on` (today) on, beside `house`.

    `switched_on` are uncertain exceptions the approver relies on, `switched_off` uncertain
    prohibitions that are not applied, `own_rules` the text of rules of the lender's own
    (`rulepacks.own`). Raises BadInput for a pack or rule that is unknown or may not be switched, for all
    that is wrong with own rules, and for two entries that nobody can obey both; in a live database
    NotPossible for a day that is over or has been run.
    """
    check_line("law.approver", approver, "The name of whoever approved it")
    adopted = sorted(set(jurisdictions))
    law = _packs_of(_Told(tuple(adopted), tuple(switched_on), tuple(switched_off), own_rules))
    refuse_conflicts(each.source for each in shipped_entries() if each.jurisdiction in (HOUSE, *adopted))
    with transaction.atomic():
        lock_lender(get_lender(lender).id)
        begins_on = from_on or today_at(lender, at)
        refuse_past(lender, begins_on, at, what="law")
        row = LawAdoption.objects.create(
            lender_id=lender,
            from_on=begins_on,
            jurisdictions=adopted,
            switched_on=sorted(set(switched_on)),
            switched_off=sorted(set(switched_off)),
            own_rules=own_rules,
            version=law.version,
            approver=approver,
            actor_id=actor_id(actor, at=at),
            recorded_at=at,
        )
        audit.record(
            "law.adopted",
            actor=actor,
            at=at,
            lender_id=lender,
            subjects={"law_adoption": int(row.pk)},
            facts={
                "from_on": begins_on,
                "jurisdictions": adopted,
                "switched_on": row.switched_on,
                "switched_off": row.switched_off,
                "has_own_rules": own_rules is not None,
                "version": law.version,
            },
        )
    return row


def list_law_adoptions(lender: int) -> list[LawAdoption]:
    """Every adoption of the lender, in the order in which they come into use."""
    return list(LawAdoption.objects.filter(lender=lender).select_related("actor").order_by("from_on", "id"))


def find_law_adoption(lender: int, *, on: date) -> int | None:
    """The number of the adoption in force on the lender's day `on`; of one day's, the last recorded."""
    return _in_force(lender, "%s", on).adoption


def law_in_use(lender: int, *, on: date) -> Law:
    """The law that binds the lender on its business day `on`: every shipped pack until it adopts some.

    With the rules of content of each pack, as they bind what the lender is to its borrowers.
    """
    return _law(_in_force(lender, "%s", on))


def law_now(lender: int, *, at: datetime) -> Law:
    """The law that binds the lender on its business day now."""
    return _law(_in_force(lender, TODAY_OF_LENDER, at))


def law_asked_now(lender: int, *, at: datetime) -> Law:
    """The law that binds the lender now, with what its strategy takes for an address that does not reach."""
    return with_reachability(law_now(lender, at=at), strategy_now(lender, at=at))


def actor_of(lender: int) -> ActorKind:
    """What the lender is to its borrowers."""
    kind = Organisation.objects.values_list("actor_kind", flat=True).get(pk=lender)
    assert kind is not None, "a lender is described"
    return code_of(ActorKind, kind)


class _Told(NamedTuple):
    """What a lender has adopted; `own` is the text of its own rules."""

    jurisdictions: tuple[str, ...]
    switched_on: tuple[str, ...]
    switched_off: tuple[str, ...]
    own: str | None


class _InForce(NamedTuple):
    """What a lender is, and what it has adopted; `adoption` and `told` are None before it adopts anything."""

    actor: ActorKind
    adoption: int | None
    told: _Told | None


_IN_FORCE = """
SELECT lender.actor_kind, adopted.id, adopted.jurisdictions, adopted.switched_on, adopted.switched_off,
       adopted.own_rules
  FROM organisation AS lender
  LEFT JOIN LATERAL (
       SELECT * FROM law_adoption
        WHERE lender_id = lender.id AND from_on <= {day}
        ORDER BY from_on DESC, id DESC LIMIT 1) AS adopted ON true
 WHERE lender.id = %s
"""
"""One statement, and not through models: it is asked anew for every question of another system."""


def _in_force(lender: int, day: str, *told: date) -> _InForce:
    """`day` is SQL for a day of `lender`, with the parameters `told`."""
    with connection.cursor() as cursor:
        cursor.execute(_IN_FORCE.format(day=day), [*told, lender])
        kind, adoption, *lists, own = cursor.fetchone()
    actor = code_of(ActorKind, kind)
    if adoption is None:
        return _InForce(actor, None, None)
    jurisdictions, on, off = (tuple(json.loads(each)) for each in lists)
    return _InForce(actor, adoption, _Told(jurisdictions, on, off, own))


def _law(in_force: _InForce) -> Law:
    actor, _, told = in_force
    return shipped_law(actor) if told is None else _adopted(told, actor, load_texts())


def shipped_law(actor: ActorKind = ActorKind.ORIGINAL_CREDITOR) -> Law:
    """Every shipped pack with its rules of content, for such an actor; read once per process."""
    return _shipped(actor, load_texts())


@lru_cache(maxsize=16)
def _shipped(actor: ActorKind, _: Texts) -> Law:
    return with_texts(load_law(), actor)


def says_the_same(adopted: LawAdoption) -> bool:
    """Whether the packs say now what they said when they were adopted."""
    told = _Told(
        tuple(adopted.jurisdictions),
        tuple(adopted.switched_on),
        tuple(adopted.switched_off),
        adopted.own_rules,
    )
    return _packs_of(told).version == adopted.version


def _packs_of(told: _Told) -> Law:
    """What the packs say now, without rules of content."""
    own = None if told.own is None else own_pack(told.own)
    return load_law(
        told.jurisdictions,
        switched_on=told.switched_on,
        switched_off=told.switched_off,
        packs=packs_with(own),
    )


@lru_cache(maxsize=64)
def _adopted(told: _Told, actor: ActorKind, _: Texts) -> Law:
    """The law as it was adopted, with the packs and the texts as they are now."""
    return with_texts(_packs_of(told), actor)


def laws_to_send_by(*, at: datetime) -> Mapping[int, Law]:
    """For each lender the law in use on its business day now."""
    lenders = Organisation.objects.filter(kind=KIND).order_by("id").values_list("id", flat=True)
    return {lender: law_now(lender, at=at) for lender in lenders}
