"""Advisory locks on files and folders that the kernel releases when their holder dies."""

from __future__ import annotations

import fcntl
import os
import time
from pathlib import Path

_POLL_SECONDS = 0.02


def open_lock(path: Path) -> int:
    """A descriptor to lock `path` by. It is closed in programs this one starts, but shared by forks."""
    return os.open(path, os.O_RDWR | os.O_CREAT, 0o600)


def open_folder(path: Path) -> int:
    return os.open(path, os.O_RDONLY | os.O_DIRECTORY)


def try_lock(descriptor: int, *, shared: bool = False) -> bool:
    """Take the lock if it is free this instant."""
    try:
        fcntl.flock(descriptor, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def wait_lock(descriptor: int, *, seconds: float, shared: bool = False) -> bool:
    """Take the lock, waiting for it at most so long. False when somebody else kept it."""
    deadline = time.monotonic() + seconds
    while not try_lock(descriptor, shared=shared):
        if time.monotonic() > deadline:
            return False
        time.sleep(_POLL_SECONDS)
    return True


def unlock(descriptor: int) -> None:
    fcntl.flock(descriptor, fcntl.LOCK_UN)


def is_locked(path: Path) -> bool:
    """Whether somebody holds the lock of `path` exclusively."""
    try:
        descriptor = open_lock(path)
    except FileNotFoundError:
        return False
    try:
        return not try_lock(descriptor, shared=True)
    finally:
        os.close(descriptor)
