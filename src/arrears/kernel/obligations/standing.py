"""How each obligation stands: from triggers and proofs to what is open, met, late or missed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import IntEnum

import numpy as np

from arrears.kernel import vocabulary as v
from arrears.kernel.days import day_of
from arrears.kernel.facts import ALWAYS, NEVER, NO_ID, Codes, Column, Instants, Mask
from arrears.kernel.law.intervals import Rows, join
from arrears.kernel.law.zones import ZoneSegments
from arrears.kernel.obligations.rules import (
    PROVES,
    Obligation,
    Recipient,
    SatisfiedBy,
    Unit,
    Window,
)
from arrears.kernel.obligations.windows import Calendars, last_instants
from arrears.kernel.places import is_within

TRIGGER_COLUMNS = (
    "kind",
    "at",
    "event_at",  # of what is planned, NEVER if no instant is set
    "ended_at",  # withdrawn, paid or cured; NEVER
    "answered_at",  # NEVER
    "loan",  # NO_ID if it is about no one loan
    "person",
    "actor_kind",
    "licence",
    "debt_kind",
    "missed",  # payments missed
    "is_weekly",
    "extensions",  # how many were recorded
    "zone",  # whose civil days count, index into `zones`
    "places",  # of the person and of the contract, index into `place_sets`
)
PROOF_COLUMNS = ("message", "duty", "channel", "state", "at", "loan", "person")
"""One row per piece of evidence about one message; `person` is NO_ID where a bureau was told."""

_CODED = {"actor_kind": v.ActorKind, "creditor_licence": v.CreditorLicence, "debt_kind": v.DebtKind}
_COLUMN_OF = {"creditor_licence": "licence"}


@dataclass(frozen=True, slots=True)
class Told:
    """What is known: triggers and proofs as columns of whole numbers, in any order."""

    triggers: Mapping[str, Column]
    proofs: Mapping[str, Column]
    zones: tuple[str, ...]
    place_sets: tuple[tuple[str, ...], ...]

    def __post_init__(self) -> None:
        assert set(self.triggers) == set(TRIGGER_COLUMNS), set(self.triggers) ^ set(TRIGGER_COLUMNS)
        assert set(self.proofs) == set(PROOF_COLUMNS), set(self.proofs) ^ set(PROOF_COLUMNS)


class Standing(IntEnum):
    OPEN = 0
    OVERDUE = 1
    MET = 2
    MET_LATE = 3
    ENDED = 4


@dataclass(frozen=True, slots=True)
class Obligations:
    """One element per obligation, those of one rule together, in the order of their triggers.

    rule          index into the rules asked about
    trigger       row of the triggers
    arose_at      the trigger, or the notice after which the next is due
    not_after_at  the last instant in time; NEVER where the law names no day
    met_at        NEVER while nothing meets it
    standing      `Standing`
    """

    rule: Codes
    trigger: Rows
    arose_at: Instants
    not_after_at: Instants
    met_at: Instants
    standing: Codes

    def __len__(self) -> int:
        return len(self.rule)

    @property
    def is_open(self) -> Mask:
        """Something is still to be done: in time, or at last."""
        return np.isin(self.standing, (Standing.OPEN, Standing.OVERDUE))

    def gap(self, row: int) -> tuple[int, int] | None:
        """`[from, until)` in which it should have been met and was not; None if it was in time."""
        if self.standing[row] not in (Standing.OVERDUE, Standing.MET_LATE):
            return None
        return int(self.not_after_at[row]) + 1, int(self.met_at[row])


def obligations_of(
    told: Told,
    rules: Sequence[Obligation],
    *,
    at: int,
    zones: Mapping[str, ZoneSegments],
    calendars: Calendars,
    extending: frozenset[str] = frozenset(),
) -> Obligations:
    """Every obligation that has arisen by `at`, from what had happened by then.

    extending  ids of uncertain rules whose extensions a named approver relies on
    """
    known = _known_by(told, at)
    kinds = {int(kind) for kind in np.unique(known.triggers["kind"])}
    parts = [_empty()]
    for code, rule in enumerate(rules):
        if kinds.isdisjoint(rule.triggers):
            continue
        rows = _arisen(known, rule, zones)
        part = _Reader(known, rule, code, zones, calendars, rule.may_extend or rule.id in extending)
        parts += part.obligations(rows, at)
    names = Obligations.__slots__
    return Obligations(*(np.concatenate([getattr(part, name) for part in parts]) for name in names))


def _empty() -> Obligations:
    return Obligations(*(np.empty(0, np.int64) for _ in Obligations.__slots__))


def _known_by(told: Told, at: int) -> Told:
    """What had not happened yet at `at` is unknown; a planned event is known ahead."""
    triggers = dict(told.triggers)
    for name in ("ended_at", "answered_at"):
        triggers[name] = np.where(triggers[name] <= at, triggers[name], NEVER)
    triggers["at"] = np.where(triggers["at"] <= at, triggers["at"], NEVER)
    had = told.proofs["at"] <= at
    return replace(told, triggers=triggers, proofs={name: told.proofs[name][had] for name in PROOF_COLUMNS})


def _arisen(told: Told, rule: Obligation, zones: Mapping[str, ZoneSegments]) -> Rows:
    """The triggers from which this obligation arises."""
    triggers = told.triggers
    is_it = np.isin(triggers["kind"], rule.triggers) & (triggers["at"] != NEVER)
    is_it &= triggers["missed"] >= np.where(
        triggers["is_weekly"] != 0, rule.weekly_payments_min, rule.payments_min
    )
    for name, wanted in rule.match.items():
        is_it &= _matches(told, name, wanted)
    anchor = triggers["event_at"] if rule.window.is_before else triggers["at"]
    start, end = (_in_force(rule, zones, is_end) for is_end in (False, True))
    return np.flatnonzero(is_it & (anchor >= start) & ((anchor < end) | (end == NEVER)))


def _matches(told: Told, name: str, wanted: tuple[str, ...]) -> Mask:
    if name == "place":
        of_set = [any(is_within(place, wanted) for place in places) for places in told.place_sets]
        return np.array(of_set, np.bool_)[told.triggers["places"]]
    codes = [int(v.code_of(_CODED[name], each)) for each in wanted]
    return np.isin(told.triggers[_COLUMN_OF.get(name, name)], codes)


def _in_force(rule: Obligation, zones: Mapping[str, ZoneSegments], is_end: bool) -> int:
    on = rule.in_force_until if is_end else rule.in_force_from
    if on is None:
        return NEVER if is_end else ALWAYS
    return int(zones[rule.reference_zone].first_instant(np.array([day_of(on)]))[0])


@dataclass(frozen=True, slots=True)
class _Reader:
    told: Told
    rule: Obligation
    code: int
    zones: Mapping[str, ZoneSegments]
    calendars: Calendars
    extends: bool

    def obligations(self, rows: Rows, at: int) -> list[Obligations]:
        """The obligations of these triggers, then those that follow each notice while they last."""
        triggers, found = self.told.triggers, []
        arose_at = triggers["at"][rows]
        anchor_at = triggers["event_at"][rows] if self.rule.window.is_before else arose_at
        not_after_at = self._last(self.rule.window, rows, anchor_at)
        counts_from = np.full(len(rows), ALWAYS) if self.rule.earlier_counts else self._from(rows)
        while len(rows):
            met_at = self._met(rows, counts_from)
            found.append(self._stood(rows, arose_at, not_after_at, met_at, at))
            again = (met_at != NEVER) & (triggers["ended_at"][rows] > met_at) & (self.rule.repeat_months > 0)
            rows, arose_at, counts_from = rows[again], met_at[again], met_at[again] + 1
            not_after_at = self._last(_repeating(self.rule), rows, arose_at)
        return found

    def _last(self, window: Window, rows: Rows, anchor_at: Instants) -> Instants:
        last_at = np.empty(len(rows), np.int64)
        zone_of = self.told.triggers["zone"][rows]
        extended = self._extended(rows)
        for code in np.unique(zone_of):
            of_zone = zone_of == code
            zone = self.zones[self.told.zones[code]]
            last_at[of_zone] = last_instants(
                window, anchor_at[of_zone], extended[of_zone], zone, self.calendars
            )
        return last_at

    def _extended(self, rows: Rows) -> Codes:
        steps = self.rule.window.extensions if self.extends else ()
        so_far = np.cumsum([0, *steps])
        return so_far[np.minimum(self.told.triggers["extensions"][rows], len(steps))]

    def _from(self, rows: Rows) -> Instants:
        """From when a notice counts: the first instant of a day that counts, else the trigger."""
        at = self.told.triggers["at"][rows]
        if self.rule.window.is_before or not self.rule.window.counts_anchor:
            return at
        counts_from = np.empty(len(rows), np.int64)
        zone_of = self.told.triggers["zone"][rows]
        for code in np.unique(zone_of):
            zone = self.zones[self.told.zones[code]]
            of_zone = zone_of == code
            counts_from[of_zone] = zone.first_instant(zone.day(at[of_zone]))
        return counts_from

    def _met(self, rows: Rows, counts_from: Instants) -> Instants:
        """The first instant from which each is met; NEVER."""
        triggers = self.told.triggers
        if self.rule.satisfied_by is SatisfiedBy.ANSWERED:
            return triggers["answered_at"][rows]
        proofs = _proving(self.told.proofs, self.rule)
        is_bureau = self.rule.recipient is Recipient.BUREAU
        person = np.full(len(rows), NO_ID) if is_bureau else triggers["person"][rows]
        wanted, known = keys_of((triggers["loan"][rows], person), (proofs["loan"], proofs["person"]))
        order = np.argsort(known, kind="stable")
        row, at = join(wanted, known[order])
        given_at = proofs["at"][order][at]
        counts = given_at >= counts_from[row]
        met_at = np.full(len(rows), NEVER, np.int64)
        np.minimum.at(met_at, row[counts], given_at[counts])
        return met_at

    def _stood(
        self, rows: Rows, arose_at: Instants, not_after_at: Instants, met_at: Instants, at: int
    ) -> Obligations:
        ended_at = self.told.triggers["ended_at"][rows]
        is_ended = (ended_at <= np.minimum(met_at, not_after_at)) & (ended_at != NEVER)
        standing = np.select(
            [is_ended, met_at <= np.minimum(not_after_at, at), met_at != NEVER, not_after_at < at],
            [Standing.ENDED, Standing.MET, Standing.MET_LATE, Standing.OVERDUE],
            default=Standing.OPEN,
        )
        rule = np.full(len(rows), self.code, np.int64)
        return Obligations(rule, rows, arose_at, not_after_at, met_at, standing.astype(np.int64))


def _repeating(rule: Obligation) -> Window:
    return Window(False, rule.repeat_months, Unit.MONTHS, False, "", ())


def _proving(proofs: Mapping[str, Column], rule: Obligation) -> Mapping[str, Column]:
    """The evidence that meets the rule: of its notice, of a state that proves, nothing of it returned."""
    ours = (proofs["duty"] == rule.duty) & is_through(rule, proofs["channel"])
    is_back = ours & (proofs["state"] == v.ProofState.RETURNED)
    came_back = np.isin(proofs["message"], proofs["message"][is_back])
    proves = ours & np.isin(proofs["state"], PROVES[rule.satisfied_by]) & ~came_back
    return {name: proofs[name][proves] for name in PROOF_COLUMNS}


def is_through(rule: Obligation, channel: Codes) -> Mask:
    """Whether a notice through each of these channels meets the rule."""
    return np.isin(channel, rule.channels or list(v.Channel))


def keys_of(wanted: tuple[Codes, ...], known: tuple[Codes, ...]) -> tuple[Codes, Codes]:
    """One number per tuple of ids, the same for the same ids on both sides."""
    pairs = np.stack([np.concatenate([w, k]) for w, k in zip(wanted, known, strict=True)], axis=1)
    number = np.unique(pairs, axis=0, return_inverse=True)[1].reshape(-1).astype(np.int64)
    return number[: len(wanted[0])], number[len(wanted[0]) :]
