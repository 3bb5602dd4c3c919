"""The staged rows of one file, as a feed's `merge` works on them: in whole sets, by SQL.

A merge first builds its working table from the stage (`build`), then says which rows cannot be
taken (`reject`), has them taken out (`settle`), and writes what is new (`execute`). Texts of
SQL may say `{rows}` for the working table and name these parameters: `lender`, `file`, `actor`,
`at`, `today`, `last_loan`.
"""

# ruff: noqa: S608 - only constants are put together here; values travel as parameters

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db import connection

from arrears.actions.feeds.kinds import DECIMALS
from arrears.actions.feeds.sealing import Seal
from arrears.actions.feeds.staging import Stage
from arrears.actions.importing.numbers import PLACES_MAX
from arrears.kernel.errors import BadInput
from arrears.kernel.money import CURRENCIES, digits_of

NOT_ON_FILE = "is not on file"
MANY_ROWS = 5_000
_REMOVALS_FEW, _REMOVALS_SHARE = 20, 0.05
_FETCHED = 10_000
_SLICE_PAGES = 1 << 15


@dataclass(frozen=True, slots=True)
class Run:
    """What all files of one delivery share.

    last_loan, last_person   the highest numbers of a loan and a person that were on file before
    countries                those with a rule pack, and those declared house-only (ISO 3166-1)
    """

    lender_id: int
    actor_id: int
    at: datetime
    today: date
    last_loan: int
    last_person: int
    seal: Seal
    countries: frozenset[str]
    accept_removals: bool = False


