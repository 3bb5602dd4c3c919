"""Situations by value as anybody may write them: whole, sparse, or wrong somewhere."""

from __future__ import annotations

from enum import IntEnum
from typing import Any

from hypothesis import strategies as st

from arrears.kernel import vocabulary as v
from arrears.kernel.law.told import KEYS

ZONES = ("Asia/Taipei", "America/New_York", "UTC")
_TIMES = (
    "2026-07-14T10:00:00",
    "2026-07-14T23:30:00-06:00",
    "2026-03-08T02:30:00",
    "2026-07-01T00:00:00+08:00",
)


def _words(kind: type[IntEnum]) -> st.SearchStrategy[str]:
    return st.sampled_from([v.name_of(member) for member in kind])


_LABEL = st.sampled_from(["1", "2", "A", "recipient", "borrower"])
_INSTANT = st.sampled_from(_TIMES)
_FLAG = st.booleans()
_TIME_OF_DAY = st.sampled_from(["00:00", "08:30", "24:00"])
_LABELS = st.lists(_LABEL, max_size=3)
_VALIDITY = {"since": _INSTANT, "until": _INSTANT}
_ANY_CHANNEL = {"channel": _words(v.Channel)}
_HOURS = {
    "from": _TIME_OF_DAY,
    "to": _TIME_OF_DAY,
    "weekdays": st.lists(st.integers(1, 7), max_size=3),
    **_ANY_CHANNEL,
    **_VALIDITY,
}

_VALUES: dict[str, dict[str, st.SearchStrategy[Any]]] = {
    "recipient": {
        "kind": _words(v.RecipientKind),
        "places": st.lists(st.sampled_from(["TW", "US", "US-NY"]), max_size=2),
        "zones": st.lists(st.sampled_from(ZONES), max_size=2),
        "household": _LABEL,
        "under_14": _FLAG,
    },
    "point": {
        "number": _LABEL,
        "kind": _words(v.PointKind),
        "source": st.one_of(_words(v.PointSource), st.just("not_known")),
        "owner": _words(v.PointOwner),
        "dead_since": _INSTANT,
    },
    "loan": {
        "debt": _LABEL,
        "debt_kind": _words(v.DebtKind),
        "law": st.sampled_from(["TW", "US", None]),
        "licence": _words(v.CreditorLicence),
    },
    "contacts": {
        "at": _INSTANT,
        "by": _words(v.ActorKind),
        "number": _LABEL,
        "direction": _words(v.Direction),
        "result": _words(v.NetworkResult),
        "conversation": _FLAG,
        "debts": _LABELS,
        "discussed": _LABELS,
        "to": _LABEL,
        "voice": _words(v.Voice),
        "household": _LABEL,
        "owner": _words(v.PointOwner),
        **_ANY_CHANNEL,
    },
    "agreements": {"given_to": st.sampled_from(["actor", "another"]), "complied": _FLAG, **_HOURS},
    "opt_outs": {"by": st.sampled_from(["person", "number"]), **_ANY_CHANNEL, **_VALIDITY},
    "holds": {
        "reason": _words(v.HoldReason),
        "on": st.sampled_from(["loan", "person"]),
        "stops": st.lists(_words(v.Stops), max_size=3),
        "debt": _LABEL,
        **_VALIDITY,
    },
    "overrides": {
        "rule": st.sampled_from(["house.hours", "us.call.7in7"]),
        "ground": _words(v.Ground),
        **_VALIDITY,
    },
    "payments": {"on": st.sampled_from(["2026-07-14", "2026-07-13"])},
    "consents": {
        "kind": _words(v.ConsentKind),
        "form": _words(v.ConsentForm),
        "by": st.sampled_from(["recipient", "borrower"]),
        "given_to": st.sampled_from(["actor", "another"]),
        "about": st.one_of(_LABEL, st.just("anybody")),
        "purpose": _words(v.Purpose),
        "debt": _LABEL,
        "number": _LABEL,
        **_ANY_CHANNEL,
        **_VALIDITY,
    },
    "inconvenient": {"number": _LABEL, **_HOURS},
    "notices": {
        "notice": _words(v.NoticeKind),
        "state": _words(v.ProofState),
        "at": _INSTANT,
        "debt": _LABEL,
        **_ANY_CHANNEL,
    },
    "borrower_points": {"kind": _words(v.PointKind), "dead_since": _INSTANT},
}
_NEEDED = {
    "contacts": {"at"},
    "agreements": {"from", "to"},
    "overrides": {"rule"},
    "payments": {"on"},
    "consents": {"kind", "since"},
    "notices": {"notice", "at"},
}
_TOP: dict[str, st.SearchStrategy[Any]] = {
    "in_zone": st.sampled_from(ZONES),
    "channel": _words(v.Channel),
    "notice": _words(v.NoticeKind),
    "purpose": st.sampled_from(["collect", "locate", "furnish"]),
    "actor": _words(v.ActorKind),
    "amount_known": _FLAG,
    "dispute_noted": _FLAG,
    "contacts_known": _FLAG,
    "books_complete_through": st.sampled_from(["2026-07-13", "2026-07-14"]),
    "reported_on": st.sampled_from(["2026-07-13", "2026-07-14"]),
    "refused_at": _INSTANT,
}
_ODD = st.sampled_from([None, 5, "fax", "", [], ["x"], [[]], {}, {"x": 1}, [{"x": 1}], True, 2.5])
"""Values that hardly any key can have."""


def _table(name: str) -> st.SearchStrategy[dict[str, Any]]:
    needed = _NEEDED.get(name, set())
    values = _VALUES[name]
    return st.fixed_dictionaries(
        {key: values[key] for key in needed},
        optional={key: value for key, value in values.items() if key not in needed},
    )


def _several(name: str) -> st.SearchStrategy[Any]:
    return _table(name) if name in ("recipient", "point", "loan") else st.lists(_table(name), max_size=3)


_WHO = st.sampled_from(
    [
        *({}, {}, {"channel": "call", "voice": "artificial"}, {"channel": "visit", "visitors": 2}),
        *({"channel": "letter", "manner": "postcard"}, {"channel": "sms", "manner": "seen_by_others"}),
    ]
)
right = st.builds(
    lambda told, who: {**told, **who, **({"purpose": "collect"} if who else {})},
    st.fixed_dictionaries({"at": _INSTANT}, optional={**_TOP, **{name: _several(name) for name in _VALUES}}),
    _WHO,
)
"""Situations in which nothing is wrong, of any length."""


@st.composite
def wrong(draw: st.DrawFn) -> dict[str, Any]:
    """Situations with one value that is hardly what its key wants."""
    told = draw(right)
    key = draw(st.sampled_from(["chanel", *KEYS[""].split()]))
    where = told.get(key)
    if key in _VALUES and where and draw(st.booleans()):
        row = where if isinstance(where, dict) else draw(st.sampled_from(where))
        row[draw(st.sampled_from(["x", *KEYS[key].split()]))] = draw(_ODD)
        return told
    return {**told, key: draw(_ODD)}
