"""Texts held against the rules of content, before anybody is sent one.

A lender's edit of a text goes the same way as a shipped text: `check_template` says what is against
it, `refuse_unlawful` stops it where texts are stored.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from arrears.kernel.content.checking import Finding, Written, check_text
from arrears.kernel.content.rules import ContentRule, Use
from arrears.kernel.errors import BadInput, Misconfigured, NotFound
from arrears.kernel.vocabulary import HOUSE, ActorKind, NoticeKind, name_of
from arrears.locale.lexicon import load_lexica
from arrears.locale.notices import ABOUT_SECTION, Template, load_texts, read_templates
from arrears.rulepacks.content import shipped_content

_TABLES = ("products", "roles", "phrases")
_RECIPIENTS: Mapping[str, tuple[str, ...]] = {"guarantor_notice": ("co_borrower", "guarantor")}
_COLLECTORS_SAY = frozenset({"actors", "paragraph", "short", "call"})
_ON_PAPER = frozenset({"recipient_name", "recipient_address", "seal"})
"""What whoever prints and posts a letter puts on it: the address and the lender's seal."""


@dataclass(frozen=True, slots=True)
class Found:
    """Something against one text: which text, and why."""

    template: Template
    finding: Finding

    @property
    def where(self) -> str:
        template = self.template
        sent_by = () if template.is_creditors else template.actors
        return f"{template.notice}.{template.channel} ({', '.join((template.language, *sent_by))})"


def content_rules(jurisdictions: Sequence[str] | None = None) -> list[ContentRule]:
    """The rules of `house` and of these jurisdictions (of all if none are given), by jurisdiction.

    Raises NotFound for a jurisdiction that has none.
    """
    packs = {pack.jurisdiction: pack for pack in shipped_content()}
    for name in jurisdictions or ():
        if name not in packs:
            known = ", ".join(sorted(packs))
            raise NotFound(
                "template.no_rules", f"No rules of content are called {name!r}: known are {known}."
            )
    wanted = packs if jurisdictions is None else {HOUSE, *jurisdictions}
    return [rule for name, pack in packs.items() if name in wanted for rule in pack.rules]


def check_template(
    template: Template,
    *,
    on: date,
    jurisdictions: Sequence[str] | None = None,
    actor: ActorKind | None = None,
    holds: Mapping[str, bool] | None = None,
    recipients: Sequence[str] = (),
) -> list[Finding]:
    """What the rules have against a text that this kind of actor may use in these jurisdictions.

    Left out are jurisdictions that it is not written for: their law refuses it when it is asked.

    actor       one kind of actor; those that the text is for if none is given
    recipients  kinds of recipients it goes to; those that its kind of notice is for if none are given
    holds       truths that are known of every use of it; what is not known is taken as it binds
    """
    use: Use = {
        "notice": (template.notice,),
        "channel": (template.channel,),
        "actor_kind": template.actors if actor is None else (name_of(actor),),
        "recipient_kind": recipients or _RECIPIENTS.get(template.notice, ("borrower",)),
    }
    left_out = frozenset(template.not_for) - {HOUSE}
    rules = [each for each in content_rules(jurisdictions) if each.jurisdiction not in left_out]
    return check_text_of(template, use, rules, on=on, holds=holds)


def check_text_of(
    template: Template,
    use: Use,
    rules: Sequence[ContentRule],
    *,
    on: date,
    holds: Mapping[str, bool] | None = None,
) -> list[Finding]:
    """What these rules have against a text in this use, with what stands beside it on paper."""
    stated = stated_beside(template.channel)
    written = Written(template.language, template.body, template.subject, stated=stated)
    return check_text(written, use, rules, load_lexica(), on=on, holds=holds)


def stated_beside(channel: str) -> frozenset[str]:
    """The facts that a text of this channel need not state itself."""
    return _ON_PAPER if channel == "letter" else frozenset()