@dataclass(slots=True)
class Rows:
    """One file's rows in the transaction of their delivery.

    stated   fields the file has: about the others it says nothing
    counts   what was written, by name
    notes    codes of things worth saying
    """

    run: Run
    stage: Stage
    import_file_id: int
    is_full: bool
    in_major: bool
    stated: frozenset[str]
    path: str
    counts: Counter[str] = field(default_factory=Counter)
    notes: list[str] = field(default_factory=list)

    @property
    def table(self) -> str:
        return f"{self.stage.table}_rows"

    # Building

    def build(self, columns: Sequence[str], joins: str) -> None:
        """The working table: all columns of the stage, called `s` here, and these columns besides."""
        selected = ", ".join(("s.*", *columns))
        self.execute(
            f"CREATE TEMP TABLE {{rows}} ON COMMIT DROP AS"
            f" SELECT {selected} FROM {self.stage.table} AS s {joins}"
        )
        self.execute("ANALYZE {rows}")

    def minor(self, name: str, currency: str, *, empty: str = "NULL") -> str:
        """The column `NAME_minor`: a staged amount in minor units of a currency; null when it is finer."""
        unit = _thousandths_in(currency) if self.in_major else "1"
        return (
            f"CASE WHEN s.{name} IS NULL THEN {empty}"
            f" WHEN mod(s.{name}, {unit}) = 0 THEN s.{name} / {unit} END AS {name}_minor"
        )

    def minors(self, currency: str, *, empty: str = "NULL") -> tuple[str, ...]:
        """`minor` of every amount of the feed."""
        return tuple(self.minor(name, currency, empty=empty) for name in self.stage.feed.amounts)

    # Rejecting

    def reject(self, name: str, reason: str, where: str, joins: str = "") -> None:
        """Rows of the working table `r` that meet a condition cannot be taken, because of this field."""
        self.execute(
            "INSERT INTO feed_reject (file_no, line, field, value, reason)"
            f" SELECT {self.stage.number}, r.line, '{name}', {self._shown(name)}, %(reason)s"
            f" FROM {{rows}} AS r {joins} WHERE {where} ON CONFLICT DO NOTHING",
            reason=reason,
        )

    def reject_repeated(self, *key: str, field: str = "") -> None:
        """Rows with the same key: which of them is right cannot be known.

        `key` are expressions over `r`; where one is null, nothing repeats. The reject names
        `field`, or the last field of the feed's key.
        """
        listed = ", ".join(key)
        named = ", ".join(f"k{n}" for n in range(len(key)))
        same = " AND ".join(f"{each} = twice.k{n}" for n, each in enumerate(key))
        self.reject(
            field or self.stage.feed.key[-1],
            "stands in the file more than once",
            "true",
            f"JOIN (SELECT {listed} FROM {{rows}} AS r GROUP BY {listed} HAVING count(*) > 1)"
            f" AS twice ({named}) ON {same}",
        )

    def reject_amounts(self) -> None:
        """Amounts that are no whole minor units of their currency, or too many."""
        for name in self.stage.feed.amounts:
            finer = "is finer than the smallest unit of its currency"
            self.reject(
                name, finer, f"r.{name} IS NOT NULL AND r.{name}_minor IS NULL AND {self._currency()}"
            )
            reason = f"has more than {PLACES_MAX} digits in minor units"
            self.reject(name, reason, f"abs(r.{name}_minor) >= {10**PLACES_MAX}")

    def reject_currency(self, on_file: str) -> None:
        self.reject("currency", "is not the currency of the loan", f"r.currency <> {on_file}")

    def settle(self) -> None:
        """Take the rejected rows out, and with them the rest of each whole that has lost a row."""
        whole = self.stage.feed.whole_by
        if whole:
            self._reject_torn(whole)
        self.execute(
            "DELETE FROM {rows} AS r USING feed_reject AS bad"
            f" WHERE bad.file_no = {self.stage.number} AND bad.line = r.line"
        )

    def _reject_torn(self, whole: str) -> None:
        self.execute(
            "INSERT INTO feed_spoiled (file_no, whole)"
            f" SELECT DISTINCT {self.stage.number}, r.{whole} FROM {{rows}} AS r JOIN feed_reject AS bad"
            f" ON bad.file_no = {self.stage.number} AND bad.line = r.line"
        )
        self.reject(
            whole,
            "has another row that cannot be taken",
            f"r.{whole} IN (SELECT whole FROM feed_spoiled WHERE file_no = {self.stage.number})"
            f" AND NOT EXISTS (SELECT FROM feed_reject AS bad"
            f" WHERE bad.file_no = {self.stage.number} AND bad.line = r.line)",
        )

    def _currency(self) -> str:
        return "r.loan_currency IS NOT NULL" if self.in_major else "true"

    def _shown(self, name: str) -> str:
        """What the rejects say stands there; of persons, nothing."""
        kind = self.stage.feed[name].kind
        if kind.staged != "plain":
            return "''"
        if kind.is_amount and self.in_major:
            return f"trim_scale(r.{name}::numeric / {10**DECIMALS})::text"
        return f"coalesce(r.{name}::text, '')"

    # Writing

    def execute(self, statement: str, **values: Any) -> int:
        """Run a statement; how many rows it wrote."""
        with connection.cursor() as cursor:
            cursor.execute(statement.replace("{rows}", self.table), {**self._parameters(), **values})
            return int(cursor.rowcount)

    def insert(self, statement: str, **values: Any) -> int:
        """Run an insert that says `{slice}` of its working rows `r`, some hundred megabytes at a time.

        The server keeps a note of every row that a statement inserts, until it has checked what the
        row refers to: slices keep its memory bounded.
        """
        pages = self.value("SELECT pg_relation_size('{rows}') / current_setting('block_size')::int")
        return sum(
            self.execute(
                statement.replace("{slice}", f"r.ctid >= '({at},0)' AND r.ctid < '({at + _SLICE_PAGES},0)'"),
                **values,
            )
            for at in range(0, max(pages, 1), _SLICE_PAGES)
        )

    def value(self, statement: str, **values: Any) -> Any:
        """The one value of a query, None without a row."""
        return next(iter(self.fetch(statement, **values)), (None,))[0]

    def fetch(self, statement: str, **values: Any) -> Iterator[tuple[Any, ...]]:
        """The rows of a query, some at a time, for what cannot be done in the database."""
        with connection.chunked_cursor() as cursor:
            cursor.execute(statement.replace("{rows}", self.table), {**self._parameters(), **values})
            while found := cursor.fetchmany(_FETCHED):
                yield from found

    def supersede(
        self,
        table: str,
        key: Sequence[str],
        said: Mapping[str, str],
        *,
        on_file: str,
        differs: str,
        has_actor: bool = True,
    ) -> None:
        """Write rows that are new, or differ from the row on file and then name it in `supersedes`.

        key      columns of the table that the working table has under the same names
        said     the other columns, and what they are by the working row `r`
        on_file  joins the row on file, whose `id` is then null or what is superseded
        """
        alias = on_file.split(" AS ")[1].split(" ", maxsplit=1)[0]
        total = self.value("SELECT count(*) FROM {rows}")
        changed = self.value(
            f"SELECT count(*) FROM {{rows}} AS r {on_file} WHERE {alias}.id IS NOT NULL AND {differs}"
        )
        if "loan_id" in key:
            self.touch(f"SELECT r.loan_id FROM {{rows}} AS r {on_file} WHERE {alias}.id IS NULL OR {differs}")
        recorded = {"lender_id": "lender", "import_file_id": "file", "recorded_at": "at"}
        if has_actor:
            recorded["actor_id"] = "actor"
        written = self.insert(
            f"INSERT INTO {table} ({', '.join((*recorded, *key, *said))}, supersedes_id)"
            f" SELECT {', '.join(f'%({name})s' for name in recorded.values())},"
            f" {', '.join(f'r.{name}' for name in key)}, {', '.join(said.values())}, {alias}.id"
            f" FROM {{rows}} AS r {on_file} WHERE {{slice}} AND ({alias}.id IS NULL OR {differs})"
        )
        self.count("added", written - changed)
        self.count("changed", changed)
        self.count("unchanged", total - written)
        self.analyze(table)

    def count(self, name: str, number: int) -> int:
        self.counts[name] += number
        return number

    def touch(self, loans: str) -> None:
        """A query of loans of which something changed that may forbid a contact.

        Loans that are new with this delivery are left out: nobody was contacted about them.
        """
        self.execute(
            f"INSERT INTO feed_touched SELECT DISTINCT loan_id FROM ({loans}) AS changed (loan_id)"
            " WHERE loan_id <= %(last_loan)s ON CONFLICT DO NOTHING"
        )

    def touch_persons(self, persons: str) -> None:
        """A query of persons of whom something changed that may forbid a contact.

        Persons who are new with this delivery are left out: nobody can be contacting them.
        """
        self.execute(
            "INSERT INTO feed_touched_person"
            f" SELECT DISTINCT person_id FROM ({persons}) AS changed (person_id)"
            " WHERE person_id <= %(last_person)s ON CONFLICT DO NOTHING"
        )

    def reject_countries_without_law(self, name: str, *besides: str) -> None:
        """Places in countries without a rule pack that are not declared house-only, `besides` aside."""
        known = ", ".join(f"'{each}'" for each in (*sorted(self.run.countries), *besides))
        reason = "has no rule pack, and its country is not declared house-only"
        self.reject(name, reason, f"split_part(r.{name}, '-', 1) NOT IN ({known})")

    def analyze(self, *tables: str) -> None:
        """After many rows: what the planner believes of these tables would be wrong by far."""
        if sum(self.counts.values()) >= MANY_ROWS:
            self.execute(f"ANALYZE {', '.join(tables)}")

    def guard_removals(self, gone: int, on_file: int) -> None:
        """Raise `BadInput` when a full file would take away more than is believable."""
        if gone > _REMOVALS_FEW and gone > on_file * _REMOVALS_SHARE and not self.run.accept_removals:
            raise BadInput(
                "import.removals",
                f"{self.path}: this full file leaves out {gone:,} of the {on_file:,} rows on file.",
                hint="Nothing was stored. If they are really gone, say --accept-removals.",
                file=self.path,
                gone=gone,
                on_file=on_file,
            )

    def _parameters(self) -> dict[str, Any]:
        run = self.run
        return {
            "lender": run.lender_id,
            "file": self.import_file_id,
            "actor": run.actor_id,
            "at": run.at,
            "today": run.today,
            "last_loan": run.last_loan,
            "last_person": run.last_person,
        }


def _thousandths_in(currency: str) -> str:
    """How many staged thousandths one minor unit of a currency is."""
    others = {digits: sorted(c for c in CURRENCIES if digits_of(c) == digits) for digits in (0, 3)}
    cases = " ".join(
        f"WHEN {currency} IN ({', '.join(map(repr, codes))}) THEN {10 ** (DECIMALS - digits)}"
        for digits, codes in others.items()
    )
    return f"(CASE {cases} ELSE 10 END)"
