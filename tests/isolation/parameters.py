"""What each parameter of an address names: an object of a tenant, or one of a few words."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from django.apps import apps
from django.db import models
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode
from wagtail.admin.api.views import PagesAdminAPIViewSet
from wagtail.admin.views.bulk_action.registry import bulk_action_registry
from wagtail.models import Collection, Revision, Site, Task, UploadedFile, Workflow

from sites.models import LeaderName, SiteFile, SiteImage, SitePage
from tenants.models import Invitation, Membership, User
from tests.isolation.world import Side

Values = Callable[[Side], list[Any]]


def of(model: type[models.Model]) -> Values:
    """Return: the key of the row that stands for the model."""
    return lambda side: [side.first(model)]


def named(label: str) -> Values:
    """Return: the key of the row that stands for the model with this label."""
    return lambda side: [side.first(apps.get_model(label))]


def code_of_transition(side: Side) -> list[str]:
    model = apps.get_model("legacy.Transition")
    return [model._base_manager.get(pk=side.first(model)).code]


def page_keys(side: Side) -> list[int]:
    names = ("a live article", "a draft", "home")
    return [side.pages[name].pk for name in names]


def public_paths(side: Side) -> list[str]:
    """Return addresses of the side's public pages, to be asked for on the neighbour's host."""
    mount = f"{side.tenant.mount}/" if side.tenant.mount else ""
    names = ("a live article", "a draft", "column")
    paths = [mount + side.pages[name].url_path.split("/", 3)[3] for name in names]
    return [mount, *paths] if side.tenant.kind == "town" else paths


OUR_APPS = ("govsites", "tenants", "provisioning", "legacy")
# Objects of a tenant, by "view name:parameter" (a view name may be a beginning), else by parameter.
OBJECTS: dict[str, Values] = {
    "page_id": page_keys,
    "parent_page_id": page_keys,
    "parent_id": page_keys,
    "page_pk": page_keys,
    "page_to_move_id": page_keys,
    "destination_id": page_keys,
    "column_id": lambda side: [side.pages["column"].pk],
    "image_id": of(SiteImage),
    "document_id": of(SiteFile),
    "doc_id": of(SiteFile),
    "file_id": of(SiteFile),
    "uploaded_file_id": of(UploadedFile),
    "workflow_pk": of(Workflow),
    "task_id": of(Task),
    "revision_id_a": of(Revision),
    "revision_id_b": of(Revision),
    "session_id": lambda side: [side.first(apps.get_model("wagtailadmin.EditingSession"))],
    "restriction_id": lambda side: [side.first(apps.get_model("wagtailcore.CollectionViewRestriction"))],
    "page_view_restriction_id": lambda side: [side.first(apps.get_model("wagtailcore.PageViewRestriction"))],
    "uidb64": lambda side: [urlsafe_base64_encode(force_bytes(side.author.pk))],
    "code": lambda side: [side.tenant.code],
    "wagtailadmin_api:pages:pk": page_keys,
    "wagtailadmin_api:documents:pk": of(SiteFile),
    "wagtailadmin_api:images:pk": of(SiteImage),
    "wagtailadmin_pages:revisions_compare:pk": page_keys,
    "wagtailadmin_collections:pk": of(Collection),
    "wagtailadmin_workflows:edit_task:pk": of(Task),
    "wagtailadmin_workflows:disable_task:pk": of(Task),
    "wagtailadmin_workflows:enable_task:pk": of(Task),
    "wagtailadmin_workflows:pk": of(Workflow),
    "wagtailsites:pk": of(Site),
    "wagtailusers_users:pk": of(User),
    "wagtailusers_groups:pk": lambda side: [side.first(apps.get_model("auth.Group"))],
    "wagtaildocs_chooser:pk": of(SiteFile),
    "wagtailimages_chooser:pk": of(SiteImage),
    "wagtaildocs_serve:_0": of(SiteFile),
    "provisioning:run:pk": lambda side: [side.first(apps.get_model("provisioning.ProvisioningRun"))],
    "provisioning:run_:pk": lambda side: [side.first(apps.get_model("provisioning.ProvisioningRun"))],
    "provisioning:rollout:pk": lambda side: [side.first(apps.get_model("provisioning.RollOut"))],
    "legacy:transition_id": named("legacy.Transition"),
    "legacy:run_id": named("legacy.LegacyRun"),
    "legacy:item_id": named("legacy.LegacyItem"),
    "legacy:recipe_id": named("legacy.LegacyRecipe"),
    "legacy:raw_id": named("legacy.LegacyRaw"),
    "legacy:report_id": named("legacy.Acceptance"),
    "legacy:address_id": named("legacy.OldAddress"),
    "legacy:column_id": named("legacy.LegacyColumn"),
    "legacy_api:code": code_of_transition,
    "legacy_api:get_item:number": named("legacy.LegacyItem"),
    "legacy_api:number": named("legacy.LegacyRun"),
    "govsites_leaders:pk": of(LeaderName),
    "govsites_members:invitation:pk": of(Invitation),
    "govsites_members:pk": of(Membership),
    "number": lambda side: [side.first(apps.get_model("provisioning.ProvisioningRun"))],
    "wagtailadmin_editing_sessions:ping:object_id": lambda side: page_keys(side)[:1],
    "wagtail_serve:_0": public_paths,
}
# Words, by the same keys. A key of several parameters, joined by commas, gives them together.
WORDS: dict[str, Callable[[], list[Any]]] = {
    "content_type_app_name,content_type_model_name": lambda: [("govsites", "article"), ("govsites", "column")],
    "wagtail_bulk_action:app_label,model_name,action": lambda: bulk_actions(),
    "app_label,model_name": lambda: [("govsites", "article"), ("wagtailcore", "groupapprovaltask")],
    "app_name,model_name": lambda: [("taggit", "tag")],
    "wagtailadmin_api:pages:action:action_name": lambda: list(PagesAdminAPIViewSet.actions),
    "action_name": lambda: ["approve", "reject"],
    "filter_spec": lambda: ["width-100"],
    "token": lambda: ["set-password", "not-a-token"],
    "step": lambda: ["suspend", "rename"],
    "provisioning:site_step:action": lambda: ["suspend", "rename", "close"],
    "provisioning:rollout_action:action": lambda: ["wave", "stop", "undo", "end"],
    "legacy:acceptance_download:form": lambda: ["html", "json", "xlsx"],
    "legacy:mapping_export:form": lambda: ["csv", "xlsx"],
    "legacy:ledger_export:form": lambda: ["csv", "xlsx"],
    "legacy:cutover_probe:what": lambda: ["names", "preview"],
    "legacy:survey_download:form": lambda: ["html", "json", "xlsx"],
    "legacy:start:step": lambda: ["extract", "load"],
    "legacy:item_decide:decision": lambda: ["correct", "accept", "drop", "undo"],
    "legacy_api:start_step:step": lambda: ["extract", "load"],
    "wagtaildocs_serve:_1": lambda: ["any.txt"],
    "path": lambda: ["original_images/any.png"],
    "key": lambda: ["0" * 40],
    "govsites_checks:kind,form": lambda: [("words", "csv"), ("leaders", "xlsx")],
    "govsites_checks:kind": lambda: ["words", "leaders"],
    "govsites_words:pk": lambda: [1],  # the operator's own list
    "govsites_columns:move:direction": lambda: ["up", "down"],
    "govsites_media:unused:kind": lambda: ["picture", "file"],
    "govsites_members:invitation:action": lambda: ["again", "take-back"],
    "govsites_review:preview:which": lambda: ["new", "public"],
    "secret": lambda: ["not-a-secret"],
}


def bulk_actions() -> list[tuple[str, str, str]]:
    bulk_action_registry._scan_for_bulk_actions()
    return [
        (app, model, action)
        for app, by_model in bulk_action_registry.actions.items()
        for model, actions in by_model.items()
        for action in actions
    ]


def objects_of(view_name: str, parameter: str) -> Values | None:
    """Return what gives a parameter's objects, None where it names none that is known here."""
    exact = _longest(OBJECTS, view_name, parameter)
    if exact is not None:
        return exact
    if parameter.endswith("_id"):
        named = _named(parameter[: -len("_id")])
        if named is not None:
            return page_keys if issubclass(named, SitePage) else of(named)
    return None


