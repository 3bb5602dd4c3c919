"""Whatever is killed, and however often: no data lost, no manual repair, no server left behind."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest

from arrears.conf.postgres.client import ensure_server, leave_server
from arrears.kernel.errors import Misconfigured
from tests.conf.postgres.programs import (
    Program,
    ask,
    kill_all,
    postmaster_of,
    processes_of,
    supervisors_of,
    wait_for,
)
from tests.effort import effort

Start = Callable[..., Program]
VISITS = effort(40, 200)


def test_the_server_ends_when_the_last_of_two_programs_ends(start: Start, folder: Path) -> None:
    first, second = start().is_up(), start().is_up()
    first.ask("CREATE TABLE paid (amount int)")
    first.ask("INSERT INTO paid VALUES (7)")

    first.end()
    time.sleep(2)

    assert second.ask("SELECT amount FROM paid") == "7"
    wait_for(lambda: len(supervisors_of(folder)) == 1)  # what it starts has its name for an instant

    second.end()

    wait_for(lambda: not processes_of(folder))


def test_two_programs_on_an_empty_folder_make_one_cluster(start: Start, empty_folder: Path) -> None:
    programs = [start() for _ in range(4)]

    for program in programs:
        program.is_up()

    assert len({program.ask("SELECT pg_postmaster_start_time()") for program in programs}) == 1
    assert (
        len({program.ask("SELECT system_identifier FROM pg_control_system()") for program in programs}) == 1
    )


def test_a_killed_program_leaves_no_server_and_its_data_stays(start: Start, folder: Path) -> None:
    program = start().is_up()
    program.ask("CREATE TABLE paid (amount int)")
    program.ask("INSERT INTO paid VALUES (7)")

    program.kill()

    wait_for(lambda: not processes_of(folder))
    assert start().is_up().ask("SELECT amount FROM paid") == "7"


def test_a_killed_supervisor_takes_the_server_along_and_the_program_goes_on(
    start: Start, folder: Path
) -> None:
    program = start().is_up()
    program.ask("CREATE TABLE paid AS SELECT 7 AS amount")

    for pid in supervisors_of(folder):
        os.kill(pid, signal.SIGKILL)
    wait_for(lambda: not supervisors_of(folder))

    assert program.ask("SELECT amount FROM paid") == "7"
    wait_for(lambda: len(supervisors_of(folder)) == 1)  # what it starts has its name for an instant


def test_a_killed_server_is_started_again(start: Start, folder: Path) -> None:
    program = start().is_up()
    program.ask("CREATE TABLE paid AS SELECT 7 AS amount")
    before = postmaster_of(folder)

    os.kill(before, signal.SIGKILL)

    assert program.ask("SELECT amount FROM paid") == "7"
    assert postmaster_of(folder) != before
    wait_for(lambda: len(supervisors_of(folder)) == 1)  # what it starts has its name for an instant


def test_a_power_cut_needs_no_repair_even_when_other_processes_have_the_old_numbers(
    start: Start, folder: Path
) -> None:
    program = start().is_up()
    program.ask("CREATE TABLE paid AS SELECT 7 AS amount")
    program.kill()
    kill_all(folder)
    with subprocess.Popen(["sleep", "60"], user="nobody" if os.geteuid() == 0 else None) as living:
        for name in ("postmaster.pid", ".s.PGSQL.5432.lock"):
            file = folder / "postgres/cluster" / name
            file.write_text("\n".join([str(living.pid), *file.read_text().split("\n")[1:]]))

        assert start().is_up().ask("SELECT amount FROM paid") == "7"
        assert living.poll() is None
        living.kill()


def test_a_lock_file_that_names_a_zombie_is_no_obstacle(start: Start, folder: Path) -> None:
    start().is_up().kill()
    kill_all(folder)
    with subprocess.Popen(["true"]) as zombie:
        wait_for(lambda: f"{zombie.pid} (true) Z" in Path(f"/proc/{zombie.pid}/stat").read_text())
        file = folder / "postgres/cluster/postmaster.pid"
        file.write_text("\n".join([str(zombie.pid), *file.read_text().split("\n")[1:]]))

        assert start().is_up().ask("SELECT 1") == "1"


def test_a_supervisor_killed_while_it_makes_the_cluster_leaves_nothing_half_made(
    start: Start, empty_folder: Path
) -> None:
    for instant in (0.0, 0.2, 0.4):
        program = start()
        wait_for((empty_folder / "postgres/cluster.unfinished").exists)
        time.sleep(instant)
        program.kill()
        for pid in supervisors_of(empty_folder):
            os.kill(pid, signal.SIGKILL)

    assert start().is_up().ask("SELECT current_database()") == "arrears"
    assert not (empty_folder / "postgres/cluster.unfinished").exists()


def test_a_server_started_by_hand_is_left_alone(start: Start, folder: Path) -> None:
    program = start().is_up()
    server = postmaster_of(folder)
    command = Path(f"/proc/{server}/exe").readlink()
    owner = Path(f"/proc/{server}").stat().st_uid
    program.end()
    wait_for(lambda: not processes_of(folder))
    folder.parent.chmod(0o711)
    folder.chmod(0o711)
    (folder / "postgres").chmod(0o711)
    by_hand_command = [command, "-D", folder / "postgres/cluster", "-c", "unix_socket_directories=."]
    with subprocess.Popen(by_hand_command, user=owner, cwd="/", stderr=subprocess.DEVNULL) as by_hand:
        wait_for((folder / "postgres/cluster/postmaster.pid").exists)

        said = start().end()

        assert f"(process {by_hand.pid})" in said
        assert by_hand.poll() is None
        by_hand.terminate()


QUICK_SUPERVISOR = (
    "import sys; from arrears.conf.postgres import supervisor; "
    "supervisor.LINGER_SECONDS = 0.0; supervisor.main(sys.argv[1])"
)


@pytest.mark.parametrize("binaries", ["wheel"], indirect=True)  # it is the supervisors that race
def test_programs_that_come_and_go_while_the_server_stops(start: Start, folder: Path) -> None:
    start(QUICK_SUPERVISOR).is_up().ask("CREATE TABLE visit (n int)")
    chance = random.Random(7)

    def visit(number: int) -> str:
        time.sleep(chance.uniform(0.0, 0.4))
        program = start(QUICK_SUPERVISOR).is_up()
        said = program.ask(f"INSERT INTO visit VALUES ({number})")
        program.kill() if number % 2 else program.end()
        return said

    with ThreadPoolExecutor(max_workers=3) as pool:
        answers = list(pool.map(visit, range(VISITS)))

    assert answers == ["done"] * VISITS
    assert start().is_up().ask("SELECT count(DISTINCT n) FROM visit") == str(VISITS)
    wait_for(lambda: len(supervisors_of(folder)) == 1)  # what it starts has its name for an instant


def test_a_path_too_long_for_the_name_of_a_socket_works_too(binaries: str, folder: Path) -> None:
    long = folder / ("x" * 120)

    assert ask(long, "SELECT 1") == 1

    leave_server(long, wait=True)
    wait_for(lambda: not processes_of(long))


def test_a_cluster_of_another_major_version_is_refused_with_both_versions(
    folder: Path, monkeypatch: pytest.MonkeyPatch, binaries: str
) -> None:
    ensure_server(folder)
    leave_server(folder, wait=True)
    (folder / "postgres/cluster/PG_VERSION").write_text("12\n")

    with pytest.raises(Misconfigured, match=r"made by PostgreSQL 12, and only \d+") as refused:
        ensure_server(folder)

    assert refused.value.code == "postgres.other_major"


def test_a_cluster_that_cannot_be_made_is_told_in_the_words_of_initdb(
    binaries: str, empty_folder: Path
) -> None:
    small_files = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))"
    supervisor = f"{small_files}; {QUICK_SUPERVISOR}"

    said = Program(empty_folder, supervisor).end()

    assert "The database could not be made: " in said
    assert "Nothing was left half made" in said
    assert not (empty_folder / "postgres/cluster").exists()
    assert ask(empty_folder, "SELECT 1") == 1


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")
def test_another_user_of_this_machine_may_not_connect(binaries: str, folder: Path) -> None:
    target = ensure_server(folder)
    for path in (folder.parent, folder, folder / "postgres"):
        path.chmod(0o711)
    (folder / "postgres/cluster").chmod(0o711)
    (folder / "postgres/cluster/.s.PGSQL.5432").chmod(0o777)

    refused = as_nobody(lambda: psycopg.connect(**target))

    assert "Peer authentication failed" in refused
    (folder / "postgres/cluster").chmod(0o700)


def as_nobody(attempt: Callable[[], object]) -> str:
    """What `attempt` raises when another user makes it."""
    reading, writing = os.pipe()
    if os.fork() == 0:
        try:
            os.setuid(65534)
            attempt()
        except psycopg.OperationalError as error:
            os.write(writing, str(error).encode())
        finally:
            os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as pipe:
        return pipe.read()


def test_the_log_holds_no_values_of_rows(binaries: str, folder: Path) -> None:
    ask(folder, "CREATE TABLE person (name text UNIQUE)")
    ask(folder, "INSERT INTO person VALUES ('Li Lei')")

    with pytest.raises(psycopg.errors.UniqueViolation):
        ask(folder, "INSERT INTO person VALUES ('Li Lei')")

    log = (folder / "postgres/server.log").read_text()
    assert "duplicate key value violates unique constraint" in log
    assert "Li Lei" not in log
