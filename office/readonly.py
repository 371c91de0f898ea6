"""The admin shows everything and bends nothing: whoever edits does so through a service."""

from django.apps import apps
from django.contrib import messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect, render
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from unfold.admin import ModelAdmin

from office.exceptions import Refused
from office.history import kept_tables
from office.models import RowChange

SHOWN = 200


class HistoryAdmin(ModelAdmin):
    """“History” of a record is what the database saw, by whatever way it was changed."""

    def history_view(self, request, object_id, extra_context=None):
        if self.model._meta.db_table not in {kept.of for kept in kept_tables().values()}:
            return super().history_view(request, object_id, extra_context)
        record = self.get_object(request, unquote(object_id))
        if record is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        if not self.has_view_or_change_permission(request, record):
            raise PermissionDenied
        changes = RowChange.objects.of(record)[:SHOWN]
        context = {
            **self.admin_site.each_context(request),
            "title": _("Change history: %s") % record,
            "object": record,
            "opts": self.opts,
            "changes": [_as_told(change) for change in changes],
            **(extra_context or {}),
        }
        request.current_app = self.admin_site.name
        return TemplateResponse(request, "admin/row_history.html", context)


class ReadOnlyAdmin(HistoryAdmin):
    """Look and search; no way to add, change or delete."""

    list_fullwidth = True
    compressed_fields = True

    def has_add_permission(self, request, obj=None):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False


class KeptAdmin(HistoryAdmin):
    """Rows that people edit, and that are never deleted: they are ended by a date or a flag."""

    list_fullwidth = True

    def has_delete_permission(self, request, obj=None):
        return False


def act_page(site, request, draft, form, title, service):
    """A page with a form for one act of a draft; the service's refusal stands next to its field."""
    if not site.has_view_permission(request, draft):
        raise PermissionDenied
    if request.method == "POST" and form.is_valid():
        try:
            draft = service(draft=draft, by=request.user, **form.cleaned_data)
        except Refused as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        else:
            messages.success(request, _("Done: %(act)s.") % {"act": title})
            return redirect(draft.get_absolute_url())
    name = draft._meta.label_lower.replace(".", "_")
    context = {
        **site.admin_site.each_context(request),
        "opts": draft._meta,
        "title": f"{title}: {draft}",
        "act": title,
        "form": form,
        "back": reverse(f"admin:{name}_change", args=[draft.pk]),
    }
    return render(request, "admin/act.html", context)


def _as_told(change):
    """A change in words: the row's kind, what was done, and each column before and after."""
    model = _models().get(change.row_table)
    before, after = change.before or {}, change.after or {}
    words = {"INSERT": _("added"), "UPDATE": _("changed"), "DELETE": _("deleted")}
    return {
        "at": change.at,
        "by": change.by or _("database login %(login)s") % {"login": change.login},
        "what": capfirst(model._meta.verbose_name) if model else change.row_table,
        "done": words[change.operation],
        "columns": [
            (_name_of(model, column), _value(before.get(column)), _value(after.get(column)))
            for column in dict.fromkeys([*before, *after])
        ],
    }


def _models():
    every = apps.get_models(include_auto_created=True)
    return {model._meta.db_table: model for model in every}


def _name_of(model, column):
    for field in model._meta.concrete_fields if model else ():
        if field.column == column:
            return capfirst(field.verbose_name)
    return column


def _value(value):
    if value is None or value == "":
        return "—"
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    return ", ".join(map(str, value)) if isinstance(value, list) else value