def words_of(view_name: str, parameters: tuple[str, ...]) -> list[dict[str, Any]] | None:
    """Return the words for some parameters, each choice as a dictionary; None where nothing is said of one of them."""
    choices: list[dict[str, Any]] = [{}]
    left = list(parameters)
    while left:
        for size in range(len(left), 0, -1):
            found = _longest(WORDS, view_name, ",".join(left[:size]))
            if found is not None:
                break
        else:
            return None
        names, left = left[:size], left[size:]
        given = [value if isinstance(value, tuple) else (value,) for value in found()]
        choices = [{**choice, **dict(zip(names, value, strict=True))} for choice in choices for value in given]
    return choices


def _longest(table: dict[str, Any], view_name: str, parameter: str) -> Any:
    if f"{view_name}:{parameter}" in table:
        return table[f"{view_name}:{parameter}"]
    end = f":{parameter}"
    beginnings = [key for key in table if key.endswith(end) and view_name.startswith(key[: -len(end)])]
    if beginnings:
        return table[max(beginnings, key=len)]
    return table.get(parameter)


def _named(word: str) -> type[models.Model] | None:
    """Return the model that the word names: the whole of its name, or the end of just one name of ours."""
    names = {re.sub(r"(?<!^)(?=[A-Z])", "_", model.__name__).lower(): model for model in apps.get_models()}
    ours = [model for name, model in names.items() if name.endswith(f"_{word}") and model._meta.app_label in OUR_APPS]
    return names.get(word) or (ours[0] if len(ours) == 1 else None)
