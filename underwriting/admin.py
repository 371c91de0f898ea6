from django.contrib import admin

from office.readonly import ReadOnlyAdmin
from underwriting import models


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
