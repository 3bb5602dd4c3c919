"""Rules of content as rules of contact: a text that breaks one is not sent to whoever the rule is about.

The texts that a kind of actor sends are held against the rules once for each set of texts; what is
against them becomes part of the law, so that a plan, a forecast, a simulation, the gate and an answer
all say the same.
A rule binds with its pack: where the law of the pack's places applies, and only if it is adopted.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from datetime import date
from functools import lru_cache

from arrears.actions.templates import check_text_of, content_rules, stated_beside
from arrears.kernel.certainty import is_uncertain
from arrears.kernel.content.checking import Finding, Written, check_text
from arrears.kernel.content.rules import ContentRule
from arrears.kernel.law.contents import Faults, TextKey
from arrears.kernel.law.rules import EFFECT_OF, Law, Rule, Strength
from arrears.kernel.vocabulary import LANGUAGES, ActorKind, Channel, NoticeKind, code_of, name_of
from arrears.locale.lexicon import load_lexica
from arrears.locale.notices import Template, Texts, load_texts
from arrears.rulepacks import shipped

_NOTICES = frozenset(map(name_of, NoticeKind))
KIND = "content"
KEPT = "kept by every text in use"
"""Why a rule of content is not among those that are asked."""
_STRENGTH = Strength.MUST_NOT


@dataclass(frozen=True, slots=True)
class OwnText:
    """A text that somebody else will send; `states` are facts that nobody has to find in it."""

    language: str
    body: str = field(repr=False)
    subject: str = field(default="", repr=False)
    states: tuple[str, ...] = ()


def with_texts(law: Law, actor: ActorKind) -> Law:
    """The law of such an actor with the rules of content of its packs, as far as they are about contacts.

    Those that none of the actor's texts breaks have nothing to refuse. The version says also which
    the others are, and with which texts they are broken.
    """
    against = _against(load_texts(), actor)
    taken = {each.id for each in (*law.rules, *law.exceptions, *(off for off, _ in law.switched_off))}
    rules = [_rule(each, against.get(each.id, {}), taken) for each in _about_contacts(law.adopted)]
    bound = _with_rules(law, rules)
    broken = [(each.id, each.params["texts"], each.match) for each in bound.rules if each.kind == KIND]
    version = hashlib.sha256(repr([law.version, *broken]).encode()).hexdigest()[:16]
    return replace(bound, version=version)


Used = tuple[int, int, OwnText]
"""A text with the codes of the notice and the channel that it is sent as."""


def with_own_texts(law: Law, texts: Sequence[Used]) -> Law:
    """The same law asked about texts of somebody else's too; the code of the nth is `code_of_own(n)`.

    `law` is one that `with_texts` gave.
    """
    by_id = {each.id: each for each in _content_rules_of(law)}
    against: dict[str, dict[TextKey, Faults]] = defaultdict(dict)
    for number, (notice, channel, text) in enumerate(texts):
        for rule, faults in _faults_of(NoticeKind(notice), Channel(channel), text, law.adopted).items():
            against[rule][notice, channel, code_of_own(number)] = faults
    for rule, found in against.items():
        name = f"{rule}.text" if f"{rule}.text" in by_id else rule
        params = by_id[name].params
        by_id[name] = replace(by_id[name], params={**params, "texts": {**params["texts"], **found}})
    return _with_rules(law, list(by_id.values()))


def code_of_own(number: int) -> int:
    """The code of somebody's own text: beyond those of the lender's."""
    return len(LANGUAGES) + number


def _with_rules(law: Law, content: Sequence[Rule]) -> Law:
    """The law with these rules of content in place of its own, those that nothing breaks set aside."""
    rest = tuple(each for each in law.rules if each.kind != KIND)
    off = tuple(each for each in law.switched_off if each[0].kind != KIND)
    return replace(
        law,
        rules=(*rest, *(each for each in content if each.params["texts"])),
        switched_off=(*off, *((each, KEPT) for each in content if not each.params["texts"])),
    )


def _content_rules_of(law: Law) -> list[Rule]:
    every = (*law.rules, *(rule for rule, _ in law.switched_off))
    return [each for each in every if each.kind == KIND]


def _about_contacts(adopted: Sequence[str]) -> list[ContentRule]:
    """The rules of these packs that are about notices; other documents are no contacts."""
    return [each for each in content_rules(adopted) if _NOTICES & set(each.match.get("notice", _NOTICES))]


@lru_cache(maxsize=16)
def _against(texts: Texts, actor: ActorKind) -> Mapping[str, Mapping[TextKey, Faults]]:
    """By rule, what is against the actor's texts by what they say, whoever reads them and on whatever day."""
    rules = _on_any_day(content_rules())
    found: dict[str, dict[TextKey, Faults]] = defaultdict(dict)
    for template in (each for each in texts.templates if name_of(actor) in each.actors):
        use = {"notice": (template.notice,), "channel": (template.channel,), "actor_kind": (name_of(actor),)}
        for rule, faults in _by_rule(check_text_of(template, use, rules, on=date.min)).items():
            found[rule][_key(template)] = faults
    return found


