"""Winemakers' labels on their pages: who sees which, what a form refuses; and containers that are ticked off."""

from collections.abc import Callable

import pytest

from bottletrack.database import Database
from bottletrack.stations.collection import Collection, record_collection
from bottletrack.stations.storage import Breakage, record_breakage
from bottletrack.vocabulary import EventKind, Role
from tests.webapp.conftest import Visitor
from tests.webapp.plant_floor import Floor, record

ClientFor = Callable[[str], Visitor]


@pytest.fixture
def floor(database: Database) -> Floor:
    return Floor(database)


FORM = {
    "name": "Trousseau 2027",
    "winery": "VIG-01",
    "paper": "humide",
    "glue": "caséine",
    "printer": "Dole",
    "ink_coverage_percent": "35",
    "varnish": "no",
    "foil": "yes",
}


def test_a_label_is_registered_once_and_shown(client_for: ClientFor, floor: Floor) -> None:
    coordinator = client_for(Role.COORDINATOR)
    answer = record(coordinator, "/operator/wine-labels/new", **FORM)
    assert answer.status_code == 303
    assert answer.location.startswith("/operator/wine-labels/E-0001?done=")
    page = coordinator.get(answer.location)
    assert page.status_code == 200
    assert "Trousseau 2027" in page.text
    for url in ("/operator/wine-labels", "/coordinator/washability"):
        assert "Trousseau 2027" in coordinator.get(url).text, url
    assert coordinator.get("/operator/wine-labels/E-9999").status_code == 404


@pytest.mark.parametrize("missing", [*FORM])
def test_everything_about_a_label_has_to_be_said(client_for: ClientFor, floor: Floor, missing: str) -> None:
    form = {name: value for name, value in FORM.items() if name != missing}
    page = record(client_for(Role.QUALITY), "/operator/wine-labels/new", **form)
    assert page.status_code == 422
    assert "panel-refusal" in page.text
    assert floor.events(EventKind.LABEL_REGISTERED) == 0


def test_a_label_nobody_examined_is_not_approved_and_the_form_comes_back(client_for: ClientFor, floor: Floor) -> None:
    label = floor.label()
    url = f"/operator/wine-labels/{label}/judgment"
    quality = client_for(Role.QUALITY)
    page = record(quality, url, approved="yes", valid_until="2099-01-01", reason="Vu")
    assert page.status_code == 409
    assert 'value="yes" required checked' in page.text
    assert ">Vu</textarea>" in page.text
    refused = record(quality, url, approved="no", reason="Trop de vernis")
    assert refused.status_code == 303
    assert "Trop de vernis" in quality.get(refused.location).text


def test_packing_offers_approved_labels_only(client_for: ClientFor, floor: Floor) -> None:
    label, lot = floor.label(), floor.released()
    page = client_for(Role.OPERATOR).get(f"/operator/lots/{lot}/packing")
    assert 'name="label"' in page.text
    assert label not in page.text
    sent = record(client_for(Role.OPERATOR), f"/operator/lots/{lot}/packing", quantity_loose="10", label=label)
    assert sent.status_code == 409
    assert floor.events(EventKind.RELABELED) == 0


def test_a_winemaker_sees_the_own_labels_and_what_to_change(client_for: ClientFor, floor: Floor) -> None:
    floor.label(name="À nous", varnish=True)
    floor.label(None, name="Pour tous")
    floor.label("VIG-02", name="Au rival")
    winemaker = client_for(Role.WINEMAKER)
    page = winemaker.get("/winemaker/labels").text
    assert "À nous" in page
    assert "Pour tous" in page
    assert "Au rival" not in page
    assert "Pas de vernis" in page
    # And before an order, how many of them are approved: none.
    assert "/winemaker/labels" in winemaker.get("/winemaker/order").text


def test_dirty_containers_are_ticked_off_and_those_in_use_are_not(
    client_for: ClientFor, floor: Floor, database: Database
) -> None:
    with database.writing() as session:
        lots = [
            record_collection(session, Collection("P01", 10, container=code), floor.scan()).lot_codes[0]
            for code in ("PALOX-7", "PALOX-8")
        ]
        record_breakage(session, Breakage(lots[0], 10), floor.scan())
    operator = client_for(Role.OPERATOR)
    page = operator.get("/operator/containers").text
    assert 'value="PALOX-7">' in page
    assert 'value="PALOX-8" disabled>' in page
    assert record(operator, "/operator/containers", container="PALOX-8").status_code == 409
    assert record(operator, "/operator/containers", container="PALOX-7", others="PAL-1, PAL-2").status_code == 303
    page = operator.get("/operator/containers").text
    assert "PALOX-7" not in page
    assert "PALOX-8" in page
