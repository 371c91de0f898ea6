"""May this person? Asked of the record and of the grants of their roles."""


def may_add(customer, user):
    return user.may("customers.change_customer")


def may_keep(customer, user):
    """Write the record: staff who keep the address book; an agent only their own customers."""
    if not user.may("customers.change_customer"):
        return False
    return user.may("customers.view_every_customer") or is_agent_of(customer, user)


def may_keep_own(customer, user):
    """The customer too may change how the office reaches and pays them."""
    return may_keep(customer, user) or is_self(customer, user)


def may_invite(customer, user):
    if not user.may("customers.invite_customer"):
        return False
    return user.may("customers.view_every_customer") or is_agent_of(customer, user)


def may_join(customer, user):
    """Whoever accepted an invitation to this very record; the service asked for its token."""
    return not user.is_staff and customer.invitations.filter(accepted_by=user).exists()


def may_verify_bank_account(customer, user):
    return user.may("customers.verify_bank_account")


def may_merge(customer, user):
    return user.may("customers.merge_customer")


def may_keep_agents(user):
    return user.may("customers.change_agent")


def may_load_sanctions(user):
    return user.may("customers.load_sanctions")


def may_send_message(message, user):
    return user.may("customers.send_message")


def is_self(customer, user):
    return customer.login_id is not None and customer.login_id == user.pk


def is_agent_of(customer, user):
    """The agent who looks after this customer, or who brought them in."""
    agent = getattr(user, "agent", None)
    if agent is None:
        return False
    return customer.agent_id == agent.pk or customer.created_by_id == user.pk
