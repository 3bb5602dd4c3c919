"""Rows that are known by a number of the lender's, and replace each other when a file says otherwise.

A feed names the columns of its table and what they become (`Column`), and builds its working
table with them: `old_id` is the row that stands, `new_NAME` what each column becomes, and
`is_news` whether anything differs from what stands, whoever recorded that.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from arrears.actions.feeds.rows import Rows


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the table.

    value    SQL over the stage `s` and what the feed joins
    fields   of the feed that state it; a file that has none of them leaves the column as it is
    empty    SQL of what it becomes when `value` is null; `old` is the row that stands, if any
    """

    name: str
    value: str
    fields: tuple[str, ...]
    empty: str = "NULL"

    def becomes(self, rows: Rows) -> str:
        value = self.value if self.empty == "NULL" else f"coalesce({self.value}, {self.empty})"
        if rows.stated.isdisjoint(self.fields):
            value = f"CASE WHEN old.id IS NULL THEN {value} ELSE old.{self.name} END"
        return value


@dataclass(frozen=True, slots=True)
class Superseding:
    """A table whose rows stand under a number of the lender's, the field `ref`."""

    table: str
    ref: str
    columns: Sequence[Column]

    def build(self, rows: Rows, columns: Sequence[str], joins: str) -> None:
        """The working table, with these columns and joins besides."""
        now = {each.name: each.becomes(rows) for each in self.columns}
        was = ", ".join(f"old.{name}" for name in now)
        rows.build(
            (
                *columns,
                *(f"s.{self.ref} AS source_ref", "old.id AS old_id"),
                *(f"{value} AS new_{name}" for name, value in now.items()),
                f"old.id IS NULL OR ({', '.join(now.values())}) IS DISTINCT FROM ({was}) AS is_news",
            ),
            f"{joins} LEFT JOIN {self.table} AS old ON old.lender_id = %(lender)s"
            f" AND old.source_ref = s.{self.ref} AND {stands(self.table)}",
        )

    def reject_moved(self, rows: Rows, field: str, *names: str) -> None:
        """A number that is on file for somebody or something else."""
        pairs = " OR ".join(f"r.new_{name} IS DISTINCT FROM was.{name}" for name in names)
        on_file = f"JOIN {self.table} AS was ON was.id = r.old_id"
        rows.reject(field, "is not what it is on file with", f"({pairs})", on_file)

    def write(self, rows: Rows) -> None:
        """Add what is new, and supersede what differs."""
        rows.supersede(
            self.table,
            ("source_ref",),
            {each.name: f"r.new_{each.name}" for each in self.columns},
            on_file=f"LEFT JOIN {self.table} AS old ON old.id = r.old_id",
            differs="r.is_news",
        )

    def count_left_out(self, rows: Rows) -> None:
        """For feeds whose absence means nothing."""
        if rows.is_full:
            rows.count("left_out", rows.value(f"SELECT count(*) {self.from_files} {self.not_stated}"))

    @property
    def from_files(self) -> str:
        """Rows `old` that stand and that a file has told of."""
        return (
            f"FROM {self.table} AS old WHERE old.lender_id = %(lender)s AND old.source_ref IS NOT NULL"
            f" AND old.import_file_id IS NOT NULL AND {stands(self.table)}"
        )

    @property
    def not_stated(self) -> str:
        return "AND NOT EXISTS (SELECT FROM {rows} AS r WHERE r.source_ref = old.source_ref)"


def stands(table: str) -> str:
    """No row replaces the row `old`."""
    return f"NOT EXISTS (SELECT FROM {table} AS later WHERE later.supersedes_id = old.id)"
