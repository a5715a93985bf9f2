"""The winemakers' screens: stock, an order from the form to its deliveries, and nothing of anybody else's."""

import re
import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from html import unescape

import pytest
from sqlalchemy import func, select, update
from werkzeug.datastructures import MultiDict
from werkzeug.test import TestResponse

from bottletrack.database import Database
from bottletrack.founding import add_site
from bottletrack.stations.dispatch import Delivery, record_delivery
from bottletrack.stations.storage import LotReason, record_hold
from bottletrack.tables import Event, Order, Person
from bottletrack.vocabulary import EventKind, Role
from tests.webapp.conftest import Visitor, email_of
from tests.webapp.plant_floor import Floor

ClientFor = Callable[[str], Visitor]


@pytest.fixture
def floor(database: Database) -> Floor:
    return Floor(database)


@pytest.fixture
def winemaker(client_for: ClientFor) -> Visitor:
    """In English, so that these tests read the source texts."""
    visitor = client_for(Role.WINEMAKER)
    with visitor.session_transaction() as cookie:
        cookie["language"] = "en"
    return visitor


def words(page: TestResponse) -> str:
    """What the page says, without its tags."""
    main = page.text.partition("<main")[2].partition("</main>")[0]
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", main)).split())


def hidden_fields(page: TestResponse) -> MultiDict[str, str]:
    """What the page's confirming form would send."""
    form = page.text.partition('action="/winemaker/orders"')[2].partition("</form>")[0]
    return MultiDict(re.findall(r'name="([^"]+)" value="([^"]*)"', unescape(form)))


def order(winemaker: Visitor, **quantities: int) -> str:
    """Takes an order through its form and check; returns its reference."""
    fields = {f"{model}.A_loose": str(quantity) for model, quantity in quantities.items()}
    fields |= {f"{model}.A_crates": "" for model in quantities}
    checked = winemaker.send("/winemaker/order", fields)
    assert checked.status_code == 200, words(checked)
    placed = winemaker.post("/winemaker/orders", data=hidden_fields(checked))
    assert placed.status_code == 303, words(placed)
    return placed.location.split("/")[-2]


def orders_placed(database: Database) -> int:
    with database.reading() as session:
        return session.scalar(select(func.count(Order.id))) or 0


def test_the_catalogue_shows_what_can_leave_today(winemaker: Visitor, floor: Floor, database: Database) -> None:
    floor.packed(100)
    floor.released(50)  # not packed yet, and this site asks for it
    held = floor.packed(30)
    with database.writing() as session:
        record_hold(session, LotReason(held, "doubt"), floor.scan())
    page = words(winemaker.get("/winemaker/"))
    assert "Jura embossed 75 cl Grade A 100 bottles free 8 full crates of 12 and 4 loose" in page
    assert "Per layer on a pallet 203" in page
    assert "Color green" in page
    stock, _, to_come = page.partition("Not in stock today")
    assert "Burgundy 75 cl" in to_come
    assert "Burgundy 75 cl" not in stock


def test_an_empty_shelf_can_be_ordered_from(winemaker: Visitor) -> None:
    assert "No bottle is free today" in words(winemaker.get("/winemaker/"))
    reference = order(winemaker, CL62=30)
    page = words(winemaker.get(f"/winemaker/orders/{reference}/placed"))
    assert "30 bottles wait to be washed." in page


def test_an_order_is_checked_before_it_is_placed(winemaker: Visitor, floor: Floor, database: Database) -> None:
    code = floor.packed(100)
    day = (datetime.now(UTC) + timedelta(days=5)).date()
    fields = {"JU75.A_crates": "10", "JU75.A_loose": "2", "CL62.A_crates": "1", "wanted_on": day.isoformat()}
    checked = winemaker.send("/winemaker/order", {**fields, "note": "Cellar door"})
    page = words(checked)
    assert "Jura embossed 75 cl Grade A 122 10 full crates of 12 and 2 loose 100 22" in page
    assert "Clavelin 62 cl Grade A 12 1 full crate of 12 0 12" in page
    assert "34 bottles of this order are not there yet." in page
    assert "In all 134 bottles" in page
    assert orders_placed(database) == 0

    placed = winemaker.post("/winemaker/orders", data=hidden_fields(checked), follow_redirects=True)
    page = words(placed)
    assert "Your order is placed: O-0001" in page
    assert "100 of 134 reserved, 34 waiting." in page
    assert f"{code[:4]}-{code[4:]}" in page
    assert "What happens next" in page
    page = words(winemaker.get("/winemaker/orders/O-0001"))
    assert "Cellar door" in page
    assert "122 100 0 Waiting 22" in re.sub(r"(Ordered|Reserved|Delivered) ", "", page)


