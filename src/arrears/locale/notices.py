"""Notices: versioned texts per kind, channel, language and sender, filled without any guessing.

A text that names an unknown placeholder is found when it is read, a value that is missing when
it is filled: both before anything is decided or sent. What a debt collector's text says besides
is written once per language, and each text of his is made from the creditor's with it.
"""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from arrears.kernel.errors import Misconfigured
from arrears.kernel.vocabulary import LANGUAGES, ActorKind, name_of
from arrears.locale import dates
from arrears.locale.amounts import WRITTEN
from arrears.locale.told_loans import (
    ABOUT_LOANS,
    PHRASES,
    PLACEHOLDER,
    Itemised,
    LateLoan,
    PassedOn,
    Said,
    Shortfall,
    filled,
    placeholders,
)

__all__ = [
    "FALLBACK",
    "LANGUAGES",
    "NOTHING_BESIDES",
    "Besides",
    "Itemised",
    "LateLoan",
    "PassedOn",
    "Shortfall",
    "Template",
    "Text",
    "Texts",
    "Wording",
    "get_template",
    "language_of",
    "load_templates",
    "load_texts",
    "read_templates",
]

FALLBACK = "en"

_FOLDER = Path(__file__).parent

_BRACE = re.compile(r"[{}]")
_PLAIN = frozenset({"institution", "pay_through", "ask_through", "check_through", "verification"})
_WHERE_WANTED = frozenset(
    {"creditor", "current_creditor", "collector_address", "recipient_name", "recipient_address"}
    | {"arrears_information_sheet"}
)
"""Plain values that only some texts say, and only these need."""
_DAYS = frozenset({"validation_ends_on"})
_TEXT = _PLAIN | ABOUT_LOANS | _WHERE_WANTED | _DAYS | {"role"}
_ALWAYS = frozenset({"ask_through", "check_through", "verification"})
"""What the body of every notice has to say; it and the subject begin with the institution."""
_ALSO: Mapping[str, frozenset[str]] = {
    "guarantor_notice": frozenset({"pay_through", "role"}),
    "outreach_offer": frozenset(),
    "outsourcing_notice": frozenset({"pay_through", "placed_loans"}),
    "assignment_notice": frozenset({"pay_through", "assigned_loans"}),
    "default_registration": frozenset({"pay_through", "registered_loans"}),
    "validation": frozenset(
        {"pay_through", "itemised_loans", "current_creditor", "collector_address", "validation_ends_on"}
    ),
    "sums_in_arrears": frozenset({"pay_through", "missed_loans", "arrears_information_sheet"}),
}
"""What a kind of notice has to say besides: how to pay, unless it is named here."""
_NAMES_THE_LOANS: Mapping[str, frozenset[str]] = {
    "due_reminder": frozenset({"due_loans", "due"}),
    "guarantor_notice": frozenset({"party_loans", "named_loans"}),
    "outreach_offer": frozenset({"named_loans"}),
    "outsourcing_notice": frozenset({"loans", "placed_loans"}),
    "assignment_notice": frozenset({"loans", "assigned_loans"}),
    "default_registration": frozenset({"loans", "registered_loans"}),
    "validation": frozenset({"itemised_loans"}),
    "sums_in_arrears": frozenset({"missed_loans"}),
}
"""How a kind of notice may speak of the loans: as late, unless it is named here. An offer names no sum."""
_LATE = frozenset({"loans", "named_loans"})
ABOUT_SECTION = frozenset({"version", "not_for"})
"""What a section of texts says beside its texts."""
_SMS_SIGNATURE = "【{institution}】"
_ACTORS = tuple(map(name_of, ActorKind))
_CREDITOR = name_of(ActorKind.ORIGINAL_CREDITOR)
_COLLECTORS = "collectors"
_ONE_LINE = frozenset({"sms", "push"})
"""Channels whose texts have no paragraphs: what a debt collector says besides stands at the end."""


@dataclass(frozen=True, slots=True)
class Besides:
    """What some notices say besides: who is written to and where he lives, and until when he may dispute."""

    recipient_name: str = field(default="", repr=False)
    recipient_address: str = field(default="", repr=False)
    validation_ends_on: date | None = None


NOTHING_BESIDES = Besides()


@dataclass(frozen=True, slots=True)
class Wording:
    """Everything a notice may say.

    `role` is what the recipient is to the loans (a `RecipientKind`), `creditor` for whom the
    institution collects, where it does not collect its own, `collector_address` where it gets its post, and
    `arrears_information_sheet` where that sheet can be read.
    `country` (ISO 3166) is the institution's: days are written as there.
    """

    institution: str
    pay_through: str
    ask_through: str
    check_through: str
    verification: str = field(repr=False)
    loans: tuple[LateLoan, ...] = field(repr=False)
    role: str = ""
    creditor: str = ""
    country: str = ""
    collector_address: str = ""
    arrears_information_sheet: str = ""
    besides: Besides = NOTHING_BESIDES

    @property
    def current_creditor(self) -> str:
        """Whose the debt is: the institution's own, unless it collects for another."""
        return self.creditor or self.institution

    @property
    def recipient_name(self) -> str:
        return self.besides.recipient_name

    @property
    def recipient_address(self) -> str:
        return self.besides.recipient_address


