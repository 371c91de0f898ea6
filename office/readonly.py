"""The admin shows everything and bends nothing: whoever edits does so through a service."""

from unfold.admin import ModelAdmin


class ReadOnlyAdmin(ModelAdmin):
    """Look and search; no way to add, change or delete."""

    list_fullwidth = True
    compressed_fields = True

    def has_add_permission(self, request, obj=None):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False


class KeptAdmin(ModelAdmin):
    """Rows that people edit, and that are never deleted: they are ended by a date or a flag."""

    list_fullwidth = True

    def has_delete_permission(self, request, obj=None):
        return False
