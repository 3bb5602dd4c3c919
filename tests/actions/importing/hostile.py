"""Ways in which files go wrong, drawn at random and applied to a small valid file."""

from __future__ import annotations

from hypothesis import strategies as st

from tests.actions.importing.builders import csv_text, rows

VALID = csv_text(rows(4)).encode()

NASTY = [
    *[b"\x00", b"\r", b"\n", b"\r\n", b'"', b'""', b",", b";", b"\t", b"\xff", b"\xfe\xff", b"\xef\xbb\xbf"],
    *["\u202e".encode(), "\u2028".encode(), "\ufeff".encode(), b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"\x1a"],
    *[b"=1+1", b"@SUM(A1)", b"-", b"1e999999999", b"1e-999999999", b"NaN", b"9" * 40, b"-1", b"1000000000"],
    *[b"9999-12-31", b"0000-00-00", b"2026-02-30", b"Bcc: x@y.example", b"%00", b"{ID}", b"\\", b"'", b" "],
    *["٣".encode(), "１２".encode(), b"A" * 70_000, b"TW", b"ZZ", b"late", b"C1", b"L1"],
]


def _insert(content: bytes, at: int, piece: bytes) -> bytes:
    at %= len(content) + 1
    return content[:at] + piece + content[at:]


def _cut(content: bytes, at: int, piece: bytes) -> bytes:
    at %= len(content) + 1
    return content[:at] + content[at + len(piece) :]


def _overwrite(content: bytes, at: int, piece: bytes) -> bytes:
    at %= len(content) + 1
    return content[:at] + piece + content[at + len(piece) :]


def _truncate(content: bytes, at: int, _piece: bytes) -> bytes:
    return content[: at % (len(content) + 1)]


def _repeat_line(content: bytes, at: int, _piece: bytes) -> bytes:
    lines = content.splitlines(keepends=True) or [b""]
    line = at % len(lines)
    return b"".join([*lines[: line + 1], *lines[line:]])


def _replace_cell(content: bytes, at: int, piece: bytes) -> bytes:
    cells = content.split(b",")
    cells[at % len(cells)] = piece
    return b",".join(cells)


_MUTATIONS = st.sampled_from([_insert, _cut, _overwrite, _truncate, _repeat_line, _replace_cell])
_CHANGES = st.lists(
    st.tuples(_MUTATIONS, st.integers(0, 10**6), st.sampled_from(NASTY) | st.binary(max_size=4)),
    min_size=1,
    max_size=4,
)


def changes():
    """Some changes to a file, one after the other."""
    return _CHANGES


def changed(content: bytes, how) -> bytes:
    """A file with these changes."""
    for mutate, at, piece in how:
        content = mutate(content, at, piece)
    return content


@st.composite
def mutated_files(draw) -> bytes:
    return changed(VALID, draw(_CHANGES))
