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
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache

from arrears.actions.templates import check_text_of, content_rules
from arrears.kernel.content.rules import ContentRule
from arrears.kernel.law.contents import TextKey
from arrears.kernel.law.rules import EFFECT_OF, Law, Rule, Strength
from arrears.kernel.vocabulary import LANGUAGES, ActorKind, Channel, NoticeKind, code_of, name_of
from arrears.locale.notices import Template, Texts, load_texts
from arrears.rulepacks import shipped

_NOTICES = frozenset(map(name_of, NoticeKind))
KEPT = "kept by every text in use"
"""Why a rule of content is not among those that are asked."""
_STRENGTH = Strength.MUST_NOT


def with_texts(law: Law, actor: ActorKind) -> Law:
    """The law of such an actor with the rules of content of its packs, as far as they are about contacts.

    Those that none of the actor's texts breaks have nothing to refuse. The version says also which
    the others are, and with which texts they are broken.
    """
    against = _against(load_texts(), actor)
    taken = {each.id for each in (*law.rules, *law.exceptions, *(off for off, _ in law.switched_off))}
    rules = [_rule(each, against.get(each.id, ()), taken) for each in _about_contacts(law.adopted)]
    broken = tuple(each for each in rules if each.params["texts"])
    kept = tuple((each, KEPT) for each in rules if not each.params["texts"])
    told = repr([law.version, *((each.id, each.params["texts"], str(each.match)) for each in broken)])
    return replace(
        law,
        rules=(*law.rules, *broken),
        switched_off=(*law.switched_off, *kept),
        version=hashlib.sha256(told.encode()).hexdigest()[:16],
    )


def _about_contacts(adopted: Sequence[str]) -> list[ContentRule]:
    """The rules of these packs that are about notices; other documents are no contacts."""
    return [each for each in content_rules(adopted) if _NOTICES & set(each.match.get("notice", _NOTICES))]


@lru_cache(maxsize=16)
def _against(texts: Texts, actor: ActorKind) -> Mapping[str, tuple[TextKey, ...]]:
    """By rule, the actor's texts that break it by what they say, whoever reads them and on whatever day."""
    rules = [replace(each, in_force_from=None, in_force_until=None) for each in content_rules()]
    found: dict[str, set[TextKey]] = defaultdict(set)
    for template in (each for each in texts.templates if name_of(actor) in each.actors):
        use = {
            "notice": (template.notice,),
            "channel": (template.channel,),
            "actor_kind": (name_of(actor),),
        }
        for finding in check_text_of(template, use, rules, on=date.min):
            found[finding.rule.id].add(_key(template))
    return {rule: tuple(sorted(keys)) for rule, keys in found.items()}


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


def _rule(rule: ContentRule, texts: tuple[TextKey, ...], taken: AbstractSet[str]) -> Rule:
    """The rule as one of contact; where its id is that of a rule about the contact itself, told apart."""
    reach = _reach(rule.jurisdiction)
    return Rule(
        id=f"{rule.id}.text" if rule.id in taken else rule.id,
        kind="content",
        jurisdiction=rule.jurisdiction,
        match=_match(rule, reach),
        params={"texts": texts, "when": rule.when},
        strength=_STRENGTH,
        effect=EFFECT_OF[_STRENGTH],
        citation=rule.citation,
        certainty=rule.certainty,
        is_uncertain=rule.certainty == "D",
        about=rule.about,
        in_force_from=rule.in_force_from,
        in_force_until=rule.in_force_until,
        reference_zone=reach.zone,
    )


def _match(rule: ContentRule, reach: _Reach) -> Mapping[str, tuple[str, ...]]:
    """The rule's own fields in the names of contact law, and the places of its pack."""
    told = {"place": "recipient_places"}
    own = {told.get(name, name): tuple(names) for name, names in rule.match.items()}
    if "notice" in own:
        own["notice"] = tuple(name for name in own["notice"] if name in _NOTICES)
    return {**own, "place_or_law": reach.places} if reach.places else own
