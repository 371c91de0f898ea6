"""Needs and advice: recorded version by version, acknowledged, demanded by some laws at a bind."""

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, connection, transaction
from django.urls import reverse

from customers.models import Message
from office import documents
from office.exceptions import Refused
from tests import factories, papers
from underwriting import needs, services
from underwriting.models import Advice

ANSWERS = {
    "wants": "Being sued after an accident.",
    "priority": "cover",
    "own_share": 1000,
    "lender": "no",
}


def test_some_laws_want_a_refusal_and_some_the_record():
    """UM in California, Colorado, Florida; in Nebraska it cannot be refused. Replaced life."""

    def laws(kind, place, risk=None, bought=("BI", "PD")):
        return [one.law for one in needs.needs().demands(kind, place, risk or {}, bought)]

    assert laws("auto", "US-CA") == ["Cal. Ins. Code 11580.2(a)(1)"]
    assert laws("auto", "US-FL") == ["Fla. Stat. 627.727(1)"]
    assert laws("auto", "US-NE") == laws("auto", "US-CA", bought=("BI", "UM")) == []
    assert laws("term_life", "US-CA", {"replaces": True}) == ["Cal. Ins. Code 10509.4"]
    assert laws("term_life", "US-CA", {"replaces": False}) == []


def test_every_kind_that_is_personal_is_asked_something():
    for kind in needs.needs().personal:
        questions = needs.needs().questions_of(kind)
        assert len({one.code for one in questions}) == len(questions) > 4
        assert all({"en", "es"} <= set(one.names) for one in questions)
    assert [one.code for one in needs.missing("auto", {"wants": "x", "priority": ""})] == [
        "priority",
        "lender",
    ]


def recorded(submission, *, by=None, **fields):
    return services.record_advice(
        **{
            "submission": submission,
            "answers": ANSWERS,
            "reasons": "The widest cover at the price.",
            "recommended": submission.quotes.get(carrier_id="BIND"),
            "declined": {"RENT": "Has a second car."},
            "by": by or submission.agent.user,
            **fields,
        }
    )


@pytest.mark.django_db
def test_each_version_is_kept_and_says_what_was_said():
    holder = factories.customer(login=True, language="es")
    submission = factories.quoted(insured=holder)

    first = recorded(submission)
    with pytest.raises(Refused, match="says the same"), transaction.atomic():
        recorded(submission)
    second = recorded(submission, reasons="Cheaper.", declined={})

    assert (first.version, second.version) == (1, 2)
    said = papers.words_of(documents.open(first.document).read())
    for words in ("Lo que nos indicó", "Being sued after an accident.", "$1,000.00",
                  "Has a second car.", "Una cobertura amplia"):  # fmt: skip
        assert words in said
    assert [event.kind for event in submission.events.order_by("seq")][-2:] == ["advise", "advise"]
    for table in ("advice", "adviceacknowledgement"):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"DELETE FROM underwriting_{table}")


@pytest.mark.django_db
def test_what_is_missing_or_wrong_is_refused_next_to_its_field():
    submission = factories.quoted()
    other = factories.quote()
    stranger = factories.agent(name="Robin Hale").user
    for fields, field in (
        ({"answers": {**ANSWERS, "lender": ""}}, "needs.lender"),
        ({"reasons": " "}, "reasons"),
        ({"declined": {"NOTHING": "x"}}, "declined.NOTHING"),
        ({"recommended": other}, "recommended"),
    ):
        with pytest.raises(Refused) as refusal, transaction.atomic():
            recorded(submission, **fields)
        assert refusal.value.field == field
    with pytest.raises(PermissionDenied), transaction.atomic():
        recorded(submission, by=stranger)

    assert not Advice.objects.exists()


def without_um(submission):
    """The same application with no uninsured motorist cover, answered by the carriers."""
    kept = [one for one in submission.coverages if one["coverage"] != "UM"]
    services.edit_application(
        submission=submission,
        application=submission.application,
        coverages=kept,
        effective_on=submission.effective_on,
        revision=submission.revision,
        by=submission.agent.user,
    )
    factories.work("underwriting.quote_at_carrier")
    return type(submission).objects.get(pk=submission.pk)


@pytest.mark.django_db
def test_without_um_nothing_is_bound_until_the_customer_acknowledges():
    holder = factories.customer(login=True)
    submission = without_um(factories.quoted(insured=holder))
    quote = submission.quotes.get(carrier_id="BIND")

    def bind():
        return services.bind_quote(quote=quote, pay_plan="full", by=submission.agent.user)

    with pytest.raises(Refused, match=r"11580\.2"), transaction.atomic():
        bind()
    refused = {"UM": "Does not want to pay for it."}
    old = recorded(submission, declined=refused)
    with pytest.raises(Refused, match=r"11580\.2"), transaction.atomic():
        bind()
    advice = recorded(submission, declined=refused, reasons="Again.")
    with pytest.raises(Refused, match="newer version"), transaction.atomic():
        services.acknowledge_advice(advice=old, name="María Núñez", by=holder.login)
    with pytest.raises(Refused, match="how the customer said"), transaction.atomic():
        services.acknowledge_advice(advice=advice, name="María", by=submission.agent.user)
    services.acknowledge_advice(advice=advice, name="María Núñez", by=holder.login)
    with pytest.raises(Refused, match="acknowledged already"), transaction.atomic():
        services.acknowledge_advice(advice=advice, name="María Núñez", by=holder.login)

    policy = bind()

    assert policy.state == "in_force"
    assert submission.events.get(kind="bind").facts["advice"] == 2


@pytest.mark.django_db
def test_a_bind_without_the_record_warns():
    quote = factories.quote()
    client = factories.signed_in(quote.submission.agent.user)
    address = reverse(
        "underwriting:quote_act", args=[quote.submission.number, quote.number, "bind"]
    )

    warned = client.get(address).content.decode()
    recorded(quote.submission)
    quiet = client.get(address).content.decode()

    sentence = "No needs and no advice are on record."
    assert (sentence in warned, sentence in quiet) == (True, False)


@pytest.mark.django_db
def test_it_is_sent_with_the_quotes_and_acknowledged_in_the_portal():
    holder = factories.customer(login=True)
    submission = factories.quoted(insured=holder)
    agent = factories.signed_in(submission.agent.user)
    form = reverse("underwriting:advise", args=[submission.number])
    empty = agent.post(form, {"reasons": "Half typed"}).content.decode()
    sent = agent.post(form, {
        "needs.wants": "Lawsuits", "needs.priority": "cover", "needs.lender": "no",
        "reasons": "It fits.", "declined.RENT": "Second car.",
    })  # fmt: skip
    agent.post(reverse("underwriting:send_advice", args=[submission.number]))
    agent.post(reverse("underwriting:send_advice", args=[submission.number]))
    own = factories.signed_in(holder.login)
    portal = reverse("portal:advice", args=[submission.number])
    page = own.get(portal).content.decode()
    home = own.get(reverse("portal:home")).content.decode()
    signed = own.post(portal, {"name": "María Núñez", "agrees": "on"})

    assert "Half typed" in empty
    assert sent["Location"] == submission.get_absolute_url()
    message = Message.objects.get(template="advice")
    assert [paper.kind for paper in message.documents.order_by("kind")] == ["advice", "comparison"]
    assert "Second car." in page
    assert portal in home
    assert signed.status_code == 302
    assert Advice.objects.get().acknowledged.name == "María Núñez"
    other = factories.signed_in(factories.customer(login=True).login)
    assert other.get(portal).status_code == 404
    shown = agent.get(submission.get_absolute_url()).content.decode()
    assert "It fits." in shown
