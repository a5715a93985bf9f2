"""Who is there at a shared device: set up, badge and PIN, password, switching, idle end; as its program asks."""

import time
import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, update
from werkzeug.test import TestResponse

from bottletrack.access import Actor
from bottletrack.badges import make_badge, revoke_badge, set_pin, token_of
from bottletrack.database import Database
from bottletrack.devices import revoke_device
from bottletrack.founding import add_site
from bottletrack.sign_in import MOST_FAILURES, find_signed_in
from bottletrack.tables import Badge, Device, Person, Site, Sitting
from bottletrack.vocabulary import Role
from tests.webapp.conftest import PASSWORD, SECRET, Visitor, email_of, new_visitor_at_device
from webapp import create_app
from webapp.config import Settings
from webapp.database import database_of

PIN = "2580"
DEVICE, SITTING, ME = "/station/device", "/station/sitting", "/station/me"
OWN_PAGE = "/account/"

SignIn = Callable[[str], Visitor]
BadgeOf = Callable[[str], str]


def number_of(database: Database, role: str) -> int:
    with database.reading() as session:
        return session.scalars(select(Person.id).where(Person.email == email_of(role))).one()


@pytest.fixture
def administrator(database: Database) -> Actor:
    with database.reading() as session:
        found = find_signed_in(session, number_of(database, Role.ADMINISTRATOR))
    assert found is not None
    return found.actor


@pytest.fixture
def badge_of(database: Database, administrator: Actor) -> BadgeOf:
    """Makes a badge with a PIN for the person of a role; answers its token."""

    def make(role: str) -> str:
        person_id = number_of(database, role)
        with database.writing() as session:
            set_pin(session, administrator, person_id, PIN)
            return token_of(make_badge(session, administrator, person_id, datetime.now(UTC)), SECRET)

    return make


def show(visitor: Visitor, badge: str, pin: str = PIN) -> TestResponse:
    return visitor.ask(SITTING, {"badge": badge, "pin": pin})


def me(visitor: Visitor) -> Any:
    return visitor.get(ME).get_json()


def is_in(visitor: Visitor) -> bool:
    return visitor.get(OWN_PAGE).status_code == 200


def open_sittings(database: Database) -> int:
    with database.reading() as session:
        return session.scalar(select(func.count()).where(Sitting.ended_at.is_(None))) or 0


def pass_time(monkeypatch: pytest.MonkeyPatch, **time_: float) -> None:
    """From now on the clock shows so much more."""
    real, later = time.time, timedelta(**time_).total_seconds()
    monkeypatch.setattr("webapp.signed_in.time.time", lambda: real() + later)


# Setting a device up


def test_a_device_is_set_up_once_and_knows_its_place(client_for: SignIn) -> None:
    client = client_for(Role.OPERATOR)
    before = me(client)
    assert (before["device"], before["sites"]) == (None, [{"code": "SITE", "name": "Centre de lavage"}])
    answer = client.ask(DEVICE, {"name": " Tablette lavage ", "station": "washing"})
    assert answer.status_code == 201
    told = {"site": "SITE", "site_name": "Centre de lavage", "station": "washing", "name": "Tablette lavage"}
    assert answer.get_json() == told
    cookie = next(set_ for set_ in answer.headers.getlist("Set-Cookie") if set_.startswith("station="))
    for attribute in ("HttpOnly", "SameSite=Strict", "Path=/station", "Max-Age=34560000"):
        assert attribute in cookie.split("; ")
    assert me(client)["device"] == told
    client.send("/account/sign-out")
    nobody: dict[str, Any] = {"sitting": None, "person": None, "sites": [], "over": False}
    assert me(client) == {"device": told, **nobody, "csrf": me(client)["csrf"]}


def test_with_https_the_key_never_travels_in_the_open(settings: Settings) -> None:
    app = create_app(settings.model_copy(update={"public_url": "https://bottles.example.org"}))
    app.test_client_class = Visitor
    visitor = new_visitor_at_device(app)
    with database_of(app).writing() as session:
        person = session.scalars(select(Person).where(Person.email == email_of(Role.OPERATOR))).one()
        visitor_session = {"person": person.id, "epoch": person.session_epoch}
    with visitor.session_transaction(base_url="https://localhost") as cookie:
        cookie.update(visitor_session)
    answer = visitor.ask(DEVICE, {"name": "Tablette", "station": "washing"}, base_url="https://localhost")
    assert "Secure" in next(set_ for set_ in answer.headers.getlist("Set-Cookie") if set_.startswith("station="))


