"""Reads what telephones wrote to us, as Kannel's smsbox hands it over: the query of its `get-url`."""

from __future__ import annotations

import codecs
from urllib.parse import parse_qsl

from arrears.channels.base import Written
from arrears.channels.kannel.route import Gateway

ASKED = "from=%p&to=%P&id=%I&coding=%c&charset=%C&text=%b"
"""What smsbox has to fill in: sender, our number, its own number of the message, how it is written, text."""

PATH = "/api/v1/inbound/kannel"
_SERVICE = """group = sms-service
keyword = default
catch-all = true
max-messages = 0
get-url = "{ours}{path}?mark={mark}&{asked}"
"""
_USUAL = {"2": "utf-16-be"}


def service_for(gateway: Gateway, ours: str) -> str:
    """The part of Kannel's configuration that hands messages to our server at `ours`."""
    return _SERVICE.format(ours=ours, path=PATH, mark=gateway.inbound_mark, asked=ASKED)


def read_written(query: str) -> Written | None:
    """The message in a query; None when it names no sender. The text is read in the charset it names."""
    told = dict(parse_qsl(query, keep_blank_values=True, encoding="latin-1"))
    sender = _utf8(told.get("from", "")).strip()
    if not sender:
        return None
    return Written(
        sender=sender,
        recipient=_utf8(told.get("to", "")).strip(),
        text=_text(told),
        provider_ref=told.get("id", "").strip(),
    )


def _text(told: dict[str, str]) -> str:
    charset = told.get("charset") or _USUAL.get(told.get("coding", ""), "utf-8")
    try:
        known = codecs.lookup(charset).name
    except LookupError:
        known = "utf-8"
    return told.get("text", "").encode("latin-1").decode(known, "replace").replace("\x00", "")


def _utf8(text: str) -> str:
    return text.encode("latin-1").decode("utf-8", "replace")
