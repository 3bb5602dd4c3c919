"""Decisions: the law's answers as rows, written by the plan and by the gate alike.

Called inside the transaction that acts on them: no contact is planned or cleared without the
row of its decision, and none is refused without one.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import IntEnum
from functools import lru_cache
from typing import Any

import numpy as np

from arrears.kernel import vocabulary as v
from arrears.kernel.days import date_of, datetime_of
from arrears.kernel.facts import NEVER, NO_DATE, NO_ID, Codes, Column
from arrears.kernel.law.candidates import Candidates, count_of, take
from arrears.kernel.law.intervals import Rows
from arrears.kernel.law.solver import Binding, Result, Solution
from arrears.store.copying import copy_rows, next_ids
from arrears.store.models import Decision


@dataclass(frozen=True, slots=True)
class Asked:
    """What all decisions of one asking share. `use` is plan, gate or question."""

    use: str
    decided_at: datetime
    known_at: datetime
    run_id: int | None = None
    strategy_version: str | None = None


@dataclass(frozen=True, slots=True)
class Served:
    """What each candidate was asked for: one element per candidate written.

    `outcome` is a word of `DECISION_OUTCOMES`; `planned_contact` NO_ID and
    `episode_start_on` NO_DATE where there is none.
    """

    outcome: Sequence[str | None]
    planned_contact: Column
    step: Sequence[str | None]
    rank: Sequence[int | None]
    episode_start_on: Column


def write_decisions(
    groups: Codes,
    candidates: Candidates,
    solution: Solution,
    served: Served,
    asked: Asked,
    *,
    rows: Rows | None = None,
) -> Codes:
    """Insert one row per candidate by COPY in the open transaction; returns their ids in order.

    `groups` has the contact group of each candidate's loan, NO_ID for none. `rows` are the
    candidates to write, all by default. Make the month's partition
    (`store.partitions.ensure_month`) before the transaction.
    """
    written = np.arange(count_of(candidates)) if rows is None else rows
    ids = next_ids(Decision, len(written))
    columns = _shared_columns(solution, asked, len(written))
    columns |= _candidate_columns(groups[written], take(candidates, written))
    columns |= _served_columns(served) | _answer_columns(solution, written)
    columns["id"] = ids.tolist()
    copy_rows(Decision, list(columns), zip(*columns.values(), strict=True))
    return ids


def _shared_columns(solution: Solution, asked: Asked, size: int) -> dict[str, Sequence[Any]]:
    shared = {
        "use": asked.use,
        "run_id": asked.run_id,
        "decided_at": asked.decided_at,
        "known_at": asked.known_at,
        "law_version": solution.law.version,
        "zones_version": solution.law.zones_version,
        "strategy_version": asked.strategy_version,
    }
    return {name: [value] * size for name, value in shared.items()}


_WORDS: Mapping[str, type[IntEnum]] = {
    "recipient_kind": v.RecipientKind,
    "actor_kind": v.ActorKind,
    "channel": v.Channel,
    "voice": v.Voice,
    "notice": v.NoticeKind,
    "purpose": v.Purpose,
}


def _candidate_columns(groups: Codes, candidates: Candidates) -> dict[str, Sequence[Any]]:
    return {
        "lender_id": candidates["lender"].tolist(),
        "contact_group": _ids(groups),
        "loan_id": candidates["loan"].tolist(),
        "borrower_id": candidates["borrower"].tolist(),
        "person_id": candidates["person"].tolist(),
        **{name: _words(kind, candidates[name]) for name, kind in _WORDS.items()},
        "visitors": _ids(candidates["visitors"]),
        "contact_point_id": _ids(candidates["point"]),
        "value_key": _ids(candidates["value"]),
        "is_amount_known": (candidates["is_amount_known"] == 1).tolist(),
        "reported_on": _days(candidates["reported_on"]),
    }


def _served_columns(served: Served) -> dict[str, Sequence[Any]]:
    return {
        "outcome": served.outcome,
        "planned_contact_id": _ids(served.planned_contact),
        "step": served.step,
        "rank": served.rank,
        "episode_start_on": _days(served.episode_start_on),
    }


def _answer_columns(solution: Solution, rows: Rows) -> dict[str, Sequence[Any]]:
    spans = ("from_at", "until_at", "hard_from_at", "hard_until_at")
    reasons = ([_reason(each) for each in solution.reasons(row)] for row in rows.tolist())
    flags = ([rule.id for rule in solution.flags(row)] for row in rows.tolist())
    return {
        "asked_at": _instants(solution.at[rows]),
        "result": _words(Result, solution.result[rows]),
        **{name: _instants(getattr(solution, name)[rows]) for name in spans},
        "reasons": [json.dumps(each) for each in reasons],
        "flags": [json.dumps(each) for each in flags],
    }


def _reason(binding: Binding) -> dict[str, object]:
    release = binding.release
    return {
        "rule": binding.rule.id,
        "from": iso_instant(binding.from_at),
        "now": binding.is_now,
        "release": {"kind": release.kind, "fact": release.fact, "at": iso_instant(release.at)},
    }


@lru_cache(maxsize=10_000)
def iso_instant(at: int) -> str | None:
    """An instant as ISO 8601 text in UTC; None for NEVER."""
    return None if at == NEVER else datetime_of(at).isoformat()


def _words(kind: type[IntEnum], codes: Column) -> list[str | None]:
    names: dict[int, str | None] = {int(member): v.name_of(member) for member in kind}
    names[NO_ID] = None
    return [names[code] for code in codes.tolist()]


def _ids(column: Column) -> list[int | None]:
    return [None if value == NO_ID else value for value in column.tolist()]


def _days(column: Column) -> list[date | None]:
    return list(_converted(column, NO_DATE, date_of))


def _instants(column: Column) -> list[datetime | None]:
    return list(_converted(column, NEVER, datetime_of))


def _converted(column: Column, missing: int, convert: Callable[[int], Any]) -> Iterator[Any]:
    """Each distinct value is converted once: a run has few days and slots, and many rows."""
    made: dict[int, Any] = {missing: None}
    for value in column.tolist():
        if value not in made:
            made[value] = convert(value)
        yield made[value]
