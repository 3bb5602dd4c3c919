"""Contact law as data, and the only loader of it."""

from arrears.rulepacks.loading import countries, list_jurisdictions, load_law, shipped
from arrears.rulepacks.zones import VERSION as ZONES_VERSION
from arrears.rulepacks.zones import ZONES

__all__ = ["ZONES", "ZONES_VERSION", "countries", "list_jurisdictions", "load_law", "shipped"]
