"""How people come in: invitations with a one-time link, sessions, former passwords, and the log of sign-ins."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from tenants.models.people import Role, User
from tenants.scope import TenantOwned


class Invitation(TenantOwned):
    """A one-time link that makes an account with a first membership. Only the hash of its secret is kept."""

    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    username = models.CharField(_("user name"), max_length=150)
    full_name = models.CharField(_("full name"), max_length=100)
    email = models.EmailField(_("e-mail"), blank=True)
    phone = models.CharField(_("telephone"), max_length=50, blank=True)
    post = models.CharField(_("post"), max_length=100, blank=True)
    role = models.CharField(_("role"), max_length=20, choices=Role.choices)
    # Ids of the columns a limited contributor shall keep; empty for the whole sub-site.
    column_ids = models.JSONField(default=list, blank=True)
    membership_until = models.DateTimeField(_("right ends on"), null=True, blank=True)
    invited_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    invited_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(_("link valid until"))
    accepted_at = models.DateTimeField(null=True, blank=True)
    accepted_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        ordering = ["-invited_at", "-id"]

    def __str__(self) -> str:
        return f"{self.username} {self.role} {self.tenant_id}"


class Outcome(models.TextChoices):
    SIGNED_IN = "signed_in", _("Signed in")
    WRONG = "wrong", _("Wrong password")
    WRONG_CODE = "wrong_code", _("Wrong verification code")
    LOCKED = "locked", _("Locked out")
    SIGNED_OUT = "signed_out", _("Signed out")
    IDLE = "idle", _("Ended after idle time")
    ENDED = "ended", _("Ended by the platform")
    NO_RIGHTS = "no_rights", _("Right password, but no rights")
    PASSWORD = "password", _("Password changed")
    FACTOR_ON = "factor_on", _("Two-step verification set up")
    FACTOR_OFF = "factor_off", _("Two-step verification turned off")
    FACTOR_RESET = "factor_reset", _("Two-step verification reset")
    UNLOCKED = "unlocked", _("Lockout lifted")


class SignIn(models.Model):
    """One line of the sign-in log. `user` is empty where no account has the name that was tried."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="sign_ins"
    )
    username = models.CharField(_("user name"), max_length=150)
    outcome = models.CharField(_("outcome"), max_length=12, choices=Outcome.choices)
    at = models.DateTimeField(_("time"), auto_now_add=True)
    address = models.GenericIPAddressField(_("network address"), null=True, blank=True)
    agent = models.CharField(_("browser"), max_length=200, blank=True)
    # Why, or by whom, where somebody other than the person did it.
    detail = models.CharField(_("remark"), max_length=200, blank=True)

    class Meta:
        ordering = ["-at", "-id"]
        verbose_name = _("sign-in")
        verbose_name_plural = _("sign-in log")
        indexes = [models.Index(fields=["user", "-at"], name="sign_in_user_at")]

    def __str__(self) -> str:
        return f"{self.username} {self.outcome} {self.at:%Y-%m-%d %H:%M}"


class UserSession(models.Model):
    """A session and whose it is, so that revoking a right can end it at once."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="open_sessions")
    session_key = models.CharField(max_length=40, unique=True)
    started_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"{self.user_id} {self.started_at:%Y-%m-%d %H:%M}"


class FormerPassword(models.Model):
    """The hash of a password that a person has, or had: it may not be taken again soon, and its day tells its age."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="former_passwords")
    password_hash = models.CharField(max_length=128)
    set_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-set_at", "-id"]

    def __str__(self) -> str:
        return f"{self.user_id} {self.set_at:%Y-%m-%d}"
