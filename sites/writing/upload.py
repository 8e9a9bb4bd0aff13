"""The pages on which a Word file becomes a draft: choose the file, see what was understood, go on in the editor."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _, gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from sites.admin_pages import frame
from sites.item_types import types_for
from sites.media.space import OverQuota
from sites.models import Article, Column, OfficialDocument, SitePage
from sites.public.bodies import body_html
from sites.writing.from_file import discard as delete_draft, draft_from, may_discard, missing_pictures, origin_of
from sites.writing.parts import Unreadable
from sites.writing.word import BYTES_MOST, EXTENSIONS, read_file

WRITTEN: tuple[Any, ...] = (Article, OfficialDocument)


class FileForm(forms.Form):
    """One file, and where the column takes both, what it becomes."""

    LABELS: ClassVar[dict[str, Any]] = {
        "article": gettext_lazy("An article (news, notice, interpretation)"),
        "officialdocument": gettext_lazy("An official document with its catalogue record"),
    }
    file = forms.FileField(
        label=gettext_lazy("Word file"), widget=forms.FileInput(attrs={"accept": ",".join(EXTENSIONS)})
    )
    become = forms.ChoiceField(label=gettext_lazy("It becomes"), widget=forms.RadioSelect)

    def __init__(self, models: list[Any], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["file"].help_text = _(".docx, .doc, .wps, .odt, .rtf, .txt or .html, at most %(most)s MB") % {
            "most": BYTES_MOST // 1024**2
        }
        names = [model._meta.model_name for model in models]
        self.fields["become"].choices = [(name, self.LABELS[name]) for name in names]
        self.fields["become"].initial = names[0]
        if len(names) == 1:
            self.fields["become"].widget = forms.HiddenInput()

    def clean_file(self) -> Any:
        """Return the file's bytes. Its name does not count: content says what it is."""
        file = self.cleaned_data["file"]
        if file.size > BYTES_MOST:
            raise forms.ValidationError(
                _("The file is larger than %(most)s MB. Make its pictures smaller.") % {"most": BYTES_MOST // 1024**2}
            )
        return file


def models_for(column: Column) -> list[Any]:
    """Return the types with a text that the column takes, the usual one first."""
    return [model for model in types_for(column.kind) if model in WRITTEN]


@require_http_methods(["GET", "POST"])
def upload(request: HttpRequest, column_id: int) -> HttpResponse:
    """Ask for a file; a readable one becomes a draft in the column."""
    column = get_object_or_404(Column, pk=column_id)
    models = models_for(column)
    if not models:
        raise Http404
    if not column.permissions_for_user(request.user).can_add_subpage():
        raise PermissionDenied
    form = FileForm(models, request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        page = _made(request, form, column, models)
        if page is not None:
            return HttpResponseRedirect(reverse("govsites_writing:understood", args=[page.pk]))
    context = {"form": form, "column": column} | frame(
        _("Write from a Word file"), "upload", (column.title, reverse("wagtailadmin_explore", args=[column.pk]))
    )
    return TemplateResponse(request, "govsites/writing/upload.html", context)


def _made(request: HttpRequest, form: FileForm, column: Column, models: list[Any]) -> SitePage | None:
    """Return the draft; None where the file cannot be read, with the sentence at the form's field."""
    file = form.cleaned_data["file"]
    model = next(model for model in models if model._meta.model_name == form.cleaned_data["become"])
    try:
        reading = read_file(file.read(), settings.SOFFICE)
        return draft_from(
            reading,
            model=model,
            column=column,
            by=request.user,
            file_name=file.name,
            today=timezone.localdate(),
            said=[lost.say(_) for lost in reading.lost],
        )
    except Unreadable as error:
        form.add_error("file", error.say(_))
    except OverQuota as error:
        form.add_error("file", str(error))
    return None


@require_GET
def understood(request: HttpRequest, page_id: int) -> HttpResponse:
    """Show what was taken from the file, and what was not, before the person goes on in the editor."""
    page = _draft(page_id)
    origin = origin_of(page)
    if origin is None:
        raise Http404
    context = {
        "page": page,
        "origin": origin,
        "column": page.column,
        "missing": missing_pictures(page),
        "body": body_html(page.body, request),
        "may_discard": may_discard(page, request.user),
    } | frame(
        _("What was understood"), "view", (page.column.title, reverse("wagtailadmin_explore", args=[page.column_id]))
    )
    return TemplateResponse(request, "govsites/writing/understood.html", context)


@require_POST
def discard(request: HttpRequest, page_id: int) -> HttpResponse:
    """Throw the untouched draft away, and ask for another file."""
    page = _draft(page_id)
    if not may_discard(page, request.user):
        messages.error(request, _("The draft has been worked on since, so it is kept. Delete it in the editor."))
        return HttpResponseRedirect(reverse("govsites_writing:understood", args=[page_id]))
    column_id = page.column_id
    delete_draft(page, by=request.user)
    messages.success(request, _("The draft was thrown away."))
    return HttpResponseRedirect(reverse("govsites_writing:upload", args=[column_id]))


def _draft(page_id: int) -> Any:
    page = get_object_or_404(SitePage, pk=page_id).specific
    if not isinstance(page, WRITTEN):
        raise Http404
    return page.get_latest_revision_as_object()
