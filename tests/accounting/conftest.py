import pytest

from accounting.providers import DummyProvider


@pytest.fixture(autouse=True)
def bank(settings, tmp_path):
    """The dummy bank of this test, in a folder of its own."""
    settings.OFFICE_VAR = tmp_path
    return DummyProvider()
