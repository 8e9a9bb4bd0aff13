"""manage.py demo: a province to look at. Hunan's divisions (official codes and names), sample content, printed logins."""

from __future__ import annotations

import csv
import io
import secrets
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from provisioning import runs
from provisioning.models import ProvisioningRun, RunStatus
from sites import addresses
from sites.sample_content import fill
from sites.sample_day import fill_day
from tenants.models import Membership, Region, Role, Tenant, User

DIVISIONS = Path(__file__).parents[2] / "demo_files" / "hunan.csv"
DEPARTMENTS = ("发展和改革局", "教育局", "民政局", "财政局", "农业农村局", "卫生健康局")
WITH_DEPARTMENTS = "430181"
# Whose pages are filled with samples: province, city, two counties, a town in each, a department.
FILLED = ("430000", "430100", "430181", "430104", "430181001", "430104001", "430181-minzheng")
ACCOUNTS = (
    # username, name, role, tenant (of a supervisor: region)
    ("operator", "平台管理员", Role.PLATFORM_OPERATOR, ""),
    ("liuyang-supervisor", "浏阳市主管", Role.SUPERVISOR, "430181"),
    ("liuyang-manager", "浏阳市站点管理员", Role.SITE_MANAGER, "430181"),
    ("liuyang-reviewer", "浏阳市审核员", Role.REVIEWER, "430181"),
    ("liuyang-editor", "浏阳市信息员", Role.CONTRIBUTOR, "430181"),
    ("town-manager", "乡镇站点管理员", Role.SITE_MANAGER, "430181001"),
    ("town-leader", "乡镇分管负责人", Role.REVIEWER, "430181001"),
    ("town-reviewer", "乡镇审核员", Role.REVIEWER, "430181001"),
    ("town-editor", "乡镇信息员", Role.CONTRIBUTOR, "430181001"),
    # Into whose sub-site the demo's old site is moved: who signs its report.
    ("bureau-manager", "农业农村局站点管理员", Role.SITE_MANAGER, "430181-nongyenongcun"),
    ("yuelu-editor", "岳麓区信息员", Role.CONTRIBUTOR, "430104"),
)
# Who has articles in all states, and who reviews them.
DAYS = (
    ("430181001", "town-editor", "town-reviewer"),
    ("430181", "liuyang-editor", "liuyang-reviewer"),
)


class Command(BaseCommand):
    help = (
        "Open a whole province with sample content on this machine, and print addresses and logins. Only with DEMO=1."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("The demo makes accounts with printed passwords. Set DEMO=1 to say that this is a demo.")
        self.console = Console(stderr=True)
        password = self.password()
        operator = self.account(*ACCOUNTS[0], password)
        self.open_sites(operator)
        addresses.refresh()
        for username, name, role, code in ACCOUNTS[1:]:
            self.account(username, name, role, code, password)
        self.fill_sites(operator)
        self.show(password)

    def password(self) -> str:
        """Return the demo's password, made on the first run and kept beside the data."""
        file = settings.DATA_DIR / "demo-password"
        if not file.exists():
            file.touch(mode=0o600)
            file.write_text(f"demo-{secrets.token_hex(4)}", encoding="ascii")
        return file.read_text(encoding="ascii").strip()

    def account(self, username: str, name: str, role: str, code: str, password: str) -> User:
        user, created = User.objects.get_or_create(username=username, defaults={"first_name": name})
        if created:
            user.is_superuser = role == Role.PLATFORM_OPERATOR
            user.set_password(password)
            user.save()
            over_region = role == Role.SUPERVISOR
            tenant = Tenant.objects.get(code=code) if code and not over_region else None
            region = Region.objects.get(code=code) if over_region else None
            Membership.objects.create(user=user, role=role, tenant=tenant, region=region, reason="demo")
        return user

    def open_sites(self, operator: User) -> None:
        if ProvisioningRun.objects.filter(source_name="demo-sites.csv", status=RunStatus.FINISHED).exists():
            return
        call_command("regions", "load", str(DIVISIONS), stdout=io.StringIO())
        data = site_list()
        (settings.DATA_DIR / "demo-sites.csv").write_bytes(data)
        chosen = runs.Options(host_pattern="{slug}.localhost", status="live")
        run, _plan = runs.create_run(data, "demo-sites.csv", by=operator, options=chosen)
        with Progress(console=self.console, transient=True) as bar:
            task = bar.add_task("正在开通全省站点", total=run.total)
            runs.apply_run(run, by=operator, progress=lambda done, total: bar.update(task, completed=done))

    def fill_sites(self, operator: User) -> None:
        for code in FILLED:
            tenant = Tenant.objects.filter(code=code).first()
            if tenant is not None:
                fill(tenant, by=operator)
        people = User.objects.in_bulk([name for day in DAYS for name in day[1:]], field_name="username")
        for code, author, reviewer in DAYS:
            fill_day(Tenant.objects.get(code=code), author=people[author], reviewer=people[reviewer])

    def show(self, password: str) -> None:
        addresses.refresh()
        book = {address.code: address for address in addresses.all_public()}
        sites = Table("站点", "类型", "地址", title=f"{len(book)} 个站点已开通")
        for code in FILLED:
            if code in book:
                address = book[code]
                kind = Tenant.objects.get(code=code).get_kind_display()
                sites.add_row(address.name, kind, address.root_url + address.prefix)
        logins = Table("角色", "账号", "密码", "站点", title=f"后台登录 {settings.WAGTAILADMIN_BASE_URL}/admin/")
        for username, _name, role, code in ACCOUNTS:
            logins.add_row(str(Role(role).label), username, password, book[code].name if code in book else "全平台")
        console = Console(file=self.stdout, width=110)
        console.print(sites)
        console.print(logins)
        console.print("开站清单在 var/demo-sites.csv；再次运行 make demo 立即启动，不会重复开站。按 Ctrl-C 停止。")


def site_list() -> bytes:
    """Return the province's list of sub-sites as an operator would write it: one row each, Chinese headers."""
    rows = list(csv.reader(DIVISIONS.read_text(encoding="utf-8").splitlines()))[1:]
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(["单位编码", "主办单位", "类型", "行政区划代码", "域名", "承办单位", "联系电话"])
    for code, name in rows:
        kind = _kind(code)
        host = "hunan.localhost" if kind == "省级门户" else ""
        unit = name + ("办事处" if name.endswith("街道") else "人民政府")
        writer.writerow(
            [code, unit, kind, code, host, f"{unit}办公室" if kind != "乡镇" else "党政办公室", "0700-6123001"]
        )
    for department in DEPARTMENTS:
        county = dict(rows)[WITH_DEPARTMENTS]
        writer.writerow(
            ["", f"{county}{department}", "部门", WITH_DEPARTMENTS, "", f"{department}办公室", "0700-6123002"]
        )
    return text.getvalue().encode("utf-8-sig")


def _kind(code: str) -> str:
    if len(code) > 6:
        return "乡镇"
    if code.endswith("0000"):
        return "省级门户"
    return "市级门户" if code.endswith("00") else "县级门户"
