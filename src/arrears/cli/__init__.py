"""The command `arrears`: one file per noun, loaded when its command is used.

To add a command: write `cli/NOUN.py` with a click command or group, decorate it with `@needs_database`
from `cli/django.py` if it reads or writes, print its report with `cli/output.py`, name it in COMMANDS.
"""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec

import click

from arrears import __version__
from arrears.cli.errors import run_and_explain

# The order is that of a lender's first day.
COMMANDS = {
    "demo": "arrears.cli.demo:demo",
    "doctor": "arrears.cli.doctor:doctor",
    "db": "arrears.cli.db:db",
    "lender": "arrears.cli.lender:lender",
    "schema": "arrears.cli.schema:schema",
    "import": "arrears.cli.feeds:import_",
    "ageing": "arrears.cli.ageing:ageing",
    "statement": "arrears.cli.statement:statement",
    "rolls": "arrears.cli.rolls:rolls",
    "restated": "arrears.cli.restated:restated",
    "strategy": "arrears.cli.strategy:strategy",
    "run-day": "arrears.cli.run_day:run_day",
    "send": "arrears.cli.send:send",
    "calls": "arrears.cli.calls:calls",
    "contact-points": "arrears.cli.contact_points:contact_points",
    "sweep": "arrears.cli.sweep:sweep",
    "work": "arrears.cli.work:work",
    "receive-mail": "arrears.cli.receive_mail:receive_mail",
    "receipts": "arrears.cli.receipts:receipts",
    "unsure": "arrears.cli.unsure:unsure",
    "verify": "arrears.cli.verify:verify",
    "letters": "arrears.cli.letters:letters",
    "push": "arrears.cli.push:push",
    "explain": "arrears.cli.explain:explain",
    "plan": "arrears.cli.plan:plan",
    "forecast": "arrears.cli.forecast:forecast",
    "law": "arrears.cli.law:law",
    "retention": "arrears.cli.retention:retention",
    "obligations": "arrears.cli.obligations:obligations",
    "template": "arrears.cli.template:template",
    "simulate-strategy": "arrears.cli.simulate:simulate_strategy",
    "opt-out": "arrears.cli.opt_out:opt_out",
    "inbound": "arrears.cli.inbound:inbound",
    "hold": "arrears.cli.hold:hold",
    "override": "arrears.cli.override:override",
    "hours": "arrears.cli.hours:hours",
    "household": "arrears.cli.household:household",
    "payment": "arrears.cli.payment:payment",
    "clock": "arrears.cli.clock:clock",
    "token": "arrears.cli.token:token",
    "serve": "arrears.cli.serve:serve",
}


class LazyGroup(click.Group):
    """A group whose commands are imported when they are asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        return [name for name, target in COMMANDS.items() if find_spec(target.split(":")[0])]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in self.list_commands(ctx):
            return None
        module, _, attribute = COMMANDS[cmd_name].partition(":")
        command = getattr(import_module(module), attribute)
        assert isinstance(command, click.Command), (cmd_name, command)
        return command


@click.command(
    cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110}
)
@click.version_option(__version__, prog_name="arrears")
def arrears() -> None:
    """Who is late on a loan, who may be contacted, when and by which law, and why."""


def main() -> None:
    """Run the command line. Every failure a person can act on ends as plain words, never as a traceback."""
    run_and_explain(arrears)