def check_templates(
    templates: Sequence[Template],
    *,
    on: date,
    jurisdictions: Sequence[str] | None = None,
    actor: ActorKind | None = None,
) -> list[Found]:
    """What the rules have against these texts, in their order: against those for `actor`, or all."""
    return [
        Found(template, finding)
        for template in templates
        if actor is None or name_of(actor) in template.actors
        for finding in check_template(template, on=on, jurisdictions=jurisdictions, actor=actor)
    ]


def shipped_templates() -> list[Template]:
    """Every shipped text for every actor, by notice, channel and language."""
    return sorted(load_texts().templates, key=lambda each: (each.notice, each.channel, each.language))


def read_template_file(path: Path, language: str) -> list[Template]:
    """The texts of a file like `locale/LANGUAGE/notices.toml`.

    Raises BadInput for a file that is no such file, Misconfigured for a text whose placeholders are wrong.
    """
    try:
        source = path.read_text(encoding="utf-8")
        told = tomllib.loads(source)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadInput("template.not_toml", f"{path.name}: not valid TOML: {error}.") from None
    for name in (name for name in _TABLES if not isinstance(told.get(name), dict)):
        raise BadInput("template.no_table", f"{path.name}: the table [{name}] is missing.", key=name)
    _check_collectors(path, told.get("collectors", []))
    for notice in (each for each in told if each not in (*_TABLES, "collectors")):
        _check_shape(path, notice, told[notice])
    return read_templates(source, language)


def refuse_unlawful(
    templates: Sequence[Template], *, on: date, jurisdictions: Sequence[str] | None = None
) -> None:
    """Raises Misconfigured that names the rule and the words, if anything is against one of the texts."""
    for found in check_templates(templates, on=on, jurisdictions=jurisdictions):
        rule = found.finding.rule
        raise Misconfigured(
            "notice.unlawful_text",
            f"The text {found.where} breaks {rule.id}: it {found.finding.what}.",
            hint=f"{rule.about['en']} {rule.citation}. See `arrears template check`.",
            rule=rule.id,
            language=found.template.language,
            notice=found.template.notice,
            channel=found.template.channel,
            words=found.finding.words,
        )


def _check_collectors(path: Path, told: object) -> None:
    """Each addition says whose texts it is for, and what stands in long texts, short ones and calls."""
    added = told if isinstance(told, list) else [told]
    words = (each.keys() >= _COLLECTORS_SAY if isinstance(each, dict) else False for each in added)
    if not all(words):
        what = f"{path.name}: each [[collectors]] needs {', '.join(sorted(_COLLECTORS_SAY))}."
        raise BadInput("template.bad_collectors", what, key="collectors")
    named = [actor for each in added for actor in each["actors"]]
    for actor in named:
        if actor not in map(name_of, ActorKind) or named.count(actor) > 1:
            what = f"{path.name}: collectors: {actor} is no kind of actor, or stands twice."
            raise BadInput("template.bad_collectors", what, key="collectors")


def _check_shape(path: Path, notice: str, section: object) -> None:
    if notice not in map(name_of, NoticeKind):
        raise BadInput("template.no_notice", f"{path.name}: {notice} is no kind of notice.", key=notice)
    told = section if isinstance(section, dict) else {}
    texts = [each for name, each in told.items() if name not in ABOUT_SECTION]
    are_texts = all(isinstance(each, dict) and {"subject", "body"} <= set(each) for each in texts)
    _check_not_for(path, notice, told.get("not_for", []))
    if not (isinstance(told.get("version"), int) and are_texts):
        what = f"{path.name}: {notice} needs a version, and a subject and a body for each channel."
        raise BadInput("template.bad_text", what, key=notice)


def _check_not_for(path: Path, notice: str, told: object) -> None:
    """A text may leave out the law of a place, and never the rules of the house."""
    known = sorted(pack.jurisdiction for pack in shipped_content() if pack.jurisdiction != HOUSE)
    if not isinstance(told, list) or any(each not in known for each in told):
        what = f"{path.name}: {notice}: not_for lists jurisdictions: {', '.join(known)}."
        raise BadInput("template.bad_not_for", what, key=notice)
