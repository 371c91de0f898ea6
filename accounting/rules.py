"""May this person? Predicates on a record and the person's grants; no queries."""


def may_view_ledger(user):
    return user.may("accounting.view_ledger")


def may_view_invoices(user):
    return user.may("accounting.view_invoice")


def may_view_payments(user):
    return user.may("accounting.view_payment")


def may_post_journal(user):
    return user.may("accounting.post_journal")


def may_close_period(period, user):
    return user.may("accounting.close_period")


def may_take_payment(invoice, user):
    """The accountants, and the customer whose invoice it is."""
    return user.may("accounting.take_payment") or is_bill_of(invoice.customer, user)


def may_write_down_receipt(user):
    """A check or a transfer is written down by whoever has seen it on the office's account."""
    return user.may("accounting.record_receipt")


def may_return_receipt(receipt, user):
    return user.may("accounting.return_receipt")


def may_draft(payment, user):
    return user.may("accounting.draft_payment")


def may_approve(payment, user):
    return user.may("accounting.approve_payment")


def may_cancel(payment, user):
    """Whoever drafted it, and the accountants."""
    return user.pk == payment.drafted_by_id or user.may("accounting.cancel_payment")


def may_send(payment, user):
    """The office itself takes payments to the bank and writes down what it answers."""
    return user.may("accounting.send_payment")


def is_bill_of(customer, user):
    return customer.login_id is not None and customer.login_id == user.pk