def _faults_of(
    notice: NoticeKind, channel: Channel, text: OwnText, adopted: Sequence[str]
) -> Mapping[str, Faults]:
    """By rule, what is against a text by what it says."""
    stated = frozenset(text.states) | stated_beside(name_of(channel))
    written = Written(text.language, text.body, text.subject, stated=stated)
    use = {"notice": (name_of(notice),), "channel": (name_of(channel),)}
    rules = _on_any_day(_about_contacts(adopted))
    return _by_rule(check_text(written, use, rules, load_lexica(), on=date.min))


def _on_any_day(rules: Sequence[ContentRule]) -> list[ContentRule]:
    """The rules without their dates, which the law asks of each contact."""
    return [replace(each, in_force_from=None, in_force_until=None) for each in rules]


def _by_rule(findings: Sequence[Finding]) -> Mapping[str, Faults]:
    found: dict[str, Faults] = defaultdict(tuple)
    for each in findings:
        found[each.rule.id] = (*found[each.rule.id], (each.fact, each.words))
    return found


def _key(template: Template) -> TextKey:
    notice, channel = code_of(NoticeKind, template.notice), code_of(Channel, template.channel)
    return int(notice), int(channel), LANGUAGES.index(template.language)


@dataclass(frozen=True, slots=True)
class _Reach:
    """Where the packs of one jurisdiction apply, and by whose clock their days begin."""

    places: tuple[str, ...]
    zone: str


def _reach(jurisdiction: str) -> _Reach:
    packs = [pack for pack in shipped() if pack.jurisdiction == jurisdiction]
    places = dict.fromkeys(place for pack in packs for place in pack.applies_to)
    zones = [rule.reference_zone for pack in packs for rule in (*pack.rules, *pack.exceptions)]
    return _Reach(tuple(places), zones[0] if zones else "UTC")


def _rule(rule: ContentRule, texts: Mapping[TextKey, Faults], taken: AbstractSet[str]) -> Rule:
    """The rule as one of contact; where its id is that of a rule about the contact itself, told apart."""
    reach = _reach(rule.jurisdiction)
    return Rule(
        id=f"{rule.id}.text" if rule.id in taken else rule.id,
        kind=KIND,
        jurisdiction=rule.jurisdiction,
        match=_match(rule, reach),
        params={"texts": texts, "when": rule.when, "unless": rule.unless},
        strength=_STRENGTH,
        effect=EFFECT_OF[_STRENGTH],
        citation=rule.citation,
        certainty=rule.certainty,
        is_uncertain=is_uncertain(rule.certainty),
        about=rule.about,
        in_force_from=rule.in_force_from,
        in_force_until=rule.in_force_until,
        in_force_by=rule.in_force_by,
        reference_zone=reach.zone,
    )


def _match(rule: ContentRule, reach: _Reach) -> Mapping[str, tuple[str, ...]]:
    """The rule's own fields in the names of contact law, and the places of its pack."""
    told = {"place": "recipient_places"}
    own = {told.get(name, name): tuple(names) for name, names in rule.match.items()}
    if "notice" in own:
        own["notice"] = tuple(name for name in own["notice"] if name in _NOTICES)
    return {**own, "place_or_law": reach.places} if reach.places else own
