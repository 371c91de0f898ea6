from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import translation
from django_fsm import FSMField

from office.workflow import targets_of

HEAD = """# States

Made by `manage.py state_diagram` from the transitions that the models declare; `make check` refuses
a page that is out of step. The same declarations draw the buttons, the API's `actions`, the
workflow map and the database's table of legal edges. Acts that leave the state as it is stand in
the table below each diagram.
"""


class Command(BaseCommand):
    help = "Write docs/states.md from the transitions declared on the models."

    def add_arguments(self, parser):
        parser.add_argument(
            "--check", action="store_true", help="Fail when the page is out of step."
        )

    def handle(self, *, check, **options):
        page = Path(settings.BASE_DIR) / "docs" / "states.md"
        with translation.override("en"):
            text = "\n".join([HEAD, *self._diagrams()])
        if check:
            if not page.exists() or page.read_text() != text:
                raise CommandError("docs/states.md is out of step: run manage.py state_diagram.")
            return
        page.write_text(text)
        self.stdout.write(f"Wrote {page}.")

    def _diagrams(self):
        fields = [
            (model, field)
            for model in apps.get_models()
            for field in model._meta.fields
            if isinstance(field, FSMField)
        ]
        for model, field in sorted(fields, key=lambda pair: pair[0]._meta.label):
            yield self._diagram(model, list(field.get_all_transitions(model)))

    def _diagram(self, model, transitions):
        edges = sorted(
            f"    {transition.source or '[*]'} --> {target}: {transition.name}"
            for transition in transitions
            for target in targets_of(transition)
            if not transition.custom.get("guarded")
        )
        parts = [f"## {str(model._meta.verbose_name).capitalize()}", ""]
        parts += ["```mermaid", "stateDiagram-v2", *edges, "```", ""]
        resting = self._acts_at_rest(transitions)
        if resting:
            parts += ["| act that leaves the state | open in |", "|---|---|", *resting, ""]
        return "\n".join(parts)

    def _acts_at_rest(self, transitions):
        open_in = {}
        for transition in transitions:
            if transition.target is None:
                open_in.setdefault(transition.name, set()).add(transition.source)
        return [
            f"| {act} | {', '.join(sorted(states))} |" for act, states in sorted(open_in.items())
        ]
