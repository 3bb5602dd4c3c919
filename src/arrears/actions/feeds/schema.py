"""What a feed is: one definition, from which reading, checking and the documents are made."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import polars as pl

from arrears.actions.feeds.kinds import Kind
from arrears.actions.importing import target

if TYPE_CHECKING:
    from arrears.actions.feeds.rows import Rows


@dataclass(frozen=True, slots=True)
class Field:
    """One fact a row may state.

    is_required  the file must have it, and no row may leave it empty
    is_past      a day that may not lie after the lender's today
    """

    name: str
    kind: Kind
    about: str
    is_required: bool = False
    is_past: bool = False


@dataclass(frozen=True, slots=True)
class Check:
    """What the fields of one row may not say together; `is_bad` is null or false for a good row."""

    field: str
    reason: str
    is_bad: pl.Expr


@dataclass(frozen=True, slots=True)
class Feed:
    """A narrow table of facts that a lender sends.

    version   raised whenever a file that was right would no longer be
    key       the fields that tell one row from another
    merge     writes a file's rows, in the transaction of their delivery
    absent    what becomes of that which a full file leaves out, as a sentence
    removes   a full file may end or take back what it leaves out
    whole_by  rows that share this field are taken together or not at all
    """

    name: str
    version: int
    about: str
    fields: tuple[Field, ...]
    key: tuple[str, ...]
    merge: Callable[[Rows], None]
    absent: str
    removes: bool = False
    whole_by: str = ""
    checks: tuple[Check, ...] = ()
    _by_name: dict[str, Field] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_by_name", {each.name: each for each in self.fields})
        assert {*self.key, *filter(None, [self.whole_by])} <= set(self._by_name), self.name

    def __getitem__(self, name: str) -> Field:
        return self._by_name[name]

    def __contains__(self, name: str) -> bool:
        return name in self._by_name

    @property
    def amounts(self) -> tuple[str, ...]:
        return tuple(each.name for each in self.fields if each.kind.is_amount)

    def targets(self) -> dict[str, target.Field]:
        """Its fields as a mapping knows them."""
        return {
            each.name: target.Field(
                each.name, each.kind.parse, each.kind.accepts, each.about, each.is_required
            )
            for each in self.fields
        }
