"""Column care (栏目维护): the table of columns, opening and changing them, their order, colour and menu."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _, gettext_lazy
from django.views.generic import TemplateView
from wagtail.admin import messages
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from sites.columns import adding, changing, tree
from sites.columns.appearance import set_theme
from sites.columns.care import Work, look
from sites.columns.forms import ChangeForm, ColourForm, OwnColumnForm
from sites.columns.rules import CareRefused
from sites.models import Column, SitePage
from sites.reach import reach_of
from sites.working import working_tenant
from tenants.models import Tenant


class CarePage(WagtailAdminTemplateMixin, TemplateView):
    """Base of the pages about one site's columns. Strangers find nothing; members without the right are refused."""

    header_icon = "list-ul"

    @cached_property
    def tenant(self) -> Tenant:
        if "column_id" in self.kwargs:
            tenant_id = get_object_or_404(Column, pk=self.kwargs["column_id"]).tenant_id
        else:
            tenant_id = self.kwargs["tenant_id"]
        reach = reach_of(self.request.user)
        ids = reach.tenant_ids()
        if ids is not None and tenant_id not in ids:
            raise Http404
        if not reach.may_in("manage", tenant_id):
            raise PermissionDenied
        return get_object_or_404(Tenant, pk=tenant_id)

    @cached_property
    def work(self) -> Work:
        try:
            return look(self.tenant)
        except CareRefused as refused:
            raise Http404(refused.say(_)) from refused

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        _asked = self.tenant
        return super().dispatch(request, *args, **kwargs)

    def care_url(self, **query: Any) -> str:
        url = reverse("govsites_columns:care", args=[self.tenant.pk])
        return f"{url}?{'&'.join(f'{name}={value}' for name, value in query.items())}" if query else url

    def steps(self) -> list[tuple[str, str]]:
        return []

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        first = [(_("Desk"), reverse("wagtailadmin_home")), (_("Column care"), self.care_url())]
        return [{"url": url, "label": label} for label, url in [*first, *self.steps()]]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"tenant": self.tenant, "care_url": self.care_url()}

    def refused(self, error: CareRefused) -> None:
        messages.error(self.request, error.say(_))


class OneColumn(CarePage):
    """Base of the pages about one column; a column that is gone is not found."""

    action_title = "%(title)s"

    @cached_property
    def place(self) -> Any:
        try:
            return self.work.place(self.kwargs["column_id"])
        except CareRefused as error:
            raise Http404 from error

    def get_page_title(self) -> str:
        return self.action_title % {"title": self.place.present.title}

    def steps(self) -> list[tuple[str, str]]:
        return [(self.get_page_title(), "")]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"place": self.place, "present": self.place.present}

    def back(self) -> HttpResponse:
        return HttpResponseRedirect(self.care_url())


def of_working_site(request: HttpRequest) -> HttpResponse:
    """Lead to the column care of the working site."""
    tenant = working_tenant(request)
    if tenant is None:
        raise Http404
    return HttpResponseRedirect(reverse("govsites_columns:care", args=[tenant.pk]))


class CareView(CarePage):
    """All columns of a site, with what can be done with each."""

    template_name = "govsites/columns/care.html"
    page_title = gettext_lazy("Column care")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        lines = tree.lines(self.work)
        return super().get_context_data(**kwargs) | {
            "lines": lines,
            "closed": tree.closed_lines(self.work),
            "template": self.work.template,
            "own": len(adding.own_columns(self.work.state)),
            "own_limit": settings.MAX_OWN_COLUMNS,
            "focus": self.focus(lines),
        }

    def focus(self, lines: list[tree.CareLine]) -> str:
        """Return "<page id>-up" or "-down": the button that was pressed, so that one can go on with the keyboard."""
        pk, pressed = self.request.GET.get("moved", ""), self.request.GET.get("to", "")
        for line in lines:
            if str(line.pk) == pk and pressed in ("up", "down"):
                other = "down" if pressed == "up" else "up"
                return f"{pk}-{pressed if getattr(line, pressed) else other}"
        return ""


