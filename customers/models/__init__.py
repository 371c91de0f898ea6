from customers.models.agents import Agent, Appointment, Carrier, Course, Licence
from customers.models.customer import Customer, CustomerEvent
from customers.models.messages import Message, MessageDocument
from customers.models.reach import Address, BankAccount, ContactPoint, Invitation
from customers.models.sanctions import SanctionEntry

__all__ = [
    "Address",
    "Agent",
    "Appointment",
    "BankAccount",
    "Carrier",
    "ContactPoint",
    "Course",
    "Customer",
    "CustomerEvent",
    "Invitation",
    "Licence",
    "Message",
    "MessageDocument",
    "SanctionEntry",
]
