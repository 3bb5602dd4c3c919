"""Obligations as data, `<jurisdiction>/obligations.toml`, and the only loader of them."""

from arrears.rulepacks.calendars import CALENDARS
from arrears.rulepacks.obligations.loading import load_obligations, shipped_obligations

__all__ = ["CALENDARS", "load_obligations", "shipped_obligations"]
