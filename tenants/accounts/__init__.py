"""Accounts: sign-in, second factor, recovery, idle end, sign-in log, invitations."""
