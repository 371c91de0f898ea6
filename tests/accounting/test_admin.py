"""The admin shows the books and bends nothing."""

import pytest
from django.contrib import admin
from django.urls import reverse

from accounting.models import Entry, Invoice
from tests.accounting import scenes

pytestmark = pytest.mark.django_db
MODELS = [model for model in admin.site._registry if model._meta.app_label == "accounting"]


@pytest.fixture
def administrator(settings, client):
    settings.DEMO = True
    user = scenes.person(name="Root Admin", is_superuser=True)
    client.force_login(user)
    return user


def _address(model, page, *args):
    return reverse(f"admin:accounting_{model._meta.model_name}_{page}", args=args)


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_every_list_opens_and_nothing_is_added(client, administrator, model):
    scenes.billed()
    scenes.approved()

    assert client.get(_address(model, "changelist")).status_code == 200
    assert client.get(_address(model, "add")).status_code == 403
    assert client.post(_address(model, "add"), {}).status_code == 403


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_nothing_is_changed_or_deleted(client, administrator, model):
    scenes.billed()
    scenes.pay(Invoice.objects.get(), "100.00", scenes.accountant())
    scenes.approved()
    scenes.rebilled("-1300.00")
    row = model.objects.order_by("pk").first()

    assert client.get(_address(model, "change", row.pk)).status_code == 200
    assert client.post(_address(model, "change", row.pk), {}).status_code == 403
    assert client.post(_address(model, "delete", row.pk), {"post": "yes"}).status_code == 403
    chosen = {"action": "delete_selected", "_selected_action": [row.pk], "post": "yes"}
    client.post(_address(model, "changelist"), chosen)
    assert model.objects.filter(pk=row.pk).exists()


def test_an_entry_is_found_by_its_source(client, administrator):
    scenes.approved()
    scenes.entry(administrator)

    page = client.get(_address(Entry, "changelist"), {"q": "claim:CL-2026-000042"})

    assert page.context["cl"].result_count == 2  # the reserve and the approval
