"""Article pages and official documents (公文): text, catalogue head, attachments, policy links, neighbours."""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from django.http import HttpRequest
from django.utils.translation import gettext, gettext_lazy as _, pgettext_lazy

from sites import addresses
from sites.addresses import SiteAddress
from sites.public import lists
from sites.public.bodies import body_html, has_picture
from sites.public.files import attached
from sites.public.parts import Fact, Picture, Related, moment
from sites.public.pictures import WIDE, pictures
from sites.public.views import ItemView, RelatedGroup

FORMS = {
    "text": pgettext_lazy("form of an interpretation", "Text"),
    "picture": pgettext_lazy("form of an interpretation", "In pictures"),
    "qa": pgettext_lazy("form of an interpretation", "Questions and answers"),
    "video": pgettext_lazy("form of an interpretation", "Video"),
    "press": pgettext_lazy("form of an interpretation", "Press conference"),
}
POLICY = _("Policy document")
_END = ("title", "url_path", "published_at", "tenant_id", "live")


def article_view(page: Any, address: SiteAddress, request: HttpRequest) -> ItemView:
    """Return an article. Its lead picture stands above the text unless the text shows pictures of its own."""
    newer, older = lists.neighbours(address, page)
    published = moment(page.published_at)
    facts = [
        Fact(gettext("Published: "), published.full if published else "", published.iso if published else ""),
        Fact(gettext("Published again: "), absence(page)),
        Fact(gettext("Source: "), page.source or address.name),
        Fact(gettext("Author: "), page.author),
    ]
    return ItemView(
        title=page.title,
        subtitle=page.subtitle,
        facts=tuple(fact for fact in facts if fact.value),
        picture=None if has_picture(page.body) else lead_picture(page),
        body=body_html(page.body, request),
        files=attached(page),
        related=related(page),
        newer=newer,
        older=older,
    )


def document_view(page: Any, address: SiteAddress, request: HttpRequest) -> ItemView:
    """Return an official document with its catalogue head; a repealed one says so above everything else."""
    newer, older = lists.neighbours(address, page)
    chip = lists.chip_of(page.validity)
    void_text = ""
    if page.validity == "repealed":
        void_text = (
            gettext("This document was repealed on %(date)s and is kept for reference only.")
            % {"date": page.repealed_on.isoformat()}
            if page.repealed_on
            else gettext("This document is repealed and is kept for reference only.")
        )
    elif page.validity == "partly":
        void_text = gettext("Parts of this document are no longer in force.")
    facts = (Fact(gettext("Published by: "), page.source or address.name),)
    return ItemView(
        title=page.title,
        facts=facts,
        body=body_html(page.body, request),
        files=attached(page),
        related=related(page),
        newer=newer,
        older=older,
        catalogue=_catalogue(page, chip.label if chip else ""),
        document_number=page.document_number,
        chip=chip,
        void=chip if void_text else None,
        void_text=void_text,
    )


def absence(page: Any) -> str:
    """Return when the item was taken off and published again, "" where it never was. The first date stays beside it."""
    again, away = moment(page.republished_at), moment(page.withdrawn_at)
    if again is None or away is None:
        return ""
    return gettext("%(again)s (withdrawn on %(away)s)") % {"again": again.full, "away": away.full}


def icons_of(view: ItemView) -> frozenset[str]:
    """Return the icons that an item shows."""
    return frozenset({"get"}) if view.files or "#i-get" in view.body else frozenset()


def lead_picture(page: Any) -> Picture | None:
    return pictures([page.lead_image_id], WIDE).get(page.lead_image_id) if page.lead_image_id else None


def related(page: Any) -> tuple[RelatedGroup, ...]:
    """Return the policies that this item explains and the interpretations of it, in one query for both."""
    from sites.models import PolicyLink

    if page.pk is None:
        return ()
    policies, interpretations = [], []
    number, validity = "policy__officialdocument__document_number", "policy__officialdocument__validity"
    for values in (
        PolicyLink.objects.filter(Q(interpretation_id=page.pk) | Q(policy_id=page.pk))
        .order_by("sort_order", "pk")
        .values_list(
            "policy_id",
            "form",
            number,
            validity,
            *(f"policy__{name}" for name in _END),
            *(f"interpretation__{name}" for name in _END),
        )
    ):
        policy_id, form, document_number, state = values[:4]
        if policy_id == page.pk:
            made = _related(str(FORMS.get(form, form)), values[9:])
            if made:
                interpretations.append(made)
        else:
            made = _related(str(POLICY), values[4:9], document_number, state)
            if made:
                policies.append(made)
    groups = []
    if interpretations:
        groups.append(RelatedGroup(gettext("Interpretations of this document"), tuple(interpretations)))
    if policies:
        groups.append(RelatedGroup(gettext("Policies explained here"), tuple(policies)))
    return tuple(groups)


def _related(tag: str, end: Any, document_number: str | None = "", state: str | None = "") -> Related | None:
    title, url_path, published_at, tenant_id, live = end
    address = addresses.get(tenant_id)
    if not live or address is None or address.status not in addresses.PUBLIC:
        return None
    shown = f"{title}（{document_number}）" if document_number else title
    chip = lists.chip_of(state) if state and state != "valid" else None
    return Related(tag, shown, addresses.url_of(address, url_path), moment(published_at), chip)


def _catalogue(page: Any, validity: str) -> tuple[Fact, ...]:
    published = moment(page.published_at)
    written = page.written_on.isoformat() if page.written_on else ""
    # `icon` marks the validity, which is printed as a chip; `big` asks for the whole width.
    facts = (
        Fact(gettext("Index number"), page.index_number),
        Fact(gettext("Subject"), page.theme),
        Fact(gettext("Issuing authority"), page.issuing_authority),
        Fact(gettext("Date of the document"), written, written),
        Fact(gettext("Document number"), page.document_number),
        Fact(gettext("Date of publication"), published.full if published else "", published.iso if published else ""),
        Fact(gettext("Published again"), absence(page)),
        Fact(gettext("Title"), page.title, big=True),
        Fact(gettext("Subject words"), page.keywords, big=True),
        Fact(gettext("Validity"), validity, icon="state", big=True),
    )
    return tuple(fact for fact in facts if fact.value)
