"""What the database itself refuses, whoever writes: regions, tenants, former addresses, memberships."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.db import IntegrityError, connection, models, transaction

from tenants.models import FormerAddress, Membership, Region, Role, Tenant, User
from tests.cast import make_regions

pytestmark = pytest.mark.django_db


@contextmanager
def refused_by(constraint: str):
    """Expect the database to refuse the write, naming the constraint (SQLite names columns where it is unique)."""
    with pytest.raises(IntegrityError) as refusal, transaction.atomic():
        yield
    if connection.vendor == "postgresql" or "CHECK" in str(refusal.value):
        assert constraint in str(refusal.value)
    else:
        assert "UNIQUE" in str(refusal.value)


@pytest.fixture
def places() -> dict[str, Region]:
    return make_regions()


@pytest.fixture
def county(places: dict[str, Region]) -> Tenant:
    return Tenant.objects.create(
        code="430102",
        name="芙蓉区",
        short_name="芙蓉区",
        kind="county",
        region=places["430102"],
        host="a.gov.cn",
        site_code="4301020001",
    )


def tenant(county: Tenant, **values: Any) -> Tenant:
    """Make a channel site below the county that the database takes, but for `values`."""
    facts = {
        "code": "430102-x",
        "name": "教育局",
        "short_name": "教育局",
        "kind": "department",
        "region": county.region,
        "mount": "jyj",
        "mounted_under": county,
    }
    return Tenant.objects.create(**{**facts, **values})


def test_what_the_refused_rows_are_measured_against_is_taken(county: Tenant) -> None:
    assert tenant(county).pk


# Regions


@pytest.mark.parametrize("code", ["43010", "4301021", "43010a", "", "43010200", "430102 "])
def test_a_region_code_has_6_9_or_12_digits(places: dict[str, Region], code: str) -> None:
    with refused_by("region_code_form"):
        Region.objects.create(code=code, name="x", level="county", parent=places["430100"], lineage=f"x/{code}/")


def test_a_region_code_stands_once(places: dict[str, Region]) -> None:
    with refused_by("tenants_region_code"):
        Region.objects.create(code="430102", name="x", level="county", parent=places["430100"], lineage="y/")


def test_a_lineage_stands_once(places: dict[str, Region]) -> None:
    with refused_by("tenants_region_lineage"):
        Region.objects.create(code="430199", name="x", level="county", parent=places["430100"], lineage="430000/")


def test_a_region_has_a_known_level(places: dict[str, Region]) -> None:
    with refused_by("region_level_known"):
        Region.objects.create(code="430199", name="x", level="village", parent=places["430100"], lineage="y/")


def test_only_a_province_stands_without_a_parent(places: dict[str, Region]) -> None:
    with refused_by("region_parent_unless_province"):
        Region.objects.create(code="430199", name="x", level="county", lineage="y/")
    with refused_by("region_parent_unless_province"):
        Region.objects.create(code="440000", name="x", level="province", parent=places["430000"], lineage="y/")


def test_a_region_that_is_used_is_not_deleted(county: Tenant) -> None:
    with pytest.raises(models.ProtectedError):
        county.region.delete()


# Tenants


@pytest.mark.parametrize(
    ("constraint", "values"),
    [
        ("tenant_code_form", {"code": "x"}),
        ("tenant_code_form", {"code": "-ab"}),
        ("tenant_code_form", {"code": "教育局"}),
        ("tenant_code_form", {"code": "a b"}),
        ("tenants_tenant_code", {"code": "430102"}),
        ("tenant_kind_known", {"kind": "village"}),
        ("tenant_kind_known", {"kind": ""}),
        ("tenant_status_known", {"status": "open"}),
        ("tenant_site_code_form", {"site_code": "430102000"}),
        ("tenant_site_code_form", {"site_code": "bm1234567"}),
        ("tenant_site_code_form", {"site_code": "bm4301020"}),
        ("tenant_site_code_form", {"site_code": "BM12345678"}),
        ("tenant_host_or_mount", {"host": "b.gov.cn"}),
        ("tenant_host_or_mount", {"mount": ""}),
        ("tenant_host_or_mount", {"mounted_under": None}),
        ("tenant_host_or_mount", {"mount": "", "mounted_under": None}),
        ("tenant_closed_has_a_date", {"status": "closed"}),
        ("tenant_closing_has_a_date", {"status": "closing"}),
        ("tenant_site_code_once", {"site_code": "4301020001"}),
        ("tenant_host_once", {"host": "a.gov.cn", "mount": "", "mounted_under": None}),
    ],
)
def test_the_database_refuses_a_tenant(county: Tenant, constraint: str, values: dict[str, Any]) -> None:
    with refused_by(constraint):
        tenant(county, **values)


@pytest.mark.parametrize(
    "values",
    [
        {"site_code": "bm12345678"},
        {"site_code": "4301020009"},
        {"site_code": ""},
        {"status": "closed", "closed_on": date(2026, 1, 1)},
        {"status": "closing", "notice_until": date(2026, 1, 1)},
        {"host": "b.gov.cn", "mount": "", "mounted_under": None},
    ],
)
def test_the_database_takes_a_tenant(county: Tenant, values: dict[str, Any]) -> None:
    assert tenant(county, **values).pk


def test_a_path_stands_once_below_a_site_and_again_below_another(county: Tenant) -> None:
    other = tenant(county, code="430103", host="b.gov.cn", mount="", mounted_under=None)
    tenant(county)
    with refused_by("tenant_mount_once_below_a_site"):
        tenant(county, code="430102-y")
    assert tenant(county, code="430102-y", mounted_under=other).pk


def test_nobody_supervises_or_carries_itself(county: Tenant) -> None:
    below = tenant(county)
    with refused_by("tenant_not_its_own_supervisor"):
        Tenant.objects.filter(pk=below.pk).update(supervisor=below)
    with refused_by("tenant_not_mounted_under_itself"):
        Tenant.objects.filter(pk=below.pk).update(mounted_under=below)


# Former addresses


def test_a_former_address_is_a_host_or_a_path_below_a_site(county: Tenant) -> None:
    below = tenant(county)
    assert FormerAddress.objects.create(tenant=below, host="old.gov.cn").pk
    assert FormerAddress.objects.create(tenant=below, under=county, mount="alt").pk
    for values in ({}, {"mount": "alt2"}, {"under": county}, {"host": "x.gov.cn", "under": county, "mount": "alt2"}):
        with refused_by("former_address_host_or_mount"):
            FormerAddress.objects.create(tenant=below, **values)


def test_a_former_address_leads_to_one_tenant(county: Tenant) -> None:
    below = tenant(county)
    FormerAddress.objects.create(tenant=below, host="old.gov.cn")
    FormerAddress.objects.create(tenant=below, under=county, mount="alt")
    with refused_by("former_host_once"):
        FormerAddress.objects.create(tenant=county, host="old.gov.cn")
    with refused_by("former_mount_once"):
        FormerAddress.objects.create(tenant=county, under=county, mount="alt")


# Memberships


@pytest.mark.parametrize(
    ("constraint", "role", "over"),
    [
        ("membership_role_known", "king", ["tenant"]),
        ("membership_over_one_thing", Role.SUPERVISOR, ["tenant", "region"]),
        ("membership_platform_only_for_operators", Role.CONTRIBUTOR, []),
        ("membership_platform_only_for_operators", Role.PLATFORM_OPERATOR, ["tenant"]),
        ("membership_platform_only_for_operators", Role.PLATFORM_OPERATOR, ["region"]),
    ],
)
def test_the_database_refuses_a_membership(county: Tenant, constraint: str, role: str, over: list[str]) -> None:
    held = {name: {"tenant": county, "region": county.region}[name] for name in over}
    # A role nobody knows breaks two rules at once; which one the database names first is its own affair.
    with pytest.raises(IntegrityError, match=f"{constraint}|membership_"), transaction.atomic():
        Membership.objects.create(user=User.objects.create_user("x"), role=role, **held)


def test_a_role_over_a_tenant_is_held_once_at_a_time(county: Tenant) -> None:
    user = User.objects.create_user("x")
    first = Membership.objects.create(user=user, role=Role.REVIEWER, tenant=county)
    with refused_by("membership_tenant_role_once"):
        Membership.objects.create(user=user, role=Role.REVIEWER, tenant=county)
    Membership.objects.create(user=user, role=Role.CONTRIBUTOR, tenant=county)
    first.revoked_at = datetime(2026, 1, 1, tzinfo=UTC)
    first.save()
    assert Membership.objects.create(user=user, role=Role.REVIEWER, tenant=county).pk


def test_who_held_a_role_is_not_deleted(county: Tenant) -> None:
    user = User.objects.create_user("x")
    Membership.objects.create(user=user, role=Role.REVIEWER, tenant=county)
    with pytest.raises(models.ProtectedError):
        user.delete()
    with pytest.raises(models.ProtectedError):
        county.delete()
