"""Adopting a strategy, and which one is in use on a day."""

from __future__ import annotations

from datetime import timedelta

import pytest

from arrears.actions.days import run_day
from arrears.actions.strategies import (
    Chosen,
    adopt_strategy,
    choose_strategy,
    choose_to_send_by,
    find_strategy,
    strategy_in_use,
)
from arrears.kernel.errors import BadInput, NotFound, NotPossible
from arrears.kernel.planning.strategy import Share
from arrears.rulepacks import load_law
from arrears.store.models import AuditEntry, DatabaseIdentity, StrategyAdoption
from arrears.strategies import list_strategies, load_strategy
from arrears.strategies.mixing import with_challenger
from tests.actions.lives import SAMPLE_TEXT, without_change_guards
from tests.builders import NOW, TODAY, a_lender, a_loan, a_person, a_step_done
from tests.store.refusing import rejected

pytestmark = pytest.mark.django_db
SAMPLE = load_strategy("sample")
TOMORROW = TODAY + timedelta(days=1)


def a_file(folder, name="mine", *, says=("offset_days = 7", "offset_days = 9")):
    path = folder / f"{name}.toml"
    path.write_text(
        SAMPLE_TEXT.replace(*says).replace('name = "sample"', f'name = "{name}"'), encoding="utf-8"
    )
    return path


def adopt(lender, source="sample", **more):
    told = {"approver": "Board", "from_on": TODAY, "actor": "staff:anna", "at": NOW, **more}
    return adopt_strategy(lender=lender.pk, source=source, **told)


def make_live():
    with without_change_guards("database_identity"):
        DatabaseIdentity.objects.update(kind="live", simulated_at=None)


def test_where_none_is_adopted_the_sample_is_in_use_and_the_caller_can_tell():
    lender = a_lender()

    assert strategy_in_use(lender.pk, on=TODAY) == SAMPLE
    assert find_strategy(lender.pk, on=TODAY) is None


def test_an_adopted_file_is_in_use_from_its_day_on_even_when_the_file_has_gone(tmp_path):
    lender, path = a_lender(), a_file(tmp_path)
    mine = load_strategy(path)

    adopt(lender, path, from_on=TOMORROW)
    path.unlink()

    assert find_strategy(lender.pk, on=TODAY) is None
    assert find_strategy(lender.pk, on=TOMORROW) == mine
    assert find_strategy(lender.pk, on=TOMORROW + timedelta(days=300)) == mine


def test_a_later_day_takes_over_and_of_one_day_the_last_recorded(tmp_path):
    lender = a_lender()
    first, second, third = (a_file(tmp_path, name) for name in ("first", "second", "third"))

    adopt(lender, third, from_on=TOMORROW)
    adopt(lender, first), adopt(lender, second)

    assert strategy_in_use(lender.pk, on=TODAY).name == "second"
    assert strategy_in_use(lender.pk, on=TOMORROW).name == "third"


def test_an_adoption_is_of_one_lender(tmp_path):
    lender, other = a_lender(), a_lender(name="Other Bank")

    adopt(lender, a_file(tmp_path))

    assert strategy_in_use(lender.pk, on=TODAY).name == "mine"
    assert find_strategy(other.pk, on=TODAY) is None


def test_without_a_day_it_is_adopted_from_the_lenders_today():
    assert adopt(a_lender(), from_on=None).from_on == TODAY


def test_an_adoption_keeps_who_approved_it_and_leaves_an_audit_entry(tmp_path):
    lender, path = a_lender(), a_file(tmp_path)

    adopted = adopt(lender, path)

    assert (adopted.approver, adopted.actor.name, adopted.recorded_at) == ("Board", "staff:anna", NOW)
    assert (adopted.content, adopted.version) == (path.read_text("utf-8"), load_strategy(path).version)
    entry = AuditEntry.objects.get(what="strategy.adopted")
    assert entry.subjects == {"strategy_adoption": [adopted.pk]}
    assert (entry.facts["from_on"], entry.facts["version"]) == (str(TODAY), adopted.version)


