"""What an empty database needs before anybody can work in it. Migrate writes it each time."""

from office import workflow
from office.clock import federal_holidays
from office.enums import DepartmentCode
from office.models import Department, Holiday, Role, User
from office.roles import ROLES

HOLIDAY_YEARS = range(2020, 2031)
SERVICE_EMAIL = "office@bindery.invalid"


def write_ground_data(sender, *, using="default", **_kwargs):
    """Departments, roles, the service user, holidays and the workflow's legal edges.

    Rows that exist are left as people made them; only the edges follow the code.
    """
    departments = [Department(code=code, name=code.label) for code in DepartmentCode]
    Department.objects.using(using).bulk_create(departments, ignore_conflicts=True)
    roles = [
        Role(code=code, name=name, description=description, permissions=permissions)
        for code, (name, description, permissions) in ROLES.items()
    ]
    Role.objects.using(using).bulk_create(roles, ignore_conflicts=True)
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
