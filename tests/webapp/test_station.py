"""The station's own files: its words, its release, and how it is installed."""

import gzip
import json
import re
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from tests.webapp.conftest import Visitor
from webapp.languages import CODES
from webapp.station.release import current_release
from webapp.station.texts import TEXTS

SOURCE = Path(__file__).parents[2] / "station" / "src"
#: Keys that one part of the program gives to another, which asks for the words.
KEYS_GIVEN_ON = r'"((?:stop|wrong|not_kept|camera|link|gone|call)_\w+)"'


def test_the_program_asks_for_the_words_that_there_are() -> None:
    source = "\n".join(path.read_text() for path in SOURCE.rglob("*.ts"))
    assert set(re.findall(r'\btext\(\s*"(\w+)"', source)) <= set(TEXTS)
    # Others are chosen from a table, or made of a name and what stands before it: text(`action_${name}`).
    named = set(re.findall(r'"(\w+)"', source))
    begun = tuple(re.findall(r"`(\w+_)\$\{", source))
    assert {key for key in TEXTS if key not in named and not key.startswith(begun)} == set()


def test_every_action_and_question_has_its_words() -> None:
    actions = (SOURCE / "actions.ts").read_text()
    names = re.findall(r'name: "(\w+)"', actions)
    questions = set(re.findall(r'^  \| "(\w+)"', actions, re.MULTILINE)) - {"quantity"}
    assert len(names) == len(set(names)) == 13
    assert {f"action_{name}" for name in names} | {f"ask_{question}" for question in questions} <= set(TEXTS)


@pytest.mark.parametrize("language", CODES)
def test_its_words_come_in_every_language(visitor: Visitor, language: str) -> None:
    answer = json.loads(visitor.get(f"/station/texts/{language}.json").text)
    assert answer["language"] == language
    assert answer["direction"] == ("rtl" if language == "ar" else "ltr")
    assert set(answer["texts"]) == set(TEXTS)
    assert (answer["texts"] == TEXTS) == (language == "en")


def test_there_are_no_words_in_a_language_that_nobody_speaks_here(visitor: Visitor) -> None:
    assert visitor.get("/station/texts/de.json").status_code == 404


def test_its_page_is_the_same_for_every_language_and_person(visitor: Visitor) -> None:
    page = visitor.get("/station/").text
    with visitor.session_transaction() as session:
        session["language"] = "en"
    assert visitor.get("/station/").text == page
    assert "Set-Cookie" not in visitor.get("/station/").headers


def test_all_that_the_service_worker_keeps_is_there(visitor: Visitor) -> None:
    script = visitor.get("/station/worker.js").text
    told = json.loads(script.partition("self.release = ")[2].partition(";\n")[0])
    assert told["version"] == json.loads(visitor.get("/station/version").text)["version"]
    for path in told["files"]:
        with visitor.get(path) as answer:
            assert answer.status_code == 200, path
    page = visitor.get("/station/").text
    asked = {path for path in re.findall(r'(?:href|src)="(/[^"]+)"', page) if re.search(r"\.(js|css)$", path)}
    assert asked
    assert asked <= set(told["files"])


def test_a_built_file_is_for_ever_and_of_this_release_only(visitor: Visitor) -> None:
    version = current_release().version
    path = f"/station/assets/{version}/zxing_reader.wasm"
    packed = visitor.get(path, headers={"Accept-Encoding": "gzip"})
    plain = visitor.get(path, headers={"Accept-Encoding": "identity"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.data) == plain.data
    assert len(packed.data) < len(plain.data) / 2
    assert "immutable" in packed.headers["Cache-Control"]
    assert packed.mimetype == "application/wasm"
    assert visitor.get(f"/station/assets/{'0' * 16}/main.js").status_code == 404
    assert visitor.get(f"/station/assets/{version}/../__init__.py").status_code == 404


def test_a_device_can_install_it(visitor: Visitor) -> None:
    manifest = json.loads(visitor.get("/station/manifest.webmanifest").text)
    assert manifest["display"] == "standalone"
    assert visitor.get(manifest["start_url"]).status_code == 200
    assert manifest["start_url"].startswith(manifest["scope"])
    for icon in manifest["icons"]:
        with visitor.get(icon["src"]) as answer:
            width, height = Image.open(BytesIO(answer.data)).size
        assert icon["sizes"] == f"{width}x{height}"
    assert {(icon["sizes"], icon["purpose"]) for icon in manifest["icons"]} >= {
        ("192x192", "any"),
        ("512x512", "any"),
        ("512x512", "maskable"),
    }
