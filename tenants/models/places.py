"""Where and who: regions (行政区划), tenants (主办单位) and the addresses they once had."""

from __future__ import annotations

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _, pgettext_lazy

SITE_CODE_PATTERN = r"^(bm[0-9]{8}|[0-9]{10})$"
CODE_PATTERN = r"^[0-9A-Za-z][0-9A-Za-z-]{1,39}$"
REGION_CODE_PATTERN = r"^[0-9]{6}([0-9]{3}){0,2}$"


class Level(models.TextChoices):
    PROVINCE = "province", _("Province")
    CITY = "city", _("City or prefecture")
    COUNTY = "county", _("County or district")
    TOWN = "town", _("Town or street")


class Region(models.Model):
    """A division (行政区划) with the statistics bureau's code, six digits down to the county, nine for a town."""

    code = models.CharField(
        _("division code"), max_length=12, unique=True, validators=[RegexValidator(REGION_CODE_PATTERN)]
    )
    name = models.CharField(_("name"), max_length=100)
    level = models.CharField(_("level"), max_length=10, choices=Level.choices)
    parent = models.ForeignKey(
        "self", verbose_name=_("parent"), null=True, blank=True, on_delete=models.PROTECT, related_name="children"
    )
    # The codes from the province down to this region, each closed by a slash: "below a region" is one prefix.
    lineage = models.CharField(max_length=60, unique=True, editable=False)

    class Meta:
        ordering = ["code"]
        verbose_name = _("region")
        verbose_name_plural = _("regions")
        constraints = [
            models.CheckConstraint(condition=Q(code__regex=REGION_CODE_PATTERN), name="region_code_form"),
            models.CheckConstraint(condition=Q(level__in=Level.values), name="region_level_known"),
            models.CheckConstraint(
                condition=Q(level=Level.PROVINCE, parent=None) | (~Q(level=Level.PROVINCE) & Q(parent__isnull=False)),
                name="region_parent_unless_province",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.code})"


class TenantKind(models.TextChoices):
    PROVINCE = "province", _("Provincial portal")
    CITY = "city", _("City portal")
    COUNTY = "county", _("County portal")
    DEPARTMENT = "department", _("Department")
    TOWN = "town", _("Town or street")


class Status(models.TextChoices):
    DRAFT = "draft", _("Draft")
    TRIAL = "trial", _("Trial")
    LIVE = "live", pgettext_lazy("status of a sub-site", "Live")  # pages can be live, too
    SUSPENDED = "suspended", _("Suspended")
    CLOSING = "closing", _("Closing")
    CLOSED = "closed", _("Closed")


