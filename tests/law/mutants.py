"""Every small change that somebody could make to a value of a pack by mistake.

Not changed: names and words (`id`, `citation`, `about`, `silence`) and the certainty of a rule, which
decide no contact (the certainty of an exception does), whether a rule is a draft, on which its cases
do not depend, the cases themselves, and a strength that is worded differently but behaves alike.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta
from itertools import islice
from typing import Any

from arrears.kernel.law.counts import COUNTED, UNITS
from arrears.kernel.law.kinds import EXCEPTION_KINDS, KINDS
from arrears.kernel.law.matching import CODED_FIELDS
from arrears.kernel.law.rules import EFFECT_OF, Strength
from arrears.kernel.vocabulary import MANNERS_OF, Channel, HoldReason, Manner, name_of
from arrears.rulepacks import values
from tests.effort import effort

Told = dict[str, Any]
Path = tuple[str | int, ...]
_CHOICES: Mapping[str, tuple[str, ...]] = {
    "scope": ("person", "value", "person_and_debt", "value_and_debt"),
    "counts": tuple(COUNTED),
    "unit": UNITS,
    "notice": ("negative_data", "outsourcing_notice", "assignment_notice"),
    "state": ("sent", "delivered"),
    "consent": ("third_person", "credit_data", "data_transfer"),
    "giver": ("recipient", "borrower"),
    "calendar": ("CN", "GB"),
    "fact": ("amount", "place", "contact_history", "report", "source"),
    "reference_zone": ("UTC", "Asia/Tokyo", "America/Chicago", "Asia/Shanghai", "America/New_York"),
}
_OF_CONTACT = {"channel", "voice", "manner", "point_kind", "point_source", "point_owner"}
_HOLDING = ("hold", "unnoted_dispute", "while_held")
_ONLY: Mapping[str, Told] = {"extra_calls": {"channel": ["call"]}}
"""A kind of exception -> what it is about by itself."""
_LIKE = {"consented_hours": "agreed_hours"}
"""A kind of exception -> the kind that gives all the time it gives, and more."""
_UNREAD = ("id", "citation", "about", "case", "jurisdiction", "silence")


def mutants(told: Told) -> Iterator[tuple[str, Told]]:
    """(what was changed, the pack with that one change) for each change."""
    yield from _of_values(told)
    yield from _on_working_days(told)


def _of_values(told: Told) -> Iterator[tuple[str, Told]]:
    """Each value changed, and left out."""
    dated = any("in_force_from" in rule or "in_force_until" in rule for rule in _rules(told))
    for path, value in _values(told):
        if path[-1] == "reference_zone" and not dated:
            continue  # dates are all it is for
        if path[-1] == "certainty" and path[0] == "rule":
            continue
        if path[0] == "exception" and path[-1] != "certainty" and _is_off(told, path):
            continue  # shipped switched off: nothing but its certainty decides
        if path[-1] == "draft" or not _rules(told):
            continue  # cases say what a draft would do; a file without rules decides nothing
        for changed in _changes(path, value, told):
            if not _is_no_change(told, path, changed):
                yield f"{_where(told, path)}: {value!r} -> {changed!r}", _with(told, path, changed)
        if not _is_no_change(told, path, None):
            yield f"{_where(told, path)}: {value!r} left out", _without(told, path)


def _on_working_days(told: Told) -> Iterator[tuple[str, Told]]:
    """Each rule of hours, as if it permitted no weekend."""
    for i, rule in enumerate(told.get("rule", ())):
        if rule["kind"] == "hours" and "weekdays" not in rule["params"]:
            changed = _with(told, ("rule", i, "params", "weekdays"), [1, 2, 3, 4, 5])
            yield f"{rule['id']}: on working days only", changed


def _is_no_change(told: Told, path: Path, changed: Any) -> bool:
    """Whether it is the same law: an exception that begins before what it lifts, a default spelt out.

    So is a strength beside a stated effect, which is what behaves, and the first day, if it is one of
    work, of a rule about days of rest.
    """
    rule = told[path[0]][path[1]] if len(path) > 1 else {}
    if path[-1] == "in_force_from" and path[0] == "exception":
        lifted = [each for each in told["rule"] if each["id"] in rule["lifts"]]
        starts = [each.get("in_force_from", date.min) for each in lifted]
        return (changed or date.min) < rule["in_force_from"] <= min(starts)
    if path[-1] == "in_force_from" and rule["kind"] == "only_rest_days" and changed is not None:
        return True  # it says nothing on the days of work around its first
    if path[-1] == "strength" and "effect" in rule:
        return True
    is_default = path[-1] == "strength" and changed is None
    return is_default and EFFECT_OF[Strength(rule["strength"])] == EFFECT_OF[Strength.MUST_NOT]


def _is_off(told: Told, path: Path) -> bool:
    return told[path[0]][path[1]]["certainty"] in ("C", "D")


def _rules(told: Told) -> list[Told]:
    return [*told.get("rule", ()), *told.get("exception", ())]


def _values(told: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    if isinstance(told, dict):
        for key, value in told.items():
            if key not in _UNREAD:
                yield from _values(value, (*path, key))
    elif isinstance(told, list) and told and isinstance(told[0], dict):
        for index, value in enumerate(told):
            yield from _values(value, (*path, index))
    else:
        yield path, told


def _changes(path: Path, value: Any, told: Told) -> list[Any]:
    key = path[-1]
    if isinstance(value, bool):
        return [not value]
    if isinstance(value, int):
        return [value - 1, value + 1]
    if isinstance(value, date):
        return [value - timedelta(days=1), value + timedelta(days=1)]
    if isinstance(value, list):
        changed = [each for i in range(len(value)) for each in _list_changes(path, value, i, told)]
        return [*changed, *_widened(path, value, told)]
    if key in ("from", "to"):
        return [_minutes_later(value, minutes) for minutes in (-1, 1)]
    return [other for other in _others(path, value) if other != value]


def _list_changes(path: Path, value: list[Any], i: int, told: Told) -> list[Any]:
    """The list with its i-th entry dropped, and with another in its place."""
    dropped = [*value[:i], *value[i + 1 :]]
    if path[-1] == "lifts":
        others = [rule["id"] for rule in told["rule"]]
    elif path[-1] == "applies_to":
        others = ["AQ"]
    elif path[-1] == "weekdays":
        others = [day for day in (1, 6, 7) if day not in value]
    elif path[-2] == "params":
        check = values.PARAMS[told[path[0]][path[1]]["kind"]][str(path[-1])]
        others = [name for name in ("deceased", "interest", "oral", "letter") if not check([name])]
    else:
        allowed = values.MATCH[str(path[-1])]
        names = ("other_person", "law_firm", "original_creditor", "push", "marketing", "borrower", "person")
        others = [name for name in names if not allowed([name])]
    replaced = [[*value[:i], other, *value[i + 1 :]] for other in others if other not in value]
    return [*([dropped] if dropped else []), *replaced]


def _widened(path: Path, value: list[Any], told: Told) -> list[Any]:
    """The list with one entry more, where that is a mistake that is easily made."""
    rule = told[path[0]][path[1]] if len(path) > 1 else {}
    more: Iterable[str] = ()
    if path[-1] == "lifts":
        more = _more_lifted(told, rule)
    elif path[-1] == "channels":
        more = (name for name in map(name_of, Channel) if name not in value)
    elif path[-1] == "reasons" and rule["kind"] in _HOLDING:
        more = (name for name in map(name_of, HoldReason) if name not in value)
    elif path[-2:-1] == ("match",) and path[-1] in CODED_FIELDS:
        more = islice(_more_matched(str(path[-1]), value, rule, told), effort(3, 100))
    return [[*value, each] for each in more]


def _more_matched(field: str, value: list[Any], rule: Told, told: Told) -> Iterator[str]:
    """The names that the field could have as well, where that would be another law."""
    lifted = [each.get("match", {}) for each in told["rule"] if each["id"] in rule.get("lifts", ())]
    for name in map(name_of, CODED_FIELDS[field][1]):
        is_told = name in value or (lifted and all(name not in each.get(field, [name]) for each in lifted))
        if not is_told and _can_be({**rule["match"], field: [name]}, rule):
            yield name


def _can_be(match: Told, rule: Told) -> bool:
    """Whether the rule could refuse a contact with what each field names.

    A voice is of a call, a manner of its channel. What is passed on to a credit bureau has no channel and
    no address, whose source could be asked. A hold on contact does not stop it, nor a hold on it a contact.
    """
    params = rule.get("params", {})
    if match.get("purpose") == ["furnish"]:
        is_of_contact = rule["kind"] == "hold" or params.get("fact") == "source"
        return not is_of_contact and not _OF_CONTACT & match.keys()
    if params.get("stops") == ["furnishing"]:
        return False
    channels = {Channel[name.upper()] for name in match.get("channel", map(name_of, Channel))}
    if "voice" in match:
        channels &= {Channel.CALL}
    manners = {Manner[name.upper()] for name in match.get("manner", ())}
    return any(not manners or manners & set(MANNERS_OF.get(each, ())) for each in channels)


def _more_lifted(told: Told, exception: Told) -> Iterator[str]:
    """The rules that it could lift as well, by mistake, and that nothing like it lifts already."""
    if exception["kind"] == "justified":
        return  # it lifts what the approver named
    kind = _LIKE.get(exception["kind"], exception["kind"])
    alike = [
        each
        for each in told["exception"]
        if (_LIKE.get(each["kind"], each["kind"]), each.get("match")) == (kind, exception.get("match"))
    ]
    lifted = {name for each in alike for name in each["lifts"]}
    for rule in told["rule"]:
        if rule["id"] not in lifted and not rule.get("draft") and _meet(exception, rule):
            yield rule["id"]


def _meet(exception: Told, rule: Told) -> bool:
    """Whether there is a contact that both speak of, as far as their fields tell."""
    own, other = {**_ONLY.get(exception["kind"], {}), **exception.get("match", {})}, rule.get("match", {})
    if ("furnish" in own.get("purpose", ())) != ("furnish" in other.get("purpose", ())):
        return False
    return all(set(own[field]) & set(other[field]) for field in own.keys() & other.keys())


def _others(path: Path, value: str) -> tuple[str, ...]:
    match path[-1]:
        case "strength":
            return tuple(each.value for each in Strength if EFFECT_OF[each] != EFFECT_OF[Strength(value)])
        case "effect":
            return ("hard", "overridable", "flag")
        case "certainty":
            return ("D",) if value in ("A", "B") else ("A",)
        case "kind":
            return tuple(EXCEPTION_KINDS if path[0] == "exception" else KINDS)
        case "releases_by":
            return ("place", "amount", "report", "contact_history")
    return _CHOICES[str(path[-1])]


def _minutes_later(time: str, minutes: int) -> str:
    hour, minute = map(int, time.split(":"))
    return "{:02}:{:02}".format(*divmod(hour * 60 + minute + minutes, 60))


def _where(told: Any, path: Path) -> str:
    for step in path:
        told = told[step]
        if isinstance(told, dict) and "id" in told:
            return f"{told['id']} {'.'.join(str(each) for each in path[2:])}"
    return ".".join(map(str, path))


def _with(told: Told, path: Path, value: Any) -> Told:
    changed = copy.deepcopy(told)
    at: Any = changed
    for step in path[:-1]:
        at = at[step]
    at[path[-1]] = value
    return changed


def _without(told: Told, path: Path) -> Told:
    changed = copy.deepcopy(told)
    at: Any = changed
    for step in path[:-1]:
        at = at[step]
    del at[path[-1]]
    return changed
