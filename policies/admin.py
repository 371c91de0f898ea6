from django.contrib import admin
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action

from office.readonly import ReadOnlyAdmin, act_page
from policies import models, rules, selectors, services
from policies.enums import DraftState
from policies.forms import DraftForm, NoteForm, PublishForm


@admin.register(models.Product)
class ProductAdmin(ReadOnlyAdmin):
    list_display = ["code", "name", "carrier", "line", "kind"]
    list_filter = ["line", "kind"]
    list_select_related = ["carrier"]


@admin.register(models.ProductVersion)
class ProductVersionAdmin(ReadOnlyAdmin):
    list_display = ["product", "version", "effective_from", "loaded_at", "loaded_by"]
    list_filter = ["product"]
    list_select_related = ["product", "loaded_by"]
    actions_detail = ["draft"]

    def has_view_permission(self, request, obj=None):
        may = rules.may_draft(None, request.user)
        return may or super().has_view_permission(request, obj)

    @action(description=_("Draft the next version"), url_path="draft")
    def draft(self, request, object_id):
        version = get_object_or_404(models.ProductVersion, pk=object_id)
        form = NoteForm(request.POST or None)

        def draft_version(*, draft, **kwargs):
            return services.draft_version(version=version, **kwargs)

        return act_page(self, request, version, form, _("Draft the next version"), draft_version)


@admin.register(models.ProductDraft)
class ProductDraftAdmin(ReadOnlyAdmin):
    """Drafts are copied from a version, edited here, and published by another person."""

    form = DraftForm
    list_display = ["__str__", "product", "based_on", "state", "edited_at", "edited_by"]
    list_filter = ["state", "product"]
    list_select_related = ["product", "based_on", "edited_by"]
    readonly_fields = ["product", "based_on", "state", "edited_at", "edited_by", "version"]
    actions_detail = ["publish", "discard", "dry_run"]
    change_form_before_template = "admin/policies/draft_problems.html"
    change_form_outer_after_template = "admin/draft_history.html"

    def has_change_permission(self, request, obj=None):
        return rules.may_draft(obj, request.user) and (obj is None or obj.state == DraftState.OPEN)

    def has_view_permission(self, request, obj=None):
        may = rules.may_draft(obj, request.user) or rules.may_publish(obj, request.user)
        return may or super().has_view_permission(request, obj)

    def get_fieldsets(self, request, obj=None):
        facts = (None, {"fields": self.readonly_fields})
        if not self.has_change_permission(request, obj):
            return [facts]
        return [(None, {"fields": ["text", "note", "seen"]}), facts]

    def change_view(self, request, object_id, form_url="", extra_context=None):
        draft = get_object_or_404(models.ProductDraft, pk=object_id)
        reading = selectors.read_draft(draft) if draft.state == DraftState.OPEN else None
        context = {
            "draft": draft,
            "problems": reading.problems if reading else [],
            "holds": reading is not None and not reading.problems,
            "history": selectors.draft_history(draft),
        }
        return super().change_view(request, object_id, form_url, context | (extra_context or {}))

    def save_model(self, request, obj, form, change):
        services.edit_draft(
            draft=obj,
            text=form.cleaned_data["text"],
            revision=form.cleaned_data["seen"],
            note=form.cleaned_data["note"],
            by=request.user,
        )

    def log_change(self, request, obj, message):
        """The draft's own events say who changed what."""

    def construct_change_message(self, request, form, formsets, add=False):
        return []

    @action(description=_("Publish"), url_path="publish")
    def publish(self, request, object_id):
        draft = get_object_or_404(models.ProductDraft, pk=object_id)
        form = PublishForm(request.POST or None)
        return act_page(self, request, draft, form, _("Publish"), services.publish_draft)

    @action(description=_("Discard"), url_path="discard")
    def discard(self, request, object_id):
        draft = get_object_or_404(models.ProductDraft, pk=object_id)
        form = NoteForm(request.POST or None)
        return act_page(self, request, draft, form, _("Discard"), services.discard_draft)

    @action(description=_("Try it on the book"), url_path="dry-run")
    def dry_run(self, request, object_id):
        return redirect(f"{reverse('policies:rate_changes')}?draft={object_id}")


@admin.register(models.Policy)
class PolicyAdmin(ReadOnlyAdmin):
    list_display = ["number", "product", "customer", "jurisdiction", "state"]
    list_filter = ["state", "product", "jurisdiction"]
    list_select_related = ["product", "customer"]
    search_fields = ["number"]


@admin.register(models.Term)
class TermAdmin(ReadOnlyAdmin):
    list_display = ["policy", "sequence", "valid_from", "valid_to", "written", "fees", "tax"]
    list_select_related = ["policy"]


@admin.register(models.TermTransaction)
class TermTransactionAdmin(ReadOnlyAdmin):
    list_display = ["term", "sequence", "kind", "effective_on", "premium", "recorded_at"]
    list_select_related = ["term"]


@admin.register(models.Segment)
class SegmentAdmin(ReadOnlyAdmin):
    list_display = ["term", "valid", "recorded"]
    list_select_related = ["term"]
