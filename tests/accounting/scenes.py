"""People and papers for the tests of accounting, made by the services that make them in life."""

from datetime import date
from decimal import Decimal

from accounting import services
from accounting.enums import AccountCode
from office.enums import AuthorityKind
from office.models import AuthorityLimit, Role, User

DIMS = {"product": "BIND-PA", "line": "casualty", "carrier": "BIND", "jurisdiction": "US-CA"}


def person(*roles, name="Dana Ruiz", email="", **fields):
    fields = {"is_staff": True} | fields
    email = email or f"{name.lower().replace(' ', '.')}.{User.objects.count()}@bindery.example"
    user = User.objects.create_user(email, name=name, **fields)
    user.roles.set(Role.objects.filter(code__in=roles))
    return user


def accountant(*, up_to="100000.00", name="Alma Ortiz"):
    user = person("accountant", name=name)
    for kind in (AuthorityKind.PAYMENT, AuthorityKind.REFUND):
        AuthorityLimit.objects.create(
            kind=kind, user=user, amount=Decimal(up_to), valid_from=date(2020, 1, 1)
        )
    return user


def office():
    return User.objects.service()


def reserve(by, *, source="claim:CL-2026-000042", change="1000.00", kind="indemnity"):
    return services.post_reserve_change(
        source=source, change=Decimal(change), kind=kind, dims=DIMS, by=by
    )


def two_lines(amount="100.00", *, dr=AccountCode.BANK, cr=AccountCode.CAPITAL, currency="USD"):
    return [
        services.debit(dr, Decimal(amount), currency=currency),
        services.credit(cr, Decimal(amount), currency=currency),
    ]


def entry(by, amount="100.00", **fields):
    fields = {"source": "journal:1", "memo": "Capital paid in"} | fields
    return services.post_entry(lines=two_lines(amount), by=by, **fields)
