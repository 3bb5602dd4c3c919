"""A past period as its own mornings saw it, without what the lender itself did in it.

The facts are those known now. For each day of the period only what had happened by its first
instant is in view: payments, reports, statements and events with a value day before it; replies,
holds, opt-outs, refusals, agreements and overrides that began by then; books complete through the
day before, if they are so by now. What came in later on a day is known the day after, as to a run
that plans the day in its first hour.

Taken out for good is what the lender did from the period's first instant on: its contacts and the
steps done. What others did stays, and so does what people did in answer to contacts that were
really made. What has no day in the facts stands as it is now: schedules, addresses, borrowers.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from arrears.kernel.facts import NEVER, NO_DATE, Codes, Column, Facts, Mask
from arrears.kernel.law.zones import ZoneSegments
from arrears.kernel.planning.assumed import with_tables
from arrears.kernel.planning.living import with_lender_books
from arrears.kernel.vocabulary import Direction

_BY_DAY: Mapping[str, str] = {
    "report": "as_of_on",
    "payment": "value_on",
    "loan_event": "value_on",
    "statement": "statement_on",
}
_BY_INSTANT: Mapping[str, str] = {
    "contact": "at",
    "arrival": "at",
    "hold": "from_at",
    "opt_out": "from_at",
    "refusal": "from_at",
    "agreement": "from_at",
    "household": "from_at",
    "consent": "from_at",
    "inconvenience": "from_at",
    "override": "from_at",
    "notice_proof": "at",
}


def without_own_deeds(facts: Facts, zone: ZoneSegments, from_on: int) -> Facts:
    """The facts without the lender's contacts and steps from day `from_on` on."""
    from_at = zone.first_instant(np.array([from_on]))[0]
    contacts, done = facts["contact"], facts["step_done"]
    is_out = (contacts["direction"] == Direction.OUT) & (contacts["at"] >= from_at)
    gone = contacts["contact"][is_out & _is_own(facts)]
    return with_tables(
        facts,
        {
            "contact": _kept(contacts, np.isin(contacts["contact"], gone, invert=True)),
            "contact_loan": _kept(
                facts["contact_loan"], np.isin(facts["contact_loan"]["contact"], gone, invert=True)
            ),
            "arrival": _kept(facts["arrival"], np.isin(facts["arrival"]["contact"], gone, invert=True)),
            "step_done": _kept(done, done["done_on"] < from_on),
        },
    )


def seen_on(facts: Facts, day: int, start_at: int, closed_on: Codes) -> Facts:
    """The facts as the run of day `day`, which begins at `start_at`, has them.

    `closed_on` is the day on which each loan was closed, `NO_DATE` for one that was not.
    """
    hidden = {
        **{name: facts[name][column] >= day for name, column in _BY_DAY.items()},
        **{name: facts[name][column] > start_at for name, column in _BY_INSTANT.items()},
    }
    tables = {name: _kept(facts[name], ~is_hidden) for name, is_hidden in hidden.items() if is_hidden.any()}
    loans, points, lender = facts["loan"], facts["point"], facts["lender"]
    tables["loan"] = {**loans, "is_closed": (closed_on != NO_DATE) & (closed_on < day)}
    dead_from_at = np.where(points["dead_from_at"] > start_at, NEVER, points["dead_from_at"])
    tables["point"] = {**points, "dead_from_at": dead_from_at}
    through_on = np.minimum(lender["payments_complete_through_on"], day - 1)
    return with_lender_books(with_tables(facts, tables), through_on)


def _is_own(facts: Facts) -> Mask:
    """Contacts about the lender's loans or with the persons of its loans.

    Others are of another lender, who contacted somebody at the same address.
    """
    contacts, links, loans = facts["contact"], facts["contact_loan"], facts["loan"]
    about = links["contact"][np.isin(links["loan"], loans["loan"])]
    persons = np.concatenate([loans["borrower"], facts["party"]["person"]])
    return np.asarray(np.isin(contacts["contact"], about) | np.isin(contacts["person"], persons))


def _kept(table: Mapping[str, Column], rows: Mask) -> dict[str, Column]:
    return {name: column[rows] for name, column in table.items()}
