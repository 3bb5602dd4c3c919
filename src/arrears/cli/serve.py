"""`arrears serve`: the HTTP API on this machine."""

from __future__ import annotations

import click

from arrears.cli.django import needs_database
from arrears.conf.logs import logs_as_json, say

THREADS = 8
HOST = "127.0.0.1"


@click.command()
@click.option("--port", type=click.IntRange(1, 65_535), default=8_000, show_default=True)
@click.option("--threads", type=click.IntRange(1, 64), default=THREADS, show_default=True)
@needs_database
@logs_as_json
def serve(port: int, threads: int) -> None:
    """Answer other systems over HTTP, to this machine only, until it is interrupted.

    For others put a proxy with TLS before it, or give `arrears.conf.wsgi:application` to a server of
    your own; ARREARS_HOSTS names what it is reached by.
    """
    from django.conf import settings
    from waitress import create_server

    from arrears.actions.laws import shipped_law
    from arrears.conf.wsgi import application
    from arrears.store.identity import get_kind

    get_kind()  # a database that is not set up is said now, not to the first who asks
    shipped_law()
    body = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    server = create_server(
        application,
        host=HOST,
        port=port,
        threads=threads,
        ident=None,
        trusted_proxy=HOST,  # whoever connects is on this machine: the proxy, which says for whom it asks
        trusted_proxy_headers={"x-forwarded-for"},
        max_request_body_size=body,
        inbuf_overflow=body + 1,  # never to a file: requests hold personal data
        outbuf_overflow=1 << 30,
        expose_tracebacks=False,
    )
    say("serving", f"http://{HOST}:{port}/api/v1/ answers. Ctrl-C ends it.", host=HOST, port=port)
    server.run()
