"""What each field of a site request means, in a sentence: the help of the form and the notes of the empty list."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from provisioning.request_words import HEADERS

# field -> the first of its headers, in the order in which a person reads the fields
HEADER_OF: dict[str, str] = {}
for _header, _field in HEADERS.items():
    HEADER_OF.setdefault(_field, _header)

HELP = {
    "code": _(
        "Names the sub-site for ever. Left empty it is the division code; for a department, with its pinyin behind."
    ),
    "name": _("The full name of the organiser, as it stands on the seal."),
    "short_name": _("For menus and page titles. Left empty it is the name without 人民政府 or 办事处."),
    "kind": _("One of 省级门户, 市级门户, 县级门户, 部门, 乡镇街道."),
    "region_code": _("6 digits down to the county, 9 for a town or street. The division must have been loaded."),
    "supervisor_code": _("Code of the supervising unit. Left empty it is the nearest portal above."),
    "host": _("A host of its own, such as www.example.gov.cn: no scheme, no port, no path. For portals."),
    "mount": _("Path below the county's host, such as wenyilu. For towns, streets and departments without a host."),
    "site_code": _("10 digits, or bm and 8 digits. A channel site inherits its portal's."),
    "status": _("State of a new site: 草稿, 试运行 or 正式. Later it changes by a step of its life, not by a list."),
    "undertaker": _("The unit that looks after the site technically."),
    "address": _("Where citizens find the office."),
    "office_hours": _("When citizens find the office open."),
    "icp_filing": _("ICP filing number, shown in the footer."),
    "police_filing": _("Public security filing number, shown in the footer."),
    "contact_name": _("Whom the platform calls about this site."),
    "contact_post": _("The contact person's post."),
    "contact_phone": _("Shown in the footer as the site's telephone."),
    "leader_name": _("The leader who answers for the site."),
    "leader_post": _("The leader's post."),
    "leader_phone": _("Not shown to the public."),
    "opened_on": _("Day of opening, as 2024-05-01. Left empty it is the day on which the site goes live."),
    "theme": _("红 or 蓝."),
    "template_version": _("Left empty it is the newest version of the column template."),
}
EXAMPLE = {
    "code": "430102001", "name": "芙蓉区文艺路街道办事处", "short_name": "文艺路街道", "kind": "乡镇街道",
    "region_code": "430102001", "supervisor_code": "430102", "mount": "wenyilu", "status": "试运行",
    "undertaker": "芙蓉区政务信息中心", "address": "芙蓉区文艺路 1 号", "office_hours": "周一至周五 9:00—17:00",
    "contact_name": "张三", "contact_post": "科员", "contact_phone": "0731-00000000", "opened_on": "2026-05-01",
    "theme": "红",
}  # fmt: skip
NOTES = (
    _("One row is one sub-site. The order of the rows does not matter: a town may stand before its county."),
    _("Needed in each row: name, kind and division code. Everything else has a default or may stay empty."),
    _("An empty cell never erases anything: it means that the row does not say."),
    _("A list may be handed in again: what is there already stays unchanged, what differs is changed."),
)
