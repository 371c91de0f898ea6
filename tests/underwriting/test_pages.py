"""The pages of quotes: who may open them, what they say, how many statements they take."""

from decimal import Decimal as D

import pytest
from django.urls import reverse

from tests import factories, papers
from underwriting import carriers, selectors
from underwriting.models import Quote, Submission

pytestmark = pytest.mark.django_db


def page(user, address, **data):
    return factories.signed_in(user).get(address, data)


def text_of(response):
    content = b"".join(response) if response.streaming else response.content
    return content.decode()


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_takes_the_same_statements_for_one_row_and_for_three(
    rows, django_assert_num_queries
):
    """Session, user, roles, agents of the filter, names of the kinds of product, rows."""
    for _number in range(rows):
        factories.quoted()
    client = factories.signed_in(factories.underwriter())

    with django_assert_num_queries(6):
        response = client.get(reverse("underwriting:list"))

    assert text_of(response).count('class="id"') == rows


@pytest.mark.parametrize("vehicles", [1, 3])
def test_a_submission_takes_the_same_statements_however_many_vehicles(
    vehicles, django_assert_num_queries
):
    risk = factories.risk()
    first = risk["vehicles"][0]
    risk["vehicles"] = [{**first, "key": f"v{number}"} for number in range(1, vehicles + 1)]
    submission = factories.quoted(application=risk)
    client = factories.signed_in(factories.underwriter())

    with django_assert_num_queries(10):
        response = client.get(submission.get_absolute_url())

    assert text_of(response).count("2021 Toyota Corolla") == vehicles


@pytest.mark.parametrize(("language", "name"), [("en", "Personal auto"), ("es", "Auto personal")])
def test_the_list_names_the_product_in_the_reader_s_language(language, name):
    factories.quoted()
    reader = factories.underwriter()
    reader.language = language
    reader.save()

    shown = text_of(page(reader, reverse("underwriting:list")))
    exported = text_of(page(reader, reverse("underwriting:list"), format="csv"))

    assert f">{name}</td>" in shown
    assert f'"{name}"' in exported
    assert ">auto</td>" not in shown


def test_the_list_is_exported():
    submission = factories.quoted()

    said = text_of(page(factories.underwriter(), reverse("underwriting:list"), format="csv"))

    assert submission.number in said
    assert "María Núñez" in said


def test_an_agent_finds_their_own_and_no_others():
    own = factories.quoted()
    other = factories.quoted()
    client = factories.signed_in(own.agent.user)

    said = text_of(client.get(reverse("underwriting:list")))

    assert (own.number in said, other.number in said) == (True, False)
    assert client.get(other.get_absolute_url()).status_code == 404
    assert client.get(reverse("underwriting:edit", args=[other.number])).status_code == 404


def test_a_policyholder_is_sent_to_the_portal():
    insured = factories.customer(login=True)
    submission = factories.quoted(insured=insured)

    response = page(insured.login, submission.get_absolute_url())

    assert (response.status_code, response["Location"]) == (302, reverse("portal:home"))


def test_the_progress_is_polled_until_everybody_answered():
    submission = factories.submission()
    client = factories.signed_in(submission.agent.user)
    address = reverse("underwriting:progress", args=[submission.number])

    waiting = client.get(address)
    factories.work("underwriting.quote_at_carrier")
    done = client.get(address)

    assert waiting.status_code == 200
    assert f'hx-get="{address}"' in text_of(waiting)
    assert done.status_code == 286
    assert "hx-get" not in text_of(done)
    assert "Ready to bind" in text_of(done)


def test_a_carrier_that_failed_is_shown_beside_the_one_that_answered(monkeypatch):
    answer = carriers.TableCarrier.answer

    def harbor_is_down(carrier, question):
        if carrier.definition.carrier == "HARBOR":
            raise TimeoutError
        return answer(carrier, question)

    monkeypatch.setattr(carriers.TableCarrier, "answer", harbor_is_down)
    submission = factories.quoted()

    said = text_of(page(submission.agent.user, submission.get_absolute_url()))

    assert "Carrier did not answer" in said
    assert "The carrier&#x27;s system gave no usable answer." in said
    assert "Ready to bind" in said
    assert "Ask carriers" in said


