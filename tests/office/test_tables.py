"""The first migrations: their tables may refer to each other, and are rendered once."""

import pytest
from django.db import connection, models
from django.db.migrations.operations import CreateModel
from django.db.migrations.state import ProjectState

from office.tables import CreateTables


def table(name, other):
    key = models.BigAutoField(primary_key=True)
    reference = models.ForeignKey(f"office.{other}", models.PROTECT, related_name="+")
    return CreateModel(name, [("id", key), (other.lower(), reference)])


BOTH = CreateTables([table("Hen", "Egg"), table("Egg", "Hen")])


@pytest.fixture
def states():
    before, after = ProjectState(), ProjectState()
    BOTH.state_forwards("office", after)
    return before, after


def sql_of(work, *states):
    with connection.schema_editor(collect_sql=True, atomic=False) as editor:
        work("office", editor, *states)
    return [line.partition("(")[0].strip() for line in editor.collected_sql if line[:2] != "--"]


def test_tables_that_refer_to_each_other_are_made_before_their_keys(db, states):
    sql = sql_of(BOTH.database_forwards, *states)

    assert sql[:2] == ['CREATE TABLE "office_hen"', 'CREATE TABLE "office_egg"']
    assert sum("FOREIGN KEY" in line or "ADD CONSTRAINT" in line for line in sql) == 2


def test_the_way_back_drops_the_last_table_first(db, states):
    before, after = states

    sql = sql_of(BOTH.database_backwards, after, before)

    assert sql == ['DROP TABLE "office_egg" CASCADE;', 'DROP TABLE "office_hen" CASCADE;']


def test_models_that_were_rendered_are_rendered_again_when_asked_for():
    state = ProjectState()
    assert list(state.apps.get_models()) == []

    BOTH.state_forwards("office", state)

    hen = state.apps.get_model("office", "Hen")
    assert hen._meta.get_field("egg").related_model is state.apps.get_model("office", "Egg")
