from django.contrib import admin

from office.readonly import ReadOnlyAdmin
from policies import models


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