@pytest.mark.parametrize(
    ("wrong", "status", "field"),
    [
        ({"name": " "}, 422, "name"),
        ({"station": "kitchen"}, 422, "station"),
        ({"site": "NOWHERE"}, 404, "site"),
        ({"more": 1}, 422, "more"),
        ({"name": "a\x00b"}, 422, None),
    ],
)
def test_a_device_that_makes_no_sense_is_refused(
    client_for: SignIn, wrong: dict[str, Any], status: int, field: str | None
) -> None:
    answer = client_for(Role.OPERATOR).ask(DEVICE, {"name": "Tablette", "station": "washing", **wrong})
    assert (answer.status_code, answer.mimetype) == (status, "application/problem+json")
    assert answer.get_json()["field"] == field


def test_with_several_sites_one_is_chosen(client_for: SignIn, database: Database) -> None:
    with database.writing() as session:
        add_site(session, session.scalars(select(Site.territory_id)).one(), code="OTHER", name="Autre site")
    client = client_for(Role.OPERATOR)
    assert [site["code"] for site in me(client)["sites"]] == ["OTHER", "SITE"]
    answer = client.ask(DEVICE, {"name": "Tablette", "station": "washing"})
    assert (answer.status_code, answer.get_json()["field"]) == (422, "site")
    assert client.ask(DEVICE, {"name": "Tablette", "station": "washing", "site": "OTHER"}).status_code == 201
    assert client_for(Role.WINEMAKER).get(ME).get_json()["sites"] == []


# Badge and PIN


def test_a_badge_and_its_pin_open_the_station_and_the_pages(
    at_device: Visitor, badge_of: BadgeOf, database: Database
) -> None:
    answer = show(at_device, badge_of(Role.OPERATOR).lower())
    assert answer.status_code == 201
    told = answer.get_json()
    assert told["proof"] == "badge_and_pin"
    assert told["person"]["name"] == "Operator"
    assert "wash" in told["person"]["permissions"]
    assert "manage_people" not in told["person"]["permissions"]
    assert me(at_device)["sitting"] == told
    assert at_device.get("/operator/").status_code == 200
    assert at_device.ask(SITTING, method="DELETE").status_code == 204
    assert (me(at_device)["sitting"], is_in(at_device), open_sittings(database)) == (None, False, 0)


def test_a_badge_opens_nothing_where_no_device_was_set_up(visitor: Visitor, badge_of: BadgeOf) -> None:
    answer = show(visitor, badge_of(Role.OPERATOR))
    assert (answer.status_code, answer.get_json()["code"]) == (401, "no_device")
    assert not is_in(visitor)


def test_wrong_pins_are_counted_with_the_passwords(at_device: Visitor, visitor: Visitor, badge_of: BadgeOf) -> None:
    badge = badge_of(Role.OPERATOR)
    for wrong in ("", "0000", "9" * 500, "２５８０"):
        answer = show(at_device, badge, wrong)
        assert (answer.status_code, answer.get_json()["field"]) == (422, "pin")
    account = {"email": email_of(Role.OPERATOR), "password": "wrong"}
    assert visitor.send("/account/sign-in", account).status_code == 422
    locked = show(at_device, badge)
    assert locked.status_code == 422
    assert "15" in locked.get_json()["detail"]
    assert visitor.send("/account/sign-in", account | {"password": PASSWORD}).status_code == 422
    assert not is_in(at_device)


def test_a_right_pin_forgets_the_wrong_ones(at_device: Visitor, badge_of: BadgeOf) -> None:
    badge = badge_of(Role.OPERATOR)
    for _ in range(2):
        for _ in range(MOST_FAILURES - 1):
            show(at_device, badge, "1111")
        assert show(at_device, badge).status_code == 201


def test_what_is_no_badge_of_ours_says_so(at_device: Visitor, badge_of: BadgeOf) -> None:
    badge = badge_of(Role.OPERATOR)
    other_server = token_of(1, "another-server-" * 3)
    for token in ("", "nonsense", other_server, badge[:-1], "HTTP://LOCALHOST/B/" + badge):
        answer = show(at_device, token)
        assert (answer.status_code, answer.get_json()["field"]) == (422, "badge"), token


def test_a_revoked_badge_says_so_in_plain_words(
    at_device: Visitor, badge_of: BadgeOf, database: Database, administrator: Actor
) -> None:
    badge = badge_of(Role.OPERATOR)
    show(at_device, badge)
    with database.writing() as session:
        revoke_badge(session, administrator, session.scalars(select(Badge.id)).one(), datetime.now(UTC))
    assert not is_in(at_device), "whoever came in with it is out"
    answer = show(at_device, badge)
    assert (answer.status_code, answer.get_json()["code"]) == (403, "not_allowed")
    english = at_device.post(
        SITTING, json={"badge": badge, "pin": PIN}, headers={"X-Station": "1", "Accept-Language": "en"}
    )
    assert english.get_json()["detail"] == "This badge was revoked: it opens nothing any more."


