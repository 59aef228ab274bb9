"""The web process: `gunicorn wsgi:app`."""

import gc

from app.factory import create_app

app = create_app()
gc.collect()
gc.freeze()  # what is loaded stays: no collection walks through it while somebody waits for a page
