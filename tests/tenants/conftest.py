"""Two tenants side by side, and a row of each: the smallest world in which one could see the other."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from sites.models import IssuedNumber
from tenants.models import Tenant
from tenants.scope import every_tenant
from tests.cast import make_regions

SECRET = "天心区机密"


@dataclass(frozen=True)
class Neighbours:
    a: Tenant
    b: Tenant
    of_a: IssuedNumber
    of_b: IssuedNumber  # its number is SECRET

    def b_is_as_it_was(self) -> bool:
        """Return whether tenant B has its one row still, and as it was made."""
        with every_tenant("looking from outside"):
            found = list(IssuedNumber.objects.filter(tenant=self.b).values_list("pk", "kind", "number"))
        return found == [(self.of_b.pk, "index", SECRET)]


@pytest.fixture
def neighbours(db: None) -> Neighbours:
    places = make_regions()
    a, b = (
        Tenant.objects.create(
            code=code, name=name, short_name=name, kind="county", region=places[code], host=f"{code}.gov.cn"
        )
        for code, name in (("430102", "芙蓉区"), ("430103", "天心区"))
    )
    with every_tenant("making both rows"):
        of_a = IssuedNumber.objects.create(tenant=a, kind="index", number="芙蓉区文号")
        of_b = IssuedNumber.objects.create(tenant=b, kind="index", number=SECRET)
    return Neighbours(a, b, of_a, of_b)
