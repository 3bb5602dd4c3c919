"""Which ladder each loan climbs: the first segment of the strategy whose conditions all hold."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence

import numpy as np

from arrears.kernel.facts import NO_DATE, UNKNOWN_MINOR, Codes, Column, Facts, Mask, rows_of
from arrears.kernel.planning.strategy import Segment, Share, Strategy, Track
from arrears.kernel.vocabulary import HoldReason

_DRAWS = 10_000
_MOST = int(np.iinfo(np.int64).max)


def ladder_of(facts: Facts, strategy: Strategy, arrears: Mapping[str, Column], at: int) -> Codes:
    """For each loan of `facts` the number of its ladder in `strategy.ladders`.

    `arrears` are the columns of `arrears_of`; holds are those that stand at instant `at`.
    """
    ladder = np.zeros(len(facts["loan"]["loan"]), np.int64)
    is_open = np.ones(len(ladder), np.bool_)
    for segment in strategy.segments:
        fits = is_open & _fits(facts, segment, arrears, at)
        ladder[fits] = strategy.ladder_number(segment.ladder)
        is_open &= ~fits
    return ladder


def draw_of(share: Share, borrower: Codes) -> Codes:
    """A number from 0 to 9,999 for each borrower, the same on every machine and on every day."""
    salt = int.from_bytes(hashlib.sha256(share.salt.encode()).digest()[:8], "little")
    mixed = borrower.astype(np.uint64) ^ np.uint64(salt)
    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
        mixed = (mixed ^ (mixed >> np.uint64(shift))) * np.uint64(factor)
    mixed ^= mixed >> np.uint64(31)
    return (mixed % np.uint64(_DRAWS)).astype(np.int64)


def _fits(facts: Facts, segment: Segment, arrears: Mapping[str, Column], at: int) -> Mask:
    loans = facts["loan"]
    fits: Mask = np.ones(len(loans["loan"]), np.bool_)
    if segment.debt_kinds:
        fits &= np.isin(loans["debt_kind"], [int(kind) for kind in segment.debt_kinds])
    if segment.products:
        fits &= _is_named(arrears["product"], facts.products, segment.products)
    if segment.risks:
        fits &= _is_named(loans["risk"], facts.risks, segment.risks)
    if segment.overdue_from or segment.overdue_below:
        fits &= _is_between(facts, segment, arrears["overdue_minor"])
    if segment.is_first_time is not None:
        fits &= _is_first_time(facts, arrears) == segment.is_first_time
    if segment.is_vulnerable is not None:
        fits &= _is_vulnerable(facts, at) == segment.is_vulnerable
    if segment.share is not None:
        fits &= draw_of(segment.share, loans["borrower"]) < segment.share.basis_points
    return fits


def _is_named(codes: Codes, names: Sequence[str], wanted: frozenset[str]) -> Mask:
    return np.isin(codes, [code for code, name in enumerate(names) if name in wanted])


def _is_between(facts: Facts, segment: Segment, overdue_minor: Codes) -> Mask:
    """Whether the overdue amount lies within the bounds that the segment gives for its currency."""
    inside: Mask = overdue_minor != UNKNOWN_MINOR
    if segment.overdue_from:
        inside &= overdue_minor >= _bounds(facts, segment.overdue_from, _MOST)
    if segment.overdue_below:
        inside &= overdue_minor < _bounds(facts, segment.overdue_below, UNKNOWN_MINOR)
    return inside


def _bounds(facts: Facts, by_currency: Mapping[str, int], missing: int) -> Codes:
    """The bound of each loan's currency; `missing` where none is given."""
    bounds = [by_currency.get(name, missing) for name in facts.currencies]
    return np.array([*bounds, missing], np.int64)[facts["loan"]["currency"]]


def _is_first_time(facts: Facts, arrears: Mapping[str, Column]) -> Mask:
    """No step was taken towards the borrower, on any of his loans, before this episode of the loan.

    For a loan that is not late: none ever. A reminder before a due day belongs to no episode.
    """
    loans, done = facts["loan"], facts["step_done"]
    took = np.flatnonzero(~done["is_superseded"] & ~np.isin(done["track"], (Track.BEFORE_DUE, Track.DUTY)))
    order = took[np.lexsort([done["done_on"][took], done["person"][took]])]
    persons, first = np.unique(done["person"][order], return_index=True)
    at = rows_of(persons, loans["borrower"])
    first_on = np.full(len(at), _MOST, np.int64)
    first_on[at >= 0] = done["done_on"][order][first][at[at >= 0]]
    start = arrears["episode_start_on"].astype(np.int64)
    return np.asarray(first_on >= np.where(start == NO_DATE, _MOST, start))


def _is_vulnerable(facts: Facts, at: int) -> Mask:
    """A hold for hardship stands for the loan or for its borrower."""
    loans, hold = facts["loan"], facts["hold"]
    stands = (hold["reason"] == HoldReason.HARDSHIP) & (hold["from_at"] <= at) & (at < hold["until_at"])
    of_loan = np.isin(loans["loan"], hold["loan"][stands])
    return np.asarray(of_loan | np.isin(loans["borrower"], hold["person"][stands]))
