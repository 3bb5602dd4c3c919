"""The portfolio that the benchmarks invent is one that can be planned, whatever columns facts have by now."""

from __future__ import annotations

import numpy as np

from arrears.engines.manifests import write_snapshot
from arrears.engines.parts import plan_partition
from arrears.kernel.days import date_of
from arrears.rulepacks import load_law
from arrears.strategies import load_strategy
from bench.nightly import AT, TODAY, a_portfolio


def test_the_portfolio_of_the_nightly_bench_is_planned(tmp_path):
    snapshot = write_snapshot(
        tmp_path / "snapshot", iter([a_portfolio(400, first=1, seed=1)]), lender=1, known_at=AT
    )

    figures = plan_partition(
        snapshot.folder / snapshot.parts[0].name,
        load_law(["cn"]),
        load_strategy("sample"),
        on=date_of(TODAY),
        at=AT,
        busy=np.empty(0, np.int64),
        out=tmp_path / "plan",
    )

    assert sum(figures["planned"]["in_app"].values()) > 10
