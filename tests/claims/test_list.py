"""The list of claims: tabs, figures, bulk acts, neighbours, and views of one's own."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from claims.enums import ClaimState
from claims.models import Adjuster, Claim
from office import clock
from office.lists import own
from office.models import OwnView
from tests.claims import scenes
from tests.claims.scenes import claim_at, handler, policy_in_force, service_agent
from tests.factories import signed_in

pytestmark = pytest.mark.django_db
LIST = "/claims/"


def text_of(response):
    content = b"".join(response) if response.streaming else response.content
    return content.decode()


def three_claims(*, count=3, state=ClaimState.DOCUMENTING):
    """In the order of their due dates, which follow the days of the losses."""
    policy = policy_in_force()
    found = [
        claim_at(
            state,
            policy=policy,
            lost_at=scenes.LOSS + timedelta(minutes=number),
            is_another_loss=True,
        )
        for number in range(count)
    ]
    for number, claim in enumerate(found):
        Claim.objects.filter(pk=claim.pk).update(due_on=date(2026, 4, 1) + timedelta(days=number))
    return [Claim.objects.get(pk=claim.pk) for claim in found]


# Tabs and figures


@pytest.mark.parametrize("count", [1, 3])
def test_counts_and_figures_take_the_same_statements_for_one_claim_and_three(
    count, django_assert_num_queries
):
    """Session, user, roles, one's own views, all counts, all figures, the rows shown."""
    three_claims(count=count)
    client = signed_in(handler())

    with django_assert_num_queries(7):
        client.get(LIST, {"view": "open", "counts": "1"})


def test_figures_are_those_of_the_filter():
    claims = three_claims()
    with clock.travel(scenes.NOTICE.replace(month=4, day=2)):
        page = signed_in(handler()).get(LIST, {"view": "open", "counts": "1"})
        late = signed_in(handler()).get(LIST, {"view": "overdue", "counts": "1"})

    figures = {str(one["label"]): one["value"] for one in page.context["figures"]}
    assert figures["Overdue"] == "1"  # 1 April; today is the 2nd
    assert figures["Due within 3 days"] == "2"  # the 2nd and the 3rd
    assert figures["Open without an adjuster"] == "3"
    assert figures["Outstanding reserves"] == "$0.00"
    late_figures = {str(one["label"]): one["value"] for one in late.context["figures"]}
    assert late_figures["Due within 3 days"] == "0"
    assert len(claims) == 3


def test_figures_of_a_very_long_list_say_that_they_are_a_part(monkeypatch):
    three_claims()
    monkeypatch.setattr("office.lists.figures.EXACT_UP_TO", 2)

    page = signed_in(handler()).get(LIST, {"view": "open", "counts": "1"})

    assert page.context["figures"][0]["hint"] == "of 2 of them"


# Bulk


def assign(client, claims, **fields):
    return client.post(f"{LIST}assign/", {"pick": [claim.pk for claim in claims], **fields})


def test_picked_claims_are_given_to_an_adjuster_each_by_its_own_event():
    claims, adjuster = three_claims(), scenes.adjuster()
    client = signed_in(handler())
    asked = assign(client, claims[:2])

    done = assign(client, claims[:2], adjuster=adjuster.pk, note="Same street.")

    assert text_of(asked).count('name="pick"') == 2
    assert done.status_code == 302
    given = Claim.objects.filter(adjuster=adjuster)
    assert set(given) == set(claims[:2])
    assert {claim.events.get(kind="assign_adjuster").note for claim in given} == {"Same street."}


def test_each_refusal_is_told_for_its_claim_and_stays_picked():
    """Room for one more claim: the first is assigned, the others say why not."""
    claims, adjuster = three_claims(), scenes.adjuster()
    Adjuster.objects.filter(user=adjuster).update(capacity=1)
    client = signed_in(handler())

    page = assign(client, claims, adjuster=adjuster.pk, note="I typed this.")

    said = text_of(page)
    assert Claim.objects.filter(adjuster=adjuster).count() == 1
    assert page.status_code == 200
    assert [claim.number for claim, _why in page.context["refused"]] == [
        claim.number for claim in claims[1:]
    ]
    assert said.count('name="pick"') == 2
    assert "I typed this." in said
    assert "2 claims were not assigned." in said
    assert "1 claim is assigned to Dana Ruiz." in said


def test_nothing_picked_and_nobody_chosen_are_said():
    claims = three_claims()
    client = signed_in(handler())

    nothing = client.post(f"{LIST}assign/", follow=True)
    nobody = assign(client, claims, adjuster="")

    assert "Pick at least one claim first." in text_of(nothing)
    assert nobody.context["form"].errors["adjuster"]


def test_who_may_not_assign_has_no_button_and_is_refused():
    claims = three_claims()
    client = signed_in(service_agent())

    assert "/claims/assign/" not in text_of(client.get(LIST, {"view": "open"}))
    assert "/claims/assign/" in text_of(signed_in(handler()).get(LIST, {"view": "open"}))
    assert assign(client, claims, adjuster=scenes.adjuster().pk).status_code == 403
    assert not Claim.objects.exclude(adjuster=None).exists()


