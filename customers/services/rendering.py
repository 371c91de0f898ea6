"""From a message template and a context to the text, the layout and the subject.

A template is one text file a language (`templates/messages/<language>/<name>.txt`): its first two
lines state its version and the fields it needs, then come the subject and the body in paragraphs.
Lines that begin with "- " make a list; `[label](address)` on a line of its own makes a button, if
the address is the message's link. The layout is made from the same paragraphs by
`templates/messages/layout.mjml`, so that both say the same.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from typing import Any, NoReturn

from django.conf import settings
from django.template import Context, Engine, Template, TemplateDoesNotExist
from django.utils import formats, translation
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from mjml import mjml2html

from office import money
from office.exceptions import Refused

SECRET_LINK = "[[link]]"  # stands in the stored text where the sent one has its secret address
LONG_DATE = {"en": "F j, Y", "es": r"j \d\e F \d\e Y"}
HEAD = re.compile(r"\A\{# version (\d+) #\}\n\{# needs ([\w ]+) #\}\n")
BUTTON = re.compile(r"\[(.+)\]\((.+)\)")


@dataclass(frozen=True)
class Rendered:
    subject: str
    text: str
    html: str
    version: int


class MissingField(Exception):
    """A field that the template uses is not in the context."""


class Demanding(str):
    """What Django puts where a variable is missing: here, a refusal that names it."""

    def __mod__(self, field: Any) -> NoReturn:
        raise MissingField(str(field))


def render(template: str, context: Mapping[str, Any], *, language: str) -> Rendered:
    """Render a message in `language`; dates and amounts are written as its readers write them.

    Refuses a template that does not exist and a context that lacks a field, naming it.
    """
    try:
        source = _text_engine().get_template(f"{language}/{template}.txt")
    except TemplateDoesNotExist:
        raise Refused(
            _("There is no message template “%(name)s” in “%(language)s”.")
            % {"name": template, "language": language}
        ) from None
    version, needs = _head(source)
    missing = [field for field in needs if context.get(field) in (None, "", [], ())]
    if missing:
        raise _incomplete(template, missing[0])
    with translation.override(language):
        values = {name: _written(value, context, language) for name, value in context.items()}
        try:
            written = source.render(
                Context({**values, "office_name": settings.OFFICE_NAME}, autoescape=False)
            )
        except MissingField as field:
            raise _incomplete(template, str(field)) from None
    subject, blocks = _parse(written, values.get("link"))
    return Rendered(subject, _as_text(blocks), _as_html(subject, blocks, language), version)


def _incomplete(template: str, field: str) -> Refused:
    return Refused(
        _("The message “%(name)s” cannot be written: %(field)s is missing.")
        % {"name": template, "field": field}
    )


def reveal(body: str, secret: str) -> str:
    """The body as it is sent: the secret address in its place."""
    return body.replace(SECRET_LINK, secret)


def _written(value: Any, context: Mapping[str, Any], language: str) -> Any:
    """A value as words of one line; line breaks inside a value could pass for our own text."""
    if isinstance(value, Mapping):
        return {name: _written(part, context, language) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return [_written(part, context, language) for part in value]
    if isinstance(value, Decimal):
        return money.format(value, context.get("currency", "USD"), language)
    if isinstance(value, date | datetime):
        return formats.date_format(value, LONG_DATE[language])
    if isinstance(value, str | Promise):
        return " ".join(str(value).split())
    return value


def _parse(written: str, link: str | None) -> tuple[str, list[dict[str, Any]]]:
    head, _blank, body = written.strip().partition("\n")
    blocks: list[dict[str, Any]] = []
    for paragraph in re.split(r"\n\s*\n", body.strip()):
        lines = [line.strip() for line in paragraph.splitlines() if line.strip()]
        button = BUTTON.fullmatch(lines[0]) if len(lines) == 1 else None
        if button and button[2] == link:
            blocks.append({"button": button[1], "href": link})
        elif lines and all(line.startswith("- ") for line in lines):
            blocks.append({"points": [line[2:] for line in lines]})
        elif lines:
            blocks.append({"text": " ".join(lines)})
    return head.removeprefix("Subject:").strip(), blocks


def _as_text(blocks: list[dict[str, Any]]) -> str:
    parts = []
    for block in blocks:
        if "points" in block:
            parts.append("\n".join(f"- {item}" for item in block["points"]))
        elif "button" in block:
            parts.append(f"{block['button']}: {block['href']}")
        else:
            parts.append(block["text"])
    return "\n\n".join(parts) + "\n"


def _as_html(subject: str, blocks: list[dict[str, Any]], language: str) -> str:
    layout = _layout_engine().get_template("layout.mjml")
    values = {"subject": subject, "blocks": blocks, "language": language}
    html: str = mjml2html(layout.render(Context({**values, "office_name": settings.OFFICE_NAME})))
    return html


def _head(template: Template) -> tuple[int, list[str]]:
    """The version and the fields that the template's first two lines state."""
    found = HEAD.match(template.source)
    if found is None:
        raise ValueError(f"The message template {template.name} does not state what it is.")
    return int(found[1]), found[2].split()


@cache
def _text_engine() -> Engine:
    return Engine([_folder()], autoescape=False, string_if_invalid=Demanding("%s"))


@cache
def _layout_engine() -> Engine:
    return Engine([_folder()])


def _folder() -> str:
    return str(settings.BASE_DIR / "templates" / "messages")
