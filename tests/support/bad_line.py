"""The line between a browser and a server, with all that goes wrong on one: answers lost, cut short, or not ours."""

import http.client
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import Enum
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

_PATIENCE_SECONDS = 60
_NOT_PASSED_ON = {"connection", "transfer-encoding", "keep-alive"}
_LOGIN = b"<!doctype html><title>Wi-Fi</title><form>Who are you?</form>"


class Fault(Enum):
    """What the line does to each request until it is mended."""

    NONE = "it passes"
    CUT = "nobody answers"
    LOST = "the server does what was asked, and its answer is lost"
    HALF = "the server does what was asked, and half of its answer arrives"
    LOGIN = "somebody else answers with a login page, and says that all is well"
    REDIRECT = "somebody else sends the browser to a login page"


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def handle_error(self, request: object, client_address: object) -> None:
        """Connections that break are what this line is for."""


class BadLine:
    """Passes requests on to a server of this machine. `spoilt`: how many answers it did not let through."""

    def __init__(self, to_port: int) -> None:
        self.fault = Fault.NONE
        self.spoilt = 0
        #: Whether a request, by its path, meets the fault.
        self.meets: Callable[[str], bool] = lambda _path: True
        self._server = _Server(("127.0.0.1", 0), _handler(self, to_port))

    @property
    def port(self) -> int:
        return int(self._server.server_address[1])

    @contextmanager
    def open(self) -> Iterator[None]:
        """Answers until the end."""
        thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        yield
        self._server.shutdown()
        self._server.server_close()
        thread.join()


def _handler(line: BadLine, to_port: int) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_args: object) -> None:
            """Says nothing."""

        def pass_on(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            fault = line.fault if line.meets(self.path) else Fault.NONE
            line.spoilt += fault is not Fault.NONE
            if fault is Fault.LOGIN:
                self.reply(200, [("Content-Type", "text/html")], _LOGIN, len(_LOGIN))
            elif fault is Fault.REDIRECT:
                self.reply(302, [("Location", "/somebody-elses-login")], b"", 0)
            elif fault is Fault.CUT or not self.ask(body, fault):
                self.close_connection = True

        def ask(self, body: bytes, fault: Fault) -> bool:
            """Brings the server's answer, as far as the line lets it through; False where there is none."""
            connection = http.client.HTTPConnection("127.0.0.1", to_port, timeout=_PATIENCE_SECONDS)
            try:
                connection.request(self.command, self.path, body or None, dict(self.headers.items()))
                answer = connection.getresponse()
                content = answer.read()
            except (OSError, http.client.HTTPException):
                return False
            finally:
                connection.close()
            if fault is Fault.LOST:
                return False
            half = content[: len(content) // 2] if fault is Fault.HALF else content
            headers = [(name, value) for name, value in answer.getheaders() if name.lower() not in _NOT_PASSED_ON]
            headers = [(name, value) for name, value in headers if name.lower() != "content-length"]
            self.reply(answer.status, headers, half, len(content))
            return fault is not Fault.HALF

        def reply(self, status: int, headers: list[tuple[str, str]], content: bytes, length: int) -> None:
            self.send_response_only(status)
            for name, value in headers:
                self.send_header(name, value)
            if status not in (204, 304):
                self.send_header("Content-Length", str(length))
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = do_DELETE = do_HEAD = pass_on  # noqa: N815 - the names that http.server looks for

    return Handler
