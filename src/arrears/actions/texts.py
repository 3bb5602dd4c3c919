"""Which version of a text is meant, in one word."""

from __future__ import annotations

from arrears.locale.notices import Template


def version_of(template: Template) -> str:
    """Its number, and enough of its digest that no two texts share one."""
    return f"{template.version}.{template.digest[:12]}"
