from customers.services.agents import (
    add_agent,
    add_appointment,
    add_carrier,
    add_licence,
    edit_agent,
    edit_appointment,
    edit_carrier,
    edit_licence,
    record_course,
)
from customers.services.bank import add_bank_account, retire_bank_account, verify_bank_account
from customers.services.invitations import accept_invitation, invite_to_portal
from customers.services.messages import (
    confirm_message,
    deliver_message,
    queue_message,
    record_bounce,
    send_again,
)
from customers.services.reach import add_contact, change_address, prefer_contact, retire_contact
from customers.services.records import (
    add_customer,
    edit_customer,
    merge_customer,
    unmerge_customer,
)
from customers.services.sanctions import load_sanctions

__all__ = [
    "accept_invitation",
    "add_agent",
    "add_appointment",
    "add_bank_account",
    "add_carrier",
    "add_contact",
    "add_customer",
    "add_licence",
    "change_address",
    "confirm_message",
    "deliver_message",
    "edit_agent",
    "edit_appointment",
    "edit_carrier",
    "edit_customer",
    "edit_licence",
    "invite_to_portal",
    "load_sanctions",
    "merge_customer",
    "prefer_contact",
    "queue_message",
    "record_bounce",
    "record_course",
    "retire_bank_account",
    "retire_contact",
    "send_again",
    "unmerge_customer",
    "verify_bank_account",
]
