"""Answers of the law as the API tells them: codes, instants in UTC, and the rules' own words."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Literal

import orjson
from django.http import HttpResponse
from pydantic import AwareDatetime, BaseModel, Field

from arrears.actions.asking import Answer
from arrears.actions.decisions import iso_instant
from arrears.kernel.errors import ArrearsError
from arrears.kernel.facts import NEVER
from arrears.kernel.law.rules import Effect, Release, Rule
from arrears.kernel.law.solver import Binding, Result
from arrears.kernel.vocabulary import name_of


class ReleaseTold(BaseModel):
    """What ends a refusal: an instant (`time`), a missing fact (`fact`), or `nothing`."""

    kind: Literal["time", "fact", "nothing"]
    fact: str | None = None
    at: AwareDatetime | None = None


class RuleTold(BaseModel):
    """A rule: its id, where it is written, how sure that is, and what it says in the asked language."""

    rule: str
    jurisdiction: str
    citation: str
    certainty: str
    strength: str
    about: str


class FaultTold(BaseModel):
    """What is wrong with a text: a fact it lacks, or the words by which it states one that it may not.

    Without words the fact is missing; without a fact the words are beside what may be said.
    """

    fact: str | None = None
    words: str | None = None


class BindingTold(RuleTold):
    """A rule in the way: whether it refuses the instant asked about, and the first that it permits.

    `from` null is never. `is_overridable` when a named approver may set it aside with a reason.
    `text` says of a rule of content what is wrong with the text.
    """

    is_now: bool
    is_overridable: bool
    from_: AwareDatetime | None = Field(None, alias="from")
    release: ReleaseTold
    text: list[FaultTold] | None = None


class LawAnswer(BaseModel):
    """What the law says of one contact at the instant asked about.

    `from` and `until` are the first permitted time over all rules, `hard_from` and `hard_until` over
    those that nobody may override; null is never. `until` itself is not permitted any more.
    `contact_point` is our number of the address on file that the answer is about.
    """

    result: Literal["allow", "overridable", "refuse"]
    at: AwareDatetime
    from_: AwareDatetime | None = Field(None, alias="from")
    until: AwareDatetime | None = None
    hard_from: AwareDatetime | None = None
    hard_until: AwareDatetime | None = None
    bindings: list[BindingTold]
    flags: list[RuleTold]
    contact_point: int | None = None


class ItemError(BaseModel):
    """Why one item could not be asked."""

    code: str
    detail: str
    hint: str | None = None
    field: str | None = None


_RESULTS = {int(result): name_of(result) for result in Result}


def told_answer(answer: Answer, language: str) -> dict[str, Any]:
    solution, row = answer.solution, answer.row
    result, *spans = solution.spans(row)
    at, from_at, until_at, hard_from_at, hard_until_at = map(iso_instant, spans)
    return {
        "result": _RESULTS[result],
        "at": at,
        "from": from_at,
        "until": until_at,
        "hard_from": hard_from_at,
        "hard_until": hard_until_at,
        "bindings": [_told_binding(answer, each, language) for each in solution.reasons(row)],
        "flags": [_told_rule(each, language) for each in solution.flags(row)],
        "contact_point": answer.point,
    }


def told_error(error: ArrearsError) -> dict[str, Any]:
    told = {"code": error.code, "detail": error.what, "hint": error.hint, "field": error.facts.get("field")}
    return {name: value for name, value in told.items() if value}


def json_response(content: dict[str, Any], *, status: int = 200) -> HttpResponse:
    return HttpResponse(orjson.dumps(content), status=status, content_type="application/json")


def _told_binding(answer: Answer, binding: Binding, language: str) -> Mapping[str, Any]:
    told = _told_reason(binding, language)
    faults = answer.faults(binding.rule)
    return {**told, "text": [_told_fault(*each) for each in faults]} if faults else told


@lru_cache(maxsize=10_000)
def _told_reason(binding: Binding, language: str) -> Mapping[str, Any]:
    """Many candidates are bound alike."""
    return {
        **_told_rule(binding.rule, language),
        "is_now": binding.is_now,
        "is_overridable": binding.rule.effect is Effect.OVERRIDABLE,
        "from": iso_instant(binding.from_at),
        "release": _told_release(binding.release),
    }


def _told_fault(fact: str, words: str) -> dict[str, str]:
    return {name: value for name, value in (("fact", fact), ("words", words)) if value}


def _told_rule(rule: Rule, language: str) -> dict[str, str]:
    return {
        "rule": rule.id,
        "jurisdiction": rule.jurisdiction,
        "citation": rule.citation,
        "certainty": rule.certainty,
        "strength": rule.strength.value,
        "about": rule.about[language],
    }


def _told_release(release: Release) -> dict[str, str | None]:
    told: dict[str, str | None] = {"kind": release.kind}
    if release.fact:
        told["fact"] = release.fact
    if release.at != NEVER:
        told["at"] = iso_instant(release.at)
    return told
