# One image for web, worker, beat and setup. Built from the lock, run by nobody in particular.
FROM python:3.11-slim-bookworm AS packages
COPY requirements.txt /
RUN python -m venv /venv \
    && /venv/bin/pip install --no-cache-dir --disable-pip-version-check \
       --require-hashes --requirement /requirements.txt

FROM python:3.11-slim-bookworm
ENV PATH=/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    DJANGO_SETTINGS_MODULE=office.settings \
    OFFICE_VAR=/var/lib/office \
    GRANIAN_HOST=0.0.0.0 \
    GRANIAN_PORT=8000 \
    GRANIAN_BLOCKING_THREADS=8
RUN useradd --system --uid 10001 --user-group --no-create-home office \
    && install --directory --owner office --group office --mode 700 /var/lib/office
COPY --from=packages /venv /venv
WORKDIR /office
COPY . .
# The build talks to no server: the addresses only have to be well formed.
RUN SECRET_KEY=build REDIS_URL=redis://127.0.0.1/0 \
    DATABASE_URL=postgresql://build@127.0.0.1/build \
    sh deploy/build.sh
USER office
EXPOSE 8000
VOLUME /var/lib/office
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=6 \
    CMD ["python", "deploy/healthy.py", "web"]
CMD ["granian", "--interface", "wsgi", "--respawn-failed-workers", "office.wsgi:application"]