def test_a_double_tap_orders_once(winemaker: Visitor, database: Database) -> None:
    checked = winemaker.send("/winemaker/order", {"JU75.A_crates": "2"})
    fields = hidden_fields(checked)
    first, second = (winemaker.post("/winemaker/orders", data=fields) for _ in range(2))
    assert (first.status_code, first.location) == (second.status_code, second.location)
    assert orders_placed(database) == 1


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({}, "An order has 1 to 20 lines."),
        ({"JU75.A_crates": "0"}, "An order has 1 to 20 lines."),
        ({"JU75.A_crates": "two"}, "“two” is not a whole number."),
        ({"JU75.A_crates": "-2"}, "“-2” is not a whole number."),
        ({"JU75.A_crates": "900000000"}, "This is more than there can be."),
        ({"JU75.A_crates": "2", "wanted_on": "2001-01-01"}, "The wanted day is past."),
        ({"JU75.A_crates": "2", "wanted_on": "soon"}, "“soon” is not a day."),
        ({"JU75.A_crates": "2", "note": "a" * 501}, "This is too long."),
        ({"JU75.C_crates": "2"}, "This order cannot be read."),
        ({"BG75L.A_crates": "2"}, "No bottle model is called “BG75L”."),
    ],
)
def test_a_form_that_makes_no_sense_comes_back(
    winemaker: Visitor, database: Database, fields: dict[str, str], told: str
) -> None:
    answer = winemaker.send("/winemaker/order", fields)
    assert answer.status_code in (404, 422)
    assert told in words(answer)
    if "JU75.A_crates" in fields:
        assert f'value="{fields["JU75.A_crates"]}"' in answer.text
    assert orders_placed(database) == 0


@pytest.mark.parametrize("line", ["JU75.A", "JU75.A.many", "JU75.A.-1", "JU75.C.12", "", "JU75.A.0"])
def test_a_confirmation_that_was_tampered_with_orders_nothing(
    winemaker: Visitor, database: Database, line: str
) -> None:
    answer = winemaker.send("/winemaker/orders", {"event_id": str(uuid.uuid4()), "line": line})
    assert answer.status_code in (404, 422)
    assert orders_placed(database) == 0


def test_an_order_that_was_checked_can_be_changed(winemaker: Visitor) -> None:
    form = winemaker.get("/winemaker/order?line=JU75.A.29&line=CL62.A.12&wanted_on=2099-05-01&note=Early").text
    filled = dict(re.findall(r'name="([^"]+_(?:crates|loose))" id="[^"]+" value="(\d+)"', form))
    assert filled == {"JU75.A_crates": "2", "JU75.A_loose": "5", "CL62.A_crates": "1"}
    assert 'value="2099-05-01"' in form
    assert "Early</textarea>" in form


def test_an_order_is_followed_to_its_delivery(winemaker: Visitor, floor: Floor, database: Database) -> None:
    code = floor.packed(100)
    reference = order(winemaker, JU75=80)
    assert "All 80 bottles are reserved for you." in words(winemaker.get("/winemaker/orders"))
    for quantity, told in ((50, "50 of 80 delivered, 30 reserved."), (30, "All 80 bottles are delivered.")):
        with database.writing() as session:
            record_delivery(session, Delivery(reference, code, quantity), floor.scan())
        assert told in words(winemaker.get("/winemaker/orders"))
        assert told in words(winemaker.get(f"/winemaker/orders/{reference}"))
    page = words(winemaker.get(f"/winemaker/orders/{reference}"))
    deliveries = page.partition("Deliveries")[2]
    assert re.findall(rf"{code[:4]}-{code[4:]} (\d+)", deliveries) == ["50", "30"]
    assert "0 days at delivery" in page
    assert "Cancel this order" not in page


