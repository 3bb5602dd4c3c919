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
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from arrears.kernel.errors import Misconfigured
from arrears.kernel.money import Money

LANGUAGES = ("zh-Hans", "zh-Hant", "en")
FALLBACK = "en"

_PLACEHOLDER = re.compile(r"\{([a-z_]+)\}")
_BRACE = re.compile(r"[{}]")
_CONTROL = re.compile(r"[\x00-\x1f\x7f\x85\u2028\u2029]")
_TEXT = frozenset({"institution", "loans", "pay_through", "ask_through", "check_through", "verification"})
_LOAN = frozenset({"product", "reference", "lateness", "amount"})
_LATENESS = frozenset({"reported_on", "months_late", "overdue_since_on"})
_AMOUNT = frozenset({"overdue_amount", "statement_on", "statement_amount"})
_DATE = frozenset({"day", "month", "year"})
_PHRASES: Mapping[str, frozenset[str]] = {
    "date": _DATE,
    "loan": _LOAN,
    "one_month_late": _LATENESS,
    "months_late": _LATENESS,
    "late_since": _LATENESS,
    "overdue_amount": _AMOUNT,
    "statement_balance": _AMOUNT,
    "last_statement_balance": _AMOUNT,
}
_REQUIRED = _TEXT - {"institution"}
"""What the body of every notice has to say; the subject begins with the institution."""


@dataclass(frozen=True, slots=True)
class LateLoan:
    """One loan as a notice speaks of it: what the lender's records say, and nothing derived.

    months_late is 0 when only `overdue_since_on` is known; an amount that is not known is None.
    """

    product: str
    reference: str = field(repr=False)
    reported_on: date
    months_late: int
    overdue_since_on: date | None = None
    overdue: Money | None = None
    statement: Money | None = None
    statement_on: date | None = None


@dataclass(frozen=True, slots=True)
class Wording:
    """Everything a notice may say."""

    institution: str
    pay_through: str
    ask_through: str
    check_through: str
    verification: str = field(repr=False)
    loans: tuple[LateLoan, ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Text:
    """What the recipient reads."""

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
    phrases: Mapping[str, Any]
    digest: str

    def fill(self, wording: Wording) -> Text:
        """The text for one recipient.

        Raises Misconfigured when a value that the text needs is missing or cannot stand in it.
        """
        values = {
            "institution": wording.institution,
            "pay_through": wording.pay_through,
            "ask_through": wording.ask_through,
            "check_through": wording.check_through,
            "verification": wording.verification,
        }
        plain = {name: self._clean(name, value) for name, value in values.items()}
        loans = "\n".join(self._loan(loan) for loan in wording.loans)
        filled = {**plain, "loans": self._present("loans", loans)}
        return Text(_filled(self.subject, filled), _filled(self.body, filled))

    def _loan(self, loan: LateLoan) -> str:
        return self._phrase(
            "loan",
            product=self._present("product", self.products.get(loan.product, "")),
            reference=loan.reference,
            lateness=self._lateness(loan),
            amount=self._amount(loan),
        )

    def _lateness(self, loan: LateLoan) -> str:
        reported_on = self._date(loan.reported_on)
        if loan.months_late == 1:
            return self._phrase("one_month_late", reported_on=reported_on)
        if loan.months_late > 1:
            return self._phrase("months_late", reported_on=reported_on, months_late=str(loan.months_late))
        since = self._date(loan.overdue_since_on) if loan.overdue_since_on else ""
        return self._phrase("late_since", reported_on=reported_on, overdue_since_on=since)

    def _amount(self, loan: LateLoan) -> str:
        """The amount called what it is; the law refuses a contact that could name none."""
        if loan.overdue is not None and loan.overdue.minor > 0:
            return self._phrase("overdue_amount", overdue_amount=str(loan.overdue))
        amount = str(loan.statement) if loan.statement and loan.statement.minor > 0 else ""
        if loan.statement_on is None:
            return self._phrase("last_statement_balance", statement_amount=amount)
        on = self._date(loan.statement_on)
        return self._phrase("statement_balance", statement_on=on, statement_amount=amount)

    def _date(self, on: date) -> str:
        month = self.phrases["months"][on.month - 1]
        return self._phrase("date", day=str(on.day), month=month, year=str(on.year))

    def _phrase(self, name: str, **values: str) -> str:
        wanted = {each: self._clean(each, values[each]) for each in _placeholders(self.phrases[name])}
        return _filled(self.phrases[name], wanted)

    def _clean(self, name: str, value: str) -> str:
        if _CONTROL.search(value):
            raise self._unusable(name, "holds a line break or another control character")
        return self._present(name, value)

    def _present(self, name: str, value: str) -> str:
        if not value.strip():
            raise self._unusable(name, "is missing")
        return value

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
    products, phrases = content.pop("products"), content.pop("phrases")
    for name, allowed in _PHRASES.items():
        _check(phrases[name], allowed, language, f"phrases.{name}")
    return [
        _template(content[notice], notice, channel, language=language, products=products, phrases=phrases)
        for notice in content
        for channel in content[notice]
        if channel != "version"
    ]


def _template(
    section: Mapping[str, Any],
    notice: str,
    channel: str,
    *,
    language: str,
    products: Mapping[str, str],
    phrases: Mapping[str, Any],
) -> Template:
    subject, body = section[channel]["subject"], section[channel]["body"].strip("\n")
    where = f"{notice}.{channel}"
    _check(subject, frozenset({"institution"}), language, where)
    _check(body, _TEXT, language, where)
    for name in sorted(_REQUIRED - _placeholders(body)):
        raise _wrong(language, where, f"does not say {{{name}}}")
    if not (subject.startswith("{institution}") and body.startswith("{institution}")):
        raise _wrong(language, where, "does not begin with {institution}")
    shaping = (language, notice, channel, subject, body, sorted(products.items()), sorted(phrases.items()))
    digest = hashlib.sha256(repr(shaping).encode()).hexdigest()
    return Template(notice, channel, language, section["version"], subject, body, products, phrases, digest)


def _placeholders(text: str) -> frozenset[str]:
    return frozenset(_PLACEHOLDER.findall(text))


def _check(text: str, allowed: frozenset[str], language: str, where: str) -> None:
    for name in sorted(_placeholders(text) - allowed):
        raise _wrong(language, where, f"names {{{name}}}, which it cannot")
    if _BRACE.search(_PLACEHOLDER.sub("", text)):
        raise _wrong(language, where, "has a brace that is no placeholder")


def _filled(text: str, values: Mapping[str, str]) -> str:
    """One pass: a brace inside a value stays what it is."""
    return _PLACEHOLDER.sub(lambda found: values[found[1]], text)


def _wrong(language: str, where: str, why: str) -> Misconfigured:
    return Misconfigured(
        "notice.wrong_text",
        f"The text {where} in {language} {why}.",
        hint=f"Correct locale/{language}/notices.toml.",
        language=language,
        text=where,
    )
