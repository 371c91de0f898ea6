"""One office for the matrices of who may open and do what."""

import logging

import pytest
from drf_spectacular.generators import SchemaGenerator

from office import documents
from tests.house.one_office import Office


@pytest.fixture
def office(db, tmp_path, settings):
    settings.MEDIA_ROOT = tmp_path
    return Office()


@pytest.fixture
def quiet(monkeypatch):
    """Thousands of refusals without their log lines; papers and the schema without their cost."""
    monkeypatch.setattr(documents, "render", lambda *_, **__: b"%PDF-1.7")
    monkeypatch.setattr(SchemaGenerator, "get_schema", lambda *_, **__: {})
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)
