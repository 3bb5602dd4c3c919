"""Logs are one line of JSON per event, and about nobody; and the watch over that is awake."""

from __future__ import annotations

import json
import logging
import subprocess
import sys

import pytest

from arrears.conf.logs import JsonLines, told
from arrears.kernel.errors import BadInput
from tests.builders.cast import ANA, CAST, MING, NA
from tests.leaks import Leaks, pattern_of, watching


def line_of(name, message, *args, facts=None, error=None, level=logging.INFO):
    info = (type(error), error, error.__traceback__) if error else None
    record = logging.LogRecord(name, level, "/x/y/file.py", 7, message, args, info)
    if facts is not None:
        record.facts = facts
    return json.loads(JsonLines().format(record))


def raised(error):
    with pytest.raises(type(error)) as caught:
        raise error
    return caught.value


def test_an_event_of_ours_is_a_line_with_its_facts():
    line = line_of("arrears.jobs", "sent", facts={"channel": "email", "due": 3})

    assert line.pop("at").endswith("+00:00")
    assert line == {"level": "info", "logger": "arrears.jobs", "event": "sent", "channel": "email", "due": 3}


def test_of_an_error_the_type_the_code_and_the_places_are_told_and_not_its_words():
    error = raised(BadInput("row.bad", f"{MING.name} has no number {MING.values['mobile']}."))

    line = line_of("arrears.jobs", "failed", error=error)

    assert (line["error"], line["code"]) == ("arrears.kernel.errors.BadInput", "row.bad")
    assert line["places"][-1].startswith("test_logs.py:")
    assert not pattern_of(CAST).search(json.dumps(line, ensure_ascii=False))


def test_what_an_error_came_from_is_told_in_the_same_way():
    error = ValueError("outer")
    error.__cause__ = raised(KeyError(NA.name))

    assert told(error)["cause"]["error"] == "builtins.KeyError"
    assert NA.name not in str(told(error))


def test_of_a_library_only_the_place_is_told():
    line = line_of("procrastinate.worker", "Job for %s failed", ANA.name, level=logging.ERROR)

    assert {name: line[name] for name in ("event", "place", "level")} == {
        "event": "library",
        "place": "file.py:7",
        "level": "error",
    }
    assert ANA.name not in str(line)


@pytest.mark.parametrize(
    "told_of",
    [
        *(who.name for who in CAST),
        *(value for who in CAST for kind, value in who.values.items() if kind != "app_inbox"),
        "+886 912345678 called",
        "tel:+12125550123",
    ],
)
def test_the_watch_sees_every_name_number_and_address(told_of):
    leaks = Leaks(pattern_of(CAST))

    leaks.handle(logging.LogRecord("arrears.api", logging.INFO, "f", 1, "for %s", (told_of,), None))

    assert [where for _, where, _ in leaks.found] == ["arrears.api"]


def test_the_watch_sees_facts_warnings_of_libraries_and_what_children_say():
    leaks = Leaks(pattern_of(CAST))

    with watching(leaks):
        logging.getLogger("arrears.jobs").info("sent", extra={"facts": {"to": MING.values["email"]}})
        logging.getLogger("library").warning("cannot reach %s", NA.values["mobile"])
        logging.getLogger("library").info("of no %s", ANA.name)  # is written nowhere
        said = f"import sys; sys.stderr.write({ANA.values['email']!r})"
        subprocess.run([sys.executable, "-c", said], capture_output=True, check=True)

    assert {seen for _, _, seen in leaks.found} == {
        MING.values["email"],
        NA.values["mobile"],
        ANA.values["email"],
    }


def test_ids_counts_and_codes_are_nobody():
    leaks = Leaks(pattern_of(CAST))

    with watching(leaks):
        logging.getLogger("arrears.jobs").info("sent", extra={"facts": {"channel": "email", "due": 912345}})

    assert leaks.found == set()
