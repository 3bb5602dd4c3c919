"""The four answers in words: sentences made from the codes and facts of `kernel.planning`.

Nothing is decided here. Placeholders of the texts: `date` `time` (moment), and in the sentences the
facts of the reason or line they are made from. Days and times are written as in notices (`locale.dates`).
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import time
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import numpy as np

from arrears.kernel.days import DAY, HOUR, MINUTE, date_of
from arrears.kernel.facts import NEVER
from arrears.kernel.law.rules import Release, Rule
from arrears.kernel.law.zones import ZoneSegments
from arrears.kernel.money import Money
from arrears.kernel.obligations.rules import Duty, Obligation, Trigger
from arrears.kernel.planning.answer import Answer, Question, Reason, brought_by, is_day
from arrears.kernel.planning.forecast import Forecast, Line
from arrears.kernel.planning.strategy import Step, Strategy
from arrears.kernel.vocabulary import HOUSE, RecipientKind, name_of
from arrears.locale.amounts import said_amount
from arrears.locale.dates import said_date, said_time
from arrears.locale.notices import FALLBACK, LANGUAGES

_WRITTEN_AS = {"on": "date", "from_at": "moment"}
_NAMED = ("hold", "role", "address")
"""Facts whose value is a code with a name in the texts."""


@cache
def load_texts(language: str) -> Mapping[str, Any]:
    """The sentences of one of `LANGUAGES`."""
    assert language in LANGUAGES, language
    path = Path(__file__).parent / language / "answers.toml"
    return tomllib.loads(path.read_text(encoding="utf-8"))


@dataclass(frozen=True)
class Speech:
    """Speaks one language about one strategy; times are those of `zone`, written as in `country`.

    `country` is the lender's (ISO 3166, or empty), by which its notices are written.
    """

    language: str
    strategy: Strategy
    zone: ZoneSegments
    country: str

    @cached_property
    def texts(self) -> Mapping[str, Any]:
        return load_texts(self.language)

    def heading(self, name: str, **values: object) -> str:
        """A heading, filled."""
        return str(self.texts["heading"][name]).format_map(values)

    def question(self, question: Question) -> str:
        return str(self.texts["question"][name_of(question)])

    def value(self, answer: Answer) -> str:
        """The answer itself, in a word or two."""
        return str(self.texts["value"][name_of(answer.question)][name_of(answer.value)])

    def reasons(self, answer: Answer) -> list[str]:
        """One sentence or two per reason, with the citation and what would release it.

        What a rule of the answer waits for is not said again of what stands around the loan.
        """
        by_rules = {reason.release for reason in answer.reasons if reason.rule is not None}
        return [
            self._reason(reason, answer.question, is_release_said=reason.release in by_rules)
            for reason in answer.reasons
        ]

    def must_state(self, names: Sequence[str]) -> str:
        """Who has to state what is not known, one after the other."""
        return self.heading("must_state", names=str(self.texts["between_names"]).join(names))

    def can_do(self, answer: Answer) -> list[str]:
        return [str(self.texts["can_do"][code]) for code in answer.can_do]

    def line(self, line: Line) -> str:
        """One dated line of the forecast."""
        step = self._step_to(self.strategy.steps[line.step], RecipientKind(line.recipient_kind))
        if line.is_planned:
            return self._line("planned", moment=self.moment(line.from_at), step=step)
        if line.from_at < NEVER:
            until = self.moment(line.from_at)
            return self._line("refused_until", date=self.day(line.on), step=step, moment=until)
        return self._line("refused", date=self.day(line.on), step=step)

    def nothing_ahead(self) -> str:
        """That the forecast has no line."""
        return self._line("nothing")

    def assumptions(self, forecast: Forecast) -> list[str]:
        """What the dated lines take for granted."""
        return [self._line("assumed"), self._line("books" if forecast.are_books_assumed else "books_behind")]

    def owed(
        self,
        rule: Obligation,
        trigger: Trigger,
        *,
        arose_on: int,
        last_on: int | None,
        is_open: bool,
        is_overdue: bool,
        given: tuple[int, str] | None,
        is_for_a_person: bool,
    ) -> str:
        """What has to be told or answered, by when, by which rule; `given`: the instant and channel of it."""
        texts, is_answer = self.texts["owed"], rule.duty is Duty.ANSWER
        names = self.texts["answer_to"] if is_answer else self.texts["duty"]
        what = names[name_of(trigger if is_answer else rule.duty)]
        until = "no_last_day" if last_on is None else "overdue" if is_overdue else "by"
        last = "" if last_on is None else self.day(last_on)
        said = [str(texts[until]).format(what=what, last=last)]
        said.append(str(texts["arose" if is_open else "will_arise"]).format(date=self.day(arose_on)))
        if given is not None:
            said.append(texts["given"].format(moment=self.moment(given[0]), channel=self.channel(given[1])))
        elif is_for_a_person:
            said.append(texts["for_a_person"])
        certainty = self.texts["certainty"][rule.certainty]
        cited = texts["cited"].format(id=rule.id, citation=rule.citation, certainty=certainty)
        return self.joined(*said, cited)

    def supposition(self, name: str, **values: object) -> str:
        """A sentence or heading about what is only supposed, filled."""
        return str(self.texts["supposition"][name]).format_map(values)

    def hold_reason(self, name: str) -> str:
        return str(self.texts["hold_reason"][name])

    def stops(self, names: Sequence[str]) -> str:
        """What a hold stops, in a list."""
        words = [str(self.texts["stops"][name]) for name in names]
        return str(self.texts["supposition"]["between"]).join(words)

    def why(self, rule: Rule, release: Release) -> str:
        """What a rule says, where that stands, and what would release it."""
        return self.joined(self._rule(rule), self._release(release))

    def refusal(self, channel: str, first: int, last: int, rules: Sequence[Rule]) -> str:
        """A step decided against between two civil days, and the rules it was decided by."""
        named = {"first": self.day(first), "last": self.day(last), "channel": self.channel(channel)}
        why = self.joined(*(self._rule(rule) for rule in rules))
        text = self.texts["decided"]["refused_on" if first == last else "refused_from"]
        return str(text).format_map({**named, "why": why})

    def hold(self, reason: str, from_at: int, until_at: int, shown: str) -> str:
        """A hold that stands, since when and until when, and the lender's own words about it."""
        text = self.texts["on_hold"]["open" if until_at == NEVER else "until"]
        until = "" if until_at == NEVER else self.moment(until_at)
        named = {"hold": self.texts["hold"][reason], "moment": self.moment(from_at), "until": until}
        return str(text).format_map({**named, "shown": shown})

    def step(self, step: Step) -> str:
        """A step as its strategy describes it, else as its channel."""
        return step.about.get(self.language) or self.channel(name_of(step.channels[0]))

    def _step_to(self, step: Step, recipient: RecipientKind) -> str:
        """A step, and to whom where that is not the borrower."""
        if recipient is RecipientKind.BORROWER:
            return self.step(step)
        return self._line("to", step=self.step(step), role=self.texts["role"][name_of(recipient)])

    def channel(self, name: str) -> str:
        return str(self.texts["channel"][name])

    def attempt(self, state: str) -> str:
        """What became of an attempt."""
        return str(self.texts["attempt"][state])

    def lapsed(self, because: str, channel: str, at: int) -> str:
        """A contact that was planned from this instant and not made, and why."""
        text = str(self.texts["lapsed"][because])
        return text.format(moment=self.moment(at), channel=self.channel(channel))

    def day(self, day: int) -> str:
        """A civil day, days since 1970."""
        return said_date(date_of(day), self.language, self.country)

    def moment(self, at: int) -> str:
        """Day and time of day where `zone` is."""
        day, rest = divmod(int(self.zone.local(np.array([at]))[0]), DAY)
        clock = said_time(time(rest // HOUR, rest % HOUR // MINUTE), self.language, self.country)
        return str(self.texts["moment"]).format(date=self.day(day), time=clock)

    def joined(self, *sentences: str) -> str:
        """Sentences after one another: with a space between them where the script has one."""
        return (" " if self.language == FALLBACK else "").join(each for each in sentences if each)

    def amount(self, money: Money) -> str:
        return said_amount(money, self.language)

    def closing(self) -> str:
        return str(self.texts["closing"]["not_lawyers"])

    def _reason(self, reason: Reason, question: Question, *, is_release_said: bool) -> str:
        if reason.code == "no_step":
            return str(self.texts["no_step"][name_of(question)])
        about = self._rule(reason.rule) if reason.rule else ""
        text = str(self.texts["reason"][reason.code]).format_map({**self._facts(reason), "about": about})
        if reason.release is None or (reason.rule is None and is_release_said):
            return text
        return self.joined(text, self._release(reason.release))

    def _facts(self, reason: Reason) -> dict[str, str]:
        return dict(self._fact(name, value) for name, value in reason.facts.items())

    def _fact(self, name: str, value: int | str) -> tuple[str, str]:
        written = _WRITTEN_AS.get(name, name)
        if name == "step":
            position = self.strategy.position(str(value))
            return written, self.step(self.strategy.steps[position])
        if name in _NAMED:
            return written, str(self.texts[name][value])
        if name.endswith("_at"):
            return written, self.moment(int(value))
        return written, self.day(int(value)) if is_day(name) else str(value)

    def _rule(self, rule: Rule) -> str:
        said = {
            "about": rule.about.get(self.language, rule.id),
            "id": rule.id,
            "citation": rule.citation,
            "certainty": self.texts["certainty"][rule.certainty],
        }
        kind = "house" if rule.jurisdiction == HOUSE else "pack"
        return str(self.texts["cited"][kind]).format_map(said)

    def _release(self, release: Release) -> str:
        texts = self.texts["release"]
        if release.kind == "time":
            return str(texts["time"]).format(moment=self.moment(release.at))
        if release.kind == "nothing":
            return str(texts["nothing"])
        by = self.texts["by"][name_of(brought_by(release))]
        return str(texts["fact"]).format(fact=self.texts["fact"][release.fact], by=by)

    def _line(self, name: str, **values: str) -> str:
        return str(self.texts["line"][name]).format_map(values)


def leaves(texts: Mapping[str, Any], path: str = "") -> Iterator[tuple[str, str]]:
    """Every (dotted key, text) of the sentences."""
    for key, value in texts.items():
        if isinstance(value, Mapping):
            yield from leaves(value, f"{path}{key}.")
        elif isinstance(value, str):
            yield f"{path}{key}", value
