"""What a message says beside its notice when an address on file is out of date: give us a current one.

Only the kind of address is named, never the address. It goes with what is sent anyway.
"""

from __future__ import annotations

from collections.abc import Sequence

_ASKED = {
    "en": "Messages to the {kinds} we have on file for you do not arrive. To give us a current one:"
    " {ask_through}.",
    "zh-Hans": "发往您登记的{kinds}的消息无法送达。如需更新：{ask_through}。",
    "zh-Hant": "寄往您登記的{kinds}的訊息無法送達。如需更新：{ask_through}。",
}
_ASKED_SHORT = {
    "en": "We cannot reach your {kinds} on file: please tell us a new one.",
    "zh-Hans": "您的{kinds}已失效，请告知新的。",
    "zh-Hant": "您的{kinds}已失效，請告知新的。",
}
_TO_ASK = {
    "en": "For you only: once it is sure who answers, ask for a current {kinds}; the one on file does not"
    " reach. Read out no address that is on file.",
    "zh-Hans": "仅供坐席：确认接听者为本人后，请询问现用的{kinds}；登记的已无法送达。"
    "不得念出登记的号码或地址。",
    "zh-Hant": "僅供坐席：確認接聽者為本人後，請詢問現用的{kinds}；登記者已無法送達。"
    "不得唸出登記之號碼或地址。",
}
_KINDS = {
    "en": {
        "email": "e-mail address",
        "mobile": "mobile number",
        "landline": "landline number",
        "postal": "postal address",
    },
    "zh-Hans": {"email": "电子邮箱", "mobile": "手机号码", "landline": "固定电话", "postal": "通讯地址"},
    "zh-Hant": {"email": "電子信箱", "mobile": "手機號碼", "landline": "市話號碼", "postal": "通訊地址"},
}
_BETWEEN = {"en": " and ", "zh-Hans": "、", "zh-Hant": "、"}


def said_of_outdated(kinds: Sequence[str], channel: str, ask_through: str, language: str) -> str:
    """The request in the form of a channel: a script speaks to whoever calls.

    A text message is short; how to tell us stands in it anyway.
    """
    texts = {"call": _TO_ASK, "sms": _ASKED_SHORT, "push": _ASKED_SHORT}.get(channel, _ASKED)
    named = _BETWEEN[language].join(_KINDS[language][kind] for kind in kinds)
    return texts[language].format(kinds=named, ask_through=ask_through)
