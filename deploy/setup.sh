#!/bin/sh
# Before web, worker and beat start: the database as the owner, the static files into the volume.
set -eu

DATABASE_ROLE=owner python manage.py migrate --no-input
python manage.py collectstatic --no-input --verbosity 0
