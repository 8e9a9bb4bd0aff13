"""Closing a column: what it holds, where that goes, are you sure; and opening it again."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _, ngettext
from wagtail.admin import messages

from sites.columns import closing
from sites.columns.forms import CloseForm, ReopenForm
from sites.columns.pages import OneColumn
from sites.columns.rules import CareRefused


class CloseView(OneColumn):
    """First the counts and the choice, then the confirmation; only the second form closes."""

    template_name = "govsites/columns/close.html"
    header_icon = "cross"

    @property
    def action_title(self) -> str:
        return _("Close “%(title)s”")

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        _asked = self.tenant
        if fault := closing.closing_fault(self.work, self.place):
            messages.error(request, fault.say(_))
            return self.back()
        return super().dispatch(request, *args, **kwargs)

    @cached_property
    def contents(self) -> closing.Contents:
        return closing.contents_of(self.work, self.place)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        kwargs.setdefault("form", CloseForm(contents=self.contents, initial={"into": "stay"}))
        return super().get_context_data(**kwargs) | {"contents": self.contents}

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = CloseForm(request.POST, contents=self.contents)
        if not form.is_valid():
            messages.validation_error(request, _("The column was not closed."), form)
            return self.render_to_response(self.get_context_data(form=form))
        if "sure" not in request.POST:
            target = dict(self.contents.targets).get(form.target or 0, "")
            return self.render_to_response(self.get_context_data(form=form, asking=True, target=target))
        try:
            moved = closing.close(self.tenant, self.place.pk, into=form.target, by=request.user)
        except CareRefused as error:
            self.refused(error)
            return self.back()
        said = _("“%(title)s” is closed.") % {"title": self.place.present.title}
        if moved:
            said += ngettext("%(count)d item was moved.", "%(count)d items were moved.", moved) % {"count": moved}
        messages.success(request, said)
        return self.back()


class ReopenView(OneColumn):
    template_name = "govsites/columns/reopen.html"
    header_icon = "undo"

    @property
    def action_title(self) -> str:
        return _("Open “%(title)s” again")

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        _asked = self.tenant
        if fault := closing.reopening_fault(self.work, self.place):
            messages.error(request, fault.say(_))
            return self.back()
        return super().dispatch(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        away = closing.still_there(closing.note_of(self.place.pk))
        return super().get_context_data(**kwargs) | {"away": away, "form": ReopenForm(initial={"bring_back": True})}

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = ReopenForm(request.POST)
        form.is_valid()
        try:
            back = closing.reopen(
                self.tenant, self.place.pk, bring_back=form.cleaned_data["bring_back"], by=request.user
            )
        except CareRefused as error:
            self.refused(error)
            return self.back()
        said = _("The column “%(title)s” is open.") % {"title": self.place.present.title}
        if back:
            said += ngettext("%(count)d item came back.", "%(count)d items came back.", back) % {"count": back}
        messages.success(request, said)
        return self.back()
