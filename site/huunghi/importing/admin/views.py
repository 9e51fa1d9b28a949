"""Upload, dry run, confirmation, progress; and the template to fill in."""

from __future__ import annotations

import io
from pathlib import PurePath
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import path, reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.generic import FormView, TemplateView, View
from wagtail.admin.menu import MenuItem
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from huunghi.conf import source_language
from huunghi.partners.access import reader_for
from huunghi.partners.models import EditorialUnit

from . import jobs

EXTENSIONS = (".xlsx", ".csv", ".jsonl")
MOST_BYTES = 10 * 1024 * 1024
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def units_of(user: Any) -> Any:
    """The editorial units for which the person may import."""
    units = EditorialUnit.objects.select_related("organisation").order_by("organisation__key")
    return units if user.is_superuser else units.filter(organisation__in=reader_for(user).units)


def may_import(user: Any) -> bool:
    return user.is_superuser or units_of(user).exists()


class ImportForm(forms.Form):
    file = forms.FileField(
        label=gettext_lazy("file"), help_text=gettext_lazy("A spreadsheet (XLSX or CSV) or JSON Lines, up to 10 MB.")
    )
    unit = forms.ChoiceField(
        label=gettext_lazy("unit"), help_text=gettext_lazy("It owns the pages of rows that name no unit.")
    )

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        units = [(unit.organisation.key, str(unit.organisation)) for unit in units_of(user)]
        self.fields["unit"].choices = units
        self.fields["unit"].required = bool(units)

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if PurePath(file.name).suffix.lower() not in EXTENSIONS:
            raise ValidationError(_("Choose a file that ends in .xlsx, .csv or .jsonl."))
        if file.size > MOST_BYTES:
            raise ValidationError(_("The file is larger than 10 MB; import it with the command huunghi_import."))
        return file


class ForImporters:
    """Views that only those see who may import."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not may_import(request.user):
            raise PermissionDenied
        response = super().dispatch(request, *args, **kwargs)  # type: ignore[misc]
        response["Cache-Control"] = "private, no-store"
        return response


class UploadView(ForImporters, WagtailAdminTemplateMixin, FormView):
    template_name = "huunghi/importing/upload.html"
    header_icon = "upload"
    page_title = gettext_lazy("Import")
    form_class = ImportForm

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [*self.breadcrumbs_items, {"url": "", "label": self.get_page_title()}]

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "user": self.request.user}

    def form_valid(self, form: ImportForm) -> HttpResponse:
        language = get_language() or source_language()
        job = jobs.make_job(self.request.user, form.cleaned_data["file"], form.cleaned_data["unit"], language)
        jobs.start(job, dry_run=True)
        return HttpResponseRedirect(reverse("huunghi_import:job", args=[job.id]))


class JobView(ForImporters, WagtailAdminTemplateMixin, TemplateView):
    template_name = "huunghi/importing/job.html"
    header_icon = "upload"
    page_title = gettext_lazy("Import")

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        upload = {"url": reverse("huunghi_import:upload"), "label": self.get_page_title()}
        return [*self.breadcrumbs_items, upload, {"url": "", "label": self.job.file}]

    @property
    def job(self) -> jobs.Job:
        job = jobs.job_of(self.request.user, self.kwargs["job"])
        if job is None:
            raise Http404
        return job

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        job = self.job
        return {
            **super().get_context_data(**kwargs),
            "job": job,
            "running": job.state in jobs.RUNNING and not job.is_lost,
            "errors": [remark for remark in job.remarks if remark["is_error"]],
            "notes": [remark for remark in job.remarks if not remark["is_error"]],
        }

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        job = self.job
        if job.may_be_imported and job.claim():
            jobs.start(job, dry_run=False)
        return HttpResponseRedirect(reverse("huunghi_import:job", args=[job.id]))


class TemplateFileView(ForImporters, View):
    """The empty workbook in the editor's language."""

    def get(self, request: HttpRequest) -> HttpResponse:
        from ..spreadsheets import write_template  # brings openpyxl: 5 MB that other workers need not have

        content = io.BytesIO()
        write_template(content)
        headers = {"Content-Disposition": 'attachment; filename="huu-nghi.xlsx"'}
        return HttpResponse(content.getvalue(), content_type=XLSX, headers=headers)


class ImportMenuItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return may_import(request.user)


def menu_item() -> MenuItem:
    return ImportMenuItem(
        gettext_lazy("Import"),
        reverse("huunghi_import:upload"),
        name="huunghi-import",
        icon_name="upload",
        order=152,
    )


app_name = "huunghi_import"
urlpatterns = [
    path("", UploadView.as_view(), name="upload"),
    path("template/", TemplateFileView.as_view(), name="template"),
    path("<str:job>/", JobView.as_view(), name="job"),
]
