"""People with passwords, and the real door: a browser on the admin's host."""

from __future__ import annotations

import time
from typing import Any

from captcha.models import CaptchaStore
from django.test import Client
from django_otp.oath import totp
from django_otp.plugins.otp_totp.models import TOTPDevice

from tenants.models import Membership, Region, Role, Tenant, User
from tests.cast import ADMIN_HOST

RIGHT, WRONG = "Right-pass-2026", "Wrong-pass-2026"
LOGIN = "/admin/login/"
CODE = "/admin/login/code/"
OWN_PAGE = "/admin/accounts/sessions/"


def browser(**headers: str) -> Client:
    """Return a browser on the admin's host that checks tokens against forged requests as a real one must."""
    return Client(headers={"host": ADMIN_HOST, **headers})


def account(username: str = "zhang", role: str = Role.SUPERVISOR, tenant: Tenant | None = None) -> User:
    """Make an account with the right password; without a tenant its right lies over a region, or the platform."""
    user = User.objects.create_user(username, password=RIGHT)
    where: dict[str, Any] = {"tenant": tenant} if tenant else {}
    if not tenant and role != Role.PLATFORM_OPERATOR:
        where["region"] = region()
    Membership.objects.create(user=user, role=role, **where)
    return user


def region(code: str = "430102") -> Region:
    return Region.objects.get_or_create(
        code=code, defaults={"name": f"区划{code}", "level": "province", "lineage": f"{code}/"}
    )[0]


def tenant(code: str = "430102") -> Tenant:
    """Make a tenant without a sub-site: memberships need no pages."""
    return Tenant.objects.create(
        code=code,
        name=f"{code}人民政府",
        short_name=code,
        kind="county",
        region=region(code),
        host=f"c{code}.localhost",
        template_version=1,
    )


def attempt(client: Client, username: str = "zhang", password: str = RIGHT, address: str = "", **fields: str) -> Any:
    extra = {"REMOTE_ADDR": address} if address else {}
    return client.post(LOGIN, {"username": username, "password": password, **fields}, **extra)


def signed_in_with_password(username: str = "zhang", **headers: str) -> Client:
    client = browser(**headers)
    assert attempt(client, username).status_code == 302
    assert is_in(client)
    return client


def is_in(client: Client) -> bool:
    return client.get(OWN_PAGE).status_code == 200


def solved(page: Any) -> dict[str, str]:
    """Return the fields that solve the captcha a page shows."""
    key = page.context["form"]["captcha"].field.widget._key
    return {"captcha_0": key, "captcha_1": CaptchaStore.objects.get(hashkey=key).response}


def code_of(device: TOTPDevice, steps: int = 0) -> str:
    """Return the six digits the app shows now, or `steps` half minutes later."""
    device.refresh_from_db()
    return f"{totp(device.bin_key, t0=-30 * steps):06d}"


def away(client: Client, seconds: int, *, since_sign_in: bool = False) -> None:
    """Let time pass for a session: move its marks into the past."""
    session = client.session
    mark = dict(session["account"])
    mark["seen"] -= seconds
    if since_sign_in:
        mark["at"] -= seconds
    session["account"] = mark
    session.save()


def seen_seconds_ago(client: Client) -> int:
    return int(time.time()) - client.session["account"]["seen"]
