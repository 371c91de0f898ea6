from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action

from office import clock
from office.exceptions import Refused
from office.forms import add_refusal
from office.readonly import KeptAdmin, ReadOnlyAdmin, act_page
from policies.enums import DraftState
from underwriting import forms, models, rules, selectors, services


@admin.register(models.RuleSet)
class RuleSetAdmin(ReadOnlyAdmin):
    list_display = ["code", "name"]


@admin.register(models.RuleSetVersion)
class RuleSetVersionAdmin(ReadOnlyAdmin):
    list_display = ["rule_set", "version", "effective_from", "published_at", "published_by"]
    list_filter = ["rule_set"]
    list_select_related = ["rule_set", "published_by"]
    readonly_fields = ["rule_set", "version", "effective_from", "quote_days", "published_at",
                       "published_by", "sha256"]  # fmt: skip
    exclude = ["rules"]
    actions_detail = ["draft"]
    change_form_outer_after_template = "admin/underwriting/edition.html"

    def has_view_permission(self, request, obj=None):
        return _may_see_rules(request.user) or super().has_view_permission(request, obj)

    def change_view(self, request, object_id, form_url="", extra_context=None):
        version = get_object_or_404(models.RuleSetVersion, pk=object_id)
        context = {
            "told": selectors.told_rules(version.rules),
            "editions": selectors.editions_of(version.rule_set_id),
        }
        return super().change_view(request, object_id, form_url, context | (extra_context or {}))

    @action(description=_("Draft the next edition"), url_path="draft")
    def draft(self, request, object_id):
        version = get_object_or_404(models.RuleSetVersion, pk=object_id)
        form = forms.NoteForm(request.POST or None)

        def draft_rule_set(*, draft, **kwargs):
            return services.draft_rule_set(version=version, **kwargs)

        return act_page(self, request, version, form, _("Draft the next edition"), draft_rule_set)


def _may_see_rules(user):
    return rules.may_draft_rules(None, user) or rules.may_publish_draft(None, user)


