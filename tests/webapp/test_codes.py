"""What a scan names, for server and station alike: `station/tests/codes.test.ts` reads the same vectors."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bottletrack.identifiers import ALPHABET, new_lot_code, show_code
from webapp.codes import CodeKind, Scanned, read_code

_SHARED = json.loads((Path(__file__).parents[2] / "station" / "codes.json").read_text("utf-8"))
OWN = _SHARED["own"]


@pytest.mark.parametrize("vector", _SHARED["vectors"], ids=lambda vector: vector["why"])
def test_a_text_names_what_the_vector_says(vector: dict[str, str]) -> None:
    assert read_code(vector["text"], OWN) == Scanned(CodeKind(vector["kind"]), vector["code"])


def test_the_vectors_show_every_kind() -> None:
    assert {vector["kind"] for vector in _SHARED["vectors"]} == set(CodeKind)


@given(st.data())
def test_a_lot_code_is_read_from_paper_and_from_fingers(data: st.DataObject) -> None:
    code = new_lot_code(pick=lambda alphabet: data.draw(st.sampled_from(ALPHABET)))
    for text in (code, code.lower(), show_code(code), f"HTTPS://B.EXAMPLE/BASE/Q/{code}"):
        assert read_code(text, OWN) == Scanned(CodeKind.LOT, code)


@given(st.text(), st.lists(st.text(), max_size=3))
def test_whatever_is_scanned_is_read_as_something(text: str, own: list[str]) -> None:
    assert len(read_code(text, own).code) <= 60


@given(st.from_regex(r"[a-z]{1,8}\.example", fullmatch=True), st.text())
def test_what_is_not_ours_is_never_taken_for_a_lot(host: str, rest: str) -> None:
    if host not in ("plain.example", "b.example"):
        assert read_code(f"https://{host}/{rest}", OWN).kind is CodeKind.FOREIGN
