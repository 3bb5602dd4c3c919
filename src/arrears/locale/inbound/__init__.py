"""The lexicon of what people write back, read from the TOML files of this folder.

`characters.toml` and `quoting.toml` are about every message. Each language has a folder, whose
`words.toml` holds the words that its phrases share and what stands around them; its other files
hold entries.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from arrears.kernel.errors import BadInput
from arrears.kernel.inbound.lexicon import Alone, Effect, Entry, Lexicon, Turn
from arrears.kernel.inbound.own_words import Quoting
from arrears.kernel.inbound.plain import Letters
from arrears.kernel.inbound.spelling import Spelling, near_of
from arrears.kernel.inbound.wishes import Certainty3, Wish

__all__ = ["lexicon_of", "load_lexicon"]

_FOLDER = Path(__file__).parent
_LANGUAGES = ("en", "zh")
_NEEDED = ("id", "about", "wish", "certainty", "finds", "passes")
_KNOWN = {*_NEEDED, "says", "keywords", "alone", "mistyped", "asked", "last_of_all", "subject"}
_SHARED = re.compile(r"\{([a-z_]+)\}")
_GROUP = re.compile(r"\(\?P<[a-z_]+>")
_BOUNDS = {"en": ("(?<![a-z0-9])(?:", ")(?![a-z0-9])"), "zh": ("(?:", ")")}


@cache
def load_lexicon() -> Lexicon:
    """Every entry of every language; raises BadInput that names the file and the entry."""
    return lexicon_of({path.relative_to(_FOLDER).as_posix(): path.read_text("utf-8") for path in _files()})


def _files() -> list[Path]:
    return sorted(_FOLDER.glob("**/*.toml"))


def lexicon_of(sources: Mapping[str, str]) -> Lexicon:
    """The lexicon in these files, by name; raises BadInput as `load_lexicon` does."""
    files = {name: _read(name, source) for name, source in sources.items()}
    words = {language: files.get(f"{language}/words.toml", {}) for language in _LANGUAGES}
    entries = [
        _entry(name, told, words[name.split("/")[0]])
        for name, file in files.items()
        for told in file.get("entry", ())
    ]
    around = [each.get("around", {}) for each in words.values()]
    quoting = files["quoting.toml"]
    return Lexicon(
        entries=tuple(entries),
        turns=tuple(_turn(told) for each in words.values() for told in each.get("turn", ())),
        questions=tuple(_patterns(p for each in around for p in each.get("questions", ()))),
        courtesies=tuple(_patterns(p for each in around for p in each.get("courtesies", ()))),
        letters=_letters(files["characters.toml"], words["en"]),
        quoting=Quoting(**{key: tuple(_patterns(told, re.IGNORECASE)) for key, told in quoting.items()}),
        keywords=_keywords(entries),
    )


def _read(name: str, source: str) -> dict[str, Any]:
    try:
        return tomllib.loads(source)
    except tomllib.TOMLDecodeError as error:
        raise _bad(name, "", f"cannot be read: {error}") from None


def _entry(name: str, told: Mapping[str, Any], words: Mapping[str, Any]) -> Entry:
    entry = str(told.get("id", ""))
    for key in (key for key in _NEEDED if not told.get(key)):
        raise _bad(name, entry, f"has no {key}")
    for key in sorted(set(told) - _KNOWN):
        raise _bad(name, entry, f"has {key}, which is not a key")
    language = name.split("/", maxsplit=1)[0]
    try:
        return Entry(
            id=entry,
            about=told["about"],
            wish=Wish(told["wish"]),
            certainty=Certainty3(told["certainty"]),
            says=tuple(_phrase(each, language, words.get("words", {})) for each in told.get("says", ())),
            keywords=frozenset(each.replace(" ", "") for each in told.get("keywords", ())),
            alone=Alone(told.get("alone", Alone.CLAUSE)),
            mistyped=told.get("mistyped", False),
            asked=Effect(told.get("asked", Effect.SAME)),
            last_of_all=told.get("last_of_all", False),
            subject=told.get("subject", ""),
            finds=tuple(told["finds"]),
            passes=tuple(told["passes"]),
        )
    except (ValueError, KeyError, re.error) as error:
        raise _bad(name, entry, f"cannot be read: {error}") from None


def _phrase(told: str, language: str, shared: Mapping[str, str]) -> re.Pattern[str]:
    """An expression with the shared ones in it; a group keeps its name where it stands first."""
    seen: set[str] = set()

    def expression(found: re.Match[str]) -> str:
        name = found.group(1)
        known = shared[name] if name not in seen else _GROUP.sub("(?:", shared[name])
        seen.add(name)
        return known

    opening, closing = _BOUNDS[language]
    return re.compile(f"{opening}{_SHARED.sub(expression, told)}{closing}")


def _turn(told: Mapping[str, Any]) -> Turn:
    return Turn(
        id=told["id"],
        effect=Effect(told["effect"]),
        of=re.compile(told["of"]) if "of" in told else None,
        before=tuple(_patterns(told.get("before", ()))),
        after=tuple(_patterns(told.get("after", ()))),
        asked=Effect(told["asked"]) if "asked" in told else None,
    )


def _patterns(told: Iterable[str], flags: re.RegexFlag = re.NOFLAG) -> Iterator[re.Pattern[str]]:
    return (re.compile(each, flags) for each in told)


def _letters(characters: Mapping[str, Any], english: Mapping[str, Any]) -> Letters:
    rows = [row for key in ("written_as", "traditional") for row in characters[key]]
    pairs = [pair for row in rows for pair in zip(row["from"], row["to"], strict=True)]
    spelling, whole = english.get("spelling", {}), english.get("short", {})
    longest_first = "|".join(sorted(map(re.escape, whole), key=len, reverse=True))
    words = frozenset(spelling.get("words", ()))
    return Letters(
        characters={ord(char): stands for char, stands in pairs},
        whole=whole,
        short=re.compile(f"(?<![a-z0-9])(?:{longest_first})(?![a-z0-9])") if whole else None,
        spelling=Spelling(
            words=words,
            real=frozenset(spelling.get("real", ())),
            stands_for=characters["stands_for"],
            near=near_of(words),
        ),
    )


def _keywords(entries: list[Entry]) -> dict[str, Entry]:
    known: dict[str, Entry] = {}
    for entry in entries:
        for word in entry.keywords:
            if word in known:
                raise _bad("", entry.id, f"has the keyword {word} of {known[word].id}")
            known[word] = entry
    return known


def _bad(name: str, entry: str, what: str) -> BadInput:
    where = f"{name}: {entry}" if entry else name
    return BadInput("inbound.bad_entry", f"locale/inbound/{where} {what}.", file=name, entry=entry)
