"""The law that the API answers by: read once per process."""

from __future__ import annotations

from functools import cache

from arrears.kernel.law.rules import Law
from arrears.rulepacks import load_law


@cache
def shipped_law() -> Law:
    return load_law()
