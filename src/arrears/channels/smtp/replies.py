"""Reads what a person writes back by e-mail: his words, out of whatever form his program gave them."""

from __future__ import annotations

import re
from email import message_from_bytes, policy
from email.header import decode_header, make_header
from email.message import Message
from html.parser import HTMLParser

_ANSWER = re.compile(r"\s*(re|aw|sv|fw|fwd|回复|回覆|答复|答覆|转发|轉寄)\s*[:：]", re.IGNORECASE)
_BREAKS = ("br", "p", "div", "li", "tr", "blockquote", "h1", "h2", "h3")
_TAG = re.compile(r"<[^>]*>")
_UNSEEN = ("script", "style", "head", "title")


def read_reply(content: bytes) -> str:
    """His text; before it the subject, where he wrote one of his own. Attachments are counted, not kept."""
    message = message_from_bytes(content, policy=policy.compat32)
    parts = [part for part in message.walk() if not part.is_multipart()]
    texts = [part for part in parts if _is_text(part)]
    plain = [part for part in texts if part.get_content_subtype() == "plain"]
    said = "\n".join(_words(part) for part in (plain or texts)).strip()
    left_out = len(parts) - len(texts)
    return "\n".join(filter(None, (_own_subject(message), said, _note(left_out))))


def message_name(content: bytes) -> str:
    """The Message-ID, by which a second delivery is known for one; empty when it has none."""
    return str(message_from_bytes(content, policy=policy.compat32).get("Message-ID", "")).strip()[:500]


def _is_text(part: Message) -> bool:
    is_attached = part.get_content_disposition() == "attachment"
    return part.get_content_type() in ("text/plain", "text/html") and not is_attached


def _words(part: Message) -> str:
    payload = part.get_payload(decode=True)
    assert isinstance(payload, bytes), type(payload)
    text = _decoded(payload, part.get_content_charset() or "utf-8").replace("\r\n", "\n")
    return _seen(text) if part.get_content_subtype() == "html" else text


def _decoded(payload: bytes, charset: str) -> str:
    try:
        return payload.decode(charset)
    except (LookupError, UnicodeDecodeError):
        return payload.decode("utf-8", "replace")


def _own_subject(message: Message) -> str:
    """A subject that answers ours is ours."""
    subject = str(message.get("Subject", ""))
    try:
        subject = str(make_header(decode_header(subject)))
    except (LookupError, UnicodeDecodeError, ValueError):
        return ""
    return "" if _ANSWER.match(subject) else " ".join(subject.split())


def _note(left_out: int) -> str:
    return f"[{left_out} attached, not kept]" if left_out else ""


def _seen(html: str) -> str:
    reader = _Seen()
    try:
        reader.feed(html)
        reader.close()
    except AssertionError:  # the parser's word for a declaration that no page has
        reader.said = [_TAG.sub("\n", html)]
    lines = (" ".join(line.split()) for line in "".join(reader.said).split("\n"))
    return "\n".join(line for line in lines if line)


class _Seen(HTMLParser):
    """What a reader sees of a page, as lines; what he quotes begins with `>`."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.said: list[str] = []
        self._unseen = self._quoted = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002
        self._unseen += tag in _UNSEEN
        self._quoted += tag == "blockquote"
        if tag in _BREAKS:
            self.said.append("\n" + "> " * bool(self._quoted))

    def handle_endtag(self, tag: str) -> None:
        self._unseen = max(0, self._unseen - (tag in _UNSEEN))
        self._quoted = max(0, self._quoted - (tag == "blockquote"))
        if tag in _BREAKS and tag != "br":
            self.said.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._unseen:
            self.said.append(" ".join(data.split("\n")))
