"""The night of a million loans from a snapshot, over the floor of reading and writing alone.

A tenth of the loans is due for a step. Every customer has an app inbox and an e-mail address; half of
them were contacted in the last month; some opted out, some are on hold, some addresses are dead.
The floor reads the same columns of the same files and writes files of the same columns and rows,
refused decisions among them, and decides nothing in between. Both run in turn in one process, and
only their processor time counts; then 1 and 2 worker processes plan the same night, by the clock.

    ARREARS_BENCH_LOANS=5000000 python -m bench nightly
"""

from __future__ import annotations

import os
import re
import resource
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from arrears.cli.output import print_report
from arrears.engines.local import Night, plan_parts
from arrears.engines.manifests import Snapshot, write_snapshot
from arrears.engines.parts import plan_partition
from arrears.engines.results import Question, ask
from arrears.engines.snapshot import read_part
from arrears.kernel import vocabulary as v
from arrears.kernel.arrears.orders import DEFAULT_ORDER
from arrears.kernel.days import DAY, date_of
from arrears.kernel.facts import NEVER, NO_DATE, NO_ID, Column, Facts, facts_of
from arrears.kernel.law.rules import Law
from arrears.kernel.planning.strategy import Strategy, Track
from arrears.rulepacks import load_law
from arrears.strategies import load_strategy

LOANS = int(os.environ.get("ARREARS_BENCH_LOANS", "1000000"))
LOANS_A_PART, RUNS, SAMPLE_PARTS = 100_000, 3, 5
TODAY = 20_648
AT = TODAY * DAY - 6 * 3_600_000_000  # 02:00 in Shanghai
DUE, CONTACTED, OPTED_OUT, HELD, DEAD = 0.1, 0.5, 0.02, 0.01, 0.02
ZONES, PLACES = ("Asia/Shanghai", "Asia/Taipei"), ("CN", "TW")
INSTALLMENTS, PAID = 12, 8
_NO_BUSY = np.empty(0, np.int64)


def main() -> None:
    law, strategy = load_law(), load_strategy("sample")
    with tempfile.TemporaryDirectory(prefix="arrears-bench-") as folder:
        snapshot = _snapshot(Path(folder) / "snapshot")
        megabytes = sum(part.bytes for part in snapshot.parts) / 1e6
        title = f"A night of {snapshot.loans:,} loans in {len(snapshot.parts)} parts, {megabytes:,.0f} MB"
        rows = [_over_the_floor(snapshot, law, strategy, Path(folder) / "out")]
        print_report("table", f"{title}: processor time in one process", rows)
        nights = [_night(snapshot, law, strategy, Path(folder) / f"{n}", n) for n in (1, 2)]
    print_report("table", f"{title}: by worker processes", nights)


def _over_the_floor(snapshot: Snapshot, law: Law, strategy: Strategy, out: Path) -> dict[str, Any]:
    parts = [snapshot.folder / part.name for part in snapshot.parts[:SAMPLE_PARTS]]
    loans = sum(part.loans for part in snapshot.parts[:SAMPLE_PARTS])
    plan_partition(parts[0], law, strategy, on=date_of(TODAY), at=AT, busy=_NO_BUSY, out=out)
    sample = {path.name: pl.read_parquet(path) for path in out.iterdir()}

    def decide(part: Path) -> None:
        plan_partition(part, law, strategy, on=date_of(TODAY), at=AT, busy=_NO_BUSY, out=out)

    def floor(part: Path) -> None:
        read_part(part)
        out.mkdir()
        for name, frame in sample.items():
            frame.write_parquet(out / name, compression="zstd", statistics=False)

    floors, ours = [], []
    for _ in range(RUNS):
        floors.append(_seconds(floor, parts, out))
        ours.append(_seconds(decide, parts, out))
    return {
        "loans": loans,
        "decisions": len(sample["decisions.parquet"]) * len(parts),
        "contacts": len(sample["contacts.parquet"]) * len(parts),
        "floor_s": f"{min(floors):.2f}",
        "ours_s": f"{min(ours):.2f}",
        "loans_a_second": round(loans / min(ours)),
        "over_floor": f"{np.median(ours) / np.median(floors):.1f}",
    }


def _seconds(work: Callable[[Path], None], parts: list[Path], out: Path) -> float:
    spent = 0.0
    for part in parts:
        shutil.rmtree(out, ignore_errors=True)
        start = time.process_time()
        work(part)
        spent += time.process_time() - start
    return spent


