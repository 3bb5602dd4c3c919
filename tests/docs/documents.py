"""The documents of the repository, and what can be checked in them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])

_FENCED = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
_CODE = re.compile(r"`([^`\n]+)`")
_PATH = re.compile(
    r"(?:src|tests|docs|requirements|bench|\.ci)/[\w./*-]*[\w*/]|[\w-]+\.(?:md|toml)|Makefile|LICENSE"
)


@dataclass(frozen=True)
class Document:
    path: Path

    @property
    def text(self) -> str:
        return self.path.read_text(encoding="utf-8")

    def links(self) -> list[str]:
        return _LINK.findall(_FENCED.sub("", self.text))

    def paths(self) -> list[str]:
        """Everything in backticks that is a path of this repository as a whole."""
        return [code for code in self._code() if _PATH.fullmatch(code)]

    def commands(self) -> list[str]:
        """Every `arrears ...` and `make ...` of the shell examples and the running text."""
        lines = [line for block in self.shell_blocks() for line in block.splitlines()]
        return [command for text in [*lines, *self._code()] if (command := _command_in(text))]

    def shell_blocks(self) -> Iterator[str]:
        for language, block in _FENCED.findall(self.text):
            if language in ("sh", "console"):
                yield block.replace("\\\n", " ")

    def _code(self) -> list[str]:
        return _CODE.findall(_FENCED.sub("", self.text))


def _command_in(text: str) -> str:
    """The command without prompt, settings before it and remark after it; empty when it is none of ours."""
    bare = re.sub(r"^\s*(\$\s+)?(\w+=\S+\s+)*(\.venv/bin/)?", "", text.split(" #", maxsplit=1)[0]).strip()
    return bare if re.match(r"(arrears|make)\s+[a-z]", bare) else ""
