"""Facts with something added that has not happened yet, or left out: what a plan or a forecast assumes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from arrears.kernel.facts import NO_ID, TABLES, Column, Facts
from arrears.kernel.vocabulary import Channel, Direction, NetworkResult, Voice


@dataclass(frozen=True, slots=True)
class Attempts:
    """Contacts assumed made and unanswered: one row each.

    `loan_row` and `loan` say which loans they are about: contact row, loan.
    """

    at: Column
    person: Column
    value: Column
    channel: Column
    loan_row: Column
    loan: Column


def with_attempts(facts: Facts, attempts: Attempts) -> Facts:
    """The facts as they would be after these contacts, each counting wherever it can count."""
    first = int(facts["contact"]["contact"].max(initial=0)) + 1
    contact = first + np.arange(len(attempts.at))
    is_call = attempts.channel == Channel.CALL
    rows = {
        "contact": contact,
        "at": attempts.at,
        "person": attempts.person,
        "value": attempts.value,
        "channel": attempts.channel,
        "direction": np.full(len(contact), int(Direction.OUT)),
        "network_result": np.where(is_call, NetworkResult.RANG_OUT, NetworkResult.NONE),
        "is_conversation": np.zeros(len(contact), np.bool_),
        "voice": np.where(is_call, Voice.PERSON, NO_ID),
    }
    links = {
        "contact": contact[attempts.loan_row],
        "loan": attempts.loan,
        "is_discussed": np.zeros(len(attempts.loan), np.bool_),
    }
    return with_rows(facts, {"contact": rows, "contact_loan": links})


def without_contacts(facts: Facts, contacts: Sequence[int]) -> Facts:
    """The facts as they would be had these contacts not been made or reserved."""
    tables = {}
    for name in ("contact", "contact_loan", "arrival"):
        stays = ~np.isin(facts[name]["contact"], np.array(contacts, np.int64))
        tables[name] = {column: values[stays] for column, values in facts[name].items()}
    return with_tables(facts, tables)


def with_rows(facts: Facts, added: Mapping[str, Mapping[str, Any]]) -> Facts:
    """The facts with these rows merged into their tables, everything else shared."""
    return with_tables(facts, {name: _merged(facts, name, rows) for name, rows in added.items()})


def with_tables(facts: Facts, tables: Mapping[str, Mapping[str, Column]]) -> Facts:
    """The facts with whole tables replaced; what was derived from the old ones is forgotten.

    What is known of arrivals is derived from nothing else, and no assumption adds to it.
    """
    kept = {} if "arrival" in tables else {key: of for key, of in facts._cache.items() if _is_arrival(key)}
    return replace(facts, tables={**facts.tables, **tables}, _cache=kept)


def _is_arrival(key: object) -> bool:
    return isinstance(key, tuple) and key[0] == "arrival"


def _merged(facts: Facts, name: str, rows: Mapping[str, Any]) -> dict[str, Column]:
    spec = TABLES[name]
    both = {
        column: np.concatenate([facts[name][column], np.asarray(rows[column], dtype)])
        for column, dtype in spec.columns.items()
    }
    order = np.lexsort([both[column] for column in reversed(spec.key)])
    return {column: values[order] for column, values in both.items()}
