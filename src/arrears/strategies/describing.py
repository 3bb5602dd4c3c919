"""A strategy told again: its steps and segments under the keys of a file, and segments in words."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from decimal import Decimal
from enum import IntEnum
from typing import Any

from arrears.kernel.facts import NO_ID
from arrears.kernel.money import digits_of
from arrears.kernel.planning.strategy import Segment, Share, Step
from arrears.kernel.vocabulary import name_of


def keys_of_step(step: Step) -> dict[str, Any]:
    """Every key of a step as a file would give it; how many make a visit only where it says so."""
    return {
        "id": step.id,
        "track": name_of(step.track),
        "rank": step.rank,
        "offset_days": step.offset_days,
        "channels": [name_of(channel) for channel in step.channels],
        "notice": name_of(step.notice),
        "purpose": name_of(step.purpose),
        "tone": name_of(step.tone),
        "window_days": step.window_days,
        "catch_up": name_of(step.catch_up),
        "recipients": [name_of(kind) for kind in step.recipients],
        "only_if_unreachable": step.only_if_unreachable,
        "legal_force": step.has_legal_force,
        "priority": step.priority,
        **({} if step.visitors == NO_ID else {"visitors": step.visitors}),
        "about": dict(step.about),
    }


def keys_of_segment(segment: Segment) -> dict[str, Any]:
    """The keys of a segment that it gives, and `share` of a challenger's, which no file has."""
    keys = {
        "ladder": segment.ladder,
        "debt_kinds": _names(segment.debt_kinds),
        "products": sorted(segment.products),
        "risks": sorted(segment.risks),
        "overdue_from": _amounts(segment.overdue_from),
        "overdue_below": _amounts(segment.overdue_below),
        "first_time": segment.is_first_time,
        "vulnerable": segment.is_vulnerable,
        "share": None if segment.share is None else _share(segment.share),
    }
    return {key: value for key, value in keys.items() if value not in (None, [], {})}


def said_of_segment(segment: Segment) -> str:
    """For which loans a ladder is meant, as words that follow "loans"."""
    return " and ".join(_conditions(segment)) or "all"


def _conditions(segment: Segment) -> Iterator[str]:
    if segment.share is not None:
        yield f"of the {_percent(segment.share)} % of borrowers that the salt {segment.share.salt!r} draws"
    if segment.debt_kinds:
        yield f"that are a {_either(_names(segment.debt_kinds))}"
    if segment.products:
        yield f"of the product {_either(segment.products)}"
    if segment.risks:
        yield f"of the risk class {_either(segment.risks)}"
    if segment.overdue_from:
        yield f"with {_either(_money(segment.overdue_from))} or more overdue"
    if segment.overdue_below:
        yield f"with less than {_either(_money(segment.overdue_below))} overdue"
    if segment.is_first_time is not None:
        yield "late for the first time" if segment.is_first_time else "that were late before"
    if segment.is_vulnerable is not None:
        yield "under a hold for hardship" if segment.is_vulnerable else "without a hold for hardship"


def _either(names: Collection[str]) -> str:
    return " or ".join(sorted(names))


def _names(codes: Collection[IntEnum]) -> list[str]:
    return [name_of(code) for code in sorted(codes)]


def _amounts(minor: Mapping[str, int]) -> dict[str, str]:
    return {currency: str(Decimal(amount).scaleb(-digits_of(currency))) for currency, amount in minor.items()}


def _money(minor: Mapping[str, int]) -> list[str]:
    return [f"{amount} {currency}" for currency, amount in _amounts(minor).items()]


def _share(share: Share) -> dict[str, Any]:
    return {"percent": _percent(share), "salt": share.salt}


def _percent(share: Share) -> str:
    return str(Decimal(share.basis_points).scaleb(-2).normalize().__format__("f"))
