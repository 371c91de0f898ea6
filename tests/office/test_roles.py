"""The roles that an office begins with name permissions that exist."""

import pytest
from django.apps import apps

from office.apps import OfficeConfig
from office.models import Role
from office.roles import ROLES
from office.setup import write_ground_data

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


@pytest.fixture
def migrated(as_owner):
    """Does what migrate does once the tables stand."""

    def migrate():
        with as_owner():
            write_ground_data(OfficeConfig)

    return migrate


@pytest.fixture
def code_that_also_grants(monkeypatch):
    """The next version of the code, in which agents may also do these things."""

    def grants(*permissions):
        name, description, before = ROLES["agent"]
        monkeypatch.setitem(ROLES, "agent", (name, description, [*before, *permissions]))

    return grants


@pytest.mark.django_db
def test_migrate_writes_the_roles_and_leaves_what_people_changed(migrated):
    Role.objects.filter(code="agent").update(permissions=["claims.view_claim"])

    migrated()

    assert set(Role.objects.values_list("code", flat=True)) >= set(ROLES)
    assert Role.objects.get(code="agent").permissions == ["claims.view_claim"]


@pytest.mark.django_db
def test_a_grant_that_is_new_to_the_code_reaches_a_role_that_exists(
    migrated, code_that_also_grants
):
    Role.objects.filter(code="agent").update(permissions=["claims.view_claim", "claims.own_idea"])
    code_that_also_grants("policies.read_policy_aloud")

    migrated()

    assert Role.objects.get(code="agent").permissions == [
        "claims.view_claim",
        "claims.own_idea",
        "policies.read_policy_aloud",
    ]


@pytest.mark.django_db
def test_a_new_grant_that_was_taken_away_again_stays_away(migrated, code_that_also_grants):
    code_that_also_grants("policies.read_policy_aloud")
    migrated()
    Role.objects.filter(code="agent").update(permissions=["claims.view_claim"])

    migrated()

    assert Role.objects.get(code="agent").permissions == ["claims.view_claim"]


@pytest.mark.django_db
def test_a_new_grant_that_somebody_gave_already_is_not_given_twice(migrated, code_that_also_grants):
    Role.objects.filter(code="agent").update(permissions=["policies.read_policy_aloud"])
    code_that_also_grants("policies.read_policy_aloud")

    migrated()

    assert Role.objects.get(code="agent").permissions == ["policies.read_policy_aloud"]


@pytest.mark.django_db
def test_roles_of_the_administrator_s_own_making_are_left_alone(migrated):
    Role.objects.create(code="agents_friend", name="Friend", permissions=["claims.view_claim"])

    migrated()

    own = Role.objects.get(code="agents_friend")
    assert (own.permissions, own.offered) == (["claims.view_claim"], [])
