"""The pages: who sees what, what a list costs, and that nothing typed is lost."""

from datetime import date

import pytest

from customers import services
from customers.models import BankAccount, Customer, Message
from tests.customers.people import ADDRESS, clerk, organisation, person, someone

pytestmark = pytest.mark.django_db

NEW = {
    "kind": "person",
    "given_name": "José",
    "family_name": "Peña",
    "language": "es",
    "channel": "email",
    "email": "jose@example.com",
    "phone": "916 555 0142",
    **ADDRESS,
}


@pytest.fixture(autouse=True)
def _demo(settings):
    """Staff sign in without a second factor; tests/office/test_doors.py proves the other way."""
    settings.DEMO = True


@pytest.fixture
def desk(client):
    """A clerk's browser."""
    user = clerk()
    client.force_login(user)
    client.user = user
    return client


def _queue(customer, by, key):
    return services.queue_message(
        customer=customer,
        template="status",
        context={
            "subject_number": "CL-1",
            "status_sentence": "News.",
            "link": "https://x.example/",
        },
        reference="claim:CL-1",
        idempotency_key=key,
        by=by,
    )


def _agent(name, keeper, **fields):
    code = name.split()[0].upper()
    agent = services.add_agent(code=code, name=name, by=keeper, **fields)
    services.add_licence(
        agent=agent,
        jurisdiction="US-CA",
        line="property",
        number="0K1",
        valid_from=date(2026, 1, 1),
        by=keeper,
    )
    return agent


SESSION_USER_AND_ROLES = 3


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_of_customers_costs_the_same_at_any_length(desk, rows, django_assert_num_queries):
    for _ in range(rows):
        person(by=desk.user)

    with django_assert_num_queries(SESSION_USER_AND_ROLES + 1):
        page = desk.get("/customers/").content.decode()

    assert page.count("María Núñez") == rows


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_of_messages_costs_the_same_at_any_length(desk, rows, django_assert_num_queries):
    customer = person(by=desk.user)
    for key in range(rows):
        _queue(customer, desk.user, str(key))

    with django_assert_num_queries(SESSION_USER_AND_ROLES + 1):
        page = desk.get("/customers/messages/").content.decode()

    assert page.count("News about CL-1") == rows


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_of_agents_costs_the_same_at_any_length(desk, rows, django_assert_num_queries):
    keeper = someone("agency_manager")
    for name in ["Dana Ruiz", "Omar Haddad", "Lin Chen"][:rows]:
        _agent(name, keeper)

    with django_assert_num_queries(SESSION_USER_AND_ROLES + 3):
        page = desk.get("/customers/agents/").content.decode()

    assert page.count("California</span>") == rows


@pytest.mark.parametrize("rows", [1, 3])
def test_the_page_of_a_customer_costs_the_same_at_any_length(desk, rows, django_assert_num_queries):
    customer = person(by=desk.user)
    for turn in range(rows):
        _queue(customer, desk.user, str(turn))
        services.add_contact(
            customer=customer, kind="phone", value=f"916 555 010{turn}", by=desk.user
        )
        services.add_bank_account(
            customer=customer,
            holder="María Núñez",
            iban_or_account=f"1234567{turn}",
            routing="021000021",
            by=desk.user,
        )

    sections = 5  # policies, claims, the kinds sold and the open quotes, bills
    with django_assert_num_queries(SESSION_USER_AND_ROLES + 6 + sections):
        page = desk.get(customer.get_absolute_url()).content.decode()

    assert page.count("Not verified") == rows


def test_a_search_narrows_the_list(desk):
    person(by=desk.user)
    organisation(by=desk.user)

    page = desk.get("/customers/", {"q": "nuñez"}).content.decode()

    assert "María Núñez" in page
    assert "Alder Bakery" not in page


def test_the_list_is_exported_and_no_cell_is_a_formula(desk):
    organisation("=HYPERLINK(1)", by=desk.user)

    answer = desk.get("/customers/", {"format": "csv"})

    text = b"".join(answer.streaming_content).decode()
    assert "'=HYPERLINK(1)" in text
    assert answer["Content-Disposition"] == 'attachment; filename="customers.csv"'


def test_the_page_shows_how_to_reach_them_and_masks_the_account(desk):
    customer = person(by=desk.user)
    services.add_bank_account(
        customer=customer,
        holder="María Núñez",
        iban_or_account="DE89370400440532013000",
        by=desk.user,
    )

    page = desk.get(customer.get_absolute_url()).content.decode()

    assert "maria@example.com" in page
    assert "+19165550142" in page
    assert "•••• 3000" in page
    assert "370400440532013000" not in page


