"""One part of a night from files to files: for whoever plans out of the database.

A day that is planned within it reads no files, and need not load what reads them.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from arrears.engines.partitions import figures_of, plan_facts
from arrears.engines.plans import KeptPlan, write_plan
from arrears.engines.snapshot import read_part
from arrears.kernel.facts import Codes
from arrears.kernel.law.candidates import groups_of
from arrears.kernel.law.rules import Law
from arrears.kernel.planning.duties import Duties
from arrears.kernel.planning.strategy import Strategy


def plan_partition(
    part: Path,
    law: Law,
    strategy: Strategy,
    *,
    on: date,
    at: int,
    busy: Codes,
    duties: Duties | None = None,
    out: Path,
) -> dict[str, Any]:
    """Plan one part of a snapshot into the folder `out`, and return the figures of its plan.

    However many calls people can make: that is a matter of all parts together (`surplus_calls`).
    The figures are those of `Planned` and of `figures_of`, and `asked_at`. Raises BadInput for
    a part that cannot be read.
    """
    facts = read_part(part)
    boundless = replace(strategy, calls_per_day=None)
    planned = plan_facts(facts, law, boundless, on=on, at=at, busy=busy, duties=duties)
    plan = planned.plan
    out.mkdir(parents=True)
    write_plan(KeptPlan(plan, groups_of(facts, plan.proposals.candidates)), law, strategy, out)
    every = np.arange(len(plan.proposals))
    return planned.counts | figures_of(plan, strategy, every) | {"asked_at": plan.at}
