"""Steps that change what a sub-site is called and where it stands: name, host, path, region, supervision."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from provisioning.hosts import HostError, clean_host, display_host
from provisioning.lifecycle.states import refuse_under
from provisioning.lifecycle.step import Step, step
from provisioning.lifecycle.transitions import LifecycleError
from provisioning.slugs import MOUNT_PATTERN, RESERVED
from sites import homes
from tenants.models import FormerAddress, LifecycleEvent, Region, Tenant

MAX_NAME, MAX_SHORT_NAME = 100, 50


class _Unset:
    """The value of a parameter that was not given, where None means "nobody"."""


UNSET = _Unset()


def rename(tenant: Tenant, *, by: Any, reason: str = "", name: str = "", short_name: str = "") -> LifecycleEvent:
    """Give the sub-site a new name, short name or both; an empty one stays. The home's title follows the name."""
    new_name, new_short = " ".join(name.split()), " ".join(short_name.split())
    if not new_name and not new_short:
        raise LifecycleError(_("Give a new name or short name."))
    if len(new_name) > MAX_NAME or len(new_short) > MAX_SHORT_NAME or not (new_name + new_short).isprintable():
        raise LifecycleError(_("A name has at most 100 characters, a short name 50, all of them readable."))
    with step(tenant, "rename", by=by, reason=reason) as current:
        current.set(name=new_name or tenant.name, short_name=new_short or tenant.short_name)
        if "name" in current.changes:
            homes.retitle(tenant, new_name, by=by)
            homes.set_site(tenant, name=new_name)
    return current.event


def change_host(tenant: Tenant, *, by: Any, host: str, reason: str = "") -> LifecycleEvent:
    """Move a registered site to another host (变更域名); the old one redirects permanently from now on."""
    try:
        new_host = clean_host(host, allow_local=settings.LOCAL_HOSTS)
    except HostError as error:
        raise LifecycleError(_(error.msgid) % error.params) from error
    with step(tenant, "change_host", by=by, reason=reason) as current:
        if not tenant.host:
            raise LifecycleError(
                _("“%(name)s” has no host of its own: it stands below another site. Change its path instead.")
                % {"name": tenant.name}
            )
        current.set(host=new_host)
        if current.changes:
            _check_host(tenant, new_host)
            FormerAddress.objects.filter(tenant=tenant, host=new_host).delete()
            FormerAddress.objects.create(tenant=tenant, host=tenant.host)
            homes.set_site(tenant, host=new_host)
    return current.event


def change_mount(tenant: Tenant, *, by: Any, mount: str, reason: str = "") -> LifecycleEvent:
    """Move a channel site to another path below the same host; the old path redirects permanently from now on."""
    new_mount = mount.strip().strip("/").lower()
    if not MOUNT_PATTERN.fullmatch(new_mount) or new_mount in RESERVED:
        raise LifecycleError(
            _("“%(mount)s” is no path, or kept for the platform: lower-case letters, digits and hyphens, 40 at most.")
            % {"mount": new_mount[:50]}
        )
    with step(tenant, "change_mount", by=by, reason=reason) as current:
        holder = _holder(tenant)
        current.set(mount=new_mount)
        if current.changes:
            _take_mount(tenant, holder, new_mount)
    return current.event


def move(
    tenant: Tenant,
    *,
    by: Any,
    reason: str = "",
    region: Region | None = None,
    supervisor: Tenant | _Unset | None = UNSET,
    mounted_under: Tenant | None = None,
) -> LifecycleEvent:
    """Put the sub-site into another region, under another supervising unit or host, or several of these (行政区划调整).

    `supervisor=None` takes the supervision away. The home moves in the tree with the region; the path stays the
    same below the new host, and the old address redirects permanently.
    """
    with step(tenant, "move", by=by, reason=reason) as current:
        if mounted_under is not None:
            _change_holder(current, Tenant.objects.get(pk=mounted_under.pk))
        if not isinstance(supervisor, _Unset):
            _change_supervisor(current, supervisor)
        if region is not None:
            _change_region(current, region)
    return current.event


