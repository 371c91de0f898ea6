"""docs/accounting.md tells the chart as it is."""

import re
from pathlib import Path

from django.utils import translation

from accounting.enums import AccountCode, AccountType, PaymentState

PAGE = Path(__file__).resolve().parents[2] / "docs" / "accounting.md"


def test_the_page_lists_the_chart():
    rows = re.findall(r"^\| (\d{4}) \| ([^|]+?) \| [^|]+ \|$", PAGE.read_text(), re.MULTILINE)

    with translation.override("en"):
        assert rows == [(code.value, str(code.label)) for code in AccountCode]


def test_the_first_digit_is_the_type_as_the_page_says():
    types = re.findall(r"^\| (\w+) \| (\d) \|", PAGE.read_text(), re.MULTILINE)

    assert dict(types) == {t.value: str(n) for n, t in enumerate(AccountType, start=1)}
    assert all(
        AccountType(code.type).value == dict(map(reversed, types))[code[0]] for code in AccountCode
    )


def test_the_page_names_every_state_of_a_payment():
    diagram = PAGE.read_text().partition("```")[2].partition("```")[0]

    assert set(re.findall(r"[a-z]+", diagram)) == set(PaymentState.values)
