"""The settings' pages: every setting is there in words, can be changed with a reason, and tells its history."""

import re
from collections.abc import Callable
from html import unescape

import pytest
from sqlalchemy import select
from werkzeug.test import TestResponse

from bottletrack.database import Database
from bottletrack.founding import add_site
from bottletrack.identifiers import new_event_id
from bottletrack.settings import ROW_KINDS, RULES, find_changes, find_value
from bottletrack.tables import Event, Site
from bottletrack.vocabulary import EventKind, Role
from tests.webapp.conftest import Visitor
from tests.webapp.plant_floor import Floor, codes_in, record
from webapp.coordinator.settings_sight import COLUMNS, Area

SignIn = Callable[[str], Visitor]
FOLDER = "/coordinator/settings"
SODA = "measure.wash.bath2_naoh_percent"
BORE = {"low": "17", "high": "20", "required": "yes", "bottles": "8", "defect_code": "MA14"}
WASHER = {"name": "Ligne", "below_height_mm": "350", "max_diameter_mm": "110"}
CRATE = {"name_fr": "Caisse de 15", "name_en": "Crate of 15", "capacity_bottles": "15", "in_use": "yes"}


def words_of(page: TestResponse) -> str:
    """The page's text without its tags, with plain blanks."""
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", page.text)))


@pytest.fixture
def quality(client_for: SignIn) -> Visitor:
    visitor = client_for(Role.QUALITY)
    visitor.send("/account/language", {"language": "en", "next": "/"})
    return visitor


@pytest.fixture
def site_id(database: Database) -> int:
    with database.reading() as session:
        return session.scalars(select(Site.id)).one()


def change(visitor: Visitor, name: str, /, **form: str) -> TestResponse:
    return visitor.send(f"{FOLDER}/of/{name}", {"event_id": str(new_event_id()), "reason": "tried it", **form})


def value_of(database: Database, site_id: int, name: str) -> object:
    with database.reading() as session:
        return find_value(session, site_id, name)


@pytest.mark.parametrize("area", Area)
def test_every_page_shows_its_settings(client_for: SignIn, area: Area) -> None:
    visitor = client_for(Role.COORDINATOR)
    page = visitor.get(f"{FOLDER}/{area}")
    assert page.status_code == 200
    assert "Centre de lavage" in words_of(page)
    links = re.findall(rf'href="({FOLDER}/of/[^"]+)"', page.text)
    assert bool(links) == (area is not Area.HISTORY)
    for link in links:
        assert visitor.get(unescape(link)).status_code == 200, link


def test_values_are_said_in_words(quality: Visitor) -> None:
    rules = words_of(quality.get(FOLDER))
    assert "30 days" in rules
    assert "0.65 %" in rules
    assert "2 to 2.7 %, target 2.35 · required" in words_of(quality.get(f"{FOLDER}/wash"))
    tests = words_of(quality.get(f"{FOLDER}/quality"))
    assert "at most 2.5 ml, target 0 · required" in tests
    assert "at least 1.18 bar" in words_of(quality.get(f"{FOLDER}/rinse"))
    assert "no limit" in words_of(quality.get(f"{FOLDER}/rinse"))
    assert "bottles lower than 308 mm, at most 90 mm wide" in words_of(quality.get(f"{FOLDER}/washers"))
    assert "Crate of 12 CRATE12 12 bottles" in words_of(quality.get(f"{FOLDER}/containers"))


