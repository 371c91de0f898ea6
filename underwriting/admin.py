from django.contrib import admin

from office.readonly import KeptAdmin, ReadOnlyAdmin
from underwriting import forms, models, rules, services


@admin.register(models.RuleSet)
class RuleSetAdmin(ReadOnlyAdmin):
    list_display = ["code", "name"]


@admin.register(models.RuleSetVersion)
class RuleSetVersionAdmin(ReadOnlyAdmin):
    list_display = ["rule_set", "version", "effective_from", "published_at", "published_by"]
    list_filter = ["rule_set"]
    list_select_related = ["rule_set", "published_by"]


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
