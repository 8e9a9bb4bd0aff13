"""Notices (提醒): bell, list, read receipts, mail. Other parts send them with `sites.notices.send(...)`."""

from sites.notices.sending import send

__all__ = ["send"]
