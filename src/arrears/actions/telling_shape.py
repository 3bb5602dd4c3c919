"""The shape of a told explanation as a JSON Schema, which pages and the API rely on.

Every field is always there; what is missing is null. Nothing else is there. `page` is
docs/answers.md, made from the same descriptions.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from enum import IntEnum
from importlib.resources import files
from typing import Any

from arrears.actions.histories import LAPSES
from arrears.actions.telling import HEADINGS
from arrears.kernel import vocabulary as v
from arrears.kernel.law.rules import Strength
from arrears.kernel.obligations.rules import Duty, Recipient, Trigger
from arrears.kernel.planning.answer import BROUGHT_BY, CAN_DO, REASONS, Party, Question, Value
from arrears.locale.notices import LANGUAGES
from arrears.store.models.attempts import ATTEMPT_STATES

Schema = Mapping[str, Any]

_DAY = r"^\d{4}-\d\d-\d\d$"
_INSTANT = r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{6})?\+00:00$"


def _text(about: str) -> Schema:
    return {"type": "string", "description": about}


def _word(words: type[IntEnum] | tuple[str, ...], about: str) -> Schema:
    known = [v.name_of(each) for each in words] if isinstance(words, type) else list(words)
    return {"type": "string", "enum": known, "description": about}


def _number(about: str) -> Schema:
    return {"type": "integer", "description": about}


def _flag(about: str) -> Schema:
    return {"type": "boolean", "description": about}


def _day(about: str) -> Schema:
    return {"type": "string", "pattern": _DAY, "description": about}


def _instant(about: str) -> Schema:
    return {"type": "string", "pattern": _INSTANT, "description": about}


def _or_null(schema: Schema) -> Schema:
    """The same, or null."""
    if "$ref" in schema:
        return {"anyOf": [schema, {"type": "null"}], "description": schema["description"]}
    listed = {"enum": [*schema["enum"], None]} if "enum" in schema else {}
    return {**schema, "type": [schema["type"], "null"], **listed}


def _list(of: Schema, about: str, *, least: int = 0) -> Schema:
    return {"type": "array", "items": of, "minItems": least, "description": about}


def _ref(name: str, about: str) -> Schema:
    return {"$ref": f"#/$defs/{name}", "description": about}


def _object(about: str, **fields: Schema) -> Schema:
    return {
        "type": "object",
        "description": about,
        "properties": fields,
        "required": list(fields),
        "additionalProperties": False,
    }


_SAID = _text("The same in words, in the language asked for.")
_RULE_FIELDS: Mapping[str, Schema] = {
    "id": _text("Its id; `arrears law show ID` shows it with its cases."),
    "jurisdiction": _text("Its pack; `house` are the lender's own rules."),
    "citation": _text("Where it is written."),
    "certainty": _word(("A", "B", "C", "D"), "How sure its text is, from A (read) to D (recalled)."),
    "strength": _word(tuple(each.value for each in Strength), "How its source words it."),
}

_DEFS: Mapping[str, Schema] = {
    "answer": _object(
        "One of the five answers, always in the order of `question`.",
        question=_word(Question, "Which question; the first of the four has two answers."),
        value=_word(Value, "The answer."),
        asked=_text("The question in words."),
        said=_text("The answer in a word or two."),
        reasons=_list(_ref("reason", ""), "Why, the weightiest first; never empty.", least=1),
        must_state=_list(
            _text("A name."), "By name who has to state what is not known; empty unless `value` is not_known."
        ),
        said_must_state=_or_null(_text("The same in words; null where `must_state` is empty.")),
        can_do=_list(
            _ref("can_do", ""), "What the borrower can do now, the most useful first; never empty.", least=1
        ),
    ),
    "reason": _object(
        "Why an answer is what it is.",
        code=_word(tuple(sorted(REASONS)), "What kind of reason."),
        facts={
            "type": "object",
            "additionalProperties": {"type": ["string", "integer"]},
            "description": "What its sentence is made of: days (`on`, `..._on`), instants (`..._at`), names.",
        },
        rule=_or_null(_ref("rule", "The rule that says so; null where no rule speaks.")),
        release=_or_null(_ref("release", "What would change it; null where the reason is no refusal.")),
        said=_text("The reason in words, with citation, certainty and what would change it."),
    ),
    "rule": _object("A rule of law or of the lender.", **_RULE_FIELDS),
    "release": _object(
        "What ends a refusal.",
        kind=_word(("time", "fact", "nothing"), "Time alone, a missing fact, or nothing."),
        fact=_or_null(_word(tuple(BROUGHT_BY), "The missing fact; null for the others.")),
        at=_or_null(_instant("When time ends it; null for the others.")),
        by=_word(Party, "Who can bring the fact; `nobody` for time and nothing."),
    ),
    "can_do": _object(
        "Something the borrower can do now.",
        code=_word(CAN_DO, "What."),
        said=_SAID,
    ),
    "arrears": _object(
        "How the loan stands at the end of `on`.",
        is_known=_flag("Something says whether it is late."),
        is_reported=_flag("What is known comes from the core system's report."),
        is_late=_flag("More is overdue than the product tolerates."),
        is_late_without_balance=_flag("Late, and no amount above zero is known."),
        reported_on=_or_null(_day("The day that what is known speaks of.")),
        overdue_since_on=_or_null(_day("The due day that days are counted from.")),
        episode_start_on=_or_null(_day("First day of the unbroken run of late days.")),
        months_late=_number("As a report says; 0 otherwise."),
        past_due_days=_number("Calendar days since then."),
        delinquent_days=_number("Past-due days less grace and pauses."),
        overdue_minor=_or_null(_number("What is overdue, in minor units.")),
        statement_minor=_or_null(_number("Balance of the last statement, in minor units.")),
        said=_SAID,
    ),
    "hold": _object(
        "A hold that stands.",
        reason=_word(v.HoldReason, "Why."),
        stops=_list(_word(v.Stops, ""), "What stands still."),
        from_at=_instant("Since when."),
        until_at=_or_null(_instant("Until when; null until somebody ends it.")),
        shown_reason=_text("What the borrower is to read of it, as whoever placed it wrote it."),
        said=_SAID,
    ),
    "owed": _object(
        "What has to be told or answered about the loan, now or once the situation has gone on.",
        rule=_text("The obligation's id; `arrears obligations` lists what is open."),
        citation=_RULE_FIELDS["citation"],
        certainty=_RULE_FIELDS["certainty"],
        give=_word(Duty, "An answer, or a notice by what it says."),
        to=_word(Recipient, "To whom."),
        because_of=_word(Trigger, "The fact it arises from."),
        is_open=_flag("It has arisen; otherwise it will if nothing changes."),
        is_overdue=_flag("Its last instant is over."),
        arose_on=_day("The lender's day on which it arose or will arise."),
        last_on=_or_null(_day("Its last day; null where the law names none.")),
        last_at=_or_null(_instant("Its last instant; null likewise.")),
        missing=_list(
            _text("A fact."), "What its notice has to say and nothing on file does: a person writes it."
        ),
        by=_or_null(_ref("given", "The foretold contact that gives it; null where there is none.")),
        said=_SAID,
    ),
    "given": _object(
        "A foretold contact that gives what is owed.",
        from_at=_instant("From when it may be made."),
        channel=_word(v.Channel, "Through which channel."),
    ),
    "ahead": _object(
        "The coming days.",
        on=_day("First day."),
        until_on=_day("The day after the last."),
        assumed=_list(_text("A sentence."), "What the lines take for granted."),
        lines=_list(_ref("line", ""), "What each day holds, by day; days without anything are left out."),
        said_nothing=_text("What to say where there is no line."),
    ),
    "line": _object(
        "A contact that will be made, or a due step that will not take place.",
        on=_day("The day of the run that decides it."),
        step=_text("The step's id in the strategy."),
        recipient=_word(tuple(v.name_of(kind) for kind in v.LIABLE), "What its recipient is to the loan."),
        channel=_word(v.Channel, "Through which channel."),
        is_planned=_flag("It will be made; otherwise it is refused."),
        from_at=_or_null(_instant("From when it may be made; null for never.")),
        until_at=_or_null(_instant("It starts before this; null for a refusal.")),
        loans=_number("How many loans it is about."),
        rules=_list(
            _object(
                "A rule that moves or refuses it.",
                **_RULE_FIELDS,
                release=_ref("release", "What would change it."),
                said=_SAID,
            ),
            "The rules that move or refuse it.",
        ),
        said=_SAID,
    ),
    "made": _object(
        "A contact that was made, in either direction.",
        at=_instant("When."),
        channel=_word(v.Channel, "Through which channel."),
        direction=_word(v.Direction, "From the lender (`out`) or to it (`in`)."),
        state=_word(ATTEMPT_STATES, "What became of it."),
        said=_SAID,
    ),
    "lapsed": _object(
        "A contact that was planned and that nobody made in time.",
        at=_instant("From when it was planned."),
        channel=_word(v.Channel, "Through which channel."),
        because=_word(LAPSES, "Why: nobody asked for the call, its time ended, or it was tried too often."),
        said=_SAID,
    ),
    "refused": _object(
        "A step decided against, from one day to another.",
        step=_or_null(_text("The step's id; null where it was none.")),
        channel=_word(v.Channel, "Through which channel."),
        first_on=_day("The first day."),
        last_on=_day("The last day."),
        times=_number("How often it was decided."),
        rules=_list(_text("A rule id."), "By which rules."),
        said=_SAID,
    ),
}

EXPLANATION: Schema = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    **_object(
        "The explanation of one loan.",
        loan=_text("The lender's number of the loan."),
        currency=_text("ISO 4217; every amount is in its minor units."),
        lender=_text("The lender's name."),
        on=_day("The day asked about."),
        asked_at=_instant("The instant of asking; a past day is seen from its first instant."),
        zone=_text("IANA name of the zone that the words speak in."),
        language=_word(LANGUAGES, "The language of every text."),
        headings=_object("Headings for a page.", **dict.fromkeys(HEADINGS, _text("A heading."))),
        arrears=_ref("arrears", "How the loan stands."),
        answers={**_list(_ref("answer", ""), "The five answers.", least=5), "maxItems": 5},
        holds=_list(_ref("hold", ""), "The holds that stand on the loan or its borrower."),
        owed=_list(_ref("owed", ""), "What still has to be told or answered, what ends soonest first."),
        ahead=_ref("ahead", "The coming thirty days."),
        made=_list(_ref("made", ""), "The newest contacts that were made, newest first."),
        lapsed=_list(_ref("lapsed", ""), "What was planned lately and not made in time, newest first."),
        refused=_list(_ref("refused", ""), "What was decided against in the last sixty days, newest first."),
        strategy=_object("The ladder.", name=_text("Its name."), version=_text("Its digest.")),
        law=_object(
            "The rules.",
            version=_text("The digest of all packs and switches."),
            adopted=_list(_text("A pack."), "The packs that were adopted."),
        ),
        zones_version=_text("Version of the time zone data."),
        not_legal_advice=_text("The sentence that belongs under every page."),
    ),
    "$defs": _DEFS,
}
"""A JSON Schema (2020-12) of what `actions.telling.tell` returns."""


def page() -> str:
    """docs/answers.md."""
    head = files("arrears.actions").joinpath("answers_page.txt").read_text(encoding="utf-8")
    tables = [_section("The explanation", EXPLANATION)]
    tables += [_section(f"`{name}`", schema) for name, schema in _DEFS.items()]
    return "\n".join([head.rstrip(), "", *(line for table in tables for line in table)])


def _section(title: str, schema: Schema) -> Iterator[str]:
    yield from (f"## {title}", "", schema["description"], "", "| field | is | about |", "|---|---|---|")
    for name, field in schema["properties"].items():
        yield f"| `{name}` | {_kind(field)} | {field['description']} |"
    yield ""


def _kind(field: Schema) -> str:
    """What a field holds, in words."""
    if "anyOf" in field:
        return f"{_kind(field['anyOf'][0])} or null"
    if "$ref" in field:
        return f"`{field['$ref'].rpartition('/')[2]}`"
    if "enum" in field:
        return ", ".join("null" if each is None else f"`{each}`" for each in field["enum"])
    if field["type"] == "array":
        return f"list of {_kind(field['items'])}"
    of = [field["type"]] if isinstance(field["type"], str) else field["type"]
    names = {_DAY: "day", _INSTANT: "instant"}
    return " or ".join(names.get(field.get("pattern", ""), each) if each != "null" else each for each in of)


def schema_text() -> str:
    """The schema as it is printed."""
    return json.dumps(EXPLANATION, indent=2, ensure_ascii=False)
