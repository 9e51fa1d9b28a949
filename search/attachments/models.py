"""What was read from the files that records show."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.documents import get_document_model_string


class FileState(models.TextChoices):
    """How far the reading of a file has come, in words for editors."""

    WAITING = "waiting", _("not read yet")
    READ = "read", _("searched")
    CUT = "cut", _("searched in part: it is very long")
    NO_TEXT = "no-text", _("not searched: it holds pictures of pages, without text")
    ENCRYPTED = "encrypted", _("not searched: it is protected by a password")
    BROKEN = "broken", _("not searched: it is damaged")
    TOO_LARGE = "too-large", _("not searched: it is too large")
    TOO_SLOW = "too-slow", _("not searched: reading it takes too long")
    MISSING = "missing", _("not searched: the file is not there")
    OTHER_KIND = "other-kind", _("not searched: it is neither PDF nor DOCX")


class FileText(models.Model):
    """The text of one file. `file_name` and `file_hash` tell whether the file was replaced since."""

    document = models.OneToOneField(
        get_document_model_string(), on_delete=models.CASCADE, primary_key=True, related_name="+"
    )
    file_name = models.CharField(max_length=255, blank=True)
    file_hash = models.CharField(max_length=40, blank=True)  # as the document had it
    content_hash = models.CharField(max_length=64, blank=True, db_index=True)  # SHA-256: equal files are read once
    state = models.CharField(max_length=12, choices=FileState.choices, default=FileState.WAITING, db_index=True)
    numbered = models.BooleanField(default=False)
    pages = models.JSONField(default=list)  # a text for each page; one in all when pages are not known
    attempts = models.PositiveSmallIntegerField(default=0)
    read_at = models.DateTimeField(null=True)  # of a file that waits: when somebody began to read it

    class Meta:
        verbose_name = "text of a file"
        verbose_name_plural = "texts of files"

    def __str__(self) -> str:
        return f"{self.file_name} {self.state}"
