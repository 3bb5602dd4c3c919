"""Notices: versioned texts per kind, channel and language, filled without any guessing.

A text that names an unknown placeholder is found when it is read, a value that is missing when
it is filled: both before anything is decided or sent.
"""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from arrears.kernel.errors import Misconfigured
from arrears.locale.amounts import WRITTEN
from arrears.locale.told_loans import ABOUT_LOANS, PHRASES, PLACEHOLDER, LateLoan, Said, filled, placeholders

__all__ = [
    "FALLBACK",
    "LANGUAGES",
    "LateLoan",
    "Template",
    "Text",
    "Wording",
    "get_template",
    "language_of",
    "load_templates",
    "read_templates",
]

LANGUAGES = ("zh-Hans", "zh-Hant", "en")
FALLBACK = "en"

_BRACE = re.compile(r"[{}]")
_PLAIN = frozenset({"institution", "pay_through", "ask_through", "check_through", "verification"})
_TEXT = _PLAIN | ABOUT_LOANS | {"role"}
_ALWAYS = frozenset({"ask_through", "check_through", "verification"})
"""What the body of every notice has to say; it and the subject begin with the institution."""
_ALSO: Mapping[str, frozenset[str]] = {
    "guarantor_notice": frozenset({"pay_through", "role"}),
    "outreach_offer": frozenset(),
}
"""What a kind of notice has to say besides: how to pay, unless it is named here."""
_NAMES_THE_LOANS: Mapping[str, frozenset[str]] = {
    "due_reminder": frozenset({"due_loans", "due"}),
    "guarantor_notice": frozenset({"party_loans", "named_loans"}),
    "outreach_offer": frozenset({"named_loans"}),
}
"""How a kind of notice may speak of the loans: as late, unless it is named here. An offer names no sum."""
_LATE = frozenset({"loans", "named_loans"})
_SMS_SIGNATURE = "【{institution}】"


@dataclass(frozen=True, slots=True)
class Wording:
    """Everything a notice may say. `role` is what the recipient is to the loans (a `RecipientKind`)."""

    institution: str
    pay_through: str
    ask_through: str
    check_through: str
    verification: str = field(repr=False)
    loans: tuple[LateLoan, ...] = field(repr=False)
    role: str = ""


@dataclass(frozen=True, slots=True)
class Text:
    """What the recipient reads; for a `call_task` what the agent reads."""

    subject: str = field(repr=False)
    body: str = field(repr=False)


@dataclass(frozen=True, slots=True, eq=False)
class Template:
    """One text of one version in one language; `digest` is of everything that shapes it."""

    notice: str
    channel: str
    language: str
    version: int
    subject: str
    body: str
    products: Mapping[str, str]
    roles: Mapping[str, str]
    phrases: Mapping[str, Any]
    digest: str

    def fill(self, wording: Wording) -> Text:
        """The text for one recipient.

        Raises Misconfigured when a value that the text needs is missing or cannot stand in it.
        """
        said = Said(self.language, self.phrases, self.products, self.roles, unusable=self._unusable)
        wanted = placeholders(self.body)
        plain = {name: said.clean(name, getattr(wording, name)) for name in _PLAIN}
        about = {name: said.about(name, wording.loans) for name in wanted & ABOUT_LOANS}
        role = {"role": said.role(wording.role)} if "role" in wanted else {}
        values = {**plain, **about, **role}
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


def get_template(notice: str, channel: str, language: str) -> Template:
    """The current text of a kind of notice, in one of `LANGUAGES`.

    Raises Misconfigured when there is none: a step of the strategy asks for it.
    """
    found = load_templates().get((notice, channel, language))
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


@cache
def load_templates() -> Mapping[tuple[str, str, str], Template]:
    """Every text there is, by (notice, channel, language).

    Raises Misconfigured naming the language, the text and the placeholder of a text that is wrong.
    """
    found: dict[tuple[str, str, str], Template] = {}
    for language in LANGUAGES:
        path = Path(__file__).parent / language / "notices.toml"
        for template in read_templates(path.read_text(encoding="utf-8"), language):
            found[template.notice, template.channel, template.language] = template
    return found


def read_templates(source: str, language: str) -> list[Template]:
    """The texts of one file; raises Misconfigured as `load_templates` does."""
    content = tomllib.loads(source)
    shared = {name: content.pop(name) for name in ("products", "roles", "phrases")}
    for name, allowed in PHRASES.items():
        _check(shared["phrases"][name], allowed, language, f"phrases.{name}")
    return [
        _template(section, notice, channel, language=language, **shared)
        for notice, section in content.items()
        for channel in section
        if channel != "version"
    ]


def _template(
    section: Mapping[str, Any],
    notice: str,
    channel: str,
    *,
    language: str,
    products: Mapping[str, str],
    roles: Mapping[str, str],
    phrases: Mapping[str, Any],
) -> Template:
    subject, body = section[channel]["subject"], section[channel]["body"].strip("\n")
    where = f"{notice}.{channel}"
    _check(subject, frozenset({"institution"}), language, where)
    _check(body, _TEXT, language, where)
    _check_says(notice, body, language, where)
    if not (subject.startswith("{institution}") and body.startswith(("{institution}", _SMS_SIGNATURE))):
        raise _wrong(language, where, "does not begin with {institution}")
    tables = (products, roles, phrases, WRITTEN[language])
    shaping = (language, notice, channel, subject, body, *map(_sorted, tables))
    digest = hashlib.sha256(repr(shaping).encode()).hexdigest()
    return Template(
        notice, channel, language, section["version"], subject, body, products, roles, phrases, digest
    )


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
