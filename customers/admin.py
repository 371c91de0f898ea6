"""Look at everything, edit carriers, agents and their credentials: through the services."""

from django.contrib import admin

from customers import forms, models, services
from office.readonly import KeptAdmin, ReadOnlyAdmin


class OwnRowsAdmin(ReadOnlyAdmin):
    """Agents are staff too: the admin shows them no more than the workbench does."""

    def get_queryset(self, request):
        if request.user.is_superuser:
            return super().get_queryset(request)
        return self.model.objects.for_user(request.user).order_by(*self.ordering)


@admin.register(models.Customer)
class CustomerAdmin(OwnRowsAdmin):
    list_display = ["number", "display_name", "kind", "language", "state"]
    list_filter = ["kind", "state", "language"]
    search_fields = ["number"]
    ordering = ["folded"]
    exclude = ["born_on", "folded"]
    show_full_result_count = False


@admin.register(models.CustomerEvent)
class CustomerEventAdmin(ReadOnlyAdmin):
    list_display = ["record", "seq", "kind", "at", "by"]
    list_filter = ["kind"]
    list_select_related = ["record", "by"]
    exclude = ["facts"]
    ordering = ["-id"]
    show_full_result_count = False

    def has_view_permission(self, request, obj=None):
        return request.user.is_superuser or request.user.may("customers.view_every_customer")


@admin.register(models.Message)
class MessageAdmin(OwnRowsAdmin):
    list_display = ["subject", "customer", "channel", "state", "attempts", "created_at", "sent_at"]
    list_filter = ["state", "channel", "template", "language"]
    list_select_related = ["customer"]
    search_fields = ["reference"]
    ordering = ["-created_at", "-pk"]
    exclude = ["secret", "body_html", "documents"]
    show_full_result_count = False


@admin.register(models.BankAccount)
class BankAccountAdmin(OwnRowsAdmin):
    list_display = ["masked", "customer", "kind", "verified_at", "verified_by", "is_current"]
    list_filter = ["kind", "is_current"]
    list_select_related = ["customer", "verified_by"]
    ordering = ["-created_at", "-pk"]
    exclude = ["account", "blind"]


@admin.register(models.SanctionEntry)
class SanctionEntryAdmin(ReadOnlyAdmin):
    list_display = ["name", "source", "reference", "programme", "listed_on", "is_current"]
    list_filter = ["source", "is_current"]
    search_fields = ["name", "reference"]


class ServedAdmin(KeptAdmin):
    """Saves through a service of `add` and `edit`; what a service keeps fixed is fixed here."""

    add_service = edit_service = None
    subject = ""
    fixed = ()

    def has_add_permission(self, request, obj=None):
        return request.user.may("customers.change_agent")

    def has_change_permission(self, request, obj=None):
        return request.user.may("customers.change_agent")

    def has_view_permission(self, request, obj=None):
        return request.user.has_perm("customers.view_agent")

    def get_readonly_fields(self, request, obj=None):
        return self.fixed if obj else ()

    def formfield_for_dbfield(self, db_field, request, **options):
        if db_field.name == "jurisdiction":
            return forms.JurisdictionField()
        return super().formfield_for_dbfield(db_field, request, **options)

    def save_model(self, request, obj, form, change):
        if change:
            values = {name: form.cleaned_data[name] for name in form.changed_data}
            type(self).edit_service(by=request.user, **{self.subject: obj}, **values)
        else:
            obj.pk = type(self).add_service(by=request.user, **form.cleaned_data).pk


@admin.register(models.Carrier)
class CarrierAdmin(ServedAdmin):
    add_service, edit_service = services.add_carrier, services.edit_carrier
    subject, fixed = "carrier", ["code"]
    list_display = ["name", "code", "is_own"]
    search_fields = ["name", "code"]


@admin.register(models.Agent)
class AgentAdmin(ServedAdmin):
    add_service, edit_service = services.add_agent, services.edit_agent
    subject, fixed = "agent", ["code"]
    list_display = ["name", "code", "agency", "user"]
    list_select_related = ["user"]
    search_fields = ["name", "code", "agency"]


@admin.register(models.Licence)
class LicenceAdmin(ServedAdmin):
    add_service, edit_service = services.add_licence, services.edit_licence
    subject, fixed = "licence", ["agent", "jurisdiction", "line"]
    list_display = ["agent", "jurisdiction", "line", "number", "valid_from", "valid_to"]
    list_filter = ["jurisdiction", "line"]
    list_select_related = ["agent"]


@admin.register(models.Appointment)
class AppointmentAdmin(ServedAdmin):
    add_service, edit_service = services.add_appointment, services.edit_appointment
    subject, fixed = "appointment", ["agent", "carrier", "line"]
    list_display = ["agent", "carrier", "line", "valid_from", "valid_to"]
    list_filter = ["carrier", "line"]
    list_select_related = ["agent", "carrier"]


@admin.register(models.Course)
class CourseAdmin(ReadOnlyAdmin):
    list_display = ["agent", "jurisdiction", "title", "hours", "is_ethics", "completed_on"]
    list_filter = ["jurisdiction", "is_ethics"]
    list_select_related = ["agent"]
    search_fields = ["title", "certificate"]