def test_a_new_customer_is_entered(desk):
    answer = desk.post("/customers/new/", NEW)

    customer = Customer.objects.get()
    assert answer.headers["Location"] == f"/customers/{customer.number}/"
    assert (customer.display_name, customer.language) == ("José Peña", "es")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"family_name": "", "given_name": ""}, "A person needs a name."),
        ({"email": "jose@"}, "Enter a valid email address."),
        ({"phone": "12"}, "Write the phone number with its area code"),
        ({"jurisdiction": "US-XX"}, "Write a code like US-CA."),
        ({"jurisdiction": "ES-M"}, "Choose the time zone of this address."),
        ({"time_zone": "Mars/Olympus"}, "Write a time zone like America/Denver."),
        ({"born_on": "31.12.1980"}, "Enter a valid date."),
    ],
)
def test_what_is_wrong_is_said_beside_it_and_nothing_typed_is_lost(desk, wrong, sentence):
    page = desk.post("/customers/new/", {**NEW, **wrong}).content.decode()

    assert sentence in page
    assert 'value="12 Alder Street"' in page
    assert Customer.objects.count() == 0


def test_an_edit_is_saved_and_stands_in_the_history(desk):
    customer = person(by=desk.user)

    desk.post(
        f"/customers/{customer.number}/edit/",
        {**NEW, "family_name": "Ortega", "note": "Passport seen."},
    )

    page = desk.get(customer.get_absolute_url()).content.decode()
    assert "José Ortega" in page
    assert "Passport seen." in page
    assert "<del>Núñez</del>" in page


def test_a_refused_act_keeps_what_was_typed(desk):
    customer = person(by=desk.user)

    page = desk.post(
        f"/customers/{customer.number}/add_bank_account/",
        {"holder": "María Núñez", "account": "12345678", "routing": "021000022"},
    ).content.decode()

    assert "This routing number is not valid" in page
    assert 'value="12345678"' in page
    assert BankAccount.objects.count() == 0


@pytest.mark.parametrize(
    "act", ["edit", "move_house", "change_contact", "invite", "add_bank_account", "merge"]
)
def test_each_act_has_its_form(desk, act):
    customer = person(by=desk.user)

    page = desk.get(f"/customers/{customer.number}/{act}/")

    assert page.status_code == 200
    assert customer.number in page.content.decode()


@pytest.mark.parametrize("act", ["join_portal", "verify_bank_account", "delete", "add"])
def test_there_is_no_other_act(desk, act):
    customer = person(by=desk.user)

    assert desk.post(f"/customers/{customer.number}/{act}/").status_code == 404


def test_an_account_is_verified_from_the_page_by_somebody_else(desk, client):
    customer = person(by=desk.user)
    account = services.add_bank_account(
        customer=customer,
        holder="María",
        iban_or_account="12345678",
        routing="021000021",
        by=desk.user,
    )
    accountant = someone("accountant")
    client.force_login(accountant)

    client.post(f"/customers/{customer.number}/accounts/{account.pk}/verify/")

    assert BankAccount.objects.get().verified_by == accountant


def test_a_contact_of_another_customer_is_not_found(desk):
    customer, other = person(by=desk.user), organisation(by=desk.user)
    contact = other.contact_points.get()

    answer = desk.post(f"/customers/{customer.number}/contacts/{contact.pk}/retire/")

    assert answer.status_code == 404
    assert other.contact_points.get().is_current


def test_the_preview_runs_nothing_and_is_framed_by_us_alone(desk):
    message = _queue(person(by=desk.user), desk.user, "k")

    page = desk.get(message.get_absolute_url()).content.decode()
    layout = desk.get(f"/customers/messages/{message.pk}/layout/")

    assert 'sandbox=""' in page
    assert f'src="/customers/messages/{message.pk}/layout/"' in page
    assert "News about CL-1" in layout.content.decode()
    policy = layout.headers["Content-Security-Policy"]
    assert "sandbox" in policy
    assert "default-src 'none'" in policy
    assert "script-src 'none'" in policy
    assert "frame-ancestors 'self'" in policy
    assert layout.headers["X-Frame-Options"] == "SAMEORIGIN"


def test_the_preview_of_an_invitation_hides_its_link(desk):
    services.invite_to_portal(customer=person(by=desk.user), by=desk.user)
    message = Message.objects.get()

    page = desk.get(message.get_absolute_url()).content.decode()
    layout = desk.get(f"/customers/messages/{message.pk}/layout/").content.decode()

    assert "invitation/" not in page.replace("customer:", "")
    assert "invitation/" not in layout
    assert "[[link]]" not in page + layout


def test_a_failed_message_is_sent_again_from_its_page(desk):
    message = _queue(person(by=desk.user, email=""), desk.user, "k")
    services.deliver_message(message_id=message.pk)

    page = desk.get(message.get_absolute_url()).content.decode()
    desk.post(f"/customers/messages/{message.pk}/send_again/")

    assert "The customer has no e-mail address in use." in page
    assert Message.objects.get().state == "queued"


