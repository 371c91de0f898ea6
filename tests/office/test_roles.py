"""The roles that an office begins with name permissions that exist."""

import pytest
from django.apps import apps

from office.models import Role
from office.roles import ROLES

BUILT_IN = {
    f"{model._meta.app_label}.{action}_{model._meta.model_name}"
    for model in apps.get_models()
    for action in model._meta.default_permissions
}
DECLARED = {
    f"{model._meta.app_label}.{codename}"
    for model in apps.get_models()
    for codename, _label in model._meta.permissions
}


@pytest.mark.parametrize("code", ROLES)
def test_a_role_grants_only_what_the_models_declare(code):
    _name, _description, permissions = ROLES[code]

    assert set(permissions) - BUILT_IN - DECLARED - {"office.administer"} == set()
    assert len(permissions) == len(set(permissions))


@pytest.mark.django_db
def test_migrate_writes_the_roles_and_leaves_what_people_changed(django_db_blocker, as_owner):
    from office.apps import OfficeConfig
    from office.setup import write_ground_data

    Role.objects.filter(code="agent").update(permissions=["claims.view_claim"])

    with as_owner():
        write_ground_data(OfficeConfig)

    assert set(Role.objects.values_list("code", flat=True)) >= set(ROLES)
    assert Role.objects.get(code="agent").permissions == ["claims.view_claim"]
