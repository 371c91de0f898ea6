#!/bin/sh
# Fonts, icons and translations, made once when the image is built.
set -eu

if [ -d locale ]; then
    pybabel -q compile --domain django --directory locale
fi
if [ -e office/management/commands/build_assets.py ]; then
    LOG_LEVEL=WARNING python manage.py build_assets
fi
