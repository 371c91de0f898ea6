"""The history of rows that people keep as data, and the function that its triggers call.

Which tables have the trigger stands on the models (`row_history`); migrate writes it afterwards.
"""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

HISTORY = """
CREATE FUNCTION office_changed_part(mine jsonb, other jsonb, sealed text[]) RETURNS jsonb AS $$
    SELECT coalesce(jsonb_object_agg(key, CASE
        WHEN key = ANY (sealed) AND value NOT IN ('null', '""') THEN '"•••"' ELSE value END), '{}')
    FROM jsonb_each(mine) WHERE other IS NULL OR other -> key IS DISTINCT FROM value
$$ LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp;

-- As its owner: nobody else may write into the history, the application's role least of all.
CREATE FUNCTION office_keep_history() RETURNS trigger AS $$
DECLARE
    sealed text[] := string_to_array(TG_ARGV[2], ',');
    passing text[] := string_to_array(TG_ARGV[3], ',');
    was jsonb := CASE WHEN TG_OP <> 'INSERT' THEN to_jsonb(OLD) - passing END;
    now_is jsonb := CASE WHEN TG_OP <> 'DELETE' THEN to_jsonb(NEW) - passing END;
BEGIN
    IF was = now_is THEN
        RETURN NULL;
    END IF;
    INSERT INTO public.office_rowchange
        (at, record_table, record_key, row_table, operation, by_id, login, before, after)
    VALUES (
        clock_timestamp(), TG_ARGV[0], coalesce(now_is, was) ->> TG_ARGV[1], TG_TABLE_NAME, TG_OP,
        nullif(current_setting('office.actor', true), '')::bigint, session_user,
        CASE WHEN was IS NOT NULL THEN office_changed_part(was, now_is, sealed) END,
        CASE WHEN now_is IS NOT NULL THEN office_changed_part(now_is, was, sealed) END
    );
    RETURN NULL;
END $$ LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_catalog, pg_temp;

SELECT office_make_append_only('office_rowchange');
SELECT office_withdraw('office_rowchange', 'INSERT');
"""
UNDO = """
DROP FUNCTION office_keep_history() CASCADE;
DROP FUNCTION office_changed_part(jsonb, jsonb, text[]);
DROP TRIGGER append_only ON office_rowchange;
DROP TRIGGER append_only_truncate ON office_rowchange;
"""


class Migration(migrations.Migration):
    dependencies = [("office", "0002_ground")]
    operations = [
        migrations.CreateModel(
            name="RowChange",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("at", models.DateTimeField(verbose_name="when")),
                ("record_table", models.CharField(max_length=63, verbose_name="table")),
                ("record_key", models.CharField(max_length=64, verbose_name="key")),
                ("row_table", models.CharField(max_length=63, verbose_name="table of the row")),
                ("operation", models.CharField(max_length=6, verbose_name="operation")),
                (
                    "login",
                    models.CharField(max_length=63, verbose_name="signed in to the database as"),
                ),
                ("before", models.JSONField(null=True, verbose_name="before")),
                ("after", models.JSONField(null=True, verbose_name="after")),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="who",
                    ),
                ),
            ],
            options={
                "verbose_name": "change of a row",
                "verbose_name_plural": "changes of rows",
                "ordering": ["-id"],
                "default_permissions": ["view"],
                "indexes": [
                    models.Index(
                        fields=["record_table", "record_key", "-id"], name="changes_of_a_record"
                    )
                ],
            },
        ),
        migrations.RunSQL(HISTORY, UNDO),
    ]
