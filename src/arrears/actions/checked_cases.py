"""What the cases of files of law tell against them: those that fail, and sides that have none."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from arrears.actions.law_cases import answer_alone, side_of
from arrears.kernel.certainty import is_uncertain
from arrears.kernel.law.situation import readable_situations
from arrears.kernel.obligations.situation import readable_situation
from arrears.kernel.tables.entries import NOT_BOUND
from arrears.kernel.tables.kinds import KINDS
from arrears.rulepacks.cases import CaseAnswer, answers_under, cases_of, drafts_of, situations_of
from arrears.rulepacks.library import EntryKind, LawFile
from arrears.rulepacks.loading import law_as_it_is, why_not_lifted
from arrears.rulepacks.mistakes import Mistake, Steps
from arrears.rulepacks.obligations.cases import ObligationAnswer, try_obligation_cases
from arrears.rulepacks.obligations.reading import ObligationsFile
from arrears.rulepacks.obligations.values import CASE as OF_OBLIGATIONS
from arrears.rulepacks.obligations.values import NO_OBLIGATION
from arrears.rulepacks.raw import CheckedFiles, RawEntry
from arrears.rulepacks.reading import Pack
from arrears.rulepacks.strict import Told
from arrears.rulepacks.values import CERTAINTIES
from arrears.rulepacks.zones import ZONES

_ANY = ("permits", "refuses")
_NEUTRAL = (NO_OBLIGATION, "not_known", NOT_BOUND)
"""Answers that are on neither side."""


def mistakes_of_cases(checked: CheckedFiles) -> Iterator[Mistake]:
    """Cases whose situation cannot be read, cases that fail, and entries without a case on a side."""
    yield from _situations(checked)
    for jurisdiction in dict.fromkeys(pack.jurisdiction for pack in checked.packs):
        yield from _contact_cases(checked, jurisdiction)
    for file in checked.read:
        yield from _other_cases(checked, file)
    for entry in checked.entries:
        yield from _one_sided(entry)


def _situations(checked: CheckedFiles) -> Iterator[Mistake]:
    """What is wrong with the situations that cases tell, whether or not their entry can be read."""
    cases = [
        (entry, case, steps, situation)
        for entry in checked.contact
        for case, steps in entry.cases
        for _, situation in situations_of(case)
    ]
    wrong = readable_situations([situation for *_, situation in cases], ZONES)[3]
    told = set()  # the same fault may be in every way that a case is varied
    for number, (entry, case, steps, _) in enumerate(cases):
        for error in wrong.get(number, ()):
            what = error.what.partition(": ")[2]  # without the number of the situation, which no case has
            if (id(case), what) in told:
                continue
            told.add((id(case), what))
            yield _unreadable(entry, case, steps, what, error.hint)
    for entry in checked.entries:
        for case, steps in entry.cases if entry.kind is EntryKind.OBLIGATION else ():
            situation = {key: case[key] for key in case if key not in OF_OBLIGATIONS}
            for error in readable_situation(situation, ZONES)[2]:
                yield _unreadable(entry, case, steps, error.what, error.hint)


def _unreadable(entry: RawEntry, case: Told, steps: Steps, what: str, hint: str) -> Mistake:
    name = f"case {case.get('id', 'without id')}"
    return entry.mistake(name, what.rstrip("."), hint, steps=steps)


def _contact_cases(checked: CheckedFiles, jurisdiction: str) -> Iterator[Mistake]:
    cases = cases_of(jurisdiction, checked.packs)
    packs = [pack for pack in checked.packs if pack.jurisdiction == jurisdiction]
    answers, _ = answers_under(law_as_it_is(packs, drafts_of(cases)), cases)
    told = {(rule.id, str(case["id"])): case for rule, case in cases}
    lost = _lost(checked, jurisdiction)
    for answer in answers:
        case = told[answer.rule.id, answer.id]
        if not answer.holds and _is_certain(answer, case, lost):
            entry = checked.entry(EntryKind.CONTACT, answer.rule.id)
            yield _failing(entry, answer.id, answer.expected, answer.answered)


def _lost(checked: CheckedFiles, jurisdiction: str) -> list[RawEntry]:
    """Rules and exceptions that cannot be read, and exceptions that lift what they cannot."""
    own = (each for each in checked.contact if each.file.jurisdiction == jurisdiction)
    return [
        each
        for each in own
        if not each.is_read or any(why_not_lifted(name, jurisdiction, checked.rules) for name in each.lifts)
    ]


def _is_certain(answer: CaseAnswer, case: Mapping[str, object], lost: list[RawEntry]) -> bool:
    """Whether no entry that is lost could make the failing case hold.

    A rule would refuse more and an exception permit more; what a rule itself says stays as it is.
    """
    if not lost:
        return True
    about = answer.rule.lifts or (answer.rule.id,)
    may_be_lifted = any(each.kind is EntryKind.EXCEPTION for each in lost)
    if may_be_lifted or "next_local" in case or {each.id for each in lost} & set(about):
        return False
    return case["expect"] == "allow" or " or ".join(about) not in answer.answered


def _other_cases(checked: CheckedFiles, file: LawFile) -> Iterator[Mistake]:
    if isinstance(file.read, Pack):
        return
    if isinstance(file.read, ObligationsFile):
        yield from _failing_duties(checked, try_obligation_cases([file.read])[0])
        return
    for answer in answer_alone(file):
        if not answer.holds:
            entry = checked.entry(answer.entry.kind, answer.entry.id)
            yield _failing(entry, answer.id, answer.expected, answer.answered)


def _failing_duties(checked: CheckedFiles, answers: list[ObligationAnswer]) -> Iterator[Mistake]:
    for answer in answers:
        if not answer.holds:
            entry = checked.entry(EntryKind.OBLIGATION, answer.rule.id)
            yield _failing(entry, answer.id, answer.expected, answer.answered)


def _failing(entry: RawEntry, case: str, expected: str, answered: str) -> Mistake:
    what = f"expects {expected}; the answer is {answered}"
    hint = "Change the rule if the case is right, else the case."
    return entry.mistake(f"case {case}", what, hint, steps=entry.steps_of(case))


# -- sides -------------------------------------------------------------------------------------


def _one_sided(entry: RawEntry) -> Iterator[Mistake]:
    sides = _ANY if _is_off(entry) else _sides(entry)
    for side in _ANY:
        if side not in sides:
            yield entry.mistake("case", f"has none in which it {side}", "Add one.")


def _is_off(entry: RawEntry) -> bool:
    """Whether it ships switched off, so that its cases have one side at most, or may do so."""
    certainty = entry.told.get("certainty")
    if entry.kind is EntryKind.EXCEPTION:
        return certainty not in CERTAINTIES or is_uncertain(str(certainty))
    return entry.kind is EntryKind.CONTACT and entry.told.get("draft") is True


def _sides(entry: RawEntry) -> Collection[str]:
    """The sides on which its cases are; both where a word is none of those there are."""
    kind = entry.told.get("kind") if entry.kind is EntryKind.TABLE else None
    if entry.kind is EntryKind.TABLE and (not isinstance(kind, str) or kind not in KINDS):
        return _ANY
    words = [str(case.get("expect")) for case, _ in entry.cases]
    sides = {word: side_of(word, kind) for word in words}
    return _ANY if any(not side and word not in _NEUTRAL for word, side in sides.items()) else sides.values()
