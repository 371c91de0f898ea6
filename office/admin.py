from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from office import keys, models
from office.readonly import KeptAdmin, ReadOnlyAdmin

# One door for everybody: rate limits and the second factor stand there.
admin.site.login = secure_admin_login(admin.site.login)


@admin.register(models.User)
class UserAdmin(KeptAdmin):
    """Staff are added and ended here. A password is set by the person, from the e-mail link."""

    list_display = ["name", "email", "department", "is_staff", "is_superuser", "is_active"]
    list_filter = ["department", "roles", "is_staff", "is_active"]
    search_fields = ["name", "email"]
    filter_horizontal = ["roles"]
    readonly_fields = ["last_login", "joined_at"]
    fieldsets = [
        (None, {"fields": ["name", "email", "department", "roles"]}),
        (_("Access"), {"fields": ["is_active", "is_staff", "is_superuser", "last_login"]}),
        (_("Preferences"), {"fields": ["language", "time_zone", "theme", "density"]}),
    ]

    def save_model(self, request, obj, form, change):
        if not change:
            obj.set_unusable_password()
        super().save_model(request, obj, form, change)


@admin.register(models.Role)
class RoleAdmin(KeptAdmin):
    list_display = ["name", "description"]
    search_fields = ["name", "code"]

    def get_readonly_fields(self, request, obj=None):
        return ["code"] if obj else []


@admin.register(models.AuthorityLimit)
class AuthorityLimitAdmin(KeptAdmin):
    """Nobody gives authority to themselves."""

    list_display = ["kind", "user", "role", "line", "jurisdiction", "amount", "valid_from"]
    list_filter = ["kind", "role", "line", "jurisdiction"]
    list_select_related = ["user", "role"]
    autocomplete_fields = ["user", "role"]

    def has_change_permission(self, request, obj=None):
        own = obj is not None and obj.user_id == request.user.pk
        return not own and super().has_change_permission(request, obj)

    def get_form(self, request, obj=None, **kwargs):
        form = super().get_form(request, obj, **kwargs)
        if "user" in form.base_fields:
            others = models.User.objects.exclude(pk=request.user.pk)
            form.base_fields["user"].queryset = others
        return form


@admin.register(models.Holiday)
class HolidayAdmin(ReadOnlyAdmin):
    list_display = ["day", "name", "jurisdiction"]
    list_filter = ["jurisdiction"]

    def has_add_permission(self, request, obj=None):
        return request.user.has_perm("office.add_holiday")


@admin.register(models.Department)
class DepartmentAdmin(ReadOnlyAdmin):
    list_display = ["code", "name"]


@admin.register(models.ApiKey)
class ApiKeyAdmin(ReadOnlyAdmin):
    """Keys are made by `manage.py make_api_key`, which shows the secret once; here they end."""

    list_display = ["name", "prefix", "user", "scopes", "expires_at", "last_used_at", "revoked_at"]
    list_select_related = ["user"]
    exclude = ["digest"]
    actions = ["revoke"]

    @admin.action(description=_("Revoke"), permissions=["revoke"])
    def revoke(self, request, queryset):
        for key in queryset:
            keys.revoke_key(key=key)

    def has_revoke_permission(self, request):
        return request.user.is_superuser


@admin.register(models.OutboxMessage)
class OutboxMessageAdmin(ReadOnlyAdmin):
    list_display = ["id", "task", "put_at", "due_at", "published_at", "attempts", "done_at"]
    list_filter = ["task"]
    show_full_result_count = False


@admin.register(models.Job)
class JobAdmin(ReadOnlyAdmin):
    list_display = ["title", "kind", "state", "done", "total", "created_at", "finished_at"]
    list_filter = ["kind", "state"]


@admin.register(models.DailyRun)
class DailyRunAdmin(ReadOnlyAdmin):
    list_display = ["job", "business_date", "started_at"]
    list_filter = ["job"]


@admin.register(models.WorkflowEdge)
class WorkflowEdgeAdmin(ReadOnlyAdmin):
    list_display = ["record_table", "source", "act", "target", "is_guarded"]
    list_filter = ["record_table"]


@admin.register(models.RowChange)
class RowChangeAdmin(ReadOnlyAdmin):
    list_display = ["at", "row_table", "record_key", "operation", "by", "login"]
    list_filter = ["row_table", "operation"]
    list_select_related = ["by"]
    search_fields = ["=record_key"]
    show_full_result_count = False


@admin.register(models.Document)
class DocumentAdmin(ReadOnlyAdmin):
    list_display = ["title", "kind", "source", "language", "size", "created_at"]
    list_filter = ["kind", "language"]
    search_fields = ["source", "title"]


@admin.register(models.Upload)
class UploadAdmin(ReadOnlyAdmin):
    list_display = ["name", "source", "media_type", "size", "state", "created_at"]
    list_filter = ["state", "media_type"]
    search_fields = ["source"]
