"""What is wrong with files of law and of strategies: gathered while they are read, and raised as one error.

A reader notes each mistake and goes on with what does not depend on it, so that none hides another.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from difflib import get_close_matches

from arrears.kernel.errors import BadInput

Steps = tuple[str | int, ...]
"""The way to a value of a file: `("rule", 2, "case", 0, "expect")`."""

THE_FILE = "the file"


@dataclass(frozen=True, slots=True)
class Spot:
    """A table of a file: the entry it is of, the way to it, and what stands before its keys when named."""

    rule: str = THE_FILE
    steps: Steps = ()
    prefix: str = ""

    def of(self, rule: str) -> Spot:
        """The same table, of the entry of this id."""
        return replace(self, rule=rule)

    def under(self, *steps: str | int) -> Spot:
        """A table within, by its key and by its place where there are several."""
        return replace(self, steps=(*self.steps, *steps), prefix=f"{self.prefix}{steps[0]}.")


@dataclass(frozen=True, slots=True)
class Mistake:
    """One thing that a file may not say: where, what is wrong, and what to do about it.

    `rule` and `key` are empty where it is about none; `line` is None where the file could not be looked
    into, or nobody has yet (`steps` is the way to it).
    """

    file: str
    rule: str
    key: str
    what: str
    hint: str = ""
    steps: Steps = ()
    line: int | None = None

    @property
    def said(self) -> str:
        """One sentence that names file, entry and key."""
        where = "".join(f"{each}: " for each in (self.file, self.rule) if each)
        return f"{where}{f'{self.key} {self.what}'.strip()}."


class Mistakes(list[Mistake]):
    """The mistakes found so far in one file."""

    def __init__(self, file: str) -> None:
        super().__init__()
        self.file = file

    def note(self, spot: Spot, key: str, what: str, hint: str = "") -> None:
        """Add what is wrong with a key of a table."""
        named = f"{spot.prefix}{key}"
        self.append(Mistake(self.file, spot.rule, named, what, hint, (*spot.steps, key)))


def not_toml(file: str, what: str) -> Mistake:
    """That a file is no TOML, as its parser says it; with the line, where the parser has one."""
    at = re.search(r"at line (\d+)", what)
    hint = "Nothing more can be said of the file until it is."
    return Mistake(file, "", "", what.rstrip("."), hint, line=int(at[1]) if at else None)


def near(name: str, known: Iterable[str]) -> str:
    """The known name that was probably meant, as what to do; nothing where none is like it."""
    found = get_close_matches(name, list(known), 1)
    return f"Did you mean {found[0]}?" if found else ""


def refuse_mistakes(mistakes: Iterable[Mistake], code: str, *, hint: str = "") -> None:
    """Raises one `BadInput` that tells them all, a line each; its facts name the first and carry all."""
    every = tuple(mistakes)
    if every:
        first = every[0]
        raise BadInput(
            code,
            "\n".join(each.said for each in every),
            hint=hint,
            file=first.file,
            rule=first.rule,
            key=first.key,
            mistakes=every,
        )