class Tenant(models.Model):
    """A unit that runs a sub-site (主办单位).

    A registered site has a `host` of its own; a channel site has a `mount` below the host of `mounted_under` and
    inherits that site's name, domain and site code. Supervision (`supervisor`) is apart from mounting.
    """

    code = models.CharField(_("tenant code"), max_length=40, unique=True, validators=[RegexValidator(CODE_PATTERN)])
    name = models.CharField(_("name"), max_length=100)
    short_name = models.CharField(_("short name"), max_length=50)
    kind = models.CharField(_("kind"), max_length=12, choices=TenantKind.choices)
    region = models.ForeignKey(Region, verbose_name=_("region"), on_delete=models.PROTECT, related_name="tenants")
    supervisor = models.ForeignKey(
        "self",
        verbose_name=_("supervising tenant"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="supervised",
    )

    host = models.CharField(_("host"), max_length=253, blank=True)
    mount = models.SlugField(_("path below its county's address"), max_length=40, blank=True)
    mounted_under = models.ForeignKey(
        "self",
        verbose_name=_("mounted under"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="channel_sites",
    )
    site_code = models.CharField(
        _("site code"), max_length=10, blank=True, validators=[RegexValidator(SITE_CODE_PATTERN)]
    )

    undertaker = models.CharField(_("undertaking unit"), max_length=100, blank=True)
    address = models.CharField(_("address"), max_length=200, blank=True)
    office_hours = models.CharField(_("office hours"), max_length=200, blank=True)
    icp_filing = models.CharField(_("ICP filing"), max_length=60, blank=True)
    police_filing = models.CharField(_("police filing"), max_length=60, blank=True)
    contact_name = models.CharField(_("contact person"), max_length=50, blank=True)
    contact_post = models.CharField(_("contact's post"), max_length=100, blank=True)
    contact_phone = models.CharField(_("contact's telephone"), max_length=50, blank=True)
    leader_name = models.CharField(_("responsible leader"), max_length=50, blank=True)
    leader_post = models.CharField(_("leader's post"), max_length=100, blank=True)
    leader_phone = models.CharField(_("leader's telephone"), max_length=50, blank=True)
    theme = models.CharField(
        _("main colour"), max_length=10, blank=True, choices=[("", _("Deep red")), ("blue", _("Blue"))], default=""
    )

    status = models.CharField(_("status"), max_length=10, choices=Status.choices, default=Status.TRIAL)
    suspended_reason = models.CharField(_("reason of suspension"), max_length=200, blank=True)
    opened_on = models.DateField(_("opened on"), null=True, blank=True)
    closed_on = models.DateField(_("closed on"), null=True, blank=True)
    notice_until = models.DateField(_("closing notice until"), null=True, blank=True)
    successor = models.ForeignKey(
        "self", verbose_name=_("successor site"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    template_version = models.PositiveIntegerField(_("template version"), default=0)
    conformance = models.FloatField(_("conformance with the template"), default=0.0)
    created_at = models.DateTimeField(auto_now_add=True)
    # Grows with every change that citizens must see; the address book of each process reads only what is newer.
    version = models.BigIntegerField(default=0, db_index=True, editable=False)

    class Meta:
        ordering = ["code"]
        verbose_name = _("tenant")
        verbose_name_plural = _("tenants")
        indexes = [
            models.Index(fields=["kind", "status"], name="tenant_kind_status"),
            models.Index(fields=["status", "code"], name="tenant_status_code"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(code__regex=CODE_PATTERN), name="tenant_code_form"),
            models.CheckConstraint(condition=Q(kind__in=TenantKind.values), name="tenant_kind_known"),
            models.CheckConstraint(condition=Q(status__in=Status.values), name="tenant_status_known"),
            models.CheckConstraint(
                condition=Q(site_code="") | Q(site_code__regex=SITE_CODE_PATTERN), name="tenant_site_code_form"
            ),
            models.CheckConstraint(
                condition=(~Q(host="") & Q(mount="", mounted_under=None))
                | (Q(host="") & ~Q(mount="") & Q(mounted_under__isnull=False)),
                name="tenant_host_or_mount",
            ),
            models.CheckConstraint(
                condition=Q(supervisor=None) | ~Q(supervisor=F("id")), name="tenant_not_its_own_supervisor"
            ),
            models.CheckConstraint(
                condition=Q(mounted_under=None) | ~Q(mounted_under=F("id")), name="tenant_not_mounted_under_itself"
            ),
            models.CheckConstraint(
                condition=~Q(status=Status.CLOSED) | Q(closed_on__isnull=False), name="tenant_closed_has_a_date"
            ),
            models.CheckConstraint(
                condition=~Q(status=Status.CLOSING) | Q(notice_until__isnull=False), name="tenant_closing_has_a_date"
            ),
            models.UniqueConstraint(fields=["host"], condition=~Q(host=""), name="tenant_host_once"),
            models.UniqueConstraint(
                fields=["mounted_under", "mount"], condition=~Q(mount=""), name="tenant_mount_once_below_a_site"
            ),
            models.UniqueConstraint(fields=["site_code"], condition=~Q(site_code=""), name="tenant_site_code_once"),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.code})"

    @property
    def is_registered(self) -> bool:
        return bool(self.host)


class FormerAddress(models.Model):
    """An address a tenant once had: a host, or a path below another tenant. It redirects permanently."""

    tenant = models.ForeignKey(Tenant, on_delete=models.CASCADE, related_name="former_addresses")
    host = models.CharField(_("host"), max_length=253, blank=True)
    under = models.ForeignKey(Tenant, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    mount = models.CharField(_("path"), max_length=40, blank=True)
    changed_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("former address")
        verbose_name_plural = _("former addresses")
        constraints = [
            models.CheckConstraint(
                condition=(~Q(host="") & Q(mount="", under=None))
                | (Q(host="") & ~Q(mount="") & Q(under__isnull=False)),
                name="former_address_host_or_mount",
            ),
            models.UniqueConstraint(fields=["host"], condition=~Q(host=""), name="former_host_once"),
            models.UniqueConstraint(fields=["under", "mount"], condition=~Q(mount=""), name="former_mount_once"),
        ]

    def __str__(self) -> str:
        return self.host or f"{self.under_id}/{self.mount}"


class VersionCounter(models.Model):
    """One row. Whoever bumps it holds it until commit, so versions become visible in their own order."""

    value = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return str(self.value)
