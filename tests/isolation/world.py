"""The world of the sweep: the cast's two counties, each with a town and a department, everything in them marked."""

from __future__ import annotations

from collections import defaultdict
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth.models import Group
from django.contrib.contenttypes.models import ContentType
from django.db import IntegrityError, models, transaction
from django.test import Client
from django.utils import timezone
from django_otp import DEVICE_ID_SESSION_KEY
from django_otp.plugins.otp_totp.models import TOTPDevice
from taggit.models import Tag
from wagtail.models import (
    Collection,
    GroupApprovalTask,
    GroupCollectionPermission,
    GroupPagePermission,
    TaskState,
    Workflow,
    WorkflowPage,
    WorkflowState,
    WorkflowTask,
)

from sites.models import ColumnGrant, RegionPage, SitePage
from tenants.models import Membership, Region, Role, Tenant, User
from tenants.scope import every_tenant
from tests.cast import A_HOST, ADMIN_HOST, Cast, first_column, person
from tests.isolation.filling import Maker, is_text
from tests.isolation.marks import Marks, found
from tests.isolation.planting import Planter
from tests.isolation.rows import Keys, all_models, belonging, ours

# Tasks run at once, so that a request's follow-up work is judged with it; counted tries to sign in do not age meanwhile.
SETTINGS: dict[str, Any] = {
    "TASKS": {name: {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend"} for name in settings.TASKS},
    "AXES_COOLOFF_TIME": timedelta(days=7),
}
# Whose a mark is: the letter in it.
LETTERS = {  # counties before what is below them
    "county_a": "a",
    "county_b": "n",
    "town_a": "b",
    "department_a": "c",
    "town_b": "o",
    "department_b": "p",
    "portal": "z",
}
OF_B = frozenset("nop")
OF_A = frozenset("abc")


@dataclass
class Side:
    """One tenant, what was planted in it, and its rows by model."""

    letter: str
    tenant: Tenant
    author: User
    above: Side | None = None  # the county of a town or department
    pages: dict[str, SitePage] = field(default_factory=dict)
    known: dict[Any, Any] = field(default_factory=dict)
    keys: Keys = field(default_factory=dict)
    seeds: Keys = field(default_factory=lambda: defaultdict(set))

    def first(self, model: type[models.Model]) -> Any:
        """Return the key of the row that stands for the model, where the tenant has none its county's."""
        if model in self.known:
            return self.known[model].pk
        if not self.keys.get(model) and self.above is not None:
            return self.above.first(model)
        return min(self.keys[model], key=str)


@dataclass(frozen=True)
class Visitor:
    """Somebody who asks: who, on which host, and whose marks must never come back to them."""

    name: str
    client: Client
    host: str
    foreign: frozenset[str]  # letters
    stranger: str  # how a door is shut before them: "signed in", "no rights" or "anonymous"
    user: User | None = None


@dataclass
class World:
    cast: Cast
    marks: Marks
    sides: dict[str, Side]
    visitors: list[Visitor]
    theirs: Keys  # every row of county B, its town and its department

    @property
    def a(self) -> Side:
        return self.sides["county_a"]

    @property
    def b(self) -> Side:
        return self.sides["county_b"]


def build(cast: Cast) -> World:
    """Plant every side and make the visitors. Runs in the caller's transaction."""
    marks = Marks()
    authors = {
        "county_a": cast.contributor_a,
        "county_b": cast.contributor_b,
        **{
            name: person(f"author-{name}", Role.CONTRIBUTOR, tenant=getattr(cast, name))
            for name in LETTERS
            if not name.startswith("county")
        },
    }
    with every_tenant("the sweep's world"):
        sides: dict[str, Side] = {}
        for name, letter in LETTERS.items():
            above = sides.get(f"county_{name[-1]}")
            sides[name] = _plant(Side(letter, getattr(cast, name), authors[name], above), marks)
        theirs: Keys = defaultdict(set)
        for name in ("county_b", "town_b", "department_b"):
            for model, keys in sides[name].keys.items():
                theirs[model] |= keys
    return World(cast, marks, sides, _visitors(cast, marks), dict(theirs))


def _plant(side: Side, marks: Marks) -> Side:
    maker = Maker(marks, side.letter, side.known, side.keys)
    planter = Planter(maker, side.tenant, side.author)
    planter.media()
    planter.content()
    side.known |= {Tenant: side.tenant, Region: side.tenant.region}
    planter.talk()
    side.pages = planter.pages
    side.seeds[Tenant].add(side.tenant.pk)
    side.seeds[Collection].add(planter.collection.pk)
    side.seeds[Tag] |= set(Tag.objects.filter(name__contains=f"zq7{side.letter}").values_list("pk", flat=True))
    staff = {membership.user for membership in Membership.objects.filter(tenant=side.tenant).select_related("user")}
    side.seeds[User] |= {user.pk for user in staff}
    if side.tenant.kind != "department":  # a department stands in the region of its county
        side.seeds[Region].add(side.tenant.region_id)
        side.seeds[SitePage].add(planter.home.get_parent().pk)
    _groups_and_workflows(side, maker, planter)
    side.keys.update(belonging(side.seeds))
    for model in all_models():
        if not ours(model) or model._meta.auto_created or model is RegionPage:  # built with the sites, one a region
            continue
        if not side.keys.get(model) and model not in side.known:
            with suppress(IntegrityError), transaction.atomic():  # one a region: the department shares its county's
                side.seeds[model].add(maker.make(model).pk)
    side.keys.update(belonging(side.seeds))
    for model in side.keys:
        stands_for = side.keys[User] if model is User else [side.first(model)]
        for row in model._base_manager.filter(pk__in=stands_for):
            maker.mark_blank_texts(row)
    for user in User.objects.filter(pk__in=side.keys[User]) if side.letter in OF_B else ():
        User.objects.filter(pk=user.pk).update(username=maker.marks.new(side.letter, "user name"))
    if side.letter in OF_B:  # the units above and beside A may be named to it; the neighbour never
        names = {name: maker.marks.text(side.letter, f"tenant's {name}", 50) for name in ("name", "short_name")}
        Tenant.objects.filter(pk=side.tenant.pk).update(**names)
    return side


def _groups_and_workflows(side: Side, maker: Maker, planter: Planter) -> None:
    """Wagtail's own groups, workflows and tasks, which somebody may have made for the tenant all the same."""
    group = maker.make(Group)
    page = planter.pages["a draft"]
    GroupPagePermission.objects.create(group=group, page=planter.home, permission_type="change")
    permission = GroupCollectionPermission._meta.get_field("permission").related_model.objects.first()
    GroupCollectionPermission.objects.create(group=group, collection=planter.collection, permission=permission)
    task = GroupApprovalTask.objects.create(name=planter.text("task name"), active=True)
    task.groups.add(group)
    workflow = Workflow.objects.create(name=planter.text("workflow name"), active=True)
    WorkflowTask.objects.create(workflow=workflow, task=task)
    WorkflowPage.objects.create(workflow=workflow, page=planter.home)
    kinds = {"content_type": ContentType.objects.get_for_model(page)}
    kinds["base_content_type"] = ContentType.objects.get_for_model(SitePage)
    state = maker.make(WorkflowState, workflow=workflow, object_id=str(page.pk), requested_by=planter.author, **kinds)
    own = ContentType.objects.get_for_model(TaskState)
    step = maker.make(
        TaskState, workflow_state=state, task=task.task_ptr, content_type=own, revision=page.latest_revision
    )
    WorkflowState.objects.filter(pk=state.pk).update(current_task_state=step)
    for row in (group, task, workflow):
        side.seeds[type(row)].add(row.pk)
    side.seeds[type(task.task_ptr)].add(task.pk)
    side.known |= {Workflow: workflow, type(task.task_ptr): task.task_ptr}


def _visitors(cast: Cast, marks: Marks) -> list[Visitor]:
    past = timezone.now() - timedelta(days=1)
    limited = person("limited-a", Role.CONTRIBUTOR, tenant=cast.county_a)
    Membership.objects.filter(user=limited).update(limited_to_columns=True)
    ColumnGrant.objects.create(membership=limited.memberships.get(), column=first_column(cast.county_a))
    expired = person("expired-a", Role.CONTRIBUTOR, tenant=cast.county_a)
    revoked = person("revoked-a", Role.SITE_MANAGER, tenant=cast.county_a)
    Membership.objects.filter(user=expired).update(expires_at=past)
    Membership.objects.filter(user=revoked).update(revoked_at=past, revoked_by=cast.operator)
    everyone = frozenset(LETTERS.values())
    beside = everyone - {LETTERS["county_a"]}
    return [
        _signed_in("contributor", cast.contributor_a, beside),
        _signed_in("reviewer", cast.reviewer_a, beside),
        _signed_in("site manager", cast.manager_a, beside),
        _signed_in("supervisor", cast.supervisor, everyone - OF_A),
        _signed_in("contributor of one column", limited, beside),
        _signed_in("expired", expired, everyone, "no rights"),
        _signed_in("revoked", revoked, everyone, "no rights"),
        Visitor("anonymous at the admin", Client(raise_request_exception=False), ADMIN_HOST, everyone, "anonymous"),
        Visitor("anonymous at A", Client(raise_request_exception=False), A_HOST, everyone - OF_A, "anonymous"),
    ]


def _signed_in(name: str, user: User, foreign: frozenset[str], stranger: str = "signed in") -> Visitor:
    return Visitor(name, verified(user), ADMIN_HOST, foreign, stranger, user)


def verified(user: User) -> Client:
    """Return a browser at the admin in which the user has signed in and passed the second factor."""
    client = Client(headers={"host": ADMIN_HOST}, raise_request_exception=False)
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    device, _made = TOTPDevice.objects.get_or_create(user=user, name="sweep", confirmed=True)
    session = client.session
    session[DEVICE_ID_SESSION_KEY] = device.persistent_id
    session.save()
    return client


def unmarked(world: World) -> list[str]:
    """Return the text fields of the neighbour's models in which no row has a mark."""
    missing = []
    with every_tenant("the sweep's world"):
        for model, keys in world.theirs.items():
            fields = [f.attname for f in model._meta.local_concrete_fields if is_text(model, f)]
            rows = list(model._base_manager.filter(pk__in=keys).values_list(*fields)) if fields else []
            for position, name in enumerate(fields):
                if not any(found(str(row[position]), OF_B) for row in rows):
                    missing.append(f"{model._meta.label}.{name}")
    return missing
