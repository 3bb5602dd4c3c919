"""What happened to a loan, each told once: added, never changed, and reversed when it was wrong."""

# ruff: noqa: S608 - only constants are put together here; values travel as parameters

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from arrears.actions.feeds.definitions.common import JOIN_LOAN, OF_LOAN, reject_unknown_loans
from arrears.actions.feeds.rows import Rows

NOT_IN_FULL_FILE = "not_in_full_file"
"""The reason of a reversal that no file states: a full file leaves the row out."""

_BEFORE_LOAN = "lies before the day the loan was opened"
_OTHER_CONTENT = "is on file with other content; reverse it, and send the right one under a number of its own"
_TAKEN_BACK = "was taken back because a full file left it out; send it under a number of its own"


@dataclass(frozen=True, kw_only=True)
class ToldOnce:
    """Money that came, or an event of a loan, under the lender's number for it."""

    table: str
    """The table of these rows; `reversal` points to it with a column of the same name and `_id`."""
    ref: str
    """The field that holds the lender's number."""
    said: Mapping[str, str]
    """Per column of the table what a row says of it; `r` is the row."""

    def merge(self, rows: Rows) -> None:
        """Add the new ones; after a full file, reverse those of earlier files that it leaves out."""
        rows.build((*OF_LOAN, *rows.minors("loan.currency")), JOIN_LOAN)
        self._reject(rows)
        rows.settle()
        self._add(rows)
        if rows.is_full:
            self._reverse_what_is_left_out(rows)

    def _reject(self, rows: Rows) -> None:
        on_file = (
            f"JOIN {self.table} AS filed ON filed.lender_id = %(lender)s AND filed.source_ref = r.{self.ref}"
        )
        filed = ", ".join(f"filed.{column}" for column in self.said)
        reject_unknown_loans(rows)
        rows.reject_repeated(f"r.{self.ref}")
        rows.reject_currency("r.loan_currency")
        rows.reject_amounts()
        rows.reject("value_on", _BEFORE_LOAN, "r.value_on < r.loan_opened_on")
        rows.reject(
            self.ref, _OTHER_CONTENT, f"({filed}) IS DISTINCT FROM ({', '.join(self.said.values())})", on_file
        )
        if rows.is_full:
            rows.reject(
                self.ref,
                _TAKEN_BACK,
                f"back.reason = '{NOT_IN_FULL_FILE}'",
                f"{on_file} JOIN reversal AS back ON back.{self.table}_id = filed.id",
            )

    def _add(self, rows: Rows) -> None:
        is_new = self._is_new()
        total = rows.value("SELECT count(*) FROM {rows}")
        rows.touch(f"SELECT loan_id FROM {{rows}} AS r WHERE {is_new}")
        added = rows.insert(
            f"INSERT INTO {self.table} (lender_id, source_ref, import_file_id, actor_id, recorded_at,"
            f" {', '.join(self.said)}) SELECT %(lender)s, r.{self.ref}, %(file)s, %(actor)s, %(at)s,"
            f" {', '.join(self.said.values())} FROM {{rows}} AS r WHERE {{slice}} AND {is_new}"
        )
        rows.count("added", added)
        rows.count("unchanged", total - added)
        rows.analyze(self.table)

    def _is_new(self) -> str:
        return (
            f"NOT EXISTS (SELECT FROM {self.table} AS filed"
            f" WHERE filed.lender_id = %(lender)s AND filed.source_ref = r.{self.ref})"
        )

    def _reverse_what_is_left_out(self, rows: Rows) -> None:
        standing = (
            f"FROM {self.table} AS filed WHERE filed.lender_id = %(lender)s"
            " AND filed.import_file_id IS NOT NULL"
            f" AND NOT EXISTS (SELECT FROM reversal WHERE reversal.{self.table}_id = filed.id)"
        )
        left_out = (
            f"{standing} AND NOT EXISTS (SELECT FROM {{rows}} AS r WHERE r.{self.ref} = filed.source_ref)"
        )
        gone = rows.value(f"SELECT count(*) {left_out}")
        rows.guard_removals(gone, rows.value(f"SELECT count(*) {standing}"))
        rows.touch(f"SELECT loan_id {left_out}")
        rows.execute(
            f"INSERT INTO reversal (lender_id, {self.table}_id, reversed_on, reason, import_file_id,"
            " actor_id, recorded_at) SELECT %(lender)s, filed.id, %(today)s, %(reason)s, %(file)s,"
            f" %(actor)s, %(at)s {left_out}",
            reason=NOT_IN_FULL_FILE,
        )
        rows.count("reversed", gone)