def test_a_challenger_is_in_use_for_its_share(tmp_path):
    lender, path = a_lender(), a_file(tmp_path)

    adopt(lender, challenger=path, share_percent=10, salt="2026")

    mixed = with_challenger(SAMPLE, load_strategy(path), Share("2026", 1_000))
    assert strategy_in_use(lender.pk, on=TODAY) == mixed
    assert mixed.version == strategy_in_use(lender.pk, on=TODAY).version


@pytest.mark.parametrize("share", [0, 100, -1, None])
def test_a_share_that_is_none_is_refused(share, tmp_path):
    with pytest.raises(BadInput, match="from 1 to 99 percent"):
        adopt(a_lender(), challenger=a_file(tmp_path), share_percent=share, salt="2026")
    assert not StrategyAdoption.objects.exists()


@pytest.mark.parametrize("salt", [None, "", " ", "a\nb"])
def test_a_challenger_needs_a_salt(salt, tmp_path):
    with pytest.raises(BadInput, match="The salt"):
        adopt(a_lender(), challenger=a_file(tmp_path), share_percent=10, salt=salt)


@pytest.mark.parametrize("more", [{"share_percent": 10}, {"salt": "2026"}])
def test_a_share_without_a_challenger_is_refused(more):
    with pytest.raises(BadInput, match="for a challenger"):
        adopt(a_lender(), **more)


def test_nobody_approves_without_a_name():
    with pytest.raises(BadInput, match="whoever approved it"):
        adopt(a_lender(), approver=" ")


def test_a_file_with_a_mistake_is_refused_and_nothing_is_recorded(tmp_path):
    path = a_file(tmp_path, says=("offset_days = 7", "offset_days = 2"))

    with pytest.raises(BadInput, match=r"mine\.toml: step email: offset_days must be above 3"):
        adopt(a_lender(), path)
    with pytest.raises(NotFound):
        adopt(a_lender(name="Other Bank"), "gentle")
    assert not StrategyAdoption.objects.exists()
    assert not AuditEntry.objects.filter(what="strategy.adopted").exists()


def test_a_step_without_a_text_is_refused_before_anything_depends_on_it(tmp_path):
    email = 'channels = ["email"]\nnotice = "overdue_notice"'
    path = a_file(tmp_path, says=(email, 'channels = ["email", "push"]\nnotice = "outreach_offer"'))

    with pytest.raises(BadInput) as raised:
        adopt(a_lender(), challenger=path, share_percent=10, salt="2026")

    assert raised.value.code == "strategy.no_text"
    assert "step email: There is no text for outreach_offer over push" in raised.value.what


@pytest.mark.parametrize("name", list_strategies())
def test_every_shipped_strategy_can_be_adopted(name):
    lender = a_lender()

    adopt(lender, name)

    assert strategy_in_use(lender.pk, on=TODAY) == load_strategy(name)


def test_a_simulation_may_adopt_for_a_day_that_is_over():
    assert adopt(a_lender(), from_on=TODAY - timedelta(days=9)).from_on == TODAY - timedelta(days=9)


def test_a_live_database_adopts_for_no_day_that_is_over():
    lender = a_lender()
    make_live()

    with pytest.raises(NotPossible, match="is over"):
        adopt(lender, from_on=TODAY - timedelta(days=1))
    assert adopt(lender).from_on == TODAY


@pytest.mark.django_db(transaction=True)
def test_a_live_database_adopts_for_no_day_that_has_been_run(tmp_path):
    lender = a_lender()
    a_loan(lender, a_person(lender), overdue_days=4)
    make_live()
    run_day(lender=lender.pk, on=TODAY, strategy=SAMPLE, law=load_law(), actor="staff:anna", at=NOW)

    with pytest.raises(NotPossible, match="has been run already"):
        adopt(lender, a_file(tmp_path))
    assert adopt(lender, a_file(tmp_path), from_on=TOMORROW).from_on == TOMORROW