def test_the_comparison_marks_what_differs_and_discloses_the_commission():
    submission = factories.quoted()
    own, other = (submission.quotes.get(carrier_id=code) for code in ("BIND", "HARBOR"))

    said = text_of(
        page(submission.agent.user, reverse("underwriting:compare", args=[submission.number]))
    )

    assert f"${own.total:,.2f}" in said
    assert f"${other.total * 2:,.2f}" in said  # six months, as for twelve
    assert f"${other.commission:,.2f} (15% of the premium)" in said
    assert "No commission: it is the office&#x27;s own product" in said
    assert "differs" in said
    assert "HL-AUTO 100" in said
    assert "BM PA 00 01" in said


@pytest.mark.parametrize("language", ["en", "es"])
def test_the_comparison_is_handed_over_as_a_pdf(language):
    submission = factories.quoted(insured=factories.customer(language=language))
    quotes = selectors.quotes_of(submission, submission.agent.user)

    data = selectors.comparison_paper(submission, quotes)
    paper = page(
        submission.agent.user, reverse("underwriting:compare_paper", args=[submission.number])
    )

    assert paper.content.startswith(b"%PDF-")
    assert paper["Content-Disposition"] == f'attachment; filename="{submission.number}.pdf"'
    assert sorted(data["carriers"]) == ["Bindery Mutual", "Harborline Insurance"]


def test_without_a_price_there_is_no_paper():
    submission = factories.submission()
    address = reverse("underwriting:compare_paper", args=[submission.number])

    answer = page(submission.agent.user, address)

    assert answer["Location"] == reverse("underwriting:compare", args=[submission.number])


def test_a_price_that_is_held_back_is_not_on_the_agents_page():
    risk = factories.risk()
    risk["vehicles"][0].update(use="business", annual_miles=40000)
    submission = factories.quoted(application=risk)
    quote = submission.quotes.get(carrier_id="BIND")
    price = f"${quote.total:,.2f}"

    agents = text_of(page(submission.agent.user, submission.get_absolute_url()))
    sheet = reverse("underwriting:worksheet", args=[submission.number, quote.number])

    assert price not in agents
    assert "The price is held back" in agents
    assert f"{quote.total:.2f}" not in text_of(page(submission.agent.user, sheet))
    assert price in text_of(page(factories.underwriter(), submission.get_absolute_url()))


def test_the_worksheet_shows_steps_and_rules():
    submission = factories.quoted()
    quote = submission.quotes.get(carrier_id="BIND")

    said = text_of(
        page(
            factories.underwriter(),
            reverse("underwriting:worksheet", args=[submission.number, quote.number]),
        )
    )

    assert "2021 Toyota Corolla · Collision" in said
    assert "risk.drivers.exists(d, d.at_fault_accidents &gt;= 3)" in said
    assert str(quote.total) in said


def test_the_worksheet_of_a_quote_is_a_paper_for_whom_its_price_is_shown():
    submission = factories.quoted()
    quote = submission.quotes.get(carrier_id="BIND")
    address = reverse("underwriting:worksheet_paper", args=[submission.number, quote.number])

    answer = factories.signed_in(factories.underwriter()).get(address)

    said = papers.words_of(answer.content)
    assert "2021 Toyota Corolla · Collision" in said
    assert str(quote.total) in said


def test_an_application_is_taken_from_the_page_to_the_carriers():
    factories.version()
    seller = factories.agent()
    insured = factories.customer(agent=seller)
    client = factories.signed_in(seller.user)
    start = client.get(
        reverse("underwriting:new"),
        {
            "customer": insured.number,
            "kind": "auto",
            "effective_on": "2026-12-20",
            "agent": seller.pk,
        },
    )
    assert start.status_code == 302

    data = {
        "customer": insured.number,
        "agent": seller.code,
        "kind": "auto",
        "effective_on": "2026-12-20",
        **typed(factories.risk()),
    }
    answer = client.post(reverse("underwriting:apply"), data)

    submission = Submission.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, submission.get_absolute_url())
    assert submission.application == factories.risk()
    assert submission.quotes.count() == 2


def typed(risk):
    """The posts of an application with one vehicle and one driver, the cover as suggested."""
    data = {"vehicles": ["v1"], "drivers": ["d1"]}
    for name in ("vehicles", "drivers"):
        for key, value in risk[name][0].items():
            if key != "key" and value is not False:
                data[f"{name}.{risk[name][0]['key']}.{key}"] = value
    data["years_insured"] = risk["years_insured"]
    data["credit_tier"] = risk["credit_tier"]
    data |= {
        "cover.v1.BI.limit": "100/300",
        "cover.v1.PD.limit": "50000",
        "cover.v1.COLL.deductible": "500",
    }
    return data


