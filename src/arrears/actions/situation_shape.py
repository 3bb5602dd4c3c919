"""Every key of a situation by value: what it is, what it is without one, and what it means.

The API's document and `docs/situations.md` are made from it. Which keys there are says
`kernel.law.told.KEYS`; a key that nobody has described yet may be any value.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import IntEnum
from importlib.resources import files
from typing import Any, NamedTuple

from arrears.kernel import vocabulary as v
from arrears.kernel.law.told import KEYS

Schema = dict[str, Any]
TABLES = ("recipient", "point", "loan")
"""Keys that hold one table; the other names of `KEYS` hold a list of tables."""


class Key(NamedTuple):
    """`without` is what a situation without the key says, in words; empty where the key is needed."""

    is_a: str
    without: str
    about: str
    schema: Schema


def _instant(without: str, about: str) -> Key:
    return Key("instant", without, about, {"type": "string"})


def _day(without: str, about: str) -> Key:
    return Key("day", without, about, {"type": "string", "format": "date"})


def _time(without: str, about: str) -> Key:
    return Key("time of day", without, about, {"type": "string", "pattern": r"^\d\d?:\d\d$"})


def _flag(without: str, about: str) -> Key:
    return Key("true or false", without, about, {"type": "boolean"})


def _label(without: str, about: str) -> Key:
    return Key("label", without, about, {"type": "string"})


def _labels(without: str, about: str) -> Key:
    return Key("list of labels", without, about, {"type": "array", "items": {"type": "string"}})


def _zone(without: str, about: str) -> Key:
    return Key("time zone", without, about, {"type": "string"})


def _zones(without: str, about: str) -> Key:
    return Key("list of time zones", without, about, {"type": "array", "items": {"type": "string"}})


_PLACE = {"type": "string", "pattern": "^[A-Z]{2}(-[A-Z0-9]{1,3})?$"}


def _place(without: str, about: str) -> Key:
    return Key("place", without, about, _PLACE)


def _places(without: str, about: str) -> Key:
    return Key("list of places", without, about, {"type": "array", "items": _PLACE})


def _word(words: type[IntEnum] | tuple[str, ...], without: str, about: str, *more: str) -> Key:
    named = [v.name_of(each) for each in words] if isinstance(words, type) else list(words)
    known = [*named, *more]
    return Key(", ".join(f"`{each}`" for each in known), without, about, {"type": "string", "enum": known})


def _words(words: type[IntEnum], without: str, about: str) -> Key:
    one = _word(words, without, about)
    return Key(f"list of {one.is_a}", without, about, {"type": "array", "items": one.schema})


_CHANNEL = _word(v.Channel, "every channel", "Through which channel.")
_SINCE = _instant("always", "From this instant on.")
_UNTIL = _instant("for good", "Until this instant, which itself is not covered any more.")
_WEEKDAYS = Key(
    "list of 1 to 7",
    "every day",
    "1 is Monday. A day begins at midnight where the recipient is.",
    {"type": "array", "items": {"type": "integer", "minimum": 1, "maximum": 7}},
)
_DEBT = _label("the debt asked about", "Which debt.")

SHAPE: Mapping[str, Mapping[str, Key]] = {
    "": {
        "at": _instant("", "When the contact would be made. Needed, unless `at_local` is there."),
        "at_local": _instant("", "The same as wall time in `in_zone`."),
        "in_zone": _zone(
            "`UTC`", "Where times without an offset are, and whose civil days the lender's books keep."
        ),
        "channel": _word(
            v.Channel, "`email`", "Through which channel; nothing is asked of it under `furnish`."
        ),
        "notice": _word(v.NoticeKind, "`overdue_notice`", "What the contact says."),
        "purpose": _word(
            v.Purpose, "`collect`", "What it is for; `furnish` passes data on to a credit bureau."
        ),
        "actor": _word(v.ActorKind, "`original_creditor`", "Who makes it."),
        "dispute_noted": _flag("false", "Under `furnish`: what is passed on says that the debt is disputed."),
        "amount_known": _flag("true", "The books show the amount."),
        "contacts_known": _flag("true", "`contacts` holds every contact there was; false refuses calls."),
        "books_complete_through": _day("complete", "Last day whose payments are all in the books."),
        "reported_on": _day("the day of `at`", "The day that the record of the arrears speaks of."),
        "refused_at": _instant("never", "The recipient asked never to be contacted again."),
        "voice": _word(
            v.Voice, "of a call, a person's", "Who or what speaks in a call; stated of nothing else."
        ),
        "visitors": Key(
            "whole number",
            "not known",
            "How many persons make a visit; stated of nothing else.",
            {"type": "integer", "minimum": 1},
        ),
        "manner": _word(
            v.Manner, "none of these", "How it is made, where some law forbids that; of its channel alone."
        ),
    },
    "recipient": {
        "kind": _word(v.RecipientKind, "`borrower`", "What the recipient is to the debt."),
        "places": _places("not known", "Every place he may be in: their rules bind together."),
        "telephones": Key(
            "list of telephone numbers",
            "none",
            "Numbers of his with their country's code; their prefixes speak for zones he may be in.",
            {"type": "array", "items": {"type": "string", "pattern": r"^\+[1-9][0-9]{6,14}$"}},
        ),
        "zones": _zones("not known", "Every zone he may be in: hours have to suit all of them."),
        "household": _label("his own", "With whom he lives, as the lender knows it; never guessed."),
        "under_14": _flag("false", "He is known to be under fourteen."),
    },
    "point": {
        "number": _label("`A`", "The number or address; give two the same label to say that they are one."),
        "kind": _word(v.PointKind, "the channel's first", "What kind of address it is."),
        "source": _word(v.PointSource, "`contract`", "Where it was got from.", "not_known"),
        "owner": _word(v.PointOwner, "`own`", "Whose it is; `work` is an employer's."),
        "place": _word(v.PointPlace, "not known", "The place that it is tied to."),
        "dead_since": _instant("never", "Known not to reach anybody since."),
    },
    "loan": {
        "debt": _label("`1`", "The debt; loans of one debt have one label."),
        "debt_kind": _word(v.DebtKind, "`consumer_loan`", "What kind of debt it is."),
        "law": _place("none named", "The law that the contract names."),
        "licence": _word(v.CreditorLicence, "`bank`", "What the creditor is licensed as."),
        "opened_on": _day("not known", "When the contract was made; some law binds by that day."),
    },
    "contacts": {
        "at": _instant("", "When it took place. Needed, unless `at_local` is there."),
        "at_local": _instant("", "The same as wall time in `in_zone`."),
        "by": _word(v.ActorKind, "`original_creditor`", "Who made it; everybody's count together."),
        "channel": _word(v.Channel, "the one asked about", "Through which channel."),
        "number": _label("`point.number`", "Which number or address."),
        "direction": _word(v.Direction, "`out`", "`in` is from the person."),
        "result": _word(v.NetworkResult, "`none`", "What the network said of a call."),
        "conversation": _flag("false", "Somebody was spoken with."),
        "debts": _labels("the debt asked about", "About which debts it was made."),
        "discussed": _labels("`debts`, of a conversation", "Which debts were spoken of."),
        "to": _label(
            "`recipient`", "With whom: `recipient`, `borrower` where he is somebody else, or another label."
        ),
        "voice": _word(v.Voice, "not known", "Who or what spoke in a call."),
        "household": _label("his own", "The household that whoever was contacted was of at the time."),
        "owner": _word(
            v.PointOwner, "of `point.number` its owner, else not known", "Whose number or address it was."
        ),
    },
    "agreements": {
        "channel": _CHANNEL,
        "weekdays": _WEEKDAYS,
        "from": _time("", "The recipient agreed to be contacted from then,"),
        "to": _time("", "until then; past midnight where it is earlier."),
        "since": _SINCE,
        "until": _UNTIL,
        "given_to": _word(("actor", "another"), "`actor`", "To whom it was said."),
        "complied": _flag(
            "not known", "The contact in which it was given broke no rule; false makes it void."
        ),
    },
    "opt_outs": {
        "by": _word(
            ("person", "number"), "`person`", "He declined the channel, or whoever has the number did."
        ),
        "channel": _CHANNEL,
        "since": _SINCE,
        "until": _UNTIL,
    },
    "holds": {
        "reason": _word(v.HoldReason, "`dispute`", "Why it stands."),
        "on": _word(("loan", "person"), "`loan`", "What it was placed on."),
        "stops": _words(v.Stops, "`notices` and `calls`", "What stands still; a law may stop more."),
        "since": _SINCE,
        "until": _UNTIL,
        "debt": _DEBT,
    },
    "overrides": {
        "rule": _label("", "Id of the rule that a named approver has set aside. Needed."),
        "ground": _word(v.Ground, "another reason", "Why; of some rules only these justify it."),
        "since": _SINCE,
        "until": _UNTIL,
    },
    "payments": {"on": _day("", "Value day of a payment on the loan. Needed.")},
    "consents": {
        "kind": _word(v.ConsentKind, "", "To what. Needed."),
        "form": _word(v.ConsentForm, "`written`", "How it was given; `separate` for this alone."),
        "by": _word(("recipient", "borrower"), "`recipient`", "Who gave it."),
        "about": _label("anybody", "With whom the actor may speak; `recipient` is the recipient."),
        "given_to": _word(("actor", "another"), "`actor`", "To whom it was given."),
        "channel": _CHANNEL,
        "purpose": _word(v.Purpose, "every purpose", "For what."),
        "debt": _label("every debt", "For which debt."),
        "number": _label("every number", "For which number or address."),
        "since": _instant("always", "From this instant on; needed for `extra_calls`."),
        "until": _UNTIL,
    },
    "inconvenient": {
        "channel": _CHANNEL,
        "number": _label("every number", "At which number or address."),
        "place": _word(v.PointPlace, "every place", "At which place."),
        "form": _word(v.StatementForm, "not known", "How it was said."),
        "weekdays": _WEEKDAYS,
        "from": _time("`00:00`", "It does not suit the recipient from then,"),
        "to": _time("`24:00`", "until then; past midnight where it is earlier."),
        "since": _SINCE,
        "until": _UNTIL,
    },
    "notices": {
        "notice": _word(v.NoticeKind, "", "What was told to the recipient. Needed."),
        "state": _word(
            v.ProofState, "`sent`", "What is proved of it; `returned` undoes what was sent before."
        ),
        "at": _instant("", "When. Needed."),
        "channel": _word(v.Channel, "`letter`", "Through which channel."),
        "debt": _DEBT,
    },
    "borrower_points": {
        "kind": _word(v.PointKind, "`mobile`", "What kind of number the borrower has."),
        "dead_since": _instant("never", "Known not to reach him since."),
    },
}

_HEADINGS = {
    "": ("The contact", "The one contact asked about."),
    "recipient": ("`recipient`", "Who would be contacted."),
    "point": ("`point`", "Where he would be contacted."),
    "loan": ("`loan`", "What it would be about."),
    "contacts": ("`contacts`", "What was done before, in either direction."),
    "agreements": ("`agreements`", "Hours that the recipient agreed to."),
    "opt_outs": ("`opt_outs`", "Channels and numbers that are switched off."),
    "holds": ("`holds`", "What stands still, and why."),
    "overrides": ("`overrides`", "Rules set aside by a named approver."),
    "payments": ("`payments`", "Payments after which the record of the arrears may be old."),
    "consents": ("`consents`", "What somebody has consented to."),
    "inconvenient": ("`inconvenient`", "Times that the recipient said do not suit him."),
    "notices": ("`notices`", "What the recipient was told before, with its proof."),
    "borrower_points": (
        "`borrower_points`",
        "The borrower's own numbers, where somebody else is the recipient.",
    ),
}


def situation_schema() -> Schema:
    """The JSON Schema of a situation."""
    properties = _properties("")
    for name in (name for name in KEYS if name):
        table = {"type": "object", "properties": _properties(name), "additionalProperties": False}
        properties[name] = table if name in TABLES else {"type": "array", "items": table}
        properties[name]["description"] = _HEADINGS[name][1] if name in _HEADINGS else ""
    return {
        "type": "object",
        "properties": properties,
        "additionalProperties": False,
        "description": "Everything the law may ask about one contact at one instant; see docs/situations.md.",
    }


def _properties(name: str) -> Schema:
    known = SHAPE.get(name, {})
    return {key: _described(known[key]) if key in known else {} for key in KEYS[name].split()}


def _described(key: Key) -> Schema:
    without = f" Without it: {key.without}." if key.without else ""
    return {**key.schema, "description": f"{key.about}{without}".replace("`", "")}


def page() -> str:
    """docs/situations.md."""
    top = files("arrears.actions").joinpath("situations_page.txt").read_text(encoding="utf-8")
    return "\n".join([top.rstrip("\n"), *_sections()]) + "\n"


def _sections() -> Iterator[str]:
    for name, keys in SHAPE.items():
        heading, about = _HEADINGS[name]
        listing = "" if name in ("", *TABLES) else " A list."
        yield f"\n## {heading}\n\n{about}{listing}\n\n| key | is | without it | about |\n|---|---|---|---|"
        for key, told in keys.items():
            yield f"| `{key}` | {told.is_a} | {told.without or '-'} | {told.about} |"
