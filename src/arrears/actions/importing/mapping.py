"""The mapping: which column of a lender's file is which fact, read from TOML and checked.

    mode = "reported"
    about = "..."
    amounts_in = "major"                        # or "minor"; needed when there are amounts
    payments_complete_through_on = 2005-09-30   # or on the command line, or not stated

    [file]
    delimiter = ","

    [fields]
    loan_ref = { column = "ID" }
    ...

Every mistake is named with file, table and key before a row is read.
"""

from __future__ import annotations

import difflib
import hashlib
import re
import tomllib
from collections.abc import Mapping as MappingOf
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from arrears.actions.importing import values
from arrears.actions.importing.target import AMOUNTS, FIELDS, Field
from arrears.actions.importing.transforms import Column, Constant, MonthsBefore, Template, Transform
from arrears.kernel.errors import BadInput

MODE = "reported"
UNITS = ("major", "minor")
DELIMITERS = (",", ";", "\t", "|")
SHIPPED = Path(__file__).parents[2] / "mappings"
_BYTES_MAX = 1_000_000
_TOP_KEYS = ("about", "amounts_in", "payments_complete_through_on", "file", "fields")
_KEYS_OF = {  # the key that chooses the transform, and what may stand beside it
    "column": ("integral", "codes"),
    "constant": (),
    "template": (),
    "months_before": ("months",),
}
_PART = re.compile(r"\{\{|\}\}|\{([^{}]*)\}|([{}])")


@dataclass(frozen=True, slots=True)
class Target:
    """What a mapping is for: `key = "name"` at its top, the fields it may name, those that are amounts.

    `encodings` are those its table [file] may name; without any it may not. Where there is a
    `version` of the fields, `schema` may say which the mapping was written for.
    """

    key: str
    name: str
    fields: MappingOf[str, Field]
    amounts: Sequence[str]
    encodings: Sequence[str] = ()
    version: int | None = None

    @property
    def file_keys(self) -> tuple[str, ...]:
        return ("delimiter", "encoding") if self.encodings else ("delimiter",)


REPORTED = Target("mode", MODE, FIELDS, AMOUNTS)
_TOGETHER = (("place", "zone"), ("zone", "place"), ("statement_amount", "statement_on"))


@dataclass(frozen=True, slots=True)
class Mapping:
    """A checked mapping; `digest` is that of its text."""

    path: Path
    digest: str
    fields: MappingOf[str, Transform]
    amounts_in: str
    payments_complete_through_on: date | None
    delimiter: str
    encoding: str = "utf-8"

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns it reads, each once."""
        return tuple(dict.fromkeys(name for each in self.fields.values() for name in each.columns))

    def check_header(self, header: Sequence[str]) -> None:
        """Raise `BadInput` for a column the file does not have.

        The header's own names are not repeated: a file without a header shows people there.
        """
        for name, transform in self.fields.items():
            for column in transform.columns:
                if column not in header:
                    raise self._absent(name, column, header)

    def _absent(self, name: str, column: str, header: Sequence[str]) -> BadInput:
        near = difflib.get_close_matches(column, header, n=1)
        return BadInput(
            "import.no_such_column",
            f"{self.path.name}: fields.{name}: the file has no column {column!r}.",
            hint=f"Is it {near[0]!r}?" if near else f"Its first line names {len(header)} columns.",
            file=str(self.path),
            table=f"fields.{name}",
            key=column,
        )


def find_mapping(name_or_path: str) -> Path:
    """The file of a shipped mapping's name, or the path as given. Raises `BadInput` for neither."""
    if name_or_path.endswith(".toml") or "/" in name_or_path:
        return Path(name_or_path)
    path = SHIPPED / f"{name_or_path}.toml"
    if not path.is_file():
        shipped = ", ".join(sorted(each.stem for each in SHIPPED.glob("*.toml")))
        raise BadInput(
            "import.no_such_mapping",
            f"No mapping is called {name_or_path!r}.",
            hint=f"Shipped: {shipped}. For one of your own give its path, ending in .toml.",
        )
    return path


def read_mapping(path: Path, target: Target = REPORTED) -> Mapping:
    """The mapping in a TOML file. Raises `BadInput` for anything it may not say."""
    text = _text_of(path)
    try:
        told = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise _bad(path, "", "", f"is not valid TOML: {error}") from None
    return _Reader(path, told, target).mapping(hashlib.sha256(text.encode()).hexdigest())