def test_a_revoked_device_opens_nothing(at_device: Visitor, badge_of: BadgeOf, database: Database) -> None:
    badge = badge_of(Role.OPERATOR)
    show(at_device, badge)
    with database.writing() as session:
        lead = find_signed_in(session, number_of(database, Role.LEAD))
        assert lead is not None
        revoke_device(session, lead.actor, session.scalars(select(Device.id)).one(), datetime.now(UTC))
    assert show(at_device, badge).get_json()["code"] == "no_device"
    assert (me(at_device)["device"], is_in(at_device)) == (None, False)


# Switching, passwords, and the end


def test_switching_person_is_one_scan(at_device: Visitor, badge_of: BadgeOf, database: Database) -> None:
    first, second = badge_of(Role.OPERATOR), badge_of(Role.LEAD)
    show(at_device, first)
    assert show(at_device, second).get_json()["person"]["name"] == "Lead"
    assert "Lead" in at_device.get(OWN_PAGE).text
    assert open_sittings(database) == 1


@pytest.mark.parametrize("door", ["/account/sign-out", "/account/sign-out-everywhere"])
def test_who_signs_out_on_another_page_has_left_the_station_too(
    at_device: Visitor, badge_of: BadgeOf, door: str
) -> None:
    sitting = show(at_device, badge_of(Role.OPERATOR)).get_json()["id"]
    cookie = at_device.get_cookie("bottletrack")
    assert cookie is not None
    assert at_device.get(f"{ME}?sitting={sitting}").get_json()["over"] is False
    at_device.send(door)
    assert at_device.get(f"{ME}?sitting={sitting}").get_json()["over"] is True
    at_device.set_cookie("bottletrack", cookie.value)
    assert not is_in(at_device), "what the browser kept opens nothing any more"


def test_who_signs_in_by_password_takes_the_place_of_who_sat_here(at_device: Visitor, badge_of: BadgeOf) -> None:
    before = show(at_device, badge_of(Role.OPERATOR)).get_json()["id"]
    at_device.send("/account/sign-in", {"email": email_of(Role.LEAD), "password": PASSWORD})
    told = at_device.get(f"{ME}?sitting={before}").get_json()
    assert (told["over"], told["sitting"], told["person"]["name"]) == (True, None, "Lead")


@pytest.mark.parametrize("text", ["", "nonsense", "018f0000-0000-7000-8000-000000000000"])
def test_a_sitting_that_the_server_does_not_know_is_not_over(at_device: Visitor, text: str) -> None:
    """A device that was offline tells of it later."""
    assert at_device.get(ME, query_string={"sitting": text}).get_json()["over"] is False


def test_an_answer_that_comes_late_does_not_bring_back_the_person_before(at_device: Visitor, badge_of: BadgeOf) -> None:
    badge = badge_of(Role.LEAD)
    show(at_device, badge_of(Role.OPERATOR))
    late = at_device.get_cookie("bottletrack")
    assert late is not None
    show(at_device, badge)
    at_device.set_cookie("bottletrack", late.value)
    assert not is_in(at_device)


@pytest.mark.parametrize("path", [ME, "/station/data"])
def test_what_the_station_asks_by_itself_does_not_renew_the_session(
    at_device: Visitor, badge_of: BadgeOf, path: str
) -> None:
    show(at_device, badge_of(Role.OPERATOR))
    at_device.get(ME)
    answer = at_device.get(path, headers={"X-Station": "1"})
    assert answer.status_code == 200
    assert not answer.headers.getlist("Set-Cookie")


def test_a_password_is_as_good_as_a_badge(at_device: Visitor, database: Database) -> None:
    answer = at_device.ask(SITTING, {})
    assert (answer.status_code, answer.get_json()["field"]) == (422, "badge")
    at_device.send("/account/sign-in", {"email": email_of(Role.OPERATOR), "password": PASSWORD})
    first = at_device.ask(SITTING, {})
    assert (first.status_code, first.get_json()["proof"]) == (201, "password")
    assert at_device.ask(SITTING, {}).get_json()["id"] == first.get_json()["id"], (
        "a page opened anew sits no second time"
    )
    assert open_sittings(database) == 1


def test_a_badges_session_does_not_pass_for_a_password(app: Flask, at_device: Visitor, badge_of: BadgeOf) -> None:
    show(at_device, badge_of(Role.OPERATOR))
    assert at_device.ask(SITTING, {}).get_json()["proof"] == "badge_and_pin"


@pytest.mark.parametrize("role", [Role.WINEMAKER, Role.ADMINISTRATOR])
def test_who_does_not_work_at_the_plant_does_not_sit_there(at_device: Visitor, role: Role) -> None:
    at_device.send("/account/sign-in", {"email": email_of(role), "password": PASSWORD})
    assert at_device.ask(SITTING, {}).status_code == 403


