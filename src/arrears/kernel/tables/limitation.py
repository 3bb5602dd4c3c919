"""Until when a claim can be sued for."""

from __future__ import annotations

from datetime import date

from arrears.kernel.tables.entries import NOT_KNOWN, Answer, Entry, Facts
from arrears.kernel.tables.periods import after

RESTARTS = ("acknowledged_on", "demanded_on", "paid_in_part_on")
"""Lists of days on which something happened that restarts the period where the law says so."""


def limitation(entry: Entry, facts: Facts) -> Answer:
    """`running` through the last day of the period, else `barred`.

    What restarts the period counts only while it runs. It is `not_known` when nobody told when the period
    began, or told something of which the entry does not say whether it restarts it.
    """
    start: date | None = facts.get(entry.params["starts"])
    restarts = entry.params.get("restarts", ())
    unsaid = tuple(name for name in RESTARTS if facts.get(name) and name not in restarts)
    if start is None or unsaid:
        return Answer(NOT_KNOWN, missing=unsaid or (entry.params["starts"],))
    through = after(start, entry.params)
    for restarted_on in sorted(day for name in restarts for day in facts.get(name, ())):
        if restarted_on <= through:
            through = max(through, after(restarted_on, entry.params))
    return _runs(through, facts["on"])


def stated_limitation(entry: Entry, facts: Facts) -> Answer:  # noqa: ARG001 - the shape of every kind
    """As `limitation`, where the lender's counsel states the last day: the period is not in the tables."""
    through: date | None = facts.get("runs_through_on")
    return Answer(NOT_KNOWN, missing=("runs_through_on",)) if through is None else _runs(through, facts["on"])


def _runs(through: date, on: date) -> Answer:
    return Answer("running" if on <= through else "barred", through)
