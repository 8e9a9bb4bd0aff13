"""manage.py legacy <subcommand>: bring an old site over. Each module of legacy/commands/ is a subcommand."""

from __future__ import annotations

import pkgutil
import sys
from argparse import RawDescriptionHelpFormatter
from importlib import import_module
from types import ModuleType
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext

from legacy import commands
from sites.messages import SaidError


def parts() -> dict[str, ModuleType]:
    """Return the subcommands' modules by name."""
    names = sorted(found.name for found in pkgutil.iter_modules(commands.__path__) if not found.name.startswith("_"))
    return {name.removesuffix("_"): import_module(f"legacy.commands.{name}") for name in names}


class Command(BaseCommand):
    help = "Bring an old site over: collect, survey, map, extract, load, verify, cut over. See: legacy <subcommand> -h"

    def add_arguments(self, parser: CommandParser) -> None:
        below = parser.add_subparsers(dest="subcommand", required=True, metavar="subcommand")
        for name, module in parts().items():
            sub = below.add_parser(
                name,
                help=module.HELP.splitlines()[0],
                description=module.HELP,
                formatter_class=RawDescriptionHelpFormatter,  # keeps the examples' lines
            )
            module.arguments(sub)
            sub.set_defaults(carry_out=module.handle)

    def handle(self, *args: Any, **options: Any) -> None:
        """Run the subcommand. It ends with 0 done, 1 failed, 2 misused, 3 done with refusals."""
        carry_out = options.pop("carry_out")
        try:
            code = carry_out(options, self.stdout)
        except SaidError as error:
            raise CommandError(error.say(gettext)) from error
        if code:
            sys.exit(code)
