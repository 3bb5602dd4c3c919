"""Random laws, of every kind of rule and exception."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any, TypeVar

from hypothesis import strategies as st

from arrears.kernel.law import kinds as known
from arrears.kernel.law.counts import COUNTED, SCOPES
from arrears.kernel.law.kinds import REQUIRED
from arrears.kernel.law.prior import GIVERS, PROOFS
from arrears.kernel.law.rules import BY_DAY, BY_LOAN, Effect, Law, Rule, Strength
from arrears.rulepacks.calendars import CALENDARS
from arrears.rulepacks.zones import ZONES
from tests.kernel.law import civil
from tests.kernel.law.moments import PLACES, Moments

_T = TypeVar("_T")
_TIMES = ("00:00", "00:01", "00:30", "01:00", "02:00", "02:30", "03:00", "08:00", "12:00", "20:00", "23:01")

times = st.one_of(
    st.sampled_from(_TIMES),
    st.tuples(st.integers(0, 23), st.integers(0, 59)).map(lambda t: f"{t[0]:02}:{t[1]:02}"),
)


@st.composite
def hours_params(draw: st.DrawFn) -> dict[str, Any]:
    start, end = draw(times), draw(st.one_of(st.just("24:00"), times))
    params: dict[str, Any] = {"from": start, "to": end}
    if start != end and draw(st.booleans()):
        params["to_inclusive"] = True
    if draw(st.booleans()):
        params["weekdays"] = sorted(draw(st.sets(st.integers(1, 7), min_size=1)))
    return params


@st.composite
def count_params(draw: st.DrawFn) -> dict[str, Any]:
    unit = draw(st.sampled_from(["civil_days", "civil_days", "hours", "minutes", "ever"]))
    params = {
        "scope": draw(st.sampled_from(SCOPES)),
        "counts": draw(st.sampled_from(sorted(COUNTED))),
        "max": draw(st.integers(1, 3)),
        "unit": unit,
    }
    if unit != "ever":
        params["length"] = draw(st.integers(1, 9 if unit == "civil_days" else 30))
    return params


REASONS = ("dispute", "cease_request", "deceased")
STOPS = ("notices", "calls", "furnishing")


def some_of(names: tuple[_T, ...]) -> st.SearchStrategy[list[_T]]:
    return st.lists(st.sampled_from(names), min_size=1, max_size=2, unique=True)


hold_params = st.fixed_dictionaries({}, optional={"reasons": some_of(REASONS), "stops": some_of(STOPS)})
notice_params = st.fixed_dictionaries(
    {
        "notice": st.sampled_from(["negative_data", "validation"]),
        "state": st.sampled_from(sorted(PROOFS)),
        "wait_days": st.integers(0, 6),
    },
    optional={"channels": some_of(("email", "letter", "sms"))},
)
consent_params = st.fixed_dictionaries(
    {"consent": st.sampled_from(["third_person", "credit_data"])},
    optional={"giver": st.sampled_from(GIVERS), "forms": some_of(("written", "oral", "separate"))},
)
matches = st.dictionaries(
    st.sampled_from(
        [
            *("channel", "recipient_kind", "actor_kind", "place_or_law", "recipient_places"),
            *("purpose", "point_owner", "voice", "age", "manner"),
        ]
    ),
    st.just(None),
    max_size=2,
)
_VALUES = {
    "channel": ["call", "sms", "email"],
    "recipient_kind": ["borrower", "family"],
    "actor_kind": ["agency", "original_creditor"],
    "purpose": ["collect", "furnish"],
    "point_owner": ["own", "work"],
    "voice": ["person", "artificial"],
    "age": ["under_14"],
    "manner": ["postcard", "seen_by_others"],
    "place_or_law": list(PLACES),
    "recipient_places": list(PLACES),
}
PARAMS: dict[str, st.SearchStrategy[dict[str, Any]]] = {
    "hours": hours_params(),
    "count": count_params(),
    "quiet_after": st.integers(1, 9).map(lambda days: {"civil_days": days}),
    "only_rest_days": st.fixed_dictionaries(
        {
            "scope": st.sampled_from(SCOPES),
            "counts": st.sampled_from(sorted(COUNTED)),
            "weekdays": some_of((1, 6, 7)),
            "calendar": st.sampled_from(["US", "CN"]),
        }
    ),
    "visitors": st.integers(1, 3).map(lambda least: {"min": least}),
    "stated_hours": st.just({}),
    "stated_place": st.fixed_dictionaries(
        {}, optional={"places": some_of(["home", "work", "other"]), "oral_days": st.integers(1, 9)}
    ),
    "forbid": st.just({}),
    "require": st.sampled_from(sorted(REQUIRED)).map(lambda fact: {"fact": fact}),
    "complete_books": st.just({}),
    "opt_out": st.just({}),
    "hold": hold_params,
    "unnoted_dispute": hold_params,
    "after_notice": notice_params,
    "consent": consent_params,
    "consented": consent_params,
    "spoken": st.just({}),
    "used_by_recipient": st.fixed_dictionaries({}, optional={"within_days": st.integers(1, 9)}),
    "lost_contact": st.integers(1, 3).map(lambda dials: {"dials": dials}),
    "despite_hold": some_of(REASONS).map(lambda reasons: {"reasons": reasons}),
    "while_held": some_of(REASONS).map(lambda reasons: {"reasons": reasons}),
    "justified": some_of(("litigation", "asked_for")).map(lambda grounds: {"grounds": grounds}),
    "refusal": st.just({}),
    "dead_point": st.just({}),
    "agreed_hours": st.just({}),
    "consented_hours": st.just({}),
    "extra_calls": st.integers(1, 9).map(lambda days: {"civil_days": days}),
    "one_reply": st.fixed_dictionaries(
        {"within_hours": st.integers(1, 24)}, optional={"same_point": st.booleans()}
    ),
}
RULE_KINDS = (
    "hours",
    "hours",
    "count",
    "count",
    "quiet_after",
    "visitors",
    "only_rest_days",
    "unnoted_dispute",
    "stated_hours",
    "stated_place",
    "hold",
    "opt_out",
    "complete_books",
    "refusal",
    "dead_point",
    "require",
    "forbid",
    "after_notice",
    "consent",
)
EXCEPTION_KINDS = tuple(sorted(known.EXCEPTION_KINDS))
EFFECTS = (Effect.HARD, Effect.HARD, Effect.OVERRIDABLE, Effect.FLAG)


@st.composite
def some_match(draw: st.DrawFn) -> dict[str, tuple[str, ...]]:
    fields = draw(matches)
    return {
        name: tuple(draw(st.lists(st.sampled_from(_VALUES[name]), min_size=1, max_size=3, unique=True)))
        for name in fields
    }


@st.composite
def rules(
    draw: st.DrawFn,
    when: Moments,
    rule_id: str,
    kind: str,
    *,
    lifts: tuple[str, ...] = (),
    effects: Any = EFFECTS,
) -> Rule:
    zone = draw(st.sampled_from(["UTC", "Asia/Shanghai", "America/New_York"]))
    on = civil.date_at(zone, when.base)
    dates = st.one_of(st.none(), st.integers(-4, 8).map(lambda days: on + timedelta(days=days)))
    start, end = draw(dates), draw(dates)
    return a_rule(
        rule_id,
        kind,
        match=draw(some_match()),
        params=draw(PARAMS[kind]),
        effect=draw(st.sampled_from(effects)),
        lifts=lifts,
        in_force_from=start,
        in_force_until=None if start and end and end <= start else end,
        in_force_by=draw(st.sampled_from([BY_DAY, BY_DAY, BY_LOAN])),
        reference_zone=zone,
    )


def a_rule(rule_id: str, kind: str, *, effect: Effect = Effect.HARD, **told: Any) -> Rule:
    """A rule with everything that does not matter to time filled in."""
    plain = Rule(rule_id, kind, "test", {}, {}, Strength.MUST_NOT, effect, "none", "A", False, {})
    return replace(plain, **told)


def a_law(rules: tuple[Rule, ...], exceptions: tuple[Rule, ...] = ()) -> Law:
    return Law(rules, exceptions, "test", ZONES, "test", calendars=CALENDARS)


@st.composite
def laws(draw: st.DrawFn, when: Moments, *, kinds: tuple[str, ...] = RULE_KINDS, most: int = 5) -> Law:
    names = draw(st.lists(st.sampled_from(kinds), min_size=1, max_size=most))
    made = tuple(draw(rules(when, f"r{i}", kind)) for i, kind in enumerate(names))
    ids = [rule.id for rule in made]
    lifting = draw(st.lists(st.sampled_from(EXCEPTION_KINDS), max_size=2))
    exceptions = tuple(
        draw(rules(when, f"x{i}", kind, lifts=tuple(draw(st.sets(st.sampled_from(ids), min_size=1)))))
        for i, kind in enumerate(lifting)
    )
    return a_law(made, exceptions)