def _text_of(path: Path) -> str:
    try:
        if path.stat().st_size > _BYTES_MAX:
            raise _bad(path, "", "", "is too large to be a mapping")
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise _bad(path, "", "", "is not UTF-8 text") from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "is not a path"
        raise BadInput(
            "import.mapping_unreadable",
            f"{path}: the mapping cannot be read: {reason}.",
            hint="--mapping takes the name of a shipped mapping, or the path of a TOML file.",
            file=str(path),
        ) from None


class _Reader:
    def __init__(self, path: Path, told: dict[str, Any], target: Target) -> None:
        self.path, self.told, self.target = path, told, target
        self.fields = target.fields

    def mapping(self, digest: str) -> Mapping:
        key, name = self.target.key, self.target.name
        self._known("", self.told, (key, *_TOP_KEYS, *self._schema()))
        if self.told.get(key) != name:
            raise self._wrong("", key, f'must be "{name}"')
        fields = {name: self._field(name, told) for name, told in self._table("fields").items()}
        self._check_complete(fields)
        return Mapping(
            path=self.path,
            digest=digest,
            fields={name: fields[name] for name in self.fields if name in fields},
            amounts_in=self._amounts_in(fields),
            payments_complete_through_on=self._complete_through(),
            delimiter=self._delimiter(),
            encoding=self._encoding(),
        )

    def _field(self, name: str, told: Any) -> Transform:
        where = f"fields.{name}"
        if name not in self.fields:
            raise self._unknown("fields", name, tuple(self.fields))
        if not isinstance(told, dict):
            raise self._wrong("fields", name, 'must be a table, such as { column = "ID" }')
        kinds = [key for key in _KEYS_OF if key in told]
        if len(kinds) != 1:
            raise self._wrong(where, "", f"needs exactly one of {', '.join(_KEYS_OF)}")
        self._known(where, told, (kinds[0], *_KEYS_OF[kinds[0]]))
        if kinds[0] == "column":
            return self._column(where, told)
        if kinds[0] == "constant":
            return self._constant(self.fields[name], told["constant"])
        if kinds[0] == "template":
            return self._template(where, self._string(where, "template", told["template"]))
        return self._months_before(self.fields[name], told)

    def _column(self, where: str, told: dict[str, Any]) -> Column:
        column = self._string(where, "column", told["column"])
        is_integral = told.get("integral", False)
        if not isinstance(is_integral, bool):
            raise self._wrong(where, "integral", "must be true or false")
        codes = told.get("codes")
        if codes is not None:
            if not isinstance(codes, dict) or not codes:
                raise self._wrong(where, "codes", 'must be a table, such as { "-1" = "paid_in_full" }')
            codes = {key: self._string(where, f"codes.{key}", text) for key, text in codes.items()}
            self._check_codes(self.fields[where.removeprefix("fields.")], codes)
        return Column(column, is_integral, codes)

    def _check_codes(self, field: Field, codes: dict[str, str]) -> None:
        for key, text in codes.items():
            self._parsed(field, f"codes.{key}", text)

    def _constant(self, field: Field, told: Any) -> Constant:
        text = told.isoformat() if type(told) is date else told
        text = self._string(f"fields.{field.name}", "constant", text)
        self._parsed(field, "constant", text)
        return Constant(text)

    def _template(self, where: str, text: str) -> Template:
        between, columns, at = [""], [], 0
        for found in _PART.finditer(text):
            between[-1] += text[at : found.start()]
            at = found.end()
            if found[2] is not None:
                raise self._wrong(where, "template", "has a single brace; double it to mean the character")
            if found[1] is None:
                between[-1] += found[0][0]
            else:
                columns.append(found[1])
                between.append("")
        between[-1] += text[at:]
        if not columns:
            raise self._wrong(where, "template", "names no column; use constant")
        return Template(tuple(between), tuple(columns))

    def _months_before(self, field: Field, told: dict[str, Any]) -> MonthsBefore:
        where = f"fields.{field.name}"
        day = self._string(where, "months_before", told["months_before"])
        months = self._string(where, "months", told.get("months", "months_late"))
        if field.parse is not values.day:
            raise self._wrong(where, "months_before", "gives a date, which this field is not")
        wanted = (
            ("months_before", day, "as_of_on", values.day),
            ("months", months, "months_late", values.months),
        )
        for key, name, like, parse in wanted:
            if name not in self.fields or self.fields[name].parse is not parse:
                raise self._wrong(where, key, f"must name a field, such as {like}")
            source = self._table("fields").get(name)
            if not isinstance(source, dict) or "months_before" in source:
                raise self._wrong(where, key, f"needs fields.{name} to come from the file or a constant")
        return MonthsBefore(day, months)

    def _check_complete(self, fields: dict[str, Transform]) -> None:
        for field in self.fields.values():
            if field.is_required and field.name not in fields:
                raise self._wrong("fields", field.name, "is missing; every row needs it")
        for one, other in _TOGETHER:
            if one in fields and other in self.fields and other not in fields:
                raise self._wrong("fields", other, f"is missing; it belongs to {one}")

    def _amounts_in(self, fields: dict[str, Transform]) -> str:
        unit = self.told.get("amounts_in")
        if unit is None and any(name in fields for name in self.target.amounts):
            raise self._wrong("", "amounts_in", 'is missing: "major" (1234.50) or "minor" (123450)')
        if unit not in (None, *UNITS):
            raise self._wrong("", "amounts_in", 'must be "major" (1234.50) or "minor" (123450)')
        return unit or UNITS[0]

    def _complete_through(self) -> date | None:
        on = self.told.get("payments_complete_through_on")
        if on is not None and type(on) is not date:
            raise self._wrong("", "payments_complete_through_on", "must be a date, 2005-09-30, unquoted")
        return on

    def _delimiter(self) -> str:
        told = self._file()
        self._known("file", told, self.target.file_keys)
        delimiter = told.get("delimiter", DELIMITERS[0])
        if delimiter not in DELIMITERS:
            raise self._wrong("file", "delimiter", 'must be one of "," ";" "|" and "\\t"')
        return str(delimiter)

    def _schema(self) -> tuple[str, ...]:
        version = self.target.version
        if version is None:
            return ()
        if self.told.get("schema", version) != version:
            raise self._wrong("", "schema", f"must be {version}: that is the version of {self.target.name}")
        return ("schema",)

    def _encoding(self) -> str:
        encoding = self._file().get("encoding", "utf-8")
        if encoding not in ("utf-8", *self.target.encodings):
            raise self._wrong("file", "encoding", f"must be one of {', '.join(self.target.encodings)}")
        return str(encoding)

    def _file(self) -> dict[str, Any]:
        return self._table("file") if "file" in self.told else {}

    def _parsed(self, field: Field, key: str, text: str) -> None:
        """A value written in the mapping must be one the field accepts, or empty where that is allowed."""
        if not text and field.is_required:
            raise self._wrong(f"fields.{field.name}", key, "is empty")
        try:
            if text:
                field.parse(text)
        except ValueError as error:
            raise self._wrong(f"fields.{field.name}", key, str(error)) from None

    def _table(self, name: str) -> dict[str, Any]:
        table = self.told.get(name)
        if not isinstance(table, dict):
            raise self._wrong("", name, "must be a table")
        return table

    def _string(self, where: str, key: str, value: Any) -> str:
        if not isinstance(value, str):
            raise self._wrong(where, key, "must be text in quotes")
        return value

    def _known(self, where: str, told: dict[str, Any], known: tuple[str, ...]) -> None:
        for key in told:
            if key not in known:
                raise self._unknown(where, key, known)

    def _unknown(self, where: str, key: str, known: tuple[str, ...]) -> BadInput:
        return self._wrong(where, key, f"is unknown; known here: {', '.join(known)}")

    def _wrong(self, table: str, key: str, what: str) -> BadInput:
        return _bad(self.path, table, key, what)


def _bad(path: Path, table: str, key: str, what: str) -> BadInput:
    where = ": ".join(part for part in (path.name, table, key) if part)
    return BadInput(
        "import.bad_mapping",
        f"{where} {what}.",
        hint="docs/mappings.md shows every field and transform.",
        file=str(path),
        table=table,
        key=key,
    )