WHO = ["clerk", "accountant", "agent of it", "other agent", "the customer", "other customer"]


def _person_of(who, customer):
    roles = {"clerk": "customer_service", "accountant": "accountant"}
    if who in roles:
        return someone(roles[who])
    if "agent" in who:
        user = someone("agent")
        agent = services.add_agent(code="AG", name="Dana", user=user, by=someone("agency_manager"))
        if who == "agent of it":
            Customer.objects.filter(pk=customer.pk).update(agent=agent)
        return user
    user = someone("policyholder", is_staff=False)
    if who == "the customer":
        Customer.objects.filter(pk=customer.pk).update(login=user)
    return user


@pytest.mark.parametrize(
    ("who", "sees", "status"),
    [
        ("clerk", True, 200),
        ("accountant", True, 200),
        ("agent of it", True, 200),
        ("other agent", False, 404),
        ("the customer", True, 302),  # sees it in the portal, not in the workbench
        ("other customer", False, 302),
    ],
)
def test_who_sees_a_customer(client, who, sees, status):
    customer = person(by=clerk())
    user = _person_of(who, customer)
    client.force_login(user)

    assert Customer.objects.for_user(user).filter(pk=customer.pk).exists() is sees
    assert client.get(customer.get_absolute_url()).status_code == status


@pytest.mark.parametrize(
    ("who", "sees"), [("clerk", True), ("agent of it", True), ("other agent", False)]
)
def test_the_list_shows_only_what_one_may_see(client, who, sees):
    customer = person(by=clerk())
    client.force_login(_person_of(who, customer))

    assert (customer.number in client.get("/customers/").content.decode()) is sees


@pytest.mark.parametrize(
    ("who", "sees"),
    [
        ("clerk", True),
        ("accountant", False),  # no permission for messages
        ("agent of it", True),
        ("other agent", False),
        ("the customer", True),
        ("other customer", False),
    ],
)
def test_who_sees_a_message(who, sees):
    author = clerk()
    customer = person(by=author)
    _queue(customer, author, "k")

    assert Message.objects.for_user(_person_of(who, customer)).exists() is sees


@pytest.mark.parametrize(
    ("who", "sees"), [("accountant", True), ("other agent", False), ("the customer", True)]
)
def test_who_sees_a_bank_account(who, sees):
    author = clerk()
    customer = person(by=author)
    services.add_bank_account(
        customer=customer, holder="M", iban_or_account="1234", routing="021000021", by=author
    )

    assert BankAccount.objects.for_user(_person_of(who, customer)).exists() is sees


def test_a_stranger_and_somebody_switched_off_see_nothing():
    from django.contrib.auth.models import AnonymousUser

    author = clerk()
    _queue(person(by=author), author, "k")
    author.is_active = False

    for user in (AnonymousUser(), author):
        assert not Customer.objects.for_user(user).exists()
        assert not Message.objects.for_user(user).exists()


def test_an_agent_who_enters_a_customer_is_its_agent_and_may_edit_it(client):
    user = someone("agent")
    services.add_agent(code="AG", name="Dana", user=user, by=someone("agency_manager"))
    client.force_login(user)

    client.post("/customers/new/", NEW)
    customer = Customer.objects.get()
    client.post(f"/customers/{customer.number}/edit/", {**NEW, "family_name": "Ortega"})

    assert Customer.objects.get().agent.user == user
    assert Customer.objects.get().family_name == "Ortega"


def test_agents_are_added_with_their_credentials_from_the_pages(client):
    client.force_login(someone("agency_manager"))
    services.add_carrier(code="HARBOR", name="Harbor Mutual", by=someone("agency_manager"))

    client.post("/customers/agents/new/", {"code": "DR", "name": "Dana Ruiz"})
    licence = {
        "jurisdiction": "us-ca",
        "line": "property",
        "number": "0K1",
        "valid_from": "2026-01-01",
    }
    client.post("/customers/agents/DR/licences/new/", licence)
    appointment = {"carrier": "HARBOR", "line": "property", "valid_from": "2026-01-01"}
    client.post("/customers/agents/DR/appointments/new/", appointment)

    page = client.get("/customers/agents/DR/").content.decode()
    assert page.count("In force") == 2
    again = client.post("/customers/agents/DR/licences/new/", licence).content.decode()
    assert "already a licence" in again
    assert 'value="0K1"' in again


def test_a_section_from_above_is_drawn(rf):
    from customers.views import customer_page

    author = clerk()
    customer = person(by=author)
    request = rf.get("/")
    request.user, request.session = author, {}

    page = customer_page(
        request,
        customer.number,
        sections=[lambda req, who: {"title": f"Policies of {who}", "template": "pieces/logo.html"}],
    )

    assert f"Policies of {customer.number}" in page.content.decode()
