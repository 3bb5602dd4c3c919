"""The one place where a failure becomes words and an exit code.

0    done                                  2    the command was written wrongly
1    it failed, and the message says why   130  interrupted at the keyboard
"""

from __future__ import annotations

import errno
import os
import sys
from typing import NoReturn

import click

from arrears.kernel.errors import ArrearsError

FAILED, INTERRUPTED = 1, 130


def run_and_explain(command: click.Command) -> NoReturn:
    """Run `command` on the process's arguments and end the process."""
    try:
        returned = command.main(prog_name="arrears", standalone_mode=False)
        sys.stdout.flush()
        code = returned if isinstance(returned, int) else 0  # an int only when the command ended early
    except click.ClickException as error:
        error.show()
        code = error.exit_code
    except (KeyboardInterrupt, click.Abort):
        click.echo("Interrupted.", err=True)  # click has ended the line
        code = INTERRUPTED
    except BrokenPipeError:
        _silence_stdout()
        code = FAILED
    except Exception as error:
        if os.environ.get("ARREARS_DEBUG") == "1":
            raise
        click.echo(f"arrears: {_words(error)}", err=True)
        code = FAILED
    sys.exit(code)


def _words(error: Exception) -> str:
    """What happened, and on the next line what to do about it."""
    if isinstance(error, ArrearsError):
        what, hint = error.what, error.hint
    elif isinstance(error, OSError):
        what, hint = _machine(error)
    elif type(error).__module__.startswith(("django.db", "psycopg")):
        what, hint = _database(error)
    else:
        what = f"This should not have happened: {type(error).__name__}: {error}"
        hint = "It is a mistake in arrears. ARREARS_DEBUG=1 shows where; please report it."
    return f"{what}\n{hint}".strip()


def _machine(error: OSError) -> tuple[str, str]:
    where = f"{error.filename}: " if error.filename else ""
    what = f"{where}{error.strerror or error}."
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return what, "Free some space, then run the command again: what was not finished was not stored."
    if isinstance(error, PermissionError):
        return what, "Change its permissions, or run arrears as a user who may use it."
    return what, ""


def _database(error: Exception) -> tuple[str, str]:
    from django.db import OperationalError, ProgrammingError

    said = " ".join(str(error).split())
    if isinstance(error, ProgrammingError) and "does not exist" in said:
        return (
            "The database has not been set up for this version of arrears.",
            "A new one: arrears db init --kind simulation. One of an earlier version: arrears db migrate.",
        )
    if isinstance(error, OperationalError):
        return f"The database cannot be used: {said}", "arrears doctor looks for the reason."
    return f"The database refused: {said}", "Nothing of this command's last step was stored."


def _silence_stdout() -> None:
    """Whoever read our output has gone: keep the interpreter from complaining when it flushes."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