def test_a_rule_is_changed_once_and_tells_who_and_why(quality: Visitor, database: Database, site_id: int) -> None:
    page = quality.get(f"{FOLDER}/of/max_age_days")
    assert 'name="seen" value="0"' in page.text
    form = {"event_id": str(new_event_id()), "value": "21", "reason": "warm store", "seen": "0"}
    first, again = (quality.send(f"{FOLDER}/of/max_age_days", form) for _ in range(2))
    assert (first.status_code, again.status_code, again.location) == (303, 303, first.location)
    assert value_of(database, site_id, "max_age_days") == "21"
    with database.reading() as session:
        (made,) = find_changes(session, site_id)
    assert (made.by, made.reason, made.before, made.after) == ("Quality", "warm store", "30", "21")
    assert "21 days" in words_of(quality.get(first.location))
    for told in (quality.get(f"{FOLDER}/of/max_age_days"), quality.get(f"{FOLDER}/history")):
        assert "30 days → to 21 days" in words_of(told)
        assert "warm store" in words_of(told)
    # Somebody whose page is older than that is asked to look again, and loses nothing that was typed.
    late = quality.send(f"{FOLDER}/of/max_age_days", {**form, "event_id": str(new_event_id()), "value": "45"})
    assert late.status_code == 409
    assert 'value="45"' in late.text


@pytest.mark.parametrize(
    ("name", "form", "kept"),
    [
        ("relabeling_required", {"value": "no"}, "no"),
        ("inspection_level", {"value": "III"}, "III"),
        ("aql_minor", {"value": "4"}, "4"),
        ("count_tolerance_percent", {"value": "1,5"}, "1.5"),
        (SODA, {"low": "1,8", "target": "", "high": "2,6"}, {"low": "1.8", "target": None, "required": "no"}),
        ("measure.quality.bore_mm", BORE, {"low": "17", "target": None, "bottles": "8", "defect_code": "MA14"}),
        ("defect.MI03", {"defect_class": "major"}, {"in_use": "no", "defect_class": "major"}),
        ("washer.L1", WASHER, WASHER),
        ("container_type.PALOX", CRATE, CRATE),
    ],
)
def test_each_kind_of_setting_has_its_form(
    quality: Visitor, database: Database, site_id: int, name: str, form: dict[str, str], kept: object
) -> None:
    assert change(quality, name, **form).status_code == 303
    found = value_of(database, site_id, name)
    if isinstance(kept, dict):
        assert isinstance(found, dict)
        assert kept.items() <= found.items()
    else:
        assert found == kept
    assert quality.get(f"{FOLDER}/history").status_code == 200


@pytest.mark.parametrize(
    ("name", "form", "made"),
    [
        ("washer.+", {"code": "l2", **WASHER}, "washer.L2"),
        ("container_type.+", {"code": "CRATE15", **CRATE}, "container_type.CRATE15"),
        (
            "measure.rinse.+",
            {"code": "bath1_ph", "name_fr": "pH", "name_en": "pH", "low": "6"},
            "measure.rinse.bath1_ph",
        ),
    ],
)
def test_a_site_adds_to_what_it_has(
    quality: Visitor, database: Database, site_id: int, name: str, form: dict[str, str], made: str
) -> None:
    assert quality.get(f"{FOLDER}/of/{name}").status_code == 200
    assert change(quality, name, **form).status_code == 303
    assert value_of(database, site_id, made) is not None
    assert quality.get(f"{FOLDER}/of/{made}").status_code == 200


@pytest.mark.parametrize(
    ("name", "form", "status"),
    [
        ("max_age_days", {"value": "999"}, 422),
        ("max_age_days", {"value": ""}, 422),
        ("max_age_days", {"value": "21", "reason": ""}, 422),
        ("max_age_days", {"value": "30"}, 422),
        (SODA, {"low": "3", "high": "2"}, 422),
        (SODA, {"low": "much"}, 422),
        ("defect.CR01", {"defect_class": "minor", "in_use": "yes"}, 422),
        ("defect.MI03", {"in_use": "yes"}, 422),
        ("washer.L1", {"name": "L1", "below_height_mm": ""}, 422),
        ("last_sequence", {"value": "7"}, 404),
        ("defect.NONE", {"defect_class": "minor"}, 404),
        ("measure.cellar.dust", {"low": "1"}, 404),
    ],
)
def test_what_makes_no_sense_is_refused(
    quality: Visitor, database: Database, name: str, form: dict[str, str], status: int
) -> None:
    assert change(quality, name, **form).status_code == status
    with database.reading() as session:
        assert session.scalars(select(Event).where(Event.kind == EventKind.SETTING_CHANGED)).all() == []


