"""From cells to the text of a field: the closed list of what a mapping may do.

    column          the cell as it stands (rename)
      integral      ... read as a whole number in any notation, `1e+05` or `100000.0`
      codes         ... looked up in a table that names every value
    constant        the same text in every row
    template        text with cells in it, `{ID}@customers.example`
    months_before   a date of the row less its number of months

Each takes whole columns of a chunk and gives one text per row, `Unusable` where a cell defeats
it and "" where there is nothing. Blanks around a cell never count.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from arrears.actions.importing.numbers import integral_text
from arrears.kernel.days import months_before

Cells = Mapping[str, Sequence[str]]
BLANKS = " \u00a0\u3000"
_MEMO_MAX = 50_000


@dataclass(frozen=True, slots=True)
class Unusable:
    """A cell that cannot be used: what stands there, and why not."""

    value: str
    reason: str


Text = str | Unusable


@dataclass(frozen=True, slots=True)
class Column:
    """A cell of the row, as it stands or made regular first."""

    column: str
    is_integral: bool = False
    codes: Mapping[str, str] | None = None
    _seen: dict[str, Text] = field(default_factory=dict, repr=False, compare=False)

    @property
    def columns(self) -> tuple[str, ...]:
        return (self.column,)

    def texts(self, cells: Cells, size: int) -> list[Text]:
        stripped = [cell.strip(BLANKS) for cell in cells[self.column]]
        assert len(stripped) == size, (self.column, len(stripped), size)
        if not self.is_integral and self.codes is None:
            return list(stripped)
        return each(self.text, stripped, self._seen)

    def text(self, cell: str) -> Text:
        if not cell:
            return ""
        try:
            text = integral_text(cell) if self.is_integral else cell
        except ValueError as error:
            return Unusable(cell, f"{self.column}: {error}")
        if self.codes is None:
            return text
        return self.codes.get(text, Unusable(cell, f"{self.column}: is not in the mapping's table of codes"))


@dataclass(frozen=True, slots=True)
class Constant:
    text: str
    columns: tuple[str, ...] = ()

    def texts(self, cells: Cells, size: int) -> list[Text]:  # noqa: ARG002 - the same for any cells
        return [self.text] * size


@dataclass(frozen=True, slots=True)
class Template:
    """`texts_between` stand around the cells of `columns`, one more of them; "" if a cell is empty."""

    texts_between: tuple[str, ...]
    columns: tuple[str, ...]

    def texts(self, cells: Cells, size: int) -> list[Text]:
        rows = zip(*(cells[column] for column in self.columns), strict=True)
        made: list[Text] = [self._text(row) for row in rows]
        assert len(made) == size, (self.columns, len(made), size)
        return made

    def _text(self, row: Sequence[str]) -> str:
        stripped = [cell.strip(BLANKS) for cell in row]
        if not all(stripped):
            return ""
        first, *rest = self.texts_between
        return first + "".join(cell + after for cell, after in zip(stripped, rest, strict=True))


@dataclass(frozen=True, slots=True)
class MonthsBefore:
    """The date in the field `day` less the months in the field `months`; "" where there are none.

    It reads fields and not cells, so it is applied after they have been read.
    """

    day: str
    months: str
    columns: tuple[str, ...] = ()

    def dates(self, days: Sequence[object], months: Sequence[object]) -> list[object]:
        """One date per row, None where either is missing or there are no months."""
        seen: dict[tuple[object, object], object] = {}
        for pair in zip(days, months, strict=True):
            if pair not in seen:
                seen[pair] = months_before(*pair) if all(pair) else None  # type: ignore[arg-type]
        return [seen[pair] for pair in zip(days, months, strict=True)]


Transform = Column | Constant | Template | MonthsBefore


def each(text_of: Callable[[str], Text], cells: Sequence[str], seen: dict[str, Text]) -> list[Text]:
    """`text_of` every cell; what is equal is computed once, within a bound on what is kept."""
    if len(seen) > _MEMO_MAX:
        seen.clear()
    for cell in cells:
        if cell not in seen:
            seen[cell] = text_of(cell)
    return [seen[cell] for cell in cells]
