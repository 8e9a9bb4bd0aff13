"""manage.py accounts: what an engineer does for accounts from the command line."""

from __future__ import annotations

import argparse
from datetime import timedelta
from typing import Any

from captcha.models import CaptchaStore
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from tenants.accounts import journal, lockout, second_factor, sessions
from tenants.models import Outcome, User, UserSession

BY = "manage.py accounts"
EPILOG = """examples:
  manage.py accounts prune                      delete old lines of the sign-in log and rows of sessions long gone
  manage.py accounts prune --dry-run            only say how many
  manage.py accounts unlock zhangsan            open an account that is closed after failed attempts
  manage.py accounts unlock 10.1.2.3            open a network address
  manage.py accounts reset-second-factor wang   the operator's own phone is lost
  manage.py accounts sign-out zhangsan          end all sessions of a person
"""


class Command(BaseCommand):
    help = "Prune the sign-in log, open locked accounts and addresses, reset two-step verification, end sessions."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.epilog = EPILOG
        parser.formatter_class = argparse.RawDescriptionHelpFormatter
        actions = parser.add_subparsers(dest="action", required=True)
        prune = actions.add_parser("prune", help="delete what is older than SIGN_IN_LOG_DAYS; run it daily")
        prune.add_argument("--dry-run", action="store_true", help="only say how many")
        unlock = actions.add_parser("unlock", help="open an account or a network address")
        unlock.add_argument("value", metavar="account-or-address")
        for name, said in (
            ("reset-second-factor", "take the app and the recovery codes away, and end the person's sessions"),
            ("sign-out", "end all sessions of a person"),
        ):
            actions.add_parser(name, help=said).add_argument("username")

    def handle(self, *args: Any, **options: Any) -> None:
        getattr(self, options["action"].replace("-", "_"))(options)

    def prune(self, options: dict[str, Any]) -> None:
        gone = timezone.now() - timedelta(hours=settings.SESSION_HOURS)
        outdated = {
            "lines of the sign-in log": journal.outdated(settings.SIGN_IN_LOG_DAYS),
            "rows of old sessions": UserSession.objects.filter(started_at__lt=gone),
            "old captchas": CaptchaStore.objects.filter(expiration__lt=timezone.now()),
        }
        for name, rows in outdated.items():
            count = rows.count() if options["dry_run"] else rows.delete()[0]
            self.stdout.write(f"{'would delete' if options['dry_run'] else 'deleted'} {count} {name}")

    def unlock(self, options: dict[str, Any]) -> None:
        value = options["value"]
        counted = lockout.unlock("account", value, by=BY)
        counted += lockout.unlock("address", value, by=BY) if lockout.is_address(value) else 0
        if not counted:
            raise CommandError(
                f"No failed attempts are counted for '{value}'. Give the user name or the address as typed."
            )
        self.stdout.write(f"{value} is open again")

    def reset_second_factor(self, options: dict[str, Any]) -> None:
        user = self.person(options["username"])
        if not second_factor.remove(user):
            raise CommandError(f"'{user.username}' has no two-step verification.")
        ended = sessions.end_all(user, BY)
        journal.record(Outcome.FACTOR_RESET, user=user, detail=BY)
        self.stdout.write(f"two-step verification of {user.username} is reset, {ended} sessions ended")

    def sign_out(self, options: dict[str, Any]) -> None:
        user = self.person(options["username"])
        self.stdout.write(f"{sessions.end_all(user, BY)} sessions of {user.username} ended")

    def person(self, username: str) -> User:
        user = User.objects.filter(username=username).first()
        if user is None:
            raise CommandError(f"There is no account '{username}'.")
        return user
