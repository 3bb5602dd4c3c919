"""Where Arrears keeps what it writes."""

from __future__ import annotations

import os
from pathlib import Path

from arrears.kernel.errors import Misconfigured


def data_folder() -> Path:
    """The folder named by ARREARS_HOME, else `arrears` in the user's data folder. It may not exist yet."""
    named = os.environ.get("ARREARS_HOME", "")
    if named:
        return Path(named).expanduser().absolute()
    base = Path(os.environ.get("XDG_DATA_HOME", ""))
    # A relative XDG_DATA_HOME is to be ignored, says the standard that defines it.
    return (base if base.is_absolute() else _user_folder() / ".local/share") / "arrears"


def make_private(folder: Path) -> None:
    """Create `folder` and its parents, for its owner's eyes only.

    Raises Misconfigured when it cannot be created, or when root would write into somebody else's folder.
    """
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        folder.mkdir(mode=0o700, exist_ok=True)
        owner = folder.stat().st_uid
    except OSError as error:
        raise Misconfigured(
            "home.not_writable",
            f"The data folder {folder} cannot be created: {error.strerror}.",
            hint="Set ARREARS_HOME to a folder you may write to.",
            folder=str(folder),
        ) from error
    if owner != os.geteuid():
        raise Misconfigured(
            "home.not_yours",
            f"The data folder {folder} belongs to another user (uid {owner}).",
            hint="Run arrears as that user, or set ARREARS_HOME to a folder of your own.",
            folder=str(folder),
        )


def _user_folder() -> Path:
    try:
        home = Path.home()
    except RuntimeError:
        home = Path()
    if home.is_absolute():
        return home
    raise Misconfigured(
        "home.unknown",
        "There is no home folder to keep data in: HOME is unset or not an absolute path.",
        hint="Set ARREARS_HOME to a folder you may write to.",
    )