@pytest.mark.parametrize("name", ["nothing", "washer.L9", "defect.ZZ99", "measure.wash.none", "site"])
def test_what_is_not_there_is_not_found(quality: Visitor, name: str) -> None:
    assert quality.get(f"{FOLDER}/of/{name}").status_code == 404
    assert quality.get(f"{FOLDER}/{name}").status_code == 404


def test_numbers_stand_in_forms_as_people_write_them(client_for: SignIn, database: Database, site_id: int) -> None:
    visitor = client_for(Role.QUALITY)
    assert 'value="2,35"' in visitor.get(f"{FOLDER}/of/{SODA}").text
    assert change(visitor, "count_tolerance_bottles", value="2500").status_code == 303
    shown = re.findall(
        r'name="value" id="value" value="([^"]+)"', visitor.get(f"{FOLDER}/of/count_tolerance_bottles").text
    )
    assert shown == ["2\N{NARROW NO-BREAK SPACE}500"]
    assert change(visitor, "count_tolerance_bottles", value=shown[0].replace("2", "3")).status_code == 303
    assert value_of(database, site_id, "count_tolerance_bottles") == "3500"


def test_each_site_has_its_own(quality: Visitor, database: Database, site_id: int) -> None:
    with database.writing() as session:
        territory_id = session.scalars(select(Site.territory_id)).one()
        other = add_site(session, territory_id, code="OTHER", name="Centre voisin")
    assert change(quality, "max_age_days", value="21", site_id=str(other)).status_code == 303
    assert (value_of(database, other, "max_age_days"), value_of(database, site_id, "max_age_days")) == ("21", "30")
    assert "Centre voisin" in words_of(quality.get(FOLDER))
    assert "21 days" in words_of(quality.get(f"{FOLDER}?site={other}"))
    assert quality.get(f"{FOLDER}?site=999").status_code == 404


def test_every_column_and_rule_has_a_word(quality: Visitor) -> None:
    """A setting that somebody adds must not show its column's name."""
    assert {column for kind in ROW_KINDS for column in kind.columns} == set(COLUMNS)
    page = words_of(quality.get(FOLDER))
    assert all(rule.label in page and rule.about in page for rule in RULES)


# What the stations offer


def test_stations_offer_only_the_defects_that_the_site_uses(
    client_for: SignIn, quality: Visitor, database: Database
) -> None:
    floor, operator = Floor(database), client_for(Role.OPERATOR)
    lot = floor.received()
    page = operator.get(f"/operator/lots/{lot}/sorting").text
    code = re.findall(r'name="reject\.(MA\d\d)"', page)[0]
    assert change(quality, f"defect.{code}", defect_class="major").status_code == 303
    assert f'name="reject.{code}"' not in operator.get(f"/operator/lots/{lot}/sorting").text


def test_a_collection_is_counted_in_the_containers_of_the_site(
    client_for: SignIn, quality: Visitor, database: Database
) -> None:
    driver = client_for(Role.DRIVER)
    assert (
        change(
            quality, "container_type.CRATE20", name_fr="Caisse de 20", name_en="Crate of 20", capacity_bottles="20"
        ).status_code
        == 303
    )
    page = driver.get("/operator/collection").text
    assert "container_type=CRATE24" in page
    assert "container_type=CRATE20" not in page
    chosen = driver.get("/operator/collection?container_type=PALOX").text
    fields = dict(re.findall(r'type="hidden" name="(\w+)" value="(\w+)"', chosen))
    assert (fields["container_type"], fields["crate_size"]) == ("PALOX", "400")
    assert 'data-crate-size="400"' in chosen
    form = {"point": "P02", "declared_crates": "2", "declared_loose": "7", "owner": "pool"}
    answer = record(driver, "/operator/collection", **form, container_type="PALOX", crate_size="400")
    (code,) = codes_in(driver.get(answer.location))
    assert Floor(database).lot(code).quantity == 807
