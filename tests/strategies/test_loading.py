"""Strategy files: what ships loads, and every mistake is named with file, step and key."""

from __future__ import annotations

import tomllib
from importlib import resources

import pytest

from arrears.kernel.errors import BadInput, NotFound
from arrears.kernel.facts import NO_ID
from arrears.kernel.planning.strategy import CatchUp, Tone
from arrears.kernel.vocabulary import Channel, NoticeKind
from arrears.strategies import load_strategy, read_strategy
from arrears.strategies.describing import keys_of_step

SAMPLE = (resources.files("arrears.strategies") / "sample.toml").read_text(encoding="utf-8")


def broken(old: str, new: str) -> str:
    assert old in SAMPLE, old
    return SAMPLE.replace(old, new, 1)


def test_the_sample_is_a_message_in_the_app_and_then_an_e_mail():
    strategy = load_strategy("sample")

    first, second = strategy.steps
    assert (first.id, first.channels, first.offset_days) == ("app-message", (Channel.IN_APP,), 3)
    assert (second.id, second.channels, second.offset_days) == ("email", (Channel.EMAIL,), 7)
    assert {step.catch_up for step in strategy.steps} == {CatchUp.IN_ORDER}
    assert (first.notice, second.notice) == (NoticeKind.PAYMENT_REMINDER, NoticeKind.OVERDUE_NOTICE)
    assert (first.tone, second.tone) == (Tone.FRIENDLY, Tone.PLAIN)


def test_a_comment_changes_no_version_and_a_number_does():
    version = read_strategy(SAMPLE, file="a.toml").version

    assert read_strategy("# a remark\n" + SAMPLE, file="b.toml").version == version
    assert read_strategy(broken("offset_days = 7", "offset_days = 8"), file="a.toml").version != version


def test_a_strategy_can_be_read_from_a_file_of_the_lender(tmp_path):
    path = tmp_path / "mine.toml"
    path.write_text(SAMPLE, encoding="utf-8")

    assert load_strategy(str(path)) == load_strategy(path) == load_strategy("sample")


def test_a_visit_says_how_many_make_it():
    visits = broken('channels = ["email"]', 'channels = ["visit"]\nlegal_force = true\nvisitors = 2')

    app_message, visit = read_strategy(visits, file="a.toml").steps

    assert (app_message.visitors, visit.visitors) == (NO_ID, 2)
    assert (keys_of_step(app_message).get("visitors"), keys_of_step(visit)["visitors"]) == (None, 2)


def test_an_unknown_name_says_which_strategies_exist():
    with pytest.raises(NotFound) as raised:
        load_strategy("samples")

    assert raised.value.code == "strategy.unknown"
    assert "sample" in raised.value.hint


def test_the_mistakes_of_all_steps_are_told_at_once():
    twice_wrong = broken("offset_days = 7", "offset_days = -7").replace(
        'tone = "friendly"', 'tone = "fierce"'
    )

    with pytest.raises(BadInput) as raised:
        read_strategy(twice_wrong, file="mine.toml")

    first, second = raised.value.what.split("\n")
    assert first.startswith("mine.toml: step app-message: tone is not one of the known names")
    assert second.startswith("mine.toml: step email: offset_days must be a whole number")
    assert raised.value.hint == "What to do about each: arrears strategy check mine.toml"


def test_a_file_that_is_not_there_says_so(tmp_path):
    with pytest.raises(BadInput, match=r"mine\.toml cannot be read: No such file"):
        load_strategy(tmp_path / "mine.toml")


def test_a_file_that_is_not_text_says_so(tmp_path):
    path = tmp_path / "mine.toml"
    path.write_bytes(b"\xff\xfe\x00")

    with pytest.raises(BadInput, match="it is not UTF-8 text"):
        load_strategy(path)


def test_broken_toml_says_where():
    with pytest.raises(BadInput, match=r"mine\.toml: is not TOML: .*line 1"):
        read_strategy("name = \n", file="mine.toml")


MISTAKES = [
    ('name = "sample"', "", "", "name", "must be a text that is not empty"),
    ('zh-Hant = "應用程式內訊息"', "", "app-message", "about.zh-Hant", "must be a text"),
    ("rank = 20", "rank = 10", "email", "rank", "must be above 10, the rank of step app-message"),
    ("offset_days = 7", "offset_days = 3", "email", "offset_days", "must be above 3"),
    ("offset_days = 7", "offset_days = -1", "email", "offset_days", "a whole number from 0 to 3650"),
    ("offset_days = 7", 'offset_days = "7"', "email", "offset_days", "a whole number"),
    ("offset_days = 7", "offset_days = true", "email", "offset_days", "a whole number"),
    ("offset_days = 7", "offset_days = 7.0", "email", "offset_days", "a whole number"),
    ('channels = ["email"]', 'channels = ["e-mail"]', "email", "channels", "is not one of the known names"),
    ('channels = ["email"]', "channels = []", "email", "channels", "must be a list such as"),
    ('channels = ["email"]', 'channels = "email"', "email", "channels", "must be a list of names"),
    ('channels = ["email"]', 'channels = ["email", "email"]', "email", "channels", "the same thing twice"),
    ('catch_up = "in_order"', 'catch_up = "never"', "app-message", "catch_up", "is not one of"),
    ('tone = "plain"', 'tone = "threatening"', "email", "tone", "is not one of the known names"),
    ("window_days = 3", "window_days = 0", "email", "window_days", "a whole number from 1 to 60"),
    ("window_days = 3", "windows_days = 3", "email", "windows_days", "is not known here"),
    ('id = "email"', 'id = "app-message"', "app-message", "id", "stands twice"),
    ('id = "email"', 'id = "E mail"', "E mail", "id", "lower-case letters"),
    ('id = "email"', "", "number 2", "id", "must be a text that is not empty"),
    ("window_days = 3", "window_days = 3\nvisitors = 2", "email", "visitors", "this step makes none"),
    ('notice = "overdue_notice"', "", "email", "notice", "must be a text"),
]


@pytest.mark.parametrize(("old", "new", "step", "key", "what"), MISTAKES)
def test_a_mistake_names_the_file_the_step_and_the_key(old, new, step, key, what):
    with pytest.raises(BadInput) as raised:
        read_strategy(broken(old, new), file="mine.toml")

    error = raised.value
    (mistake,) = (each for each in error.facts["mistakes"] if each.key == key)
    where = f"step {step}" if step else ""
    assert (error.code, mistake.file, mistake.rule) == ("strategy.bad_value", "mine.toml", where)
    assert what in mistake.what
    assert mistake.hint
    assert mistake.line is not None or not step
    assert mistake.said in error.what.split("\n")


@pytest.mark.parametrize("steps", ["steps = []", "steps = 3", "steps = [3]", ""])
def test_a_strategy_without_steps_is_refused(steps):
    head = SAMPLE[: SAMPLE.index("[[steps]]")]

    with pytest.raises(BadInput, match=r"mine\.toml: steps must"):
        read_strategy(f"{steps}\n{head}", file="mine.toml")


def test_an_unknown_key_at_the_top_is_refused():
    with pytest.raises(BadInput, match="stages is not known here"):
        read_strategy("stages = 1\n" + SAMPLE, file="mine.toml")


def test_the_sample_is_valid_toml_with_the_keys_it_documents():
    assert list(tomllib.loads(SAMPLE)) == ["name", "about", "steps"]
