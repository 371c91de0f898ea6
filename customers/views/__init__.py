"""The doors of the address book: thin, they carry to a service and back."""

from customers.views.agents import (
    add_agent,
    add_appointment,
    add_licence,
    agent_list,
    agent_page,
    record_course,
)
from customers.views.invitation import accept_invitation
from customers.views.messages import act_on_message, message_html, message_list, message_page
from customers.views.records import (
    act,
    act_on_account,
    act_on_contact,
    add_customer,
    customer_list,
    customer_page,
)

__all__ = [
    "accept_invitation",
    "act",
    "act_on_account",
    "act_on_contact",
    "act_on_message",
    "add_agent",
    "add_appointment",
    "add_customer",
    "add_licence",
    "agent_list",
    "agent_page",
    "customer_list",
    "customer_page",
    "message_html",
    "message_list",
    "message_page",
    "record_course",
]
