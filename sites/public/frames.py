"""What stands around the content of every page of one site: name and seal, menu, site switch, footer, site tags."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext, gettext_lazy as _

from sites import addresses
from sites.addresses import SiteAddress
from sites.public.icons import symbols
from sites.public.parts import Brand, Chrome, Fact, Group, Link
from sites.public.seal import seal_of
from sites.public.tags import Tags, site_tags
from sites.public.trees import KEPT_SITES, Kept, Node, tree_of

# The State Council's own desk for "我为政府网站找错"; a province with a desk of its own sets another.
FAULT_REPORT_URL = "https://zfwzgl.www.gov.cn/exposure/jiucuo.html?site_code={site_code}&url={url}"
ICP_REGISTER_URL = "https://beian.miit.gov.cn/"
POLICE_REGISTER_URL = "https://beian.mps.gov.cn/"
# Whose pages a citizen can read; a notice of suspension or closing is nothing to send somebody to.
OPEN = frozenset({"trial", "live"})
PORTALS = frozenset({"province", "city", "county"})
FRAME_ICONS = frozenset({"mark", "bug"})
FAMILY = (
    ("city", _("Cities and prefectures")),
    ("county", _("Counties and districts")),
    ("town", _("Towns and streets")),
    ("department", _("Departments")),
)


@dataclass(frozen=True, slots=True)
class Frame:
    brand: Brand
    theme: str
    site_name: str
    site_tags: Tags
    up: Link | None
    footer: SafeString


_frames: Kept[Frame] = Kept(KEPT_SITES)
_switches: Kept[SafeString] = Kept(KEPT_SITES)


def chrome(
    address: SiteAddress,
    *,
    title: str,
    tags: Tags = (),
    crumbs: tuple[Link, ...] = (),
    section: Node | None = None,
    is_section: bool = False,
    is_home: bool = False,
    icons: frozenset[str] = frozenset(),
    body_class: str = "",
    noindex: bool = False,
    bare: bool = False,
) -> Chrome:
    """Return everything around one page. `section` is the top column it stands in, `bare` leaves out whatever leads
    further into the site.

    Costs no query when the site's columns are already known to this process.
    """
    frame = frame_of(address)
    trial = "trial" in {address.status, addresses.registered(address).status}
    switch = mark_safe("") if bare else _switch(address)
    menu = () if bare else _menu(address, section, is_section=is_section, is_home=is_home)
    wanted = FRAME_ICONS | icons | ({"net", "down"} if switch else set()) | ({"left"} if frame.up else set())
    classes = ["home" if is_home else "inner", "sub-site" if address.mount else "", body_class]
    return Chrome(
        title=title if is_home else f"{title}_{address.name}",
        meta=frame.site_tags + tags,
        brand=frame.brand,
        theme=frame.theme,
        body_class=" ".join(name for name in classes if name),
        is_home=is_home,
        noindex=noindex or trial,
        menu=menu,
        menu_few=len(menu) <= 6,
        crumbs=crumbs,
        up=frame.up,
        switch=switch,
        footer=_footer(address, links=False) if bare else frame.footer,
        symbols=symbols(frozenset(wanted)),
        trial=trial,
    )


def frame_of(address: SiteAddress) -> Frame:
    """Return the parts that all pages of a site share, made once for each state of the site and of its host."""
    host = addresses.registered(address)
    above = _above(address)
    return _frames.get(address.tenant_id, (address, host, above), lambda: _frame(address, host, above))


def home_crumb(address: SiteAddress) -> Link:
    return Link(gettext("Home page"), address.prefix)


def column_crumbs(address: SiteAddress, line: tuple[Node, ...], *, last: str = "") -> tuple[Link, ...]:
    """Return the way from the home page through the columns; the last step is where the reader is and no link."""
    steps = [home_crumb(address), *(Link(node.title, node.href) for node in line)]
    if last:
        return (*steps, Link(last, ""))
    return (*steps[:-1], Link(steps[-1].label, ""))


def family(address: SiteAddress) -> tuple[Group, ...]:
    """Return the sites around this one by kind: those below a portal, or those beside a town or a department."""
    portal = address if address.kind in PORTALS else _above(address)
    if portal is None:
        return ()
    relatives = addresses.children(portal)
    groups = []
    for kind, title in FAMILY:
        links = tuple(
            Link(child.short_name, child.root_url + child.prefix)
            for child in relatives
            if child.kind == kind and child.status in OPEN and child.root_url
        )
        if links:
            groups.append(Group(str(title), links))
    return tuple(groups)


def contact_facts(address: SiteAddress) -> tuple[Fact, ...]:
    """Return telephone, office hours and address as far as the site has given them."""
    facts = (
        Fact(gettext("Telephone"), address.contact_phone, icon="phone", big=True),
        Fact(gettext("Office hours"), address.office_hours, icon="clock"),
        Fact(gettext("Address"), address.address, icon="pin"),
    )
    return tuple(fact for fact in facts if fact.value)


def _above(address: SiteAddress) -> SiteAddress | None:
    above = addresses.get(address.parent_tenant_id or address.supervisor_id)
    return above if above is not None and above.status in addresses.PUBLIC else None


def _menu(address: SiteAddress, section: Node | None, *, is_section: bool, is_home: bool) -> tuple[Link, ...]:
    # `note` carries the value of aria-current: the page itself, or the part of the site it stands in.
    links = [Link(gettext("Home page"), address.prefix, is_home, "page")]
    for node in tree_of(address).top:
        if node.in_menu:
            here = section is not None and node.id == section.id
            links.append(Link(node.title, node.href, here, "page" if is_section else "true"))
    return tuple(links)


def _switch(address: SiteAddress) -> SafeString:
    portal = address if address.kind in PORTALS else _above(address)
    if portal is None:
        return mark_safe("")
    stamp = (portal, *addresses.children(portal))
    return _switches.get((address.kind in PORTALS, portal.tenant_id), stamp, lambda: _render_switch(address))


def _render_switch(address: SiteAddress) -> SafeString:
    groups = family(address)
    return render_to_string("govsites/parts/switch.html", {"groups": groups}) if groups else mark_safe("")


def _frame(address: SiteAddress, host: SiteAddress, above: SiteAddress | None) -> Frame:
    lines = tuple(seal_of(address.short_name) or seal_of(address.name))
    return Frame(
        brand=Brand(
            address.name, (host.host + address.prefix).rstrip("/"), address.prefix, lines, outline=bool(address.mount)
        ),
        theme=address.theme or host.theme,
        site_name=host.name,
        site_tags=site_tags(host.name, host.host, host.site_code),
        up=Link(above.name, above.root_url + above.prefix) if above is not None and above.root_url else None,
        footer=_footer(address, links=True),
    )


def _footer(address: SiteAddress, *, links: bool) -> SafeString:
    host = addresses.registered(address)
    fault_url = getattr(settings, "FAULT_REPORT_URL", FAULT_REPORT_URL)
    return render_to_string(
        "govsites/parts/footer.html",
        {
            "links": _footer_links(address, host) if links else (),
            "facts": _footer_facts(address, host),
            "fault_href": fault_url.format(
                site_code=host.site_code, url=quote(host.root_url + address.prefix, safe="")
            ),
        },
    )


def _footer_facts(address: SiteAddress, host: SiteAddress) -> list[Fact]:
    channel = address is not host
    facts = [
        Fact(gettext("Organiser"), host.name),
        Fact(gettext("Undertaken by"), address.undertaker or (address.name if channel else "")),
        Fact(gettext("Telephone"), address.contact_phone or host.contact_phone),
        Fact(gettext("Address"), address.address or host.address),
        Fact(gettext("Site identification code"), host.site_code),
        Fact(gettext("ICP filing"), host.icp_filing, ICP_REGISTER_URL),
        Fact(gettext("Public security filing"), host.police_filing, POLICE_REGISTER_URL),
    ]
    return [fact for fact in facts if fact.value]


def _footer_links(address: SiteAddress, host: SiteAddress) -> list[Link]:
    """Return the small columns about the site itself; a channel site without them shows those of its host."""
    from sites.public.codes import about_columns

    own = about_columns(tree_of(address))
    if own or address is host:
        return [Link(node.title, node.href) for node in own]
    return [Link(node.title, node.href) for node in about_columns(tree_of(host))]
