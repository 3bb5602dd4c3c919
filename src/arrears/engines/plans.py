"""A plan as Parquet files, for keeping and for loading elsewhere; and back.

    due.parquet         one row per due step
    decisions.parquet   one row per candidate: who, how, about what; the answer and the outcome
    reasons.parquet     one row per rule that stands in the way of a candidate (`candidate`: its row)
    flags.parquet       one row per rule to remark on
    contacts.parquet    one row per planned contact (`lead`: the candidate it was chosen for)

Columns are the arrays of `DayPlan` by their names there. Where a code stands for a word the file
has the word, an instant is a timestamp in UTC and a day a date; what is missing is null.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from enum import IntEnum
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from arrears.kernel import vocabulary as v
from arrears.kernel.errors import BadInput
from arrears.kernel.facts import NEVER, NO_DATE, Codes, Column
from arrears.kernel.law.candidates import CANDIDATE_COLUMNS
from arrears.kernel.law.rules import Law
from arrears.kernel.law.solver import Solution, release_of
from arrears.kernel.planning.choice import Choice, Contacts, Outcome
from arrears.kernel.planning.ladder import Due
from arrears.kernel.planning.plan import DayPlan
from arrears.kernel.planning.proposals import Proposals
from arrears.kernel.planning.strategy import Strategy

_WORDS: Mapping[str, type[IntEnum]] = {
    "recipient_kind": v.RecipientKind,
    "actor_kind": v.ActorKind,
    "purpose": v.Purpose,
    "notice": v.NoticeKind,
    "channel": v.Channel,
    "voice": v.Voice,
    "point_kind": v.PointKind,
    "point_source": v.PointSource,
    "debt_kind": v.DebtKind,
    "licence": v.CreditorLicence,
    "outcome": Outcome,
}
_ANSWERS = ("from_at", "until_at", "hard_from_at", "hard_until_at")
_REASONS = {"candidate": "bound_row", "rule": "bound_rule", "from_at": "bound_from_at", "is_now": "bound_now"}
_FLAGS = {"candidate": "flag_row", "rule": "flag_rule"}


@dataclass(frozen=True, slots=True)
class KeptPlan:
    """A plan, and the contact group of the loan of each candidate (-1 for none)."""

    plan: DayPlan
    groups: Codes


def write_plan(kept: KeptPlan, law: Law, strategy: Strategy, folder: Path) -> None:
    """Write the files of a plan into a folder that has none of them yet."""
    words = _words(law, strategy)
    for name, columns in _tables(kept).items():
        frame = pl.DataFrame([_series(each, column, words) for each, column in columns.items()])
        if name == "reasons":
            frame = frame.with_columns(_released_by(law, columns))
        frame.write_parquet(folder / f"{name}.parquet", compression="zstd", statistics=False)


def _tables(kept: KeptPlan) -> dict[str, dict[str, Column]]:
    plan, solution = kept.plan, kept.plan.choice.solution
    return {
        "due": _fields(plan.due),
        "decisions": {
            **plan.proposals.candidates,
            "contact_group": kept.groups,
            "due": plan.proposals.due,
            "step": plan.proposals.step,
            "window_end_at": plan.window_ends,
            "asked_at": solution.at,
            **{name: getattr(solution, name) for name in _ANSWERS},
            "outcome": plan.choice.outcome,
            "contact": plan.choice.contact,
        },
        "reasons": {name: getattr(solution, column) for name, column in _REASONS.items()},
        "flags": {name: getattr(solution, column) for name, column in _FLAGS.items()},
        "contacts": _fields(plan.contacts),
    }


def _fields(of: Due | Contacts) -> dict[str, Column]:
    return {each.name: getattr(of, each.name) for each in fields(of)}


def read_plan(folder: Path, law: Law, strategy: Strategy, *, on: int, at: int) -> KeptPlan:
    """The plan that `write_plan` wrote, made under this law and this strategy.

    Raises BadInput, with the file, for what is not there, was cut off or speaks of other rules
    or steps.
    """
    words = _words(law, strategy)
    told = {
        name: _columns(folder / f"{name}.parquet", words)
        for name in ("due", "decisions", "reasons", "flags", "contacts")
    }
    decided = told["decisions"]
    solution = Solution(
        law=law,
        at=decided["asked_at"],
        **{name: decided[name] for name in _ANSWERS},
        **{column: told["reasons"][name] for name, column in _REASONS.items()},
        **{column: told["flags"][name] for name, column in _FLAGS.items()},
    )
    candidates = {name: decided[name].astype(np.int64) for name in CANDIDATE_COLUMNS}
    plan = DayPlan(
        on=on,
        at=at,
        due=_object(Due, told["due"]),
        proposals=Proposals(candidates, decided["due"], decided["step"]),
        choice=Choice(solution, decided["outcome"], decided["contact"]),
        contacts=_object(Contacts, told["contacts"]),
        window_ends=decided["window_end_at"],
    )
    return KeptPlan(plan, decided["contact_group"])


def _object(kind: type[Any], columns: Mapping[str, Column]) -> Any:
    return kind(*(columns[each.name] for each in fields(kind)))


def _words(law: Law, strategy: Strategy) -> dict[str, pl.Enum]:
    """By column, the words that its codes stand for."""
    words = {name: pl.Enum([v.name_of(member) for member in kind]) for name, kind in _WORDS.items()}
    words["step"] = pl.Enum([step.id for step in strategy.steps])
    words["rule"] = pl.Enum([rule.id for rule in law.rules])
    return words


def _series(name: str, column: Column, words: Mapping[str, pl.Enum]) -> pl.Series:
    if name in words:
        return _worded(name, column, words[name])
    series = pl.Series(name, column)
    if name.endswith("_at"):
        return _nulled(series, column == NEVER).cast(pl.Datetime("us", "UTC"))
    if name.endswith("_on"):
        return _nulled(series, column == NO_DATE).cast(pl.Int32).cast(pl.Date)
    return series


def _worded(name: str, codes: Column, words: pl.Enum) -> pl.Series:
    is_none = codes < 0
    series = pl.Series(name, np.where(is_none, 0, codes).astype(np.uint32)).cat.to(words)
    return _nulled(series, is_none)


def _nulled(series: pl.Series, is_null: Column) -> pl.Series:
    if not is_null.any():
        return series
    return pl.select(pl.when(~pl.lit(pl.Series(is_null))).then(series).alias(series.name)).to_series()


def _released_by(law: Law, reasons: Mapping[str, Column]) -> pl.Series:
    """The fact that would end each refusal; null where time does, or nothing."""
    of_rule = [release_of(rule, NEVER).fact for rule in law.rules]
    facts = sorted(set(of_rule) - {""})
    code = np.array([facts.index(fact) if fact else -1 for fact in of_rule], np.int64)
    by_fact = np.where(reasons["from_at"] == NEVER, code[reasons["rule"]], -1)
    return _worded("released_by", by_fact, pl.Enum(facts))


def _columns(path: Path, words: Mapping[str, pl.Enum]) -> dict[str, Column]:
    try:
        frame = pl.read_parquet(path, memory_map=False)
    except (OSError, pl.exceptions.PolarsError):
        raise _unreadable(path, "the file is not there or was cut off") from None
    return {series.name: _column(path, series, words) for series in frame if series.name != "released_by"}


def _column(path: Path, series: pl.Series, words: Mapping[str, pl.Enum]) -> Column:
    if series.name in words and series.dtype != words[series.name]:
        raise _unreadable(path, f"the column {series.name} has words that this program does not know")
    missing = -1 if series.name in words else NEVER if series.name.endswith("_at") else NO_DATE
    physical = series.to_physical()
    if series.name in words:
        physical = physical.cast(pl.Int64)
    return np.ascontiguousarray(physical.fill_null(missing).to_numpy())


def _unreadable(path: Path, what: str) -> BadInput:
    return BadInput(
        "night.unreadable",
        f"{path}: {what}.",
        hint="Run the day again: the part is planned anew.",
        file=str(path),
    )