# Neighbours


def test_a_record_knows_its_neighbours_in_the_list_that_one_came_from():
    first, middle, last = three_claims()
    client = signed_in(handler())
    assert client.get(middle.get_absolute_url()).context["neighbours"] is None
    client.get(LIST, {"view": "open", "line": "property"})

    page = client.get(middle.get_absolute_url())

    assert page.context["neighbours"] == {
        "previous": first.get_absolute_url(),
        "next": last.get_absolute_url(),
        "place": "All open",
    }
    assert page.context["crumbs"][0]["href"] == "/claims/?view=open&line=property"
    assert client.get(first.get_absolute_url()).context["neighbours"]["previous"] == ""
    assert client.get(last.get_absolute_url()).context["neighbours"]["next"] == ""


def test_neighbours_keep_to_the_filter():
    first, middle, _last = three_claims()
    Claim.objects.filter(pk=middle.pk).update(hold_count=1)
    client = signed_in(handler())
    client.get(LIST, {"view": "held"})

    beside = client.get(first.get_absolute_url()).context["neighbours"]

    assert (beside["previous"], beside["next"]) == ("", middle.get_absolute_url())


def test_neighbours_cost_a_statement_each():
    _first, middle, _last = three_claims()
    client = signed_in(handler())
    client.get(middle.get_absolute_url())
    with CaptureQueriesContext(connection) as before:
        client.get(middle.get_absolute_url())
    client.get(LIST, {"view": "open"})
    with CaptureQueriesContext(connection) as after:
        client.get(middle.get_absolute_url())

    assert len(after) - len(before) == 2


def test_the_address_in_the_cookie_is_sealed_and_a_forged_one_is_none():
    first, *_others = three_claims()
    client = signed_in(handler())
    client.get(LIST, {"view": "open", "q": "Canary"})

    assert "Canary" not in client.cookies["list-claims-list"].value
    assert client.cookies["list-claims-list"]["httponly"]
    client.cookies["list-claims-list"] = "Zm9yZ2Vk"
    assert client.get(first.get_absolute_url()).context["neighbours"] is None


# Views of one's own


def keep(client, name, query, of="claims:list"):
    return client.post(reverse("keep_view"), {"list": of, "name": name, "query": query})


def test_a_filter_that_was_named_is_a_tab_with_its_count_for_this_person_alone():
    three_claims()
    client, other = signed_in(handler()), signed_in(handler(2))

    answer = keep(client, "Homes", "view=open&line=property&page=abc")

    view = OwnView.objects.get()
    assert answer["Location"] == f"/claims/?view=open&line=property&own={view.pk}"
    tabs = client.get(f"{answer['Location']}&counts=1").context["tabs"]
    assert (tabs[-1]["label"], str(tabs[-1]["count"])) == ("Homes", "3")
    assert [tab["label"] for tab in tabs if tab["current"]] == ["Homes"]
    others = other.get(LIST, {"counts": "1"}).context["tabs"]
    assert "Homes" not in [tab["label"] for tab in others]


def test_what_was_kept_is_sealed():
    keep(signed_in(handler()), "Mine", "view=open&q=Canary")

    view = OwnView.objects.get()
    assert b"Canary" not in bytes(OwnView.objects.values_list("query", flat=True).get())
    assert view.query == "view=open&q=Canary"


def test_the_same_name_again_replaces_it_and_there_is_an_end_to_them(monkeypatch):
    client = signed_in(handler())
    monkeypatch.setattr(own, "AT_MOST", 2)
    for name, query in [("One", "view=open"), ("One", "view=held"), ("Two", "view=open")]:
        keep(client, name, query)

    refused = client.post(
        reverse("keep_view"), {"list": "claims:list", "name": "Three", "query": ""}, follow=True
    )

    kept = {view.name: view.query for view in OwnView.objects.all()}
    assert kept == {"One": "view=held", "Two": "view=open"}
    assert "Keep at most 2 views; delete one first." in text_of(refused)


def test_a_view_is_deleted_by_its_own_person_only():
    client = signed_in(handler())
    keep(client, "Mine", "view=open")
    view = OwnView.objects.get()
    address = reverse("delete_view", args=[view.pk])

    assert signed_in(handler(2)).post(address).status_code == 404
    assert "Delete the view “Mine”" in text_of(client.get(LIST, {"own": view.pk}))
    assert client.post(address)["Location"] == LIST
    assert not OwnView.objects.exists()


def test_a_view_of_a_list_that_is_none_is_not_kept():
    client = signed_in(handler())

    assert keep(client, "Mine", "", of="no:list").status_code == 404
    assert keep(client, " ", "view=open").status_code == 302
    assert not OwnView.objects.exists()
