"""What an empty database needs before anybody can work in it. Migrate writes it each time."""

from django.db import transaction

from office import history, workflow
from office.clock import federal_holidays
from office.enums import DepartmentCode
from office.models import Department, Holiday, Role, User
from office.roles import ROLES

HOLIDAY_YEARS = range(2020, 2031)
SERVICE_EMAIL = "office@bindery.invalid"


def write_ground_data(sender, *, using="default", **_kwargs):
    """Departments, roles, the service user, holidays and the workflow's legal edges.

    Rows that exist are left as people made them; only the edges and the triggers of the row history
    follow the code, and roles get the grants that are new to it.
    """
    departments = [Department(code=code, name=code.label) for code in DepartmentCode]
    Department.objects.using(using).bulk_create(departments, ignore_conflicts=True)
    write_roles(using)
    Holiday.objects.using(using).bulk_create(
        [
            Holiday(jurisdiction="US", day=day, name=name)
            for year in HOLIDAY_YEARS
            for day, name in federal_holidays(year).items()
        ],
        ignore_conflicts=True,
    )
    service, _created = User.objects.using(using).get_or_create(
        is_service=True, defaults={"email": SERVICE_EMAIL, "name": "Bindery", "password": "!"}
    )
    service.roles.set(Role.objects.using(using).filter(code="office"))
    workflow.write_edges(using)
    history.write_triggers(using)


def write_roles(using="default"):
    """The roles that are missing, and in the others the grants that the code did not know before.

    What an administrator added stays; what one took away was offered once and stays away.
    """
    roles = [
        Role(
            code=code,
            name=name,
            description=description,
            permissions=permissions,
            offered=permissions,
        )
        for code, (name, description, permissions) in ROLES.items()
    ]
    Role.objects.using(using).bulk_create(roles, ignore_conflicts=True)
    with transaction.atomic(using=using):
        for role in Role.objects.using(using).filter(code__in=ROLES).select_for_update():
            grant_what_is_new(role, ROLES[role.code][2])


def grant_what_is_new(role, permissions):
    """Give a role what of `permissions` it was never offered."""
    new = [permission for permission in permissions if permission not in role.offered]
    if new:
        role.permissions += [permission for permission in new if permission not in role.permissions]
        role.offered += new
        role.save(update_fields=["permissions", "offered"])
