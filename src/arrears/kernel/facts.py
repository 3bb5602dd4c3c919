"""`Facts`: everything a decision may know, as sorted columns without Python objects.

Two loaders build it (rows of PostgreSQL, files of a snapshot) and the by-value form of
`kernel.law.situation` a third time; none of them decides anything. Conventions, held by
`Facts.check`:

* ids and codes are int64 (codes from `kernel.vocabulary`), `ANY` is -1, a missing id is -1;
* instants are int64 microseconds since 1970 UTC; `ALWAYS` and `NEVER` are the ends of time;
* civil dates are int32 days since 1970-01-01, a missing date is `NO_DATE`;
* money is int64 minor units, an unknown amount is `UNKNOWN_MINOR`; its currency is the loan's;
* local times of day are int64 microseconds since local midnight, 0..86,400,000,000;
* every table is sorted by its key columns, ascending.

Facts recorded after `known_at` are not in the bundle: the loaders leave them out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt

Column = npt.NDArray[Any]
Instants = npt.NDArray[np.int64]
Codes = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

ALWAYS = int(np.iinfo(np.int64).min)
"""Before every instant."""
NEVER = int(np.iinfo(np.int64).max)
"""After every instant; as the start of permitted time: never permitted."""
UNKNOWN_MINOR = int(np.iinfo(np.int64).min)
NO_DATE = int(np.iinfo(np.int32).min)
NO_ID = -1

_ID, _CODE, _INSTANT, _MINOR, _LOCAL = (np.dtype(np.int64),) * 5
_DATE = np.dtype(np.int32)
_FLAG = np.dtype(np.bool_)


@dataclass(frozen=True, slots=True)
class TableSpec:
    """Columns with their dtypes, and the columns the table is sorted by."""

    columns: Mapping[str, np.dtype[Any]]
    key: tuple[str, ...]


TABLES: Mapping[str, TableSpec] = {
    # one row per person; `zones` and `places` index Facts.zone_sets and Facts.place_sets
    "person": TableSpec(
        {"person": _ID, "zones": _CODE, "places": _CODE, "is_place_known": _FLAG},
        ("person",),
    ),
    # the language in which the lender's texts go to a person (vocabulary.LANGUAGES); no row for
    # a person to whom no text of the lender's goes
    "language": TableSpec({"person": _ID, "language": _CODE}, ("person",)),
    # persons known to be under fourteen; of nobody else is an age told
    "child": TableSpec({"person": _ID}, ("person",)),
    # one row per loan; `law_place` indexes Facts.places; `debt` is the debt group or the loan;
    # `currency` and `risk` index Facts.currencies and Facts.risks, NO_ID where there is none
    "loan": TableSpec(
        {
            "loan": _ID,
            "lender": _ID,
            "borrower": _ID,
            "debt": _ID,
            "debt_kind": _CODE,
            "law_place": _CODE,
            "contact_group": _ID,
            "is_closed": _FLAG,
            "currency": _CODE,
            "risk": _CODE,
            "opened_on": _DATE,  # NO_DATE where nobody told when the loan was made
        },
        ("loan",),
    ),
    # one row per lender: the books are complete through this day, and so is contact history
    "lender": TableSpec(
        {
            "lender": _ID,
            "payments_complete_through_on": _DATE,
            "contacts_known_from_on": _DATE,
            "zone": _CODE,  # index into Facts.zones: the lender's business date
            "actor_kind": _CODE,
            "licence": _CODE,
        },
        ("lender",),
    ),
    # who is what to a loan; until_on exclusive
    "party": TableSpec(
        {"loan": _ID, "person": _ID, "role": _CODE, "from_on": _DATE, "until_on": _DATE},
        ("loan", "person"),
    ),
    # one row per usable contact point; `value` is the keyed hash that counts and opt-outs use
    "point": TableSpec(
        {
            "point": _ID,
            "person": _ID,
            "kind": _CODE,
            "value": _ID,
            "source": _CODE,
            "dead_from_at": _INSTANT,  # NEVER while the address is not known to be dead
            "owner": _CODE,
            "place": _CODE,  # NO_ID where it is tied to none, or none is known
        },
        ("person", "point"),
    ),
    # addresses and numbers known not to be the person's own nor his household's, used still or not
    "elsewhere": TableSpec({"person": _ID, "value": _ID}, ("person", "value")),
    # what the core system reported; the newest version of each (loan, as_of_on) known
    "report": TableSpec(
        {
            "loan": _ID,
            "as_of_on": _DATE,
            "status": _CODE,
            "months_late": _CODE,
            "overdue_since_on": _DATE,
            "overdue_minor": _MINOR,
            "statement_minor": _MINOR,
        },
        ("loan", "as_of_on"),
    ),
    # the terms of a loan's product, one row per loan that has any; `product` indexes
    # Facts.products and `order` Facts.orders (`kernel.arrears.orders` reads their names)
    "terms": TableSpec(
        {
            "loan": _ID,
            "product": _CODE,
            "tolerance_minor": _MINOR,
            "tolerance_days": _CODE,
            "grace_days": _CODE,
            "pause_basis": _CODE,
            "order": _CODE,
            "surplus": _CODE,
        },
        ("loan",),
    ),
    # the schedule of each loan that holds: its highest version known
    "installment": TableSpec(
        {
            "loan": _ID,
            "due_on": _DATE,
            "number": _CODE,
            "payable_until_on": _DATE,
            "principal_minor": _MINOR,
            "interest_minor": _MINOR,
            "fee_minor": _MINOR,
            "penalty_minor": _MINOR,
        },
        ("loan", "due_on", "number"),
    ),
    # payments not reversed; `ordinal` orders those of one loan and day by the lender's numbers,
    # `surplus` is ANY where the product says
    "payment": TableSpec(
        {
            "loan": _ID,
            "value_on": _DATE,
            "ordinal": _CODE,
            "payment": _ID,
            "amount_minor": _MINOR,
            "surplus": _CODE,
            "recorded_at": _INSTANT,
        },
        ("loan", "value_on", "ordinal"),
    ),
    # what the core system says a part of a payment paid; `number` is ANY where it names none
    "allocation": TableSpec(
        {"payment": _ID, "number": _CODE, "component": _CODE, "amount_minor": _MINOR},
        ("payment", "number", "component"),
    ),
    # changes of what is owed that are no payment, not reversed; `due_on` is NO_DATE, `number` and
    # `component` are ANY where not stated
    "loan_event": TableSpec(
        {
            "loan": _ID,
            "value_on": _DATE,
            "ordinal": _CODE,
            "event": _ID,
            "kind": _CODE,
            "amount_minor": _MINOR,
            "due_on": _DATE,
            "number": _CODE,
            "component": _CODE,
        },
        ("loan", "value_on", "ordinal"),
    ),
    # statements of revolving credit; the version that holds of each (loan, statement_on)
    "statement": TableSpec(
        {
            "loan": _ID,
            "statement_on": _DATE,
            "due_on": _DATE,
            "payable_until_on": _DATE,
            "balance_minor": _MINOR,
            "minimum_due_minor": _MINOR,
            "minimum_includes_unpaid": _FLAG,
        },
        ("loan", "statement_on"),
    ),
    # contacts that count: every attempt but `not_sent`, one row per attempt
    "contact": TableSpec(
        {
            "contact": _ID,
            "at": _INSTANT,
            "person": _ID,
            "value": _ID,
            "channel": _CODE,
            "direction": _CODE,
            "network_result": _CODE,
            "is_conversation": _FLAG,
            "voice": _CODE,  # NO_ID where it is not known, and of all but calls
        },
        ("contact",),
    ),
    # what came of contacts at an address or number, whoever was contacted there, and what was heard from
    # it (vocabulary.Arrival); a contact of which nothing is known has no row. `channel` is ANY and
    # `contact` NO_ID where it was confirmed to the lender
    "arrival": TableSpec(
        {"value": _ID, "at": _INSTANT, "channel": _CODE, "contact": _ID, "sign": _CODE},
        ("value", "at", "sign"),
    ),
    # which loans a contact counts for
    "contact_loan": TableSpec({"contact": _ID, "loan": _ID, "is_discussed": _FLAG}, ("contact", "loan")),
    # steps already done or passed over, per loan and recipient; rank as it was when it was done
    "step_done": TableSpec(
        {
            "loan": _ID,
            "done_on": _DATE,
            "rank": _CODE,
            "person": _ID,
            "track": _CODE,  # kernel.planning.strategy.Track
            "is_superseded": _FLAG,
        },
        ("loan", "done_on", "rank"),
    ),
    # who is of which household from when until when, as the lender says; several a person in turn
    "household": TableSpec(
        {"household": _ID, "person": _ID, "from_at": _INSTANT, "until_at": _INSTANT},
        ("person", "from_at"),
    ),
    # hours a person agreed to; from/until instants bound its validity; weekdays bit 0 = Monday;
    # `complied` is 1 where the contact in which it was given broke no rule, 0 where it did, NO_ID
    # where nobody knows or it was given in none
    "agreement": TableSpec(
        {
            "person": _ID,
            "given_to": _ID,
            "complied": _CODE,
            "channel": _CODE,
            "weekdays": _CODE,
            "start_local": _LOCAL,
            "end_local": _LOCAL,
            "from_at": _INSTANT,
            "until_at": _INSTANT,
        },
        ("person", "from_at"),
    ),
    # times and places a person said are inconvenient, whoever was told; `value` is the number or
    # address it was said of, NO_ID for all; `place` is ANY where it was said of no kind of place,
    # `form` NO_ID where nothing says how; weekdays bit 0 = Monday
    "inconvenience": TableSpec(
        {
            "person": _ID,
            "value": _ID,
            "channel": _CODE,
            "place": _CODE,
            "form": _CODE,
            "weekdays": _CODE,
            "start_local": _LOCAL,
            "end_local": _LOCAL,
            "from_at": _INSTANT,
            "until_at": _INSTANT,
        },
        ("person", "from_at"),
    ),
    # "do not use this": by person or by contact-point value (the other is NO_ID); channel or ANY
    "opt_out": TableSpec(
        {
            "person": _ID,
            "value": _ID,
            "channel": _CODE,
            "from_at": _INSTANT,
            "until_at": _INSTANT,
        },
        ("person", "value", "from_at"),
    ),
    # loan or person (the other is NO_ID); `stops` is a mask of vocabulary.Stops
    "hold": TableSpec(
        {
            "hold": _ID,
            "loan": _ID,
            "person": _ID,
            "reason": _CODE,
            "stops": _CODE,
            "from_at": _INSTANT,
            "until_at": _INSTANT,
        },
        ("hold",),
    ),
    # a third person's refusal: permanent, across loans, agencies and years
    "refusal": TableSpec({"person": _ID, "from_at": _INSTANT}, ("person", "from_at")),
    # what is proved of the notices given, one row per piece of evidence (vocabulary.ProofState)
    "notice_proof": TableSpec(
        {"loan": _ID, "person": _ID, "notice": _CODE, "channel": _CODE, "state": _CODE, "at": _INSTANT},
        ("person", "loan", "at"),
    ),
    # consents but for hours (vocabulary.ConsentKind), given to one organisation; what is ANY is not
    # limited: whom it is about, channel, purpose, loan, value
    "consent": TableSpec(
        {
            "person": _ID,
            "given_to": _ID,
            "about": _ID,
            "kind": _CODE,
            "form": _CODE,
            "channel": _CODE,
            "purpose": _CODE,
            "loan": _ID,
            "value": _ID,
            "from_at": _INSTANT,
            "until_at": _INSTANT,
        },
        ("person", "from_at"),
    ),
    # an approver's recorded override of one rule, for one person and loan (or ANY loan);
    # `rule` indexes Facts.rules, `ground` is NO_ID where his reason is none of vocabulary.Ground
    "override": TableSpec(
        {
            "person": _ID,
            "loan": _ID,
            "rule": _CODE,
            "ground": _CODE,
            "from_at": _INSTANT,
            "until_at": _INSTANT,
        },
        ("person", "loan", "from_at"),
    ),
}


@dataclass(frozen=True, slots=True)
class Facts:
    """The tables of `TABLES` with the names their codes stand for.

    `tables` holds every table, empty ones too. `zones`, `places`, `rules`, `products`, `orders`,
    `currencies` and `risks` are names by code; `zone_sets` and `place_sets` are tuples of codes by
    set code, each sorted and without repeats, set 0 being empty. `known_at` is the instant up to
    which facts were read.
    """

    tables: Mapping[str, Mapping[str, Column]]
    known_at: int
    zones: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()
    zone_sets: tuple[tuple[int, ...], ...] = ((),)
    place_sets: tuple[tuple[int, ...], ...] = ((),)
    products: tuple[str, ...] = ()
    orders: tuple[str, ...] = ()
    currencies: tuple[str, ...] = ()
    risks: tuple[str, ...] = ()
    _cache: dict[object, Any] = field(default_factory=dict, repr=False, compare=False)

    def __getitem__(self, table: str) -> Mapping[str, Column]:
        return self.tables[table]

    def check(self) -> Facts:
        """Return itself, or fail with the table and column that break the conventions above."""
        assert set(self.tables) == set(TABLES), set(self.tables) ^ set(TABLES)
        for name, spec in TABLES.items():
            _check_table(name, spec, self.tables[name])
        return self.check_names()

    def check_names(self) -> Facts:
        """Return itself, or fail with what is no code of a name or of a set, or is no set."""
        assert self.zone_sets[0] == self.place_sets[0] == (), "set 0 must be empty"
        for sets, names in ((self.zone_sets, self.zones), (self.place_sets, self.places)):
            for members in sets:
                assert list(members) == sorted(set(members)), members
                assert all(0 <= code < len(names) for code in members), members
        _check_codes(self["person"]["zones"], len(self.zone_sets), "person.zones")
        _check_codes(self["person"]["places"], len(self.place_sets), "person.places")
        _check_codes(self["terms"]["product"], len(self.products), "terms.product")
        _check_codes(self["terms"]["order"], len(self.orders), "terms.order")
        return self


@cache
def empty_table(name: str) -> Mapping[str, Column]:
    """The table of no rows with the columns and dtypes of `TABLES[name]`."""
    return {column: np.empty(0, dtype) for column, dtype in TABLES[name].columns.items()}


def table(name: str, columns: Mapping[str, Any]) -> dict[str, Column]:
    """`columns` with the dtypes of `TABLES[name]`, sorted by its key (stable)."""
    spec = TABLES[name]
    assert set(columns) == set(spec.columns), (name, set(columns) ^ set(spec.columns))
    typed = {c: np.asarray(columns[c], dtype) for c, dtype in spec.columns.items()}
    assert len({len(values) for values in typed.values()}) == 1, (name, "columns of different length")
    if _is_sorted([typed[c] for c in spec.key]):
        return typed
    order = np.lexsort([typed[c] for c in reversed(spec.key)])
    return {c: values[order] for c, values in typed.items()}


def facts_of(
    tables: Mapping[str, Mapping[str, Any]],
    *,
    known_at: int,
    zones: tuple[str, ...] = (),
    places: tuple[str, ...] = (),
    rules: tuple[str, ...] = (),
    zone_sets: tuple[tuple[int, ...], ...] = ((),),
    place_sets: tuple[tuple[int, ...], ...] = ((),),
    products: tuple[str, ...] = (),
    orders: tuple[str, ...] = (),
    currencies: tuple[str, ...] = (),
    risks: tuple[str, ...] = (),
) -> Facts:
    """A bundle from plain columns, whose codes are checked; tables not given are empty."""
    assert set(tables) <= set(TABLES), set(tables) - set(TABLES)
    full = {name: table(name, tables[name]) if name in tables else empty_table(name) for name in TABLES}
    return Facts(
        full, known_at, zones, places, rules, zone_sets, place_sets, products, orders, currencies, risks
    ).check_names()


def rows_of(sorted_ids: Column, wanted: Column) -> npt.NDArray[np.int64]:
    """The row of each wanted id in a column of unique sorted ids; -1 where there is none."""
    if len(sorted_ids) == 0:
        return np.full(len(wanted), -1, np.int64)
    at = np.searchsorted(sorted_ids, wanted)
    at[at == len(sorted_ids)] = 0
    return np.where(sorted_ids[at] == wanted, at, -1).astype(np.int64)


def _check_table(name: str, spec: TableSpec, columns: Mapping[str, Column]) -> None:
    assert set(columns) == set(spec.columns), (name, set(columns) ^ set(spec.columns))
    lengths = {len(values) for values in columns.values()}
    assert len(lengths) == 1, (name, "columns of different length", lengths)
    for column, dtype in spec.columns.items():
        assert columns[column].dtype == dtype, (name, column, columns[column].dtype)
    assert _is_sorted([columns[c] for c in spec.key]), (name, "is not sorted by", spec.key)


def _is_sorted(keys: Sequence[Column]) -> bool:
    """No row stands before one that is smaller; compared neighbour by neighbour."""
    if len(keys[0]) < 2:
        return True
    is_tied = np.ones(len(keys[0]) - 1, np.bool_)
    for column in keys:
        if bool(np.any(is_tied & (column[1:] < column[:-1]))):
            return False
        is_tied &= column[1:] == column[:-1]
    return True


def _check_codes(codes: Column, size: int, what: str) -> None:
    assert len(codes) == 0 or (codes.min() >= 0 and codes.max() < size), (what, "out of range")
