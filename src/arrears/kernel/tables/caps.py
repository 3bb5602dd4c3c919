"""What may be claimed: rates in basis points a year, amounts in minor units, lengths in months.

A claim is `lawful`, `unlawful` or `open_to_challenge` (a court may cut it down) by the part beyond
the limit, or `not_known` while a figure is missing that the limit depends on.
"""

from __future__ import annotations

from arrears.kernel.tables.entries import NOT_KNOWN, Answer, Entry, Facts

LAWFUL, UNLAWFUL = "lawful", "unlawful"
BEYOND = (UNLAWFUL, "open_to_challenge")


def rate_cap(entry: Entry, facts: Facts) -> Answer:
    """At most `max_bps` a year."""
    return _rate(entry, facts, entry.params["max_bps"])


def rate_multiple(entry: Entry, facts: Facts) -> Answer:
    """At most `times` a reference rate that the lender states: no rate of the market is in the tables."""
    reference: int | None = facts.get("reference_bps")
    if reference is None:
        return Answer(NOT_KNOWN, missing=("reference_bps",))
    return _rate(entry, facts, entry.params["times"] * reference)


def rate_band(entry: Entry, facts: Facts) -> Answer:
    """A penalty rate above the contract's by a share between two, in percent of it, for its `use`.

    A rate below the band claims less than it might; it is lawful, and `missing` says so.
    """
    contract: int | None = facts.get("contract_bps")
    if contract is None:
        return Answer(NOT_KNOWN, missing=("contract_bps",))
    use = facts.get("use", "overdue")
    least, most = (contract * (100 + entry.params[f"{use}_{end}_percent"]) for end in ("least", "most"))
    answer = _rate(entry, facts, most // 100)
    is_below = facts["rate_bps"] * 100 < least
    return Answer(answer.word, answer.decides_on, answer.beyond, ("below_band",)) if is_below else answer


def _rate(entry: Entry, facts: Facts, max_bps: int) -> Answer:
    """The part beyond: of the amount claimed at that rate where one is told, else of the rate."""
    rate: int = facts["rate_bps"]
    if rate <= max_bps:
        return Answer(LAWFUL)
    claimed: int | None = facts.get("claimed_minor")
    beyond = rate - max_bps if claimed is None else claimed - claimed * max_bps // rate
    return Answer(entry.params.get("beyond", UNLAWFUL), beyond=beyond)


def length_cap(entry: Entry, facts: Facts) -> Answer:
    """At most `max_months` long."""
    return _at_most(facts["months"], entry.params["max_months"])


def amount_cap(entry: Entry, facts: Facts) -> Answer:
    """At most the amount that is told under the name in `measured_by`."""
    limit: int | None = facts.get(entry.params["measured_by"])
    if limit is None:
        return Answer(NOT_KNOWN, missing=(entry.params["measured_by"],))
    return _at_most(facts["claimed_minor"], limit)


def _at_most(claimed: int, limit: int) -> Answer:
    return Answer(LAWFUL) if claimed <= limit else Answer(UNLAWFUL, beyond=claimed - limit)


def charge_kinds(entry: Entry, facts: Facts) -> Answer:
    """Some kinds of charge may not be claimed at all."""
    return Answer(UNLAWFUL if facts["charge"] in entry.params["forbidden"] else LAWFUL)


def listed_charges(entry: Entry, facts: Facts) -> Answer:  # noqa: ARG001 - the shape of every kind
    """Only the charges that the borrower was shown may be claimed."""
    shown = facts.get("shown_charges")
    if shown is None:
        return Answer(NOT_KNOWN, missing=("shown_charges",))
    return Answer(LAWFUL if facts["charge"] in shown else UNLAWFUL)
