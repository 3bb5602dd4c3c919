"""The bytes of a text file as UTF-8, by blocks that end with a line, or line by line."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import BinaryIO

BLOCK_BYTES = 8 << 20
ENCODINGS = ("utf-8", "gb18030", "big5")
"""Encodings of files; in none of them does a line end stand inside a character."""


@dataclass(slots=True)
class Lines:
    """An open file, read from its beginning to its end. `digest` is of the bytes as they are in the file.

    What cannot be decoded stays as bytes that are no UTF-8.
    """

    file: BinaryIO
    encoding: str = "utf-8"
    has_last_line_end: bool = True
    _ahead: bytes = b""
    _at: int = 0
    _undecoded: bytes = b""
    _hash: hashlib._Hash = field(default_factory=hashlib.sha256)

    @property
    def digest(self) -> str:
        return self._hash.hexdigest()

    def block(self) -> bytes:
        """The next lines, some megabytes of them; b"" at the end of the file.

        It ends where a line ends, unless the file does not or the line is longer than a block.
        """
        self._read_ahead(BLOCK_BYTES)
        end = self._ahead.rfind(b"\n", self._at) + 1 or len(self._ahead)
        if len(self._ahead) - self._at < BLOCK_BYTES:  # the file ends here
            end = len(self._ahead)
        return self._take(end)

    def readline(self, size: int) -> bytes:
        """The next line with its end, or as much of it as `size` bytes."""
        self._read_ahead(size)
        end = self._ahead.find(b"\n", self._at, self._at + size) + 1
        return self._take(end or min(self._at + size, len(self._ahead)))

    def put_back(self, block: bytes) -> None:
        """Lines that were taken and will be read again."""
        self._ahead, self._at = block + self._ahead[self._at :], 0

    def _take(self, end: int) -> bytes:
        taken = self._ahead[self._at : end]
        self._at = end
        return taken

    def _read_ahead(self, size: int) -> None:
        while len(self._ahead) - self._at < size:
            more = self._read()
            if not more:
                return
            self._ahead, self._at = self._ahead[self._at :] + more, 0

    def _read(self) -> bytes:
        raw = self.file.read(BLOCK_BYTES)
        self._hash.update(raw)
        if raw:
            self.has_last_line_end = raw.endswith(b"\n")
        if self.encoding == "utf-8":
            return raw
        return self._as_utf8(raw)

    def _as_utf8(self, raw: bytes) -> bytes:
        """Whole lines are decoded; what stands after the last line end waits for the rest of its line."""
        waiting = self._undecoded + raw
        end = waiting.rfind(b"\n") + 1
        if not raw or (not end and len(waiting) > BLOCK_BYTES):
            end = len(waiting)
        self._undecoded = waiting[end:]
        if raw and not end:
            return self._read()
        text = waiting[:end].decode(self.encoding, "surrogateescape")
        return text.encode("utf-8", "surrogateescape")