def test_an_order_is_cancelled_before_its_delivery(winemaker: Visitor, floor: Floor) -> None:
    floor.packed(100)
    reference = order(winemaker, JU75=80)
    assert "20 bottles free" in words(winemaker.get("/winemaker/"))
    cancellation = {"event_id": str(uuid.uuid4()), "reason": "hail"}
    for _ in range(2):
        answer = winemaker.send(f"/winemaker/orders/{reference}/cancellation", cancellation, follow_redirects=True)
        assert "This order is cancelled." in words(answer)
    assert "100 bottles free" in words(winemaker.get("/winemaker/"))
    assert floor.events(EventKind.ORDER_CANCELLED) == 1
    again = winemaker.send(f"/winemaker/orders/{reference}/cancellation", {"event_id": str(uuid.uuid4())})
    assert again.status_code == 409


def test_an_order_is_placed_again(winemaker: Visitor) -> None:
    reference = order(winemaker, JU75=29)
    link = re.search(
        r'href="(/winemaker/order\?[^"]*line=[^"]*)"', winemaker.get(f"/winemaker/orders/{reference}").text
    )
    assert link
    form = winemaker.get(unescape(link[1])).text
    assert dict(re.findall(r'name="([^"]+_(?:crates|loose))" id="[^"]+" value="(\d+)"', form)) == {
        "JU75.A_crates": "2",
        "JU75.A_loose": "5",
    }


def test_a_rival_sees_none_of_it(winemaker: Visitor, client_for: ClientFor, floor: Floor) -> None:
    floor.packed(100)
    reference = order(winemaker, JU75=80)
    rival = client_for("rival")
    for path in ("", "/placed"):
        assert rival.get(f"/winemaker/orders/{reference}{path}").status_code == 404
    cancellation = rival.send(f"/winemaker/orders/{reference}/cancellation", {"event_id": str(uuid.uuid4())})
    assert cancellation.status_code == 404
    assert reference not in rival.get("/winemaker/orders").text
    assert floor.events(EventKind.ORDER_CANCELLED) == 0
    unknown, foreign = (rival.get(f"/winemaker/orders/{name}") for name in ("O-9999", reference))
    assert words(unknown).replace("O-9999", reference) == words(foreign)


def test_a_winemaker_without_a_winery_is_told_so(winemaker: Visitor, database: Database) -> None:
    with database.writing() as session:
        session.execute(update(Person).where(Person.email == email_of(Role.WINEMAKER)).values(winery_id=None))
    for path in ("/", "/order", "/orders", "/orders/O-0001"):
        answer = winemaker.get(f"/winemaker{path}")
        assert answer.status_code == 403
        assert "Your account does not belong to a winery yet." in words(answer)


def test_an_order_is_placed_at_the_centre_that_was_chosen(winemaker: Visitor, floor: Floor, database: Database) -> None:
    with database.writing() as session:
        second = add_site(session, floor.actor.territory_id, code="SECOND", name="Second centre")
    floor.packed(100)
    assert "100 bottles free" in words(winemaker.get("/winemaker/"))
    assert "No bottle is free today" in words(winemaker.get(f"/winemaker/?site_id={second}"))
    assert winemaker.get("/winemaker/?site_id=999").status_code == 404
    checked = winemaker.send("/winemaker/order", {"JU75.A_crates": "1", "site_id": str(second)})
    winemaker.post("/winemaker/orders", data=hidden_fields(checked))
    with database.reading() as session:
        assert session.scalars(select(Order.site_id)).one() == second
        assert session.scalars(select(Event.site_id).where(Event.kind == EventKind.ORDER_PLACED)).one() == second
