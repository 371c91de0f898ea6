"""`pdf.declarations`: the declarations page from the policy's rows to the file's bytes.

The floor gives typst, its compiler and fonts kept, the same template and the ready data.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from bench import book
from bench.harness import Contest, Row, milliseconds
from bench.office import Office

PAGES_A_ROUND = 12
MEDIAN = 50


@contextmanager
def declarations(office: Office, size: int) -> Iterator[Contest]:
    from office import documents
    from policies import selectors
    from policies.models import Policy, Term

    book.at_least(office, size)
    keys = list(Policy.objects.filter(pk__lt=book.FIRST).values_list("pk", flat=True)[:4])

    def ours(place: int) -> bytes:
        policy = Policy.objects.select_related("customer").get(pk=keys[place % len(keys)])
        term = policy.terms.latest("sequence")
        data = selectors.declarations(term, language="en")
        return documents.render("declarations", data, language="en")

    ready = []
    for term in Term.objects.filter(policy__in=keys).select_related("policy"):
        ready.append(selectors.declarations(term, language="en"))
    compiled = Compiled(ready)
    pages = range(PAGES_A_ROUND)
    assert ours(0)[:5] == compiled.page(0)[:5] == b"%PDF-"
    yield Contest(
        lambda: milliseconds(ours, pages, MEDIAN),
        lambda: milliseconds(compiled.page, pages, MEDIAN),
    )


class Compiled:
    """What documents.render hands to typst, made beforehand."""

    def __init__(self, ready: list[dict[str, Any]]) -> None:
        import json

        from office import documents

        self.compiler = documents._compiler()
        self.source = documents._source("declarations")
        office = json.dumps(documents._office())
        self.inputs = [
            {"data": documents._as_json(data, "en"), "office": office, "language": "en"}
            for data in ready
        ]

    def page(self, place: int) -> Any:
        return self.compiler.compile(
            input=self.source,
            format="pdf",
            sys_inputs=self.inputs[place % len(self.inputs)],
            pdf_standards=["ua-1"],
        )


ROWS = [Row("pdf.declarations", "ms", goal=1.5, size=1_000, prepare=declarations)]
