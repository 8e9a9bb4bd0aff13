"""First steps of a plan: does each row agree with the regions, the tenants and the templates that are there?"""

from provisioning.plan_rows import SiteRow, SiteRows
from provisioning.requests import ASKABLE_STATUSES
from tenants.messages import _

# The commands that the sentences send people to.
LIFECYCLE_COMMAND = "manage.py site"
ROLLOUT_COMMAND = "manage.py columns"

_DEPARTMENT_LEVELS = ("province", "city", "county")


def check_region(rows: SiteRows, site: SiteRow) -> None:
    """Refuse a region that is not known, or whose level does not carry sites of this kind."""
    request = site.request
    region = rows.present.regions.get(request.region_code)
    if region is None:
        site.refuse(
            "region_code",
            _("region '%(code)s' is not known. Load it with 'manage.py regions load', or correct the code."),
            code=request.region_code,
        )
    elif region.level not in (_DEPARTMENT_LEVELS if request.kind == "department" else (request.kind,)):
        site.refuse(
            "region_code",
            _("a site of kind '%(kind)s' can't stand in %(name)s (%(code)s), a region of level '%(level)s'."),
            kind=request.kind,
            name=region.name,
            code=region.code,
            level=region.level,
        )


def check_present(site: SiteRow) -> None:
    """Refuse another kind for a tenant that is there; its status is changed by lifecycle steps alone."""
    request, now = site.request, site.now
    if now is None:
        if request.status and request.status not in ASKABLE_STATUSES:
            site.refuse(
                "status",
                _("a new site can't be '%(status)s'. Write one of: %(offered)s."),
                status=request.status,
                offered=", ".join(ASKABLE_STATUSES),
            )
        return
    if now.kind != request.kind:
        site.refuse(
            "kind",
            _(
                "'%(code)s' is of kind '%(old)s' and can't become '%(new)s'. Open a new site with another code, and"
                " close this one with '%(command)s'."
            ),
            code=now.code,
            old=now.kind,
            new=request.kind,
            command=LIFECYCLE_COMMAND,
        )
    if request.status and request.status != now.status:
        site.warn(
            "status",
            _("the status stays '%(old)s'. To make it '%(new)s', use '%(command)s'."),
            old=now.status,
            new=request.status,
            command=LIFECYCLE_COMMAND,
        )


def check_template(rows: SiteRows, site: SiteRow) -> None:
    """Settle the template version: the present one; for a new site the one asked for, or the latest."""
    request, now = site.request, site.now
    if now is not None:
        site.template_version = now.template_version
        if request.template_version not in (None, now.template_version):
            site.warn(
                "template_version",
                _("the template stays at version %(old)d. To roll out version %(new)d, use '%(command)s'."),
                old=now.template_version,
                new=request.template_version or 0,
                command=ROLLOUT_COMMAND,
            )
        return
    versions = rows.present.template_versions.get(request.kind) or ()
    if not versions:
        site.refuse("kind", _("there is no column template for kind '%(kind)s'."), kind=request.kind)
    elif request.template_version is not None and request.template_version not in versions:
        site.refuse(
            "template_version",
            _("template '%(kind)s' has no version %(version)d, only %(versions)s."),
            kind=request.kind,
            version=request.template_version,
            versions=", ".join(map(str, sorted(versions))),
        )
    else:
        site.template_version = request.template_version or max(versions)


def find_portals(rows: SiteRows) -> None:
    """Note the one portal of each region and the one site of each town; refuse a second one."""
    towns: dict[str, str] = {}
    for tenant in rows.present.tenants.values():
        moved = rows.sites.get(tenant.code)
        if tenant.kind != "department" and tenant.status != "closed":
            if moved is not None and moved.request.region_code != tenant.region_code:
                continue
            (towns if tenant.kind == "town" else rows.portals)[tenant.region_code] = tenant.code
    for code, site in rows.sites.items():
        request = site.request
        region = rows.present.regions.get(request.region_code)
        if request.kind == "department" or region is None or region.level != request.kind:
            continue
        owner = (towns if request.kind == "town" else rows.portals).setdefault(request.region_code, code)
        if owner != code:
            site.refuse(
                "region_code",
                _("region '%(region)s' has the site '%(owner)s' already. Use that code to change it."),
                region=request.region_code,
                owner=owner,
            )