def _night(snapshot: Snapshot, law: Law, strategy: Strategy, out: Path, workers: int) -> dict[str, Any]:
    question = Question(
        date_of(TODAY).isoformat(), AT, (), snapshot.digest, law.version, strategy.version, law.zones_version
    )
    night = MeasuredNight(snapshot, out, ask(out, question), law, strategy)
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start = time.perf_counter()
    plan_parts(night, workers=workers)
    seconds = time.perf_counter() - start
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    written = sum(path.stat().st_size for path in out.rglob("*") if path.is_file())
    return {
        "workers": workers,
        "seconds": f"{seconds:.1f}",
        "loans_a_second": round(snapshot.loans / seconds),
        "processor_s": f"{after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime:.1f}",
        "peak_MB_a_worker": max(int(path.read_text()) for path in out.parent.glob(f"peak-{out.name}-*")),
        "MB_written": round(written / 1e6),
    }


class MeasuredNight(Night):
    """Its workers write down the most memory they held: of children the system counts their parent's too."""

    def plan(self, number: int) -> None:
        super().plan(number)
        status = Path("/proc/self/status").read_text()
        peak = re.search(r"VmHWM:\s+(\d+) kB", status)
        assert peak is not None, "Linux says what a process has held at most"
        kept = self.folder.parent / f"peak-{self.folder.name}-{os.getpid()}"
        kept.write_text(str(int(peak[1]) // 1024))


# -- an invented snapshot ----------------------------------------------------------------------


def _snapshot(folder: Path) -> Snapshot:
    sizes = [min(LOANS_A_PART, LOANS - first) for first in range(0, LOANS, LOANS_A_PART)]
    return write_snapshot(folder, _portfolios(sizes), lender=1, known_at=AT)


def _portfolios(sizes: list[int]) -> Iterator[Facts]:
    for number, size in enumerate(sizes):
        yield a_portfolio(size, first=number * LOANS_A_PART + 1, seed=number)


def a_portfolio(count: int, *, first: int, seed: int) -> Facts:
    """Loans of as many customers with reported arrears of which a tenth is due for a step today."""
    rng = np.random.default_rng(seed)
    loan = np.arange(count) + first
    where = rng.integers(1, 3, count)
    zeros, is_true = np.zeros(count, np.int64), np.ones(count, np.bool_)
    tables = {
        "person": {"person": loan, "zones": where, "places": where, "is_place_known": is_true},
        "lender": {
            "lender": [1],
            "payments_complete_through_on": [TODAY],
            "contacts_known_from_on": [TODAY - 400],
            "zone": [0],
            "actor_kind": [int(v.ActorKind.ORIGINAL_CREDITOR)],
            "licence": [int(v.CreditorLicence.BANK)],
        },
        "loan": {
            "loan": loan,
            "lender": zeros + 1,
            "borrower": loan,
            "debt": loan,
            "debt_kind": zeros + int(v.DebtKind.CONSUMER_LOAN),
            "law_place": where - 1,
            "contact_group": loan,
            "is_closed": ~is_true,
            "currency": zeros,
            "risk": zeros + NO_ID,
            "opened_on": zeros + NO_DATE,
        },
        "party": {
            "loan": loan,
            "person": loan,
            "role": zeros + int(v.RecipientKind.BORROWER),
            "from_on": zeros + NO_DATE,
            "until_on": zeros + NO_DATE,
        },
        "point": _points(rng, loan),
        **_contacts(rng, loan),
        **_restrictions(rng, loan),
    }
    tables |= _schedules(rng, loan)
    return facts_of(
        tables,
        known_at=AT,
        zones=ZONES,
        places=PLACES,
        zone_sets=((), (0,), (1,)),
        place_sets=((), (0,), (1,)),
        products=("loan",),
        orders=(DEFAULT_ORDER,),
        currencies=("CNY",),
    )


Table = dict[str, Any]
Rng = np.random.Generator


def _points(rng: Rng, loan: Column) -> Table:
    """An app inbox and an e-mail address for each customer."""
    size = 2 * len(loan)
    person = np.repeat(loan, 2)
    number = np.tile([0, 1], len(loan))
    return {
        "point": 2 * person + number,
        "person": person,
        "kind": np.where(number == 0, int(v.PointKind.APP_INBOX), int(v.PointKind.EMAIL)),
        "value": 2 * person + number,
        "source": np.full(size, int(v.PointSource.CONTRACT)),
        "dead_from_at": np.where(rng.random(size) < DEAD, AT - DAY, NEVER),
        "owner": np.full(size, int(v.PointOwner.OWN)),
        "place": np.full(size, NO_ID),
    }


def _contacts(rng: Rng, loan: Column) -> dict[str, Table]:
    """In-app messages of the last month, half as many as loans."""
    reached = loan[rng.random(len(loan)) < CONTACTED]
    size = len(reached)
    return {
        "contact": {
            "contact": reached,
            "at": AT - rng.integers(0, 30 * DAY, size),
            "person": reached,
            "value": 2 * reached,
            "channel": np.full(size, int(v.Channel.IN_APP)),
            "direction": np.full(size, int(v.Direction.OUT)),
            "network_result": np.zeros(size, np.int64),
            "is_conversation": np.zeros(size, np.bool_),
            "voice": np.full(size, NO_ID),
        },
        "contact_loan": {"contact": reached, "loan": reached, "is_discussed": np.zeros(size, np.bool_)},
    }


def _restrictions(rng: Rng, loan: Column) -> dict[str, Table]:
    out, held = loan[rng.random(len(loan)) < OPTED_OUT], loan[rng.random(len(loan)) < HELD]
    return {
        "opt_out": {
            "person": out,
            "value": np.full(len(out), -1),
            "channel": np.full(len(out), v.ANY),
            "from_at": np.full(len(out), AT - 30 * DAY),
            "until_at": np.full(len(out), NEVER),
        },
        "hold": {
            "hold": held,
            "loan": held,
            "person": np.full(len(held), -1),
            "reason": np.zeros(len(held), np.int64),
            "stops": np.full(len(held), 3),
            "from_at": np.full(len(held), AT - 10 * DAY),
            "until_at": np.full(len(held), AT + 30 * DAY),
        },
    }


def _schedules(rng: Rng, loan: Column) -> dict[str, Table]:
    """Twelve installments, seven or eight of them paid; where the eighth is open, a step is due today."""
    count = len(loan)
    is_due = rng.random(count) < DUE
    days_ago = np.where(is_due, rng.integers(4, 20, count), rng.integers(0, 30, count))
    number = np.tile(np.arange(1, INSTALLMENTS + 1), count)
    due_on = np.repeat(TODAY - days_ago, INSTALLMENTS) + 30 * (number - PAID)
    principal = np.repeat(rng.integers(10_000, 200_000, count), INSTALLMENTS)
    installments = {
        "loan": np.repeat(loan, INSTALLMENTS),
        "due_on": due_on,
        "number": number,
        "payable_until_on": due_on,
        "principal_minor": principal,
        "interest_minor": principal // 20,
        "fee_minor": np.zeros_like(principal),
        "penalty_minor": np.zeros_like(principal),
    }
    is_paid = (number < PAID) | ((number == PAID) & ~np.repeat(is_due, INSTALLMENTS))
    has_first = is_due & (days_ago >= 7) & (rng.random(count) < 0.7)
    return {
        "terms": _terms(loan),
        "installment": installments,
        "payment": _payments({name: column[is_paid] for name, column in installments.items()}),
        "step_done": {
            "loan": loan[has_first],
            "done_on": TODAY - days_ago[has_first] + 3,
            "rank": np.full(int(has_first.sum()), 10),
            "person": loan[has_first],
            "track": np.full(int(has_first.sum()), int(Track.ARREARS)),
            "is_superseded": np.zeros(int(has_first.sum()), np.bool_),
        },
    }


def _terms(loan: Column) -> Table:
    zeros = np.zeros(len(loan), np.int64)
    return {
        "loan": loan,
        "product": zeros,
        "tolerance_minor": zeros + 100,
        "tolerance_days": zeros,
        "grace_days": zeros,
        "pause_basis": zeros,
        "order": zeros,
        "surplus": zeros,
    }


def _payments(paid: Table) -> Table:
    size = len(paid["loan"])
    return {
        "loan": paid["loan"],
        "value_on": paid["due_on"] - 1,
        "ordinal": np.ones(size, np.int64),
        "payment": paid["loan"] * INSTALLMENTS + paid["number"],
        "amount_minor": paid["principal_minor"] + paid["interest_minor"],
        "surplus": np.full(size, v.ANY),
        "recorded_at": np.full(size, AT - DAY),
    }
