"""What whoever calls is told of caps: what the books have and nobody asks for, and by which rule."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from arrears.kernel.money import Money
from arrears.kernel.tables.demands import Beyond
from arrears.locale.amounts import said_amount

_NOT_ASKED = {
    "en": "For you only: ask for no more than is stated here. The books have {amount} more, which lies beyond"
    " what may be claimed by {rules}.",
    "zh-Hans": "仅供坐席：不得要求支付超出上述的金额。账面另有{amount}，超出可主张的上限，依据：{rules}。",
    "zh-Hant": "僅供坐席：不得要求支付超出上述之金額。帳面另有{amount}，超出得主張之上限，依據：{rules}。",
}
_CHALLENGED = {
    "en": "For you only: if the rate is objected to, note it and pass it on. It may be reduced by {rules}.",
    "zh-Hans": "仅供坐席：对利率提出异议的，请记录并转交。该利率可能被调减，依据：{rules}。",
    "zh-Hant": "僅供坐席：對利率提出異議者，請記錄並轉交。該利率可能被酌減，依據：{rules}。",
}


def said_of_caps(beyond: Beyond, currency: str, citations: Mapping[str, str], language: str) -> str:
    """What lies beyond the caps of one loan, with the ids and sources of the rules."""
    lines = []
    if beyond.minor:
        amount, rules = said_amount(Money(beyond.minor, currency), language), _rules(beyond.by, citations)
        lines.append(_NOT_ASKED[language].format(amount=amount, rules=rules))
    if beyond.challenged:
        lines.append(_CHALLENGED[language].format(rules=_rules(beyond.challenged, citations)))
    return "\n".join(lines)


def _rules(ids: Sequence[str], citations: Mapping[str, str]) -> str:
    return ", ".join(f"{each} ({citations[each]})" for each in ids)
