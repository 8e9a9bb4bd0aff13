"""Tags within reach. Wagtail's tags are one list for the whole install; a person sees those on their own media."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, QuerySet
from django.http import HttpRequest, JsonResponse
from taggit.models import Tag, TaggedItem
from wagtail.permissions import policy_registry

from sites.models import SiteFile, SiteImage

MOST_TAGS = 10


def tags_of(user: Any, *models: type) -> QuerySet[Tag]:
    """Return the tags on the rows of the models that the person may change, the most used first."""
    used = TaggedItem.objects.none()
    for model in models:
        rows = policy_registry.get_by_type(model).instances_user_has_permission_for(user, "change")
        used |= TaggedItem.objects.filter(
            content_type__app_label=model._meta.app_label,
            content_type__model=model._meta.model_name,
            object_id__in=rows.order_by().values("pk"),
        )
    counted = Tag.objects.filter(taggit_taggeditem_items__in=used).annotate(uses=Count("taggit_taggeditem_items"))
    return counted.order_by("-uses", "name")


def autocomplete(request: HttpRequest) -> JsonResponse:
    """GET ?term= answers the names of at most ten tags that begin so, in Wagtail's form: a list of texts."""
    term = request.GET.get("term", "").strip()[:100]
    names = tags_of(request.user, SiteImage, SiteFile).filter(name__istartswith=term).values_list("name", flat=True)
    return JsonResponse(sorted(names[:MOST_TAGS]) if term else [], safe=False)
