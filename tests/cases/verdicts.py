"""What came of every case, held against what we expect to come of it."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from tests.cases import fineract, hmrc, killbill
from tests.cases.asking import Asked, NotModelled

FOLDER = Path(__file__).parents[3] / "shared" / "cases"
ABSENT = f"the independent cases are not beside the repository ({'/'.join(FOLDER.parts[-2:])})"
_EXPECTED = Path(__file__).with_name("verdicts.toml")


@dataclass(frozen=True)
class Source:
    """One file of cases, whose it is, and who answers it; `skips` says why a case is not asked."""

    file: str
    title: str
    attribution: str
    ask: Callable[[dict[str, Any]], Asked]
    skips: Callable[[dict[str, Any]], str] = lambda _: ""


@dataclass(frozen=True)
class Verdict:
    """`agrees`, `differs` or `not modelled`, with the reason and how many questions were asked."""

    id: str
    word: str
    reason: str
    questions: int
    differences: tuple[str, ...] = ()


def _skips(case: dict[str, Any]) -> str:
    if case["truncated"]:
        return "only the beginning of the case is there"
    if case["tier"] != "core":
        return "interest on a falling balance, several payments out or new ages: schedules of another part"
    return ""


SOURCES = (
    Source(
        "fineract_delinquency.json",
        "Apache Fineract: delinquency, schedules, chargebacks, pauses",
        "Restated facts and numbers of Apache Fineract's end-to-end tests, Apache-2.0.",
        fineract.ask,
        _skips,
    ),
    Source(
        "killbill_skip.json",
        "Kill Bill: overdue states",
        "Timelines of The Kill Bill project's tests, Apache-2.0.",
        killbill.ask,
    ),
    Source(
        "hmrc_interest.json",
        "HM Revenue & Customs: days of interest under holds",
        "Numbers of HM Revenue & Customs' acceptance tests, Crown copyright, Apache-2.0.",
        hmrc.ask,
    ),
)


@cache
def cases_of(source: Source) -> list[dict[str, Any]]:
    """The cases that are asked."""
    told = json.loads((FOLDER / source.file).read_text(encoding="utf-8"))["cases"]
    return [case for case in told if not source.skips(case)]


def verdict_of(source: Source, case: dict[str, Any]) -> Verdict:
    """Ask the case; a difference that nobody has explained has an empty reason."""
    expected = expected_verdicts().get(case["id"], {})
    try:
        asked = source.ask(case)
    except NotModelled as error:
        return Verdict(case["id"], "not modelled", str(error), 0)
    if not asked.differences:
        return Verdict(case["id"], "agrees", "", asked.count)
    word = expected.get("word", "differs")
    return Verdict(case["id"], word, expected.get("reason", ""), asked.count, tuple(asked.differences))


@cache
def expected_verdicts() -> dict[str, dict[str, str]]:
    """The cases that need not agree, with the reason, by id."""
    told = tomllib.loads(_EXPECTED.read_text(encoding="utf-8"))
    return {
        case: {"word": group["word"], "reason": group["reason"]}
        for group in told["group"]
        for case in group["cases"]
    }


def all_verdicts() -> Iterator[tuple[Source, list[Verdict]]]:
    for source in SOURCES:
        yield source, [verdict_of(source, case) for case in cases_of(source)]