def _change_holder(current: Step, holder: Tenant) -> None:
    tenant = current.tenant
    _holder(tenant)
    values = {"name": tenant.name, "holder": holder.name, "code": holder.code}
    if not holder.host or holder.pk == tenant.pk:
        raise LifecycleError(
            _("“%(holder)s” (%(code)s) has no host of its own. Choose a registered site to stand below.") % values
        )
    refuse_under(holder)
    current.set(mounted_under=holder)
    if "mounted_under" in current.changes:
        _take_mount(tenant, holder, tenant.mount)


def _change_supervisor(current: Step, supervisor: Tenant | None) -> None:
    tenant = current.tenant
    above, seen = supervisor, set()
    while above is not None and above.pk not in seen:
        if above.pk == tenant.pk:
            raise LifecycleError(
                _("“%(supervisor)s” is supervised by “%(name)s”, or is the same: supervision would run in a circle.")
                % {"supervisor": supervisor.name if supervisor else "", "name": tenant.name}
            )
        seen.add(above.pk)
        above = Tenant.objects.filter(supervised__pk=above.pk).first()
    current.set(supervisor=supervisor)


def _change_region(current: Step, region: Region) -> None:
    tenant = current.tenant
    old = tenant.region_id
    current.set(region=region)
    if "region" not in current.changes:
        return
    homes.move_to_region(tenant, region, by=current.by)
    left = tenant.channel_sites.filter(region_id=old).count()
    if left:
        current.warnings.append(
            _("%(count)d channel sites of “%(name)s” stay in the old region. Move them one by one.")
            % {"count": left, "name": tenant.name}
        )


def _holder(tenant: Tenant) -> Tenant:
    if tenant.mounted_under is None:
        raise LifecycleError(
            _("“%(name)s” has a host of its own and no path below another site. Change its host instead.")
            % {"name": tenant.name}
        )
    return tenant.mounted_under


def _check_host(tenant: Tenant, host: str) -> None:
    """Raise LifecycleError where `host` is the platform's, another tenant's, or was another tenant's."""
    shown = {"host": display_host(host)}
    if host in settings.ADMIN_HOSTS:
        raise LifecycleError(_("%(host)s is the platform's own host. Choose another.") % shown)
    other = Tenant.objects.filter(host=host).exclude(pk=tenant.pk).first()
    if other:
        raise LifecycleError(_owned(shown, other, _("%(host)s belongs to “%(name)s” (%(code)s). Choose another.")))
    former = FormerAddress.objects.filter(host=host).exclude(tenant=tenant).select_related("tenant").first()
    if former:
        sentence = _("%(host)s once was the host of “%(name)s” (%(code)s) and redirects there. Choose another.")
        raise LifecycleError(_owned(shown, former.tenant, sentence))
    if homes.host_is_taken(tenant, host):
        raise LifecycleError(
            _("%(host)s has a site record in Wagtail already. Delete that record, or choose another host.") % shown
        )


def _take_mount(tenant: Tenant, holder: Tenant, mount: str) -> None:
    """Check that `mount` is free below `holder`, and keep the present path as a former one."""
    shown = {"mount": f"/{mount}/"}
    other = Tenant.objects.filter(mounted_under=holder, mount=mount).exclude(pk=tenant.pk).first()
    if other:
        raise LifecycleError(
            _owned(shown, other, _("%(mount)s belongs to “%(name)s” (%(code)s). Choose another path."))
        )
    former = FormerAddress.objects.filter(under=holder, mount=mount).exclude(tenant=tenant).first()
    if former:
        sentence = _("%(mount)s once was the path of “%(name)s” (%(code)s) and redirects there. Choose another path.")
        raise LifecycleError(_owned(shown, former.tenant, sentence))
    if homes.has_page_at(holder, mount):
        sentence = _("%(mount)s is a column of “%(name)s” (%(code)s). Choose another path.")
        raise LifecycleError(_owned(shown, holder, sentence))
    FormerAddress.objects.filter(tenant=tenant, under=holder, mount=mount).delete()
    FormerAddress.objects.create(tenant=tenant, under=tenant.mounted_under, mount=tenant.mount)


def _owned(shown: dict[str, str], owner: Tenant, sentence: str) -> str:
    return sentence % {**shown, "name": owner.name, "code": owner.code}