def test_a_challenger_is_recorded_whole_or_not_at_all():
    lender = a_lender()
    whole = adopt(lender)

    with rejected("strategy_adoption_challenger_whole"):
        StrategyAdoption.objects.create(
            lender=lender,
            from_on=TODAY,
            name="half",
            version="v1",
            content="",
            salt="2026",
            approver="Board",
            actor_id=whole.actor_id,
            recorded_at=NOW,
        )


def test_an_adoption_is_never_changed():
    adopted = adopt(a_lender())

    with rejected("rows of strategy_adoption are never updated"):
        StrategyAdoption.objects.filter(pk=adopted.pk).update(approver="Somebody")


def test_a_named_strategy_is_followed_in_a_simulation_whatever_is_adopted(tmp_path):
    lender, path = a_lender(), a_file(tmp_path)
    adopt(lender)

    chosen = choose_strategy(str(path), lender=lender.pk, on=TODAY, is_binding=True)

    assert chosen == Chosen(load_strategy(path), is_decided=True)


def test_a_live_database_is_bound_to_the_strategy_in_use(tmp_path):
    lender, path = a_lender(), a_file(tmp_path)
    make_live()
    adopt(lender, path)

    def choose(named, **more):
        return choose_strategy(named, **{"lender": lender.pk, "on": TODAY, "is_binding": True, **more})

    with pytest.raises(NotPossible, match="sample is not the strategy in use") as raised:
        choose("sample")
    assert "arrears strategy adopt sample" in raised.value.hint
    assert choose(str(path)) == choose(None) == Chosen(load_strategy(path), is_decided=True)
    assert choose("sample", is_binding=False).strategy == SAMPLE


def test_the_sample_followed_for_want_of_another_is_told_from_an_adopted_one():
    lender = a_lender()
    told = {"lender": lender.pk, "on": TODAY, "is_binding": True}

    assert choose_strategy(None, **told) == Chosen(SAMPLE, is_decided=False)
    adopt(lender)
    assert choose_strategy(None, **told) == Chosen(SAMPLE, is_decided=True)


@pytest.mark.parametrize(
    "changed", [("rank = 20", "rank = 30"), ("offset_days = 7", 'offset_days = 7\ntrack = "reporting"')]
)
def test_a_step_that_was_taken_keeps_its_rank_and_track(changed, tmp_path):
    lender = a_lender()
    a_step_done(a_loan(lender, a_person(lender)), "email", 20)

    with pytest.raises(BadInput, match="Step email has been taken with rank 20 on the track arrears"):
        adopt(lender, a_file(tmp_path, says=changed))

    assert not StrategyAdoption.objects.exists()
    adopt(lender, a_file(tmp_path, "other", says=("offset_days = 7", "offset_days = 9")))


def test_every_lender_is_sent_for_under_its_own_strategy(tmp_path):
    lender, other, path = a_lender(), a_lender(name="Other Bank"), a_file(tmp_path)
    adopt(lender, path)

    assert choose_to_send_by(None, at=NOW) == {
        lender.pk: Chosen(load_strategy(path), is_decided=True),
        other.pk: Chosen(SAMPLE, is_decided=False),
    }


def test_in_a_live_database_a_named_strategy_serves_only_whom_it_is_in_use_for(tmp_path):
    lender, other, path = a_lender(), a_lender(name="Other Bank"), a_file(tmp_path)
    adopt(lender, path)
    third = a_file(tmp_path, "third")

    in_simulation = choose_to_send_by(str(path), at=NOW)
    make_live()

    assert set(in_simulation) == {lender.pk, other.pk}
    assert set(choose_to_send_by(str(path), at=NOW)) == {lender.pk}
    with pytest.raises(NotPossible, match="is not the strategy in use"):
        choose_to_send_by(str(third), at=NOW)
