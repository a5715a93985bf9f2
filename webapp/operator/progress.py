"""A file that tells how far it is while it is made, for pages that ask; others get it as a plain download.

What is told: a line of JSON (`name`, `type`, `of`), the number of parts done in a line each, an empty line, the file.
"""

import json
from collections.abc import Callable, Iterator
from io import BytesIO
from queue import SimpleQueue
from threading import Thread

from flask import Response, request, send_file
from flask.typing import ResponseReturnValue

#: Hears how many parts are done so far.
Progress = Callable[[int], None]


def file_or_progress(
    make: Callable[[Progress | None], bytes], parts: int, mimetype: str, name: str
) -> ResponseReturnValue:
    """The file that `make` makes of so many parts. It is made aside, so it must ask nothing of the request."""
    if "progress" not in request.args:
        return send_file(BytesIO(make(None)), mimetype, as_attachment=True, download_name=name)
    head = json.dumps({"name": name, "type": mimetype, "of": parts})
    return Response(_told(head, make), mimetype="application/octet-stream")


def _told(head: str, make: Callable[[Progress | None], bytes]) -> Iterator[bytes]:
    """Raises what `make` raises: the answer then breaks off, and whoever reads it knows that it is not whole."""
    said: SimpleQueue[int | bytes | Exception] = SimpleQueue()

    def work() -> None:
        try:
            said.put(make(said.put))
        except Exception as fault:
            said.put(fault)

    Thread(target=work, daemon=True).start()
    yield f"{head}\n".encode()
    while isinstance(word := said.get(), int):
        yield f"{word}\n".encode()
    if isinstance(word, Exception):
        raise word
    yield b"\n"
    yield word
