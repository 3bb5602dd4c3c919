"""The plain form in which phrases are looked for: what hides or dresses up a word is taken off.

Small letters without accents; simplified characters; words one space apart and none beside a
Chinese character; commas kept, because they bound what a negation reaches.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field

from arrears.kernel.inbound.spelling import Spelling

_HAN = "\u3400-\u4dbf\u4e00-\u9fff"
_BLANKS = re.compile(r"[^\S\n]+")
_APART = re.compile(r"(?<![a-z0-9$@])(?:[a-z0-9$@][ \t._\-*|/+~·]+){2,}[a-z0-9$@](?![a-z0-9$@'])")
_APOSTROPHE = re.compile("(?<=[a-z])[ ]?['’‘`´ʼ][ ]?(?=(?:[a-z]|ll|re|ve)\\b)|(?<=[a-z])['’‘`´ʼ](?=[a-z])")
_END = re.compile(r"[!?;。\n\r\u2028\u2029]+|(?:\.\s*){2,}|\.(?=\s|$|[^\w\s])|…+")
_TOKEN = re.compile(r"[a-z0-9$@]+(?:\*+[a-z0-9$@]+)*")
_COMMA = re.compile(r"\s*[,、:/|]+[\s,、:/|]*")
_DASH = re.compile(r"\s+[-–—~]+\s+|[—–]+")
_NOISE = re.compile(rf"[^\w$@*,{_HAN}\U0001f000-\U0001faff\u2600-\u27bf]+")
_BESIDE_HAN = re.compile(rf"(?<=[{_HAN}]) +| +(?=[{_HAN}])")
_PIECE = re.compile(r"\S.{0,299}(?![a-z0-9])|\S.{0,299}")
"""What is searched at once: a phrase is never that long, and time stays in proportion to a text's length."""
_UNSAID = ("Cf", "Mn", "Me", "Cc", "Co")


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence in plain form, and whether it ends in a question mark."""

    text: str
    asks: bool


@dataclass(frozen=True, slots=True)
class Letters:
    """What stands for what: characters for characters, and short forms of words for whole ones."""

    characters: Mapping[int, str] = field(default_factory=dict)
    whole: Mapping[str, str] = field(default_factory=dict)
    """Short or long forms, with the words they are read as: `u` is `you`, `do not` is `dont`."""
    short: re.Pattern[str] | None = None
    """Finds every key of `whole`."""
    spelling: Spelling = field(default_factory=Spelling)

    def plain(self, text: str) -> str:
        """A text in its plain form, not yet in sentences: end marks are still there."""
        text = unicodedata.normalize("NFKC", text.translate(self.characters)).casefold()
        text = "".join(
            each
            for each in unicodedata.normalize("NFD", text)
            if each in "\n\t" or unicodedata.category(each) not in _UNSAID
        )
        return unicodedata.normalize("NFC", text).translate(self.characters)

    def sentences(self, text: str) -> list[Sentence]:
        text = _BLANKS.sub(" ", self.plain(text))
        text = _APART.sub(_joined, _APOSTROPHE.sub("", text))
        sentences, start = [], 0
        for end in (*_END.finditer(text), None):
            mark = end.group() if end else ""
            told = self._words(text[start : end.start() if end else None])
            sentences += [Sentence(each, "?" in mark) for each in _PIECE.findall(told)]
            start = end.end() if end else start
        return sentences

    def _words(self, text: str) -> str:
        text = _NOISE.sub(" ", _COMMA.sub(",", _DASH.sub(",", text)))
        text = _TOKEN.sub(lambda found: self.spelling.meant(found.group()), text)
        text = _BESIDE_HAN.sub("", re.sub(r"[\s_*]+", " ", text)).strip(" ,")
        is_one_word = not re.search(r"[ ,]", text)
        return text if is_one_word or self.short is None else self.short.sub(self._whole, text)

    def _whole(self, found: re.Match[str]) -> str:
        return self.whole[found.group()]


def _joined(found: re.Match[str]) -> str:
    return re.sub(r"[^a-z0-9$@]", "", found.group())