def test_a_row_more_answers_with_the_form_and_stores_nothing():
    factories.version()
    seller = factories.agent()
    insured = factories.customer(agent=seller)
    client = factories.signed_in(seller.user)
    data = {
        "customer": insured.number,
        "agent": seller.code,
        "kind": "auto",
        "effective_on": "2026-12-20",
        **typed(factories.risk()),
        "vehicles.v1.vin": "half typed",
        "add_row": "vehicles",
    }

    said = text_of(client.post(reverse("underwriting:apply"), data))

    assert 'name="vehicles.v2.vin"' in said
    assert 'value="half typed"' in said
    assert "This was not accepted" not in said
    assert not Submission.objects.exists()


def test_a_mistake_keeps_everything_that_was_typed():
    factories.version()
    seller = factories.agent()
    insured = factories.customer(agent=seller)
    client = factories.signed_in(seller.user)
    data = {
        "customer": insured.number,
        "agent": seller.code,
        "kind": "auto",
        "effective_on": "2026-12-20",
        **typed(factories.risk()),
        "vehicles.v1.vin": "WRONG",
    }

    said = text_of(client.post(reverse("underwriting:apply"), data))

    assert 'value="WRONG"' in said
    assert "This was not accepted" in said
    assert 'href="#id_vehicles.v1.vin"' in said
    assert 'value="Corolla"' in said


def test_words_that_fit_several_customers_name_their_numbers():
    first, second = factories.customer(), factories.customer()
    user = factories.underwriter()
    seller = factories.agent()

    said = text_of(
        page(
            user,
            reverse("underwriting:new"),
            customer="núñez",
            kind="auto",
            effective_on="2026-12-20",
            agent=seller.pk,
        )
    )

    assert first.number in said
    assert second.number in said


def test_a_stale_edit_is_refused_on_the_page_with_what_was_typed():
    submission = factories.quoted()
    client = factories.signed_in(submission.agent.user)
    address = reverse("underwriting:edit", args=[submission.number])
    data = {"effective_on": submission.effective_on, "revision": 1, **typed(factories.risk())}
    client.post(address, {**data, "drivers.d1.violations": 1})

    said = text_of(client.post(address, {**data, "drivers.d1.violations": 2}))

    assert "Somebody else changed this application." in said
    assert Submission.objects.get().application["drivers"][0]["violations"] == 1


def test_a_quote_is_bound_on_the_page_and_leads_to_the_policy():
    submission = factories.quoted()
    quote = submission.quotes.get(carrier_id="BIND")
    client = factories.signed_in(submission.agent.user)
    address = reverse("underwriting:quote_act", args=[submission.number, quote.number, "bind"])

    asked = text_of(client.get(address))
    answer = client.post(address, {"pay_plan": "quarterly"})

    policy = Quote.objects.get(pk=quote.pk).policy
    assert "Quarterly" in asked
    assert answer["Location"] == reverse("policies:detail", args=[policy.number])
    assert policy.terms.get().total == quote.total > D(0)


@pytest.mark.django_db(transaction=True)
def test_a_refusal_is_a_sentence_on_the_page():
    submission = factories.quoted(seller=factories.agent(appointed=False))
    quote = submission.quotes.get(carrier_id="BIND")
    client = factories.signed_in(submission.agent.user)
    address = reverse("underwriting:quote_act", args=[submission.number, quote.number, "bind"])

    answer = client.post(address, {"pay_plan": "full"})

    assert answer.status_code == 200
    assert "has no casualty appointment with Bindery Mutual" in text_of(answer)


def test_an_act_that_does_not_exist_is_not_found():
    submission = factories.quoted()
    quote = submission.quotes.get(carrier_id="BIND")
    client = factories.signed_in(factories.underwriter())

    for act in ("rate", "expire", "delete"):
        address = reverse("underwriting:quote_act", args=[submission.number, quote.number, act])
        assert client.post(address).status_code == 404


@pytest.mark.django_db(transaction=True)
def test_who_may_not_approve_gets_403():
    risk = factories.risk()
    risk["drivers"][0]["at_fault_accidents"] = 2
    quote = factories.quote(application=risk)
    client = factories.signed_in(quote.submission.agent.user)
    address = reverse(
        "underwriting:quote_act", args=[quote.submission.number, quote.number, "approve"]
    )

    assert client.post(address, {"note": "Mine."}).status_code == 403
    assert Quote.objects.get(pk=quote.pk).state == "referred"