@dataclass(frozen=True, slots=True)
class Text:
    """What the recipient reads; for a `call_task` what the agent reads."""

    subject: str = field(repr=False)
    body: str = field(repr=False)


@dataclass(frozen=True, slots=True, eq=False)
class Template:
    """One text of one version in one language; `digest` is of everything that shapes it.

    `actors` are the kinds of actors (`ActorKind`) that send it. `not_for` are jurisdictions it is not
    written for: nothing on file says what their law wants said, so there a person writes the notice.
    """

    notice: str
    channel: str
    language: str
    version: int
    subject: str
    body: str
    products: Mapping[str, str]
    roles: Mapping[str, str]
    phrases: Mapping[str, Any]
    actors: tuple[str, ...]
    not_for: tuple[str, ...]
    digest: str

    @property
    def is_creditors(self) -> bool:
        """It is the text of whoever lent the money, not of a debt collector."""
        return _CREDITOR in self.actors

    def fill(self, wording: Wording) -> Text:
        """The text for one recipient.

        Raises Misconfigured when a value that the text needs is missing or cannot stand in it.
        """
        tables = (self.phrases, self.products, self.roles)
        said = Said(self.language, *tables, unusable=self._unusable, country=wording.country)
        wanted = placeholders(self.body)
        plain = {
            name: said.clean(name, getattr(wording, name)) for name in sorted(_PLAIN | wanted & _WHERE_WANTED)
        }
        about = {name: said.about(name, wording.loans) for name in wanted & ABOUT_LOANS}
        role = {"role": said.role(wording.role)} if "role" in wanted else {}
        days = {name: said.day(name, getattr(wording.besides, name)) for name in wanted & _DAYS}
        values = {**plain, **about, **role, **days}
        return Text(filled(self.subject, values), filled(self.body, values))

    def _unusable(self, name: str, why: str) -> Misconfigured:
        return Misconfigured(
            "notice.unusable_value",
            f"The notice {self.notice} ({self.channel}, {self.language}) cannot be written: {name} {why}.",
            hint="Set it where it is kept; nothing was sent.",
            notice=self.notice,
            field=name,
        )


def language_of(wanted: str) -> str:
    """The language a person is written to in: the nearest of `LANGUAGES`, English if none is near.

    `wanted` is a BCP 47 tag or empty. Chinese without a script goes by the place: Taiwan, Hong
    Kong and Macao read zh-Hant, everywhere else zh-Hans.
    """
    subtags = wanted.replace("_", "-").lower().split("-")
    if subtags[0] != "zh":
        return FALLBACK
    is_traditional = {"hant", "tw", "hk", "mo"} & set(subtags[1:]) and "hans" not in subtags
    return "zh-Hant" if is_traditional else "zh-Hans"


@dataclass(frozen=True, slots=True, eq=False)
class Texts:
    """Every text there is, in the order of its files; `digest` is of all of them."""

    templates: tuple[Template, ...]
    digest: str
    _found: Mapping[tuple[str, str, str, str], Template] = field(repr=False)

    def find(self, notice: str, channel: str, language: str, actor: str) -> Template | None:
        """The text that this kind of actor sends."""
        return self._found.get((notice, channel, language, actor))


def get_template(notice: str, channel: str, language: str, actor: str = _CREDITOR) -> Template:
    """The current text of a kind of notice, in one of `LANGUAGES`, as this kind of actor sends it.

    Raises Misconfigured when there is none: a step of the strategy asks for it.
    """
    found = load_texts().find(notice, channel, language, actor)
    if found is None:
        raise Misconfigured(
            "notice.no_text",
            f"There is no text for the notice {notice} over {channel} in {language}.",
            hint=f"Write it in locale/{language}/notices.toml, or take the step out of the strategy.",
            notice=notice,
            channel=channel,
            language=language,
        )
    return found


def load_templates() -> Mapping[tuple[str, str, str], Template]:
    """The creditor's own texts, by (notice, channel, language); of each, other actors have theirs."""
    return {
        (each.notice, each.channel, each.language): each
        for each in load_texts().templates
        if each.is_creditors
    }


@cache
def load_texts() -> Texts:
    """The texts of every language and actor.

    Raises Misconfigured naming the language, the text and the placeholder of a text that is wrong.
    """
    paths = {language: _FOLDER / language / "notices.toml" for language in LANGUAGES}
    return texts_of(
        template
        for language, path in paths.items()
        for template in read_templates(path.read_text(encoding="utf-8"), language)
    )