def test_the_station_speaks_its_persons_language(at_device: Visitor, badge_of: BadgeOf, database: Database) -> None:
    at_device.send("/account/language", {"language": "en"})
    with database.writing() as session:
        session.execute(update(Person).where(Person.email == email_of(Role.OPERATOR)).values(language="ar"))
    assert show(at_device, badge_of(Role.OPERATOR)).get_json()["person"]["language"] == "ar"
    assert '<html lang="ar"' in at_device.get(OWN_PAGE).text


def test_a_sittings_session_ends_when_nobody_asks_for_anything(
    at_device: Visitor, badge_of: BadgeOf, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    badge = badge_of(Role.OPERATOR)
    with database.writing() as session:
        session.execute(update(Site).values(idle_minutes=5))
    show(at_device, badge)
    for _ in range(2):
        pass_time(monkeypatch, minutes=4)
        assert is_in(at_device), "each page begins the time anew"
    pass_time(monkeypatch, minutes=4)
    for _ in range(3):
        assert me(at_device)["sitting"] is not None, "what the station asks by itself is nobody's touch"
    pass_time(monkeypatch, minutes=2)
    assert me(at_device)["sitting"] is None
    assert not is_in(at_device)


@pytest.mark.parametrize("live", [True, False])
def test_who_scans_is_there_but_what_waited_on_the_device_is_nobodys_touch(
    at_device: Visitor, badge_of: BadgeOf, database: Database, monkeypatch: pytest.MonkeyPatch, live: bool
) -> None:
    badge = badge_of(Role.OPERATOR)
    with database.writing() as session:
        session.execute(update(Site).values(idle_minutes=5))
    sitting = show(at_device, badge).get_json()["id"]
    for _ in range(3):
        pass_time(monkeypatch, minutes=3)
        row = {"event_id": str(uuid.uuid4()), "verb": "holds", "input": {}, "sitting": sitting, "live": live}
        batch = {"client": "test", "sittings": [], "rows": [row | {"happened_at": datetime.now(UTC).isoformat()}]}
        assert at_device.ask("/station/sync", batch).status_code == 200
    assert is_in(at_device) is live


def test_a_session_begun_elsewhere_does_not_end_so_soon(client_for: SignIn, monkeypatch: pytest.MonkeyPatch) -> None:
    client = client_for(Role.OPERATOR)
    pass_time(monkeypatch, hours=3)
    assert is_in(client)


def test_a_new_password_or_pin_ends_the_others_sessions_but_not_the_sitting_here(
    at_device: Visitor, client_for: SignIn, badge_of: BadgeOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    badge = badge_of(Role.OPERATOR)
    elsewhere = client_for(Role.OPERATOR)
    show(at_device, badge)
    assert at_device.send("/account/pin", {"known": PIN, "pin": "1973"}).status_code == 303
    assert (is_in(at_device), is_in(elsewhere)) == (True, False)
    new = {"old_password": PASSWORD, "password": "une autre phrase secrète"}
    assert at_device.send("/account/password", new).status_code == 303
    assert me(at_device)["sitting"] is not None
    pass_time(monkeypatch, hours=1)
    assert not is_in(at_device), "still a shared device's session"


def test_a_sign_in_is_kept_with_its_device(at_device: Visitor, badge_of: BadgeOf, database: Database) -> None:
    sitting_id = uuid.UUID(show(at_device, badge_of(Role.OPERATOR)).get_json()["id"])
    with database.reading() as session:
        sitting = session.get_one(Sitting, sitting_id)
        device = session.scalars(select(Device)).one()
        assert (sitting.device_id, sitting.ended_at) == (device.id, None)
        assert datetime.now(UTC) - sitting.began_at < timedelta(minutes=1)


def test_when_a_device_was_last_seen_is_written_once_a_minute(at_device: Visitor, database: Database) -> None:
    with database.writing() as session:
        session.execute(update(Device).values(last_seen_at=datetime.now(UTC) - timedelta(hours=1)))

    def seen() -> datetime:
        at_device.get(ME)
        with database.reading() as session:
            return session.scalars(select(Device.last_seen_at)).one() or datetime.min.replace(tzinfo=UTC)

    first = seen()
    assert datetime.now(UTC) - first < timedelta(minutes=1)
    assert seen() == first


def test_a_badge_in_front_of_a_telephone_opens_nothing(visitor: Visitor, badge_of: BadgeOf) -> None:
    pages = [visitor.get(f"/{letter}/{token}") for letter in "Bb" for token in (badge_of(Role.OPERATOR), "anything")]
    assert [page.status_code for page in pages] == [200] * 4
    assert not is_in(visitor)
    texts = {page.text.replace(page.request.path, "…") for page in pages}
    assert len({_without_tokens(text) for text in texts}) == 1, "it does not tell which badges there are"


def _without_tokens(page: str) -> str:
    return "\n".join(line for line in page.splitlines() if "csrf_token" not in line)
