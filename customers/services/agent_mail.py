"""Letters to the agents who serve a customer: by mail to their login, never stored.

What they are about stands in the records themselves, which the agent may open.
"""

from collections.abc import Mapping
from smtplib import SMTPException
from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.core.mail import EmailMultiAlternatives

from customers.models import Agent
from customers.services.messages import NotDelivered
from customers.services.rendering import render


def write_to_agent(
    *, agent: Agent, template: str, context: Mapping[str, Any], idempotency_key: str
) -> bool:
    """Mail an agent now; False for one without a login. The key makes the Message-ID.

    Raises `NotDelivered` when the provider may take it later: called from a worker.
    """
    if agent.user is None:
        return False
    rendered = render(template, {"name": agent.name, **context}, language=agent.user.language)
    domain = settings.DEFAULT_FROM_EMAIL.rpartition("@")[2].strip(">")
    mail = EmailMultiAlternatives(
        subject=rendered.subject,
        body=rendered.text,
        from_email=settings.DEFAULT_FROM_EMAIL,
        to=[agent.user.email],
        headers={
            "Message-ID": f"<{quote(idempotency_key, safe='')}@{domain}>",
            "Content-Language": agent.user.language,
            "Auto-Submitted": "auto-generated",  # RFC 3834: no holiday replies to us
        },
    )
    mail.attach_alternative(rendered.html, "text/html")
    try:
        mail.send()
    except (SMTPException, OSError) as error:
        raise NotDelivered(idempotency_key) from error
    return True