@admin.register(models.RuleSetDraft)
class RuleSetDraftAdmin(ReadOnlyAdmin):
    """Drafts are copied from an edition, edited here rule by rule, tried, and published by
    another person."""

    list_display = ["__str__", "rule_set", "based_on", "state", "edited_at", "edited_by"]
    list_filter = ["state", "rule_set"]
    list_select_related = ["rule_set", "based_on", "edited_by"]

    def has_view_permission(self, request, obj=None):
        return _may_see_rules(request.user) or super().has_view_permission(request, obj)

    def get_urls(self):
        return [
            path(
                f"<path:object_id>/{name}/",
                self.admin_site.admin_view(view),
                name=f"underwriting_rulesetdraft_{name}",
            )
            for name, view in (
                ("check", self.check_condition),
                ("try", self.try_out),
                ("dry_run", self.dry_run),
                ("publish", self.publish),
                ("discard", self.discard),
            )
        ] + super().get_urls()

    def change_view(self, request, object_id, form_url="", extra_context=None):
        """The editor while the draft is open; its rules to be read after that."""
        draft = self._draft(request, object_id)
        may_edit = rules.may_draft_rules(draft, request.user) and draft.state == DraftState.OPEN
        sent = request.POST if request.method == "POST" and may_edit else None
        content = draft.content
        head = forms.RuleDraftForm(
            sent, initial={"quote_days": content.quote_days, "seen": draft.revision}
        )
        rows = forms.RuleFormSet(
            sent,
            prefix="rule",
            initial=[forms.RuleForm.initial_of(rule) for rule in content.rules],
        )
        if sent is not None and head.is_valid() and rows.is_valid():
            try:
                draft = self._save(request, draft, head, rows)
            except Refused as refusal:
                head.add_error(None, str(refusal))
            else:
                return redirect(draft.get_absolute_url())
        return self._page(request, draft, head, rows, may_edit)

    def _save(self, request, draft, head, rows):
        given = head.cleaned_data
        draft = services.edit_rule_draft(
            draft=draft,
            rules_=rows.kept(),
            quote_days=given["quote_days"],
            revision=given["seen"],
            note=given["note"],
            by=request.user,
        )
        messages.success(request, _("Saved."))
        return draft

    def _page(self, request, draft, head, rows, may_edit):
        content = draft.content
        faults = selectors.rules_faults(draft.rule_set_id, content.rules)
        placed = {}
        for fault in faults:
            placed.setdefault((fault.place, fault.field), []).append(fault.reason)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": str(draft),
            "draft": draft,
            "head": head,
            "rows": rows,
            "table": [(row, _fields_of(row, place, placed)) for place, row in enumerate(rows)],
            "faults": faults,
            "may_edit": may_edit,
            "is_open": draft.state == DraftState.OPEN,
            "told": [] if may_edit else selectors.told_rules(content.rules),
            "facts": selectors.readable_facts(draft.rule_set_id),
            "history": selectors.rule_draft_history(draft),
            "changed": selectors.changed_rules(draft.based_on.rules, content.rules),
        }
        return render(request, "admin/underwriting/rule_draft.html", context)

    def check_condition(self, request, object_id):
        """What is wrong in a condition as it is typed: the sentences, or that there is nothing."""
        draft = self._draft(request, object_id)
        typed = next((value for name, value in request.POST.items() if name.endswith("-when")), "")
        context = {"reasons": selectors.condition_faults(draft.rule_set_id, typed)}
        return render(request, "admin/underwriting/condition.html", context)

    def try_out(self, request, object_id):
        """The rules of the draft asked about one risk: which fire, and what they read."""
        draft = self._draft(request, object_id)
        form = forms.TryForm(request.POST or None)
        tried = None
        if request.method == "POST" and form.is_valid():
            try:
                tried = self._tried(request, draft, form.cleaned_data)
            except Refused as refusal:
                add_refusal(form, refusal)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("Try the rules: %(draft)s") % {"draft": draft},
            "draft": draft,
            "form": form,
            "tried": tried,
        }
        return render(request, "admin/underwriting/try_rules.html", context)

    def _tried(self, request, draft, given):
        known = given["facts"]
        if given["number"]:
            known = selectors.facts_of_number(given["number"], request.user)
        return selectors.try_rules(draft.content.rules, known)

    def dry_run(self, request, object_id):
        draft = self._draft(request, object_id)
        form = forms.TrialForm(request.POST or None, initial={"day": clock.today()})
        title = _("Try it on the book")
        return act_page(self, request, draft, form, title, services.try_rules_on_book)

    def publish(self, request, object_id):
        draft = self._draft(request, object_id)
        form = forms.PublishRulesForm(request.POST or None)
        return act_page(self, request, draft, form, _("Publish"), services.publish_rule_draft)

    def discard(self, request, object_id):
        draft = self._draft(request, object_id)
        form = forms.NoteForm(request.POST or None)
        return act_page(self, request, draft, form, _("Discard"), services.discard_rule_draft)

    def _draft(self, request, object_id):
        rows = models.RuleSetDraft.objects.select_related("rule_set", "based_on", "version")
        draft = get_object_or_404(rows, pk=object_id)
        if not self.has_view_permission(request, draft):
            raise PermissionDenied
        return draft


def _fields_of(row, place, placed):
    """Each field of a rule with what is wrong in it: as saved, or as it was just sent."""
    for field in row.visible_fields():
        if field.name != "DELETE":
            found = [] if row.is_bound else placed.get((place, field.name), [])
            yield field, [*field.errors, *found]


@admin.register(models.Submission)
class SubmissionAdmin(ReadOnlyAdmin):
    list_display = ["number", "customer", "agent", "product_kind", "jurisdiction", "state"]
    list_filter = ["state", "product_kind", "jurisdiction"]
    list_select_related = ["customer", "agent"]
    search_fields = ["number"]


@admin.register(models.Quote)
class QuoteAdmin(ReadOnlyAdmin):
    list_display = ["number", "submission", "carrier", "state", "total", "expires_on"]
    list_filter = ["state", "carrier"]
    list_select_related = ["submission", "carrier"]
    search_fields = ["number"]


@admin.register(models.CarrierConnection)
class CarrierConnectionAdmin(KeptAdmin):
    """How a carrier's own system is reached. The key is written, and never shown again."""

    form = forms.ConnectionForm
    list_display = ["carrier", "url", "is_active", "changed_at", "changed_by"]
    list_select_related = ["carrier", "changed_by"]

    def has_view_permission(self, request, obj=None):
        return rules.may_connect_carriers(request.user)

    has_add_permission = has_change_permission = has_view_permission

    def has_module_permission(self, request):
        return rules.may_connect_carriers(request.user)

    def get_readonly_fields(self, request, obj=None):
        return ["carrier"] if obj else []

    def save_model(self, request, obj, form, change):
        given = {"carrier": obj.carrier} | form.cleaned_data
        services.connect_carrier(key=given.pop("new_key"), by=request.user, **given)
