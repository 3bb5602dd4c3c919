"""What the storm's lender is bound by: the packs it adopted, and one count per number and address."""

from __future__ import annotations

from dataclasses import replace

from arrears.kernel.law.rules import Law
from tests.actions.sending import a_cap

ADOPTED = ("tw",)
PER_PERSON_AND_DAY = 1  # house.daily
PER_NUMBER, NUMBER_HOURS = 2, 24

STEPS = range(1, 7)
STRATEGY = """
name = "storm"

[about]
en = "Five steps, one a day."
zh-Hans = "五步，每日一步。"
zh-Hant = "五步，每日一步。"
""" + "".join(
    f"""
[[steps]]
id = "step-{offset}"
rank = {offset * 10}
offset_days = {offset}
channels = ["sms", "email", "in_app"]
notice = "payment_reminder"
purpose = "collect"
tone = "plain"
window_days = 1
catch_up = "in_order"

[steps.about]
en = "a message"
zh-Hans = "消息"
zh-Hant = "訊息"
"""
    for offset in STEPS
)
OFFSETS = {f"step-{offset}": offset for offset in STEPS}
"""Days after which each step is due, by its name."""


def with_the_storms_rules(law: Law) -> Law:
    rule = a_cap("storm.number", scope="value", most=PER_NUMBER, hours=NUMBER_HOURS)
    return replace(law, rules=(*law.rules, rule))
