"""A little web site on this machine, of another origin than Safar: its pages, under its own policy."""

from __future__ import annotations

import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class WebSite:
    """Answers with the page of a path, or that there is none; both may be changed while it runs.

    Attributes
    ----------
    page
        Returns the page of a path without its query, or None.
    policy
        The content security policy that comes with every answer.
    origin
        Where it is.
    """

    def __init__(self, page: Callable[[str], str | None], policy: str = "") -> None:
        self.page = page
        self.policy = policy
        site = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                text = site.page(self.path.partition("?")[0])
                body = (text or "").encode()
                self.send_response(404 if text is None else 200)
                self.send_header("Content-Type", "text/html; charset=utf-8")
                self.send_header("Content-Length", str(len(body)))
                self.send_header("Content-Security-Policy", site.policy)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))
        self._thread.start()
        self.origin = f"http://localhost:{self._server.server_port}"

    def close(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