class MoveView(CarePage):
    """Moves a column one place; the page comes back with the focus on the same button."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, column_id: int, direction: str) -> HttpResponse:
        if direction not in ("up", "down"):
            raise Http404
        try:
            changing.move(self.tenant, column_id, up=direction == "up", by=request.user)
        except CareRefused as error:
            self.refused(error)
        # Without a fragment: a browser that jumps to one sets no focus.
        return HttpResponseRedirect(self.care_url(moved=column_id, to=direction))


class AddView(CarePage):
    """Opens an optional column of the template, or one of the site's own."""

    template_name = "govsites/columns/add.html"
    page_title = gettext_lazy("Open a column")
    header_icon = "plus"

    def steps(self) -> list[tuple[str, str]]:
        return [(str(self.page_title), "")]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        kwargs.setdefault("form", OwnColumnForm(work=self.work))
        optional = adding.optional_columns(self.work.template, self.work.state)
        own = len(adding.own_columns(self.work.state))
        return super().get_context_data(**kwargs) | {
            "optional": [
                (spec, fault.say(_) if fault else "", "；".join(tree.law_names(spec.disclosure)))
                for spec, fault in optional
            ],
            "template": self.work.template,
            "own": own,
            "own_limit": settings.MAX_OWN_COLUMNS,
            "full": own >= settings.MAX_OWN_COLUMNS,
            "slug_url": reverse("govsites_columns:slug", args=[self.tenant.pk]),
        }

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if code := request.POST.get("code"):
            return self.open(lambda: adding.add_optional(self.tenant, code, by=request.user))
        form = OwnColumnForm(request.POST, work=self.work)
        if form.is_valid():
            wish = form.wish()
            answer = self.open(lambda: adding.add_own(self.tenant, wish, by=request.user), form)
        else:
            messages.validation_error(request, _("The column was not opened."), form)
            answer = None
        return answer or self.render_to_response(self.get_context_data(form=form))

    def open(self, act: Any, form: OwnColumnForm | None = None) -> Any:
        try:
            pk = act()
        except CareRefused as error:
            if form is None:
                self.refused(error)
                return HttpResponseRedirect(reverse("govsites_columns:add", args=[self.tenant.pk]))
            form.add_error(None, error.say(_))
            messages.validation_error(self.request, _("The column was not opened."), form)
            return None
        title = Column.objects.values_list("title", flat=True).get(pk=pk)
        messages.success(self.request, _("The column “%(title)s” is open.") % {"title": title})
        return HttpResponseRedirect(f"{self.care_url()}#column-{pk}")


class SlugView(CarePage):
    """Proposes the address of a column from its title, as JSON: {"slug": "tzgg"}."""

    http_method_names = ["get"]

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        asked = request.GET.get("parent", "")
        parent = SitePage.objects.filter(
            pk=int(asked) if asked.isdecimal() else self.work.state.home_id, tenant_id=self.tenant.pk
        ).first()
        title = request.GET.get("title", "").strip()
        return JsonResponse({"slug": adding.free_slug(parent, title) if parent and title else ""})


class ChangeView(OneColumn):
    """Title, responsible unit, update limit and menu of one column."""

    template_name = "govsites/columns/change.html"
    header_icon = "edit"

    def form(self, data: Any = None) -> ChangeForm:
        present, spec = self.place.present, self.work.spec(self.place)
        names = ("title", "responsible", "update_within_days", "show_in_menus")
        return ChangeForm(
            data,
            initial={name: getattr(present, name) for name in names},
            mandatory=present.mandatory,
            at_top=self.place in changing.menu_columns(self.work.state.columns),
            template_days=spec.update_within_days if spec else None,
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        kwargs.setdefault("form", self.form())
        present = self.place.present
        why = tree.why_locked(self.work, self.place) if present.mandatory else ""
        return super().get_context_data(**kwargs) | {"why": why}

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = self.form(request.POST)
        if form.is_valid():
            try:
                changed = changing.change(self.tenant, self.place.pk, by=request.user, **form.cleaned_data)
            except CareRefused as error:
                form.add_error(None, error.say(_))
            else:
                said = _("“%(title)s” was saved.") if changed else _("“%(title)s” was as you want it already.")
                messages.success(request, said % {"title": form.cleaned_data.get("title", self.place.present.title)})
                return HttpResponseRedirect(f"{self.care_url()}#column-{self.place.pk}")
        messages.validation_error(request, _("The column was not saved."), form)
        return self.render_to_response(self.get_context_data(form=form))


class AppearanceView(CarePage):
    """The main colour, and which columns at the top stand in the menu."""

    template_name = "govsites/columns/appearance.html"
    page_title = gettext_lazy("Colour and menu")
    header_icon = "view"

    def steps(self) -> list[tuple[str, str]]:
        return [(str(self.page_title), "")]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        kwargs.setdefault("form", ColourForm(initial={"theme": self.tenant.theme}))
        return super().get_context_data(**kwargs) | {"menu": self.work.siblings(self.work.state.path)}

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = ColourForm(request.POST)
        if not form.is_valid():
            messages.validation_error(request, _("Colour and menu were not saved."), form)
            return self.render_to_response(self.get_context_data(form=form))
        chosen = {int(pk) for pk in request.POST.getlist("menu") if pk.isdecimal()}
        try:
            set_theme(self.tenant, form.cleaned_data["theme"], by=request.user)
            changing.set_menu(self.tenant, chosen, by=request.user)
        except CareRefused as error:
            self.refused(error)
        else:
            messages.success(request, _("Colour and menu were saved. The site shows them at once."))
        return HttpResponseRedirect(reverse("govsites_columns:appearance", args=[self.tenant.pk]))
