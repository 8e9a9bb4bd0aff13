"""What the console's tests share: background work at once, a signed-in operator, lists handed in, questions counted."""

from __future__ import annotations

from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from provisioning.models import ProvisioningRun
from tenants.models import Tenant
from tests.cast import Cast, new_tenant

BASE = "/admin/platform"
IMMEDIATE = {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend"}
# Background work is done before the answer, so that a test sees its outcome.
TASKS_AT_ONCE = {"default": IMMEDIATE, "background": IMMEDIATE}
LIST = (
    "编码,主办单位,类型,行政区划代码,域名\n430102-mzj,芙蓉区民政局,部门,430102,\n430102-sjj,芙蓉区审计局,部门,430102,\n"
)


def upload(client: Client, data: bytes | str, name: str = "list.csv", **options: Any) -> Any:
    content = data.encode() if isinstance(data, str) else data
    return client.post(f"{BASE}/open/", {"file": SimpleUploadedFile(name, content), "status": "trial", **options})


def uploaded(client: Client, data: bytes | str, name: str = "list.csv", **options: Any) -> ProvisioningRun:
    answer = upload(client, data, name, **options)
    assert answer.status_code == 302, answer.context["form"].errors
    return ProvisioningRun.objects.get(pk=int(answer.url.rstrip("/").rpartition("/")[2]))


def text(answer: Any) -> str:
    return answer.content.decode()


def make_departments(cast: Cast, number: int, name: str = "芙蓉区第{}处") -> None:
    region = cast.county_a.region
    tenants = [
        new_tenant(
            f"430102-d{index}", name.format(index), "department", region, mount=f"d{index}", mounted_under=cast.county_a,
            supervisor=cast.county_a, template_version=1,
        )
        for index in range(number)
    ]  # fmt: skip
    Tenant.objects.bulk_create(tenants)


def queries_of(client: Client, url: str) -> int:
    with CaptureQueriesContext(connection) as found:
        answer = client.get(url)
    assert answer.status_code == 200
    return len(found)
