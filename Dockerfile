# Two stages: dependencies from the hashed lock, then a small image that runs as nobody special.
FROM python:3.13-slim-bookworm AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PYTHONDONTWRITEBYTECODE=1
RUN python -m venv /opt/traje/venv
COPY requirements.txt /opt/traje/requirements.txt
RUN /opt/traje/venv/bin/pip install --no-cache-dir --require-hashes -r /opt/traje/requirements.txt

FROM python:3.13-slim-bookworm
RUN useradd --system --uid 10001 --home-dir /srv/traje --shell /usr/sbin/nologin traje \
 && install -d -o traje -g traje /srv/traje /srv/traje/var
COPY --from=build /opt/traje/venv /opt/traje/venv
WORKDIR /srv/traje
COPY --chown=root:root wsgi.py alembic.ini ./
COPY --chown=root:root app ./app
COPY --chown=root:root tenants ./tenants
COPY --chown=root:root themes ./themes
COPY --chown=root:root emails ./emails
COPY --chown=root:root migrations ./migrations
# The user may write nothing here: what is not compiled now would be compiled at every start.
RUN /opt/traje/venv/bin/python -m compileall -q wsgi.py app tenants themes emails migrations
ENV PATH=/opt/traje/venv/bin:$PATH PYTHONUNBUFFERED=1 TRAJE_ENV=production TRAJE_VAR_DIR=/srv/traje/var
# Web and worker share the cores: threads of linear algebra would only wait for each other.
ENV OPENBLAS_NUM_THREADS=1
USER traje
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=3s --start-period=20s --retries=3 \
  CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/healthz', timeout=2)"]
CMD ["gunicorn", "wsgi:app", "--bind", "0.0.0.0:8000", "--workers", "2", "--threads", "4", "--worker-tmp-dir", "/dev/shm", "--no-control-socket", "--logger-class", "app.logs.ScrubbedLogger", "--access-logfile", "-"]
