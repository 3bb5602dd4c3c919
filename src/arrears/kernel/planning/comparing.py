"""Who is treated differently in two lived periods of the same days and loans, from when, and in what.

Treatment is what somebody hears: the contacts about a loan, to whom, by which step, through which
channel, on which day. A step that is refused on both sides, for whatever rule, is no difference.
Each loan counts once, with the first day on which anything differs: what follows from it is not
told again.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np
import polars as pl

from arrears.kernel.planning.lived import Fate, Lived
from arrears.kernel.vocabulary import Channel, name_of


class Kind(StrEnum):
    """In what the new side differs; of several reasons, the first that applies."""

    OTHER_LADDER = "other_ladder"
    OTHER_STEP = "other_step"
    OTHER_CHANNEL = "other_channel"
    REFUSED = "refused"  # the new side refuses what the current one contacts about
    PERMITTED = "permitted"  # the current side refuses it
    NO_CAPACITY = "no_capacity"  # nobody has time for the call on the new side
    CAPACITY = "capacity"  # nobody has on the current side
    LATER = "later"  # the new side takes the same step towards the same person later
    EARLIER = "earlier"
    DROPPED = "dropped"  # the new side takes no such step in the period
    ADDED = "added"


@dataclass(frozen=True, slots=True)
class Difference:
    """In what two sides differ; `current` and `new` name what each of them does.

    They are names of ladders (other_ladder), ids of steps (other_step), channels (other_channel);
    for the other kinds the id of the step on the side that contacts, and on the side that does
    not the ids of the refusing rules, joined by " + ", or nothing. `days` is by how many days the
    step comes later or earlier, 0 for other kinds.
    """

    kind: Kind
    current: str
    new: str
    days: int = 0


@dataclass(frozen=True, slots=True)
class DifferentLoans:
    """Loans that differ first in the same way, by the day and then by id.

    `loans` are ids, `on` the first day on which each is treated differently.
    """

    difference: Difference
    loans: tuple[int, ...]
    on: tuple[int, ...]


_KEY = ("row", "on", "recipient_kind", "person", "track")


def differences(current: Lived, new: Lived) -> list[DifferentLoans]:
    """The loans treated differently, grouped by how; the largest group first.

    Both sides are of the same facts and days.
    """
    assert np.array_equal(current.loans, new.loans), "the sides are of the same loans"
    assert (current.from_on, current.until_on) == (new.from_on, new.until_on), "and of the same days"
    sides = (_Side(current), _Side(new))
    found: dict[Difference, list[tuple[int, int]]] = defaultdict(list)
    for line in _first_differences(*sides):
        found[_difference(line, *sides)].append((line["on"], int(current.loans[line["row"]])))
    groups = [_group(difference, loans) for difference, loans in found.items()]
    return sorted(groups, key=lambda each: (-len(each.loans), _sorting(each.difference)))


def _group(difference: Difference, found: list[tuple[int, int]]) -> DifferentLoans:
    days, loans = zip(*sorted(found), strict=True)
    return DifferentLoans(difference, loans, days)


def _sorting(difference: Difference) -> tuple[int, str, str, int]:
    place = list(Kind).index(difference.kind)
    return place, difference.current, difference.new, difference.days


class _Side:
    """One side of a comparison as frames with a row per due step and day."""

    def __init__(self, lived: Lived) -> None:
        self.lived = lived
        dues, steps = lived.dues, lived.strategy.steps
        ids = np.array([step.id for step in steps])
        self.dues = pl.DataFrame(
            {
                "row": dues.row,
                "on": dues.on,
                "recipient_kind": dues.recipient_kind,
                "person": dues.person,
                "track": lived.strategy.of_steps("track")[dues.step],
                "step": ids[dues.step],
                "channel": np.append(lived.contacts.channel, -1)[dues.contact],
                "fate": dues.fate,
                "due": np.arange(len(dues.on)),
            },
            schema_overrides={"step": pl.String},
        )
        self.told = self.dues.filter(pl.col("fate") == Fate.TOLD).drop("fate", "due")

    def fates(self) -> pl.DataFrame:
        """What became of each step that was due."""
        return self.dues.select(*_KEY, "fate", "due")

    def ladder(self, line: Mapping[str, Any]) -> str:
        """The ladder that the loan was on, by name."""
        number = int(self.lived.ladder[line["on"] - self.lived.from_on, line["row"]])
        return self.lived.strategy.ladders[number].name

    def refusing(self, due: int) -> str:
        """The rules that refused a due step."""
        refusals, rules = self.lived.refusals, self.lived.law.rules
        first, last = np.searchsorted(refusals.due, [due, due + 1])
        return " + ".join(sorted({rules[rule].id for rule in refusals.rule[first:last]}))


def _first_differences(current: _Side, new: _Side) -> Iterator[dict[str, Any]]:
    """For each loan that differs its first difference, with what became of the step on either side.

    On one day the borrower comes first.
    """
    both = current.told.join(new.told, on=_KEY, how="full", coalesce=True, suffix="_new")
    differs = pl.col("step").ne_missing(pl.col("step_new"))
    differs |= pl.col("channel").ne_missing(pl.col("channel_new"))
    first = both.filter(differs).sort(_KEY).unique("row", keep="first", maintain_order=True)
    first = first.join(current.fates(), on=_KEY, how="left")
    first = first.join(new.fates(), on=_KEY, how="left", suffix="_new")
    first = first.join(_next_told(first, "step", new.told, "then_new"), on="row", how="left")
    first = first.join(_next_told(first, "step_new", current.told, "then"), on="row", how="left")
    yield from first.sort("row").iter_rows(named=True)


def _next_told(first: pl.DataFrame, step: str, told: pl.DataFrame, name: str) -> pl.DataFrame:
    """(row, day): when the step is next taken towards the same person on the other side."""
    wanted = first.select("row", "on", "recipient_kind", "person", pl.col(step).alias("step"))
    later = wanted.join(told, on=("row", "recipient_kind", "person", "step"), suffix="_then")
    later = later.filter(pl.col("on_then") > pl.col("on"))
    return later.group_by("row").agg(pl.col("on_then").min().alias(name))


def _difference(line: Mapping[str, Any], current: _Side, new: _Side) -> Difference:
    if line["step"] is not None and line["step_new"] is not None:
        return _of_two_contacts(line, current, new)
    if line["step"] is not None:
        return _of_one_contact(line, current, new)
    turned = {_other_side(name): value for name, value in line.items()}
    return _turned(_of_one_contact(turned, new, current))


def _of_two_contacts(line: Mapping[str, Any], current: _Side, new: _Side) -> Difference:
    if line["step"] == line["step_new"]:
        was, becomes = (name_of(Channel(line[name])) for name in ("channel", "channel_new"))
        return Difference(Kind.OTHER_CHANNEL, was, becomes)
    ladders = current.ladder(line), new.ladder(line)
    if ladders[0] != ladders[1]:
        return Difference(Kind.OTHER_LADDER, *ladders)
    return Difference(Kind.OTHER_STEP, line["step"], line["step_new"])


def _of_one_contact(line: Mapping[str, Any], here: _Side, there: _Side) -> Difference:
    """`here` contacts, `there` does not on this day; told as if `there` were the new side."""
    step = line["step"]
    if line["fate_new"] == Fate.REFUSED:
        return Difference(Kind.REFUSED, step, there.refusing(line["due_new"]))
    ladders = here.ladder(line), there.ladder(line)
    if ladders[0] != ladders[1]:
        return Difference(Kind.OTHER_LADDER, *ladders)
    if line["fate_new"] == Fate.NO_CAPACITY:
        return Difference(Kind.NO_CAPACITY, step, "")
    if line["then_new"] is not None:
        return Difference(Kind.LATER, step, step, line["then_new"] - line["on"])
    return Difference(Kind.DROPPED, step, "")


_TURNED = {
    Kind.OTHER_LADDER: Kind.OTHER_LADDER,
    Kind.REFUSED: Kind.PERMITTED,
    Kind.NO_CAPACITY: Kind.CAPACITY,
    Kind.LATER: Kind.EARLIER,
    Kind.DROPPED: Kind.ADDED,
}


def _turned(difference: Difference) -> Difference:
    """The same difference, seen from the other side."""
    return Difference(_TURNED[difference.kind], difference.new, difference.current, difference.days)


def _other_side(column: str) -> str:
    if column in _KEY:
        return column
    return column.removesuffix("_new") if column.endswith("_new") else f"{column}_new"
