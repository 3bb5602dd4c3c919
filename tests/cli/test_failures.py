"""How commands fail: in words and with a code, and never with a traceback."""

from __future__ import annotations

import errno
import signal
import subprocess
import sys
from pathlib import Path

import click
import pytest

from arrears.cli import COMMANDS
from arrears.cli.errors import run_and_explain
from arrears.kernel.errors import BadInput
from tests.cli.command import arrears


@pytest.fixture(autouse=True)
def _no_arguments(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["arrears"])


def failing_with(error: BaseException) -> click.Command:
    @click.command()
    def command() -> None:
        raise error

    return command


def outcome(command: click.Command, capsys: pytest.CaptureFixture[str]) -> tuple[object, str]:
    with pytest.raises(SystemExit) as ended:
        run_and_explain(command)
    printed = capsys.readouterr()
    assert printed.out == ""
    return ended.value.code, printed.err


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (
            BadInput("import.bad_row", "loans.csv, row 3: due_on is 'soon'.", hint="Write YYYY-MM-DD."),
            "arrears: loans.csv, row 3: due_on is 'soon'.\nWrite YYYY-MM-DD.\n",
        ),
        (
            PermissionError(errno.EACCES, "Permission denied", "/srv/loans.csv"),
            (
                "arrears: /srv/loans.csv: Permission denied.\n"
                "Change its permissions, or run arrears as a user who may use it.\n"
            ),
        ),
        (
            OSError(errno.ENOSPC, "No space left on device", "/srv/out"),
            (
                "arrears: /srv/out: No space left on device.\n"
                "Free some space, then run the command again: what was not finished was not stored.\n"
            ),
        ),
        (
            ZeroDivisionError("division by zero"),
            (
                "arrears: This should not have happened: ZeroDivisionError: division by zero\n"
                "It is a mistake in arrears. ARREARS_DEBUG=1 shows where; please report it.\n"
            ),
        ),
    ],
)
def test_a_failure_ends_in_a_sentence_and_code_1(
    error: Exception, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert outcome(failing_with(error), capsys) == (1, said)


def test_an_interrupt_ends_with_130(capsys: pytest.CaptureFixture[str]) -> None:
    assert outcome(failing_with(click.Abort()), capsys) == (130, "Interrupted.\n")


def test_debug_shows_the_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ARREARS_DEBUG", "1")

    with pytest.raises(ZeroDivisionError):
        run_and_explain(failing_with(ZeroDivisionError()))


def test_a_command_that_ends_early_gives_its_code(capsys: pytest.CaptureFixture[str]) -> None:
    @click.command()
    @click.pass_context
    def command(context: click.Context) -> None:
        context.exit(1)

    assert outcome(command, capsys) == (1, "")


@pytest.mark.parametrize("arguments", [("nonsense",), ("doctor", "--format", "xml"), ("doctor", "now")])
def test_a_command_written_wrongly_ends_with_2(arguments: tuple[str, ...], tmp_path: Path) -> None:
    done = arrears(*arguments, home=tmp_path)

    assert (done.returncode, done.stdout) == (2, "")
    assert "Error: " in done.stderr


def test_a_reader_that_goes_away_is_no_failure_to_explain(tmp_path: Path) -> None:
    code = "from arrears.cli import main; import sys; sys.argv = ['arrears', '--help']; main()"

    with subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        process.stdout.close()
        assert process.stderr is not None
        said = process.stderr.read()

    assert said == ""
    assert process.returncode == 1


def test_an_interrupt_at_the_keyboard_is_one_line(tmp_path: Path) -> None:
    code = (
        "import click, time\n"
        "from arrears.cli.errors import run_and_explain\n"
        "@click.command()\n"
        "def wait():\n"
        "    print('waiting', flush=True)\n"
        "    time.sleep(60)\n"
        "run_and_explain(wait)\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "waiting\n"
        process.send_signal(signal.SIGINT)
        _, said = process.communicate()

    assert (process.returncode, said) == (130, "\nInterrupted.\n")


def test_every_command_that_is_there_can_be_loaded_and_documents_itself(tmp_path: Path) -> None:
    listed = arrears("--help", home=tmp_path).stdout

    names = [name for name in COMMANDS if f"\n  {name} " in listed]
    assert "doctor" in names
    for name in names:
        helped = arrears(name, "--help", home=tmp_path)
        assert helped.returncode == 0, helped.stderr
        assert helped.stdout.startswith(f"Usage: arrears {name}")


def test_asking_for_help_starts_no_server_and_is_quick(tmp_path: Path) -> None:
    modules = arrears_modules("--help")

    assert not {"django", "numpy", "polars", "psycopg"} & modules


def arrears_modules(argument: str) -> set[str]:
    code = (
        "import sys; sys.argv = ['arrears', %r]\n"
        "from arrears.cli import main\n"
        "try: main()\n"
        "except SystemExit: print(*sys.modules, file=sys.stderr)\n"
    )
    done = subprocess.run([sys.executable, "-c", code % argument], capture_output=True, text=True, check=True)
    return set(done.stderr.split())
