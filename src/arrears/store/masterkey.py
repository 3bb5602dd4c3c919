"""The file of the master key: `master.key` in the data folder, or the one named by the environment.

Whoever has it and the database can read everything; without it nobody can. Keep a copy of it
apart from the backups of the database.
"""

from __future__ import annotations

import os
import secrets
import stat
from pathlib import Path

from django.conf import settings

from arrears.kernel.errors import Misconfigured

SETTING = "ARREARS_MASTER_KEY_FILE"
_BYTES = 32


def master_key_file() -> Path:
    """Where the master key is, or would be."""
    named = os.environ.get(SETTING, "").strip()
    return Path(named).expanduser() if named else Path(settings.ARREARS_HOME) / "master.key"


def read_master_key() -> bytes:
    """The 32 bytes of the master key.

    Raises Misconfigured when the file is missing, may be read by others, or holds something else.
    """
    file = master_key_file()
    try:
        with file.open("rb") as opened:
            mode = os.fstat(opened.fileno()).st_mode
            text = opened.read(4 * _BYTES)
    except OSError as error:
        raise _cannot_read(file, error) from None
    if stat.S_IMODE(mode) & 0o077:
        raise Misconfigured(
            "crypto.key_open_to_others",
            f"The master key {file} may be read by others than its owner.",
            hint=f"chmod 600 {file}",
            file=str(file),
        )
    try:
        key = bytes.fromhex(text.decode("ascii"))
    except ValueError:
        key = b""
    if len(key) != _BYTES:
        raise Misconfigured(
            "crypto.not_a_key",
            f"{file} does not hold a master key.",
            hint="It is one line of 64 hexadecimal digits.",
            file=str(file),
        )
    return key


def make_master_key() -> bytes:
    """The master key, made now if there is no file of it yet. For new databases only.

    A file named by the environment is never made. Two programs that make it at once get the same.
    """
    file = master_key_file()
    if not file.exists() and not os.environ.get(SETTING, "").strip():
        _write_once(file)
    return read_master_key()


def _write_once(file: Path) -> None:
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    unfinished = file.with_name(f".{file.name}.{secrets.token_hex(8)}")
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as opened:
        opened.write(secrets.token_hex(_BYTES) + "\n")
        opened.flush()
        os.fsync(opened.fileno())
    try:
        os.link(unfinished, file)
    except FileExistsError:
        pass  # another program was first, and its key is the one
    finally:
        unfinished.unlink()


def _cannot_read(file: Path, error: OSError) -> Misconfigured:
    return Misconfigured(
        "crypto.key_missing",
        f"The master key {file} cannot be read: {error.strerror}.",
        hint="Without it no personal data can be read. Put it back, or name it by " + SETTING + ".",
        file=str(file),
    )
