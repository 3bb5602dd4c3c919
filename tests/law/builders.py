"""Packs as their files would tell them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from arrears.kernel.errors import BadInput
from arrears.rulepacks.reading import Pack, pack_of

FILE = Path("test/contact.toml")


def a_rule(rule_id: str = "t.rule", *, kind: str = "forbid", **told: Any) -> dict[str, Any]:
    """What a file says of one rule; None leaves a key out."""
    about = {"en": "Text.", "zh-Hans": "文本。", "zh-Hant": "文本。"}
    rule = {"id": rule_id, "kind": kind, "citation": "Act 1", "certainty": "A", "about": about, **told}
    return {key: value for key, value in rule.items() if value is not None}


def an_exception(rule_id: str = "t.but", *, lifts: Any = ("t.rule",), **told: Any) -> dict[str, Any]:
    lifted = list(lifts) if isinstance(lifts, tuple) else lifts
    return a_rule(rule_id, **{"kind": "agreed_hours", "lifts": lifted, **told})


def told_pack(*rules: dict[str, Any], **told: Any) -> dict[str, Any]:
    """What a file says; exceptions are the rules that lift something."""
    pack = {
        "jurisdiction": "test",
        "reference_zone": "UTC",
        "rule": [rule for rule in rules if "lifts" not in rule],
        "exception": [rule for rule in rules if "lifts" in rule],
        **told,
    }
    return {key: value for key, value in pack.items() if value is not None}


def a_pack(*rules: dict[str, Any], **told: Any) -> Pack:
    return pack_of(FILE, told_pack(*rules, **told))


def where_of(error: BadInput) -> tuple[object, object, object]:
    """File, entry and key of the first mistake."""
    return error.facts["file"], error.facts["rule"], error.facts["key"]
