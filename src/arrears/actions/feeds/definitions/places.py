"""Places: where a person may be, and so which law and which hours apply.

A place too few permits hours too many. So all rows of a person are taken or none: what cannot be
read is staged as a mark, and rejected only where it is known of whom it speaks.
"""

# ruff: noqa: S608 - only constants are put together here; values travel as parameters

from __future__ import annotations

from dataclasses import replace

from arrears.actions.feeds.definitions.people import (
    JOIN_PERSON,
    OF_PERSON,
    PERSON,
    drop_erased,
    reject_unknown_persons,
)
from arrears.actions.feeds.kinds import PLACE, Kind, parsed, words
from arrears.actions.feeds.rows import Rows
from arrears.actions.feeds.schema import Feed, Field
from arrears.actions.feeds.superseding import stands
from arrears.actions.importing import values
from arrears.store.models.zone_evidence import EVIDENCE_SOURCES

ZONE = parsed("a time zone of the IANA database, `Asia/Taipei`", values.zone)
_UNREADABLE = "?"
_READ_AS = {
    "source": (words(EVIDENCE_SOURCES), f"is not one of {', '.join(EVIDENCE_SOURCES)}"),
    "place": (PLACE, "is not a place of ISO 3166, such as TW or US-NY"),
    "zone": (ZONE, "is not a time zone of the IANA database, such as Asia/Taipei"),
}
_SAME = "one.person_id = other.person_id AND one.source = other.source"
_EQUAL = f"{_SAME} AND (one.place, one.zone) IS NOT DISTINCT FROM (other.place, other.zone)"
_OF_SOURCE = "PARTITION BY one.person_id, one.source"


def merge(rows: Rows) -> None:
    """What the rows say of a person from one source takes the place of what was known from it."""
    rows.build(OF_PERSON, JOIN_PERSON)
    reject_unknown_persons(rows)
    for name, (_, reason) in _READ_AS.items():
        rows.reject(name, reason, f"r.{name} = '{_UNREADABLE}'")
    rows.reject("place", "is empty, and so is zone", "r.place IS NULL AND r.zone IS NULL")
    rows.reject_repeated("r.person_id", "r.source", "coalesce(r.place, '')", "coalesce(r.zone, '')")
    rows.reject_countries_without_law("place", _UNREADABLE)
    _reject_torn(rows)
    rows.settle()
    drop_erased(rows)
    _find_news(rows)
    _write(rows)


def _marked(name: str) -> Kind:
    """The kind of a field, with a mark in place of what it refuses."""
    kind, _ = _READ_AS[name]

    def parse(text: str) -> object:
        try:
            return kind.parse(text)
        except ValueError:
            return _UNREADABLE

    return replace(kind, parse=parse)


def _reject_torn(rows: Rows) -> None:
    bad = f"SELECT line FROM feed_reject WHERE file_no = {rows.stage.number}"
    rows.reject(
        "person_ref",
        "has another row that cannot be taken",
        f"r.line NOT IN ({bad}) AND r.person_id IN (SELECT person_id FROM {{rows}} WHERE line IN ({bad}))",
    )


def _find_news(rows: Rows) -> None:
    """Tables of what came and of what went, numbered within person and source; and what stands of these."""
    standing, came, went = (f"{rows.table}_{name}" for name in ("standing", "came", "went"))
    rows.execute(
        f"CREATE TEMP TABLE {standing} ON COMMIT DROP AS SELECT old.* FROM zone_evidence AS old"
        " JOIN (SELECT DISTINCT person_id, source FROM {rows}) AS told USING (person_id, source)"
        f" WHERE {stands('zone_evidence')}"
    )
    for table, ones, others, number in (
        (came, rows.table, standing, "one.line"),
        (went, standing, rows.table, "one.id"),
    ):
        rows.execute(
            f"CREATE TEMP TABLE {table} ON COMMIT DROP AS"
            f" SELECT one.*, row_number() OVER ({_OF_SOURCE} ORDER BY {number}) AS n FROM {ones} AS one"
            f" WHERE NOT EXISTS (SELECT FROM {others} AS other WHERE {_EQUAL})"
        )
        rows.execute(f"ANALYZE {table}")


def _write(rows: Rows) -> None:
    """A row that came supersedes one that went; where more went, one that stays is told again over it."""
    came, went = (f"{rows.table}_{name}" for name in ("came", "went"))
    total = rows.value("SELECT count(*) FROM {rows}")
    new, changed = (rows.value(f"SELECT count(*) FROM {table}") for table in (came, went))
    rows.touch_persons(f"SELECT person_id FROM {came} UNION ALL SELECT person_id FROM {went}")
    written = rows.execute(
        "INSERT INTO zone_evidence (lender_id, person_id, source, place, zone, supersedes_id,"
        " import_file_id, actor_id, recorded_at) SELECT %(lender)s, person_id, source,"
        " CASE WHEN came.line IS NULL THEN stays.place ELSE came.place END,"
        " CASE WHEN came.line IS NULL THEN stays.zone ELSE came.zone END, went.id, %(file)s, %(actor)s,"
        f" %(at)s FROM {came} AS came FULL JOIN {went} AS went USING (person_id, source, n)"
        " JOIN (SELECT DISTINCT ON (person_id, source) person_id, source, place, zone FROM {rows}"
        " ORDER BY person_id, source, line) AS stays USING (person_id, source)"
    )
    rows.count("added", written - changed)
    rows.count("changed", changed)
    rows.count("unchanged", total - new)
    rows.analyze("zone_evidence")


PLACES = Feed(
    name="places",
    version=1,
    about=(
        "Where persons may be; every place and zone on file counts as possible at once."
        " A file states all places of a person from one source, every time it mentions them;"
        " with one bad row of a person none of his rows are taken."
    ),
    fields=(
        PERSON,
        Field("source", _marked("source"), "What speaks for it.", is_required=True),
        Field("place", _marked("place"), "The place; its country must have a rule pack."),
        Field(
            "zone",
            _marked("zone"),
            "Its time zone; a place of several zones is several rows. Empty: its country's, if it has one.",
        ),
    ),
    key=("person_ref", "source", "place", "zone"),
    merge=merge,
    absent="What is known of persons and from sources that are left out stays.",
)