def texts_of(templates: Iterable[Template]) -> Texts:
    """These texts as those there are."""
    every = tuple(templates)
    found = {
        (each.notice, each.channel, each.language, actor): each for each in every for actor in each.actors
    }
    told = sorted((*key, each.digest) for key, each in found.items())
    return Texts(every, hashlib.sha256(repr(told).encode()).hexdigest(), found)


def read_templates(source: str, language: str) -> list[Template]:
    """The texts of one file, each for all who send it; raises Misconfigured as `load_texts` does."""
    content = tomllib.loads(source)
    shared = _Shared(language, *(content.pop(name) for name in ("products", "roles", "phrases")))
    added = content.pop(_COLLECTORS, [])
    for name, allowed in PHRASES.items():
        _check(shared.phrases[name], allowed, language, f"phrases.{name}")
    own = _own_texts(added)
    return [
        _template(section, notice, channel, shared, told)
        for notice, section in content.items()
        for channel in section
        if channel not in ABOUT_SECTION
        for told in (own, *added)
    ]


@dataclass(frozen=True, slots=True)
class _Shared:
    """What all texts of one file are filled with."""

    language: str
    products: Mapping[str, str]
    roles: Mapping[str, str]
    phrases: Mapping[str, Any]


def _own_texts(added: Sequence[Mapping[str, Any]]) -> Mapping[str, Any]:
    """Who sends the texts as they are written: whoever no addition is for."""
    collectors = {actor for each in added for actor in each["actors"]}
    return {"actors": [actor for actor in _ACTORS if actor not in collectors]}


def _template(
    section: Mapping[str, Any], notice: str, channel: str, shared: _Shared, added: Mapping[str, Any]
) -> Template:
    language, where = shared.language, f"{notice}.{channel}"
    subject = section[channel]["subject"]
    body = _with_added(section[channel]["body"].strip("\n"), channel, added)
    _check(subject, frozenset({"institution"}), language, where)
    _check(body, _TEXT, language, where)
    _check_says(notice, body, language, where)
    if not (subject.startswith("{institution}") and body.startswith(("{institution}", _SMS_SIGNATURE))):
        raise _wrong(language, where, "does not begin with {institution}")
    tables = (shared.products, shared.roles, shared.phrases, WRITTEN[language])
    shaping = (language, notice, channel, subject, body, *map(_sorted, tables), dates.VERSION)
    digest = hashlib.sha256(repr(shaping).encode()).hexdigest()
    return Template(
        notice,
        channel,
        language,
        section["version"],
        subject,
        body,
        shared.products,
        shared.roles,
        shared.phrases,
        tuple(added["actors"]),
        tuple(section.get("not_for", ())),
        digest,
    )


def _with_added(body: str, channel: str, added: Mapping[str, Any]) -> str:
    """A text with what its sender says besides: after its first line, or at the end of a short one."""
    if channel in _ONE_LINE:
        return f"{body} {added['short']}" if "short" in added else body
    said = added.get("call" if channel == "call" else "paragraph")
    first, rest = body.split("\n\n", 1) if said else (body, "")
    return f"{first}\n\n{said}\n\n{rest}" if said else body


def _sorted(words: Mapping[str, Any]) -> list[tuple[str, Any]]:
    return sorted(words.items())


def _check_says(notice: str, body: str, language: str, where: str) -> None:
    """The body says what its kind of notice has to say, and speaks of the loans as that kind may."""
    said = placeholders(body)
    for name in sorted((_ALWAYS | _ALSO.get(notice, frozenset({"pay_through"}))) - said):
        raise _wrong(language, where, f"does not say {{{name}}}")
    allowed = _NAMES_THE_LOANS.get(notice, _LATE)
    if not said & allowed:
        raise _wrong(language, where, f"names the loans by none of {', '.join(sorted(allowed))}")
    for name in sorted(said & ABOUT_LOANS - allowed - {"named_loans"}):
        raise _wrong(language, where, f"names {{{name}}}, which it cannot")


def _check(text: str, allowed: frozenset[str], language: str, where: str) -> None:
    for name in sorted(placeholders(text) - allowed):
        raise _wrong(language, where, f"names {{{name}}}, which it cannot")
    if _BRACE.search(PLACEHOLDER.sub("", text)):
        raise _wrong(language, where, "has a brace that is no placeholder")


def _wrong(language: str, where: str, why: str) -> Misconfigured:
    return Misconfigured(
        "notice.wrong_text",
        f"The text {where} in {language} {why}.",
        hint=f"Correct locale/{language}/notices.toml.",
        language=language,
        text=where,
    )
