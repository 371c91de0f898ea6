"""The people of these tests, each made by the services."""

import itertools

from customers import services
from customers.models import Customer
from office.models import Role, User

ADDRESS = {
    "street": "12 Alder Street",
    "city": "Sacramento",
    "jurisdiction": "US-CA",
    "postal_code": "95814",
}
_counter = itertools.count(1)


def someone(*roles: str, is_staff: bool = True, name: str = "Robin Hale") -> User:
    user = User.objects.create_user(
        f"person{next(_counter)}@bindery.example", "correct horse", name=name, is_staff=is_staff
    )
    user.roles.set(Role.objects.filter(code__in=roles))
    return user


def clerk() -> User:
    return someone("customer_service")


def holding(*permissions: str, is_staff: bool = True) -> User:
    """Somebody whose only role grants exactly these permissions."""
    role = Role.objects.create(
        code=f"test{next(_counter)}", name="Test", permissions=list(permissions)
    )
    user = someone(is_staff=is_staff)
    user.roles.set([role])
    return user


def person(given_name="María", family_name="Núñez", *, by: User, **fields) -> Customer:
    given = {"email": "maria@example.com", "phone": "(916) 555-0142", "address": ADDRESS}
    return services.add_customer(
        kind="person", given_name=given_name, family_name=family_name, by=by, **{**given, **fields}
    )


def organisation(name="Alder Bakery LLC", *, by: User, **fields) -> Customer:
    given = {"email": "office@alder.example", "address": ADDRESS}
    return services.add_customer(
        kind="organisation", organisation_name=name, by=by, **{**given, **fields}
    )
