"""One act on a record as an address of its own: its body is the form of its page."""

from django.urls import path
from rest_framework.parsers import MultiPartParser
from rest_framework.views import APIView

from office import workflow
from office.api.acting import act_schema, repeatable
from office.api.forms import filled, serializer_of
from office.forms import FilesField


class RecordAct(APIView):
    """Perform one act on a record. The services decide; the view only carries.

    noun, plural: what the record is called, in addresses and as argument of its services.
    acts: the service and the form of each act, as its pages have them.
    """

    scope = ""
    noun = plural = tag = ""
    model = response = None
    acts: dict = {}
    act = ""
    body = None

    def record(self, request, number):
        """The record, among those that the caller may see."""
        raise NotImplementedError

    def answer(self, request, number):
        """The record as it stands after the act, as plain values."""
        raise NotImplementedError

    def form_options(self, request, record, form_class):
        """What the form is made with beside what was sent."""
        return {}

    def arguments(self, request, form, record):
        """What the service takes: of the form, and of what was `sent` beside it."""
        return form.cleaned_data

    @classmethod
    def body_of(cls, form_class, name):
        """The serializer of what is sent."""
        return serializer_of(form_class, name)

    def post(self, request, number):
        return repeatable(request, lambda: self._perform(request, number))

    def _perform(self, request, number):
        record = self.record(request, number)
        workflow.demand_open(record, self.act, by=request.user)
        service, form_class = self.acts[self.act]
        sent = self.body(data=request.data)
        sent.is_valid(raise_exception=True)
        self.sent = sent.validated_data
        options = self.form_options(request, record, form_class)
        form = filled(form_class, self.sent, **options)
        arguments = self.arguments(request, form, record)
        service(**{self.noun: record}, by=request.user, **arguments)
        return 200, self.answer(request, number)


def act_paths(base):
    """An address for each act of a record: `claims/<number>/offer/`."""
    return [
        path(
            f"{base.plural}/<slug:number>/{act}/",
            _view_of(base, act, form_class),
            name=f"api-{base.noun}-{act}",
        )
        for act, (_service, form_class) in base.acts.items()
    ]


def _view_of(base, act, form_class):
    name = (base.noun + "_" + act).title().replace("_", "")
    body = base.body_of(form_class, name)
    takes_files = any(isinstance(f, FilesField) for f in form_class.base_fields.values())

    @act_schema(
        f"{base.plural}_{act}",
        tag=base.tag,
        request=body,
        response=base.response,
        label=workflow.label_of(base.model(), act),
        media_type="multipart/form-data" if takes_files else "application/json",
    )
    def post(self, request, number):
        return base.post(self, request, number)

    members = {"act": act, "body": body, "post": post, "__doc__": base.__doc__}
    if takes_files:
        members["parser_classes"] = [MultiPartParser]
    return type(f"{name}View", (base,), members).as_view()
