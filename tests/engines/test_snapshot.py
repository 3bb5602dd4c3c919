"""Facts written to files are the facts that are read from them."""

from __future__ import annotations

import json

import numpy as np
import polars as pl
import pytest

from arrears.engines.snapshot import read_part, write_part
from arrears.kernel.arrears import arrears_of
from arrears.kernel.errors import BadInput
from arrears.kernel.facts import NO_DATE, facts_of
from arrears.rulepacks.zones import ZONES


def _facts():
    return facts_of(
        {
            "loan": {
                "loan": [3],
                "lender": [9],
                "borrower": [1],
                "debt": [3],
                "debt_kind": [0],
                "law_place": [-1],
                "contact_group": [1],
                "is_closed": [False],
                "currency": [0],
                "risk": [-1],
                "opened_on": [NO_DATE],
            },
            "lender": {
                "lender": [9],
                "payments_complete_through_on": [NO_DATE],
                "contacts_known_from_on": [NO_DATE],
                "zone": [0],
                "actor_kind": [0],
                "licence": [0],
            },
            "installment": {
                "loan": [3],
                "due_on": [100],
                "number": [1],
                "payable_until_on": [100],
                "principal_minor": [900],
                "interest_minor": [100],
                "fee_minor": [0],
                "penalty_minor": [0],
            },
        },
        known_at=5,
        zones=("Asia/Shanghai",),
        zone_sets=((), (0,)),
    )


def _same(left, right):
    return all(
        np.array_equal(left[table][column], right[table][column])
        for table in left.tables
        for column in left[table]
    )


def test_a_part_gives_back_the_facts_it_was_written_from(tmp_path):
    facts = _facts()

    write_part(facts, tmp_path / "0")
    read = read_part(tmp_path / "0")

    assert _same(facts, read)
    assert (read.zones, read.zone_sets, read.known_at) == (facts.zones, facts.zone_sets, 5)
    assert arrears_of(read, 105, ZONES)["overdue_minor"].tolist() == [1000]


def test_tables_that_are_not_asked_for_are_empty(tmp_path):
    write_part(_facts(), tmp_path / "0")

    read = read_part(tmp_path / "0", ["loan", "lender"])

    assert [len(read[name]["loan"]) for name in ("loan", "installment")] == [1, 0]


@pytest.mark.parametrize("name", ["installment.parquet", "names.json"])
def test_a_file_that_was_cut_off_is_named(tmp_path, name):
    write_part(_facts(), tmp_path / "0")
    path = tmp_path / "0" / name
    path.write_bytes(path.read_bytes()[:-20])

    with pytest.raises(BadInput, match=name):
        read_part(tmp_path / "0")


def test_a_column_of_another_type_is_named(tmp_path):
    write_part(_facts(), tmp_path / "0")
    path = tmp_path / "0" / "installment.parquet"
    pl.read_parquet(path).with_columns(pl.col("principal_minor").cast(pl.Float64)).write_parquet(path)

    with pytest.raises(BadInput, match="float64 in the column principal_minor, not int64"):
        read_part(tmp_path / "0")


def test_another_version_is_not_read(tmp_path):
    write_part(_facts(), tmp_path / "0")
    path = tmp_path / "0" / "names.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"version": 2}))

    with pytest.raises(BadInput, match="not of version 1"):
        read_part(tmp_path / "0")
