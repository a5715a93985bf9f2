"""The people's page: added, changed, given a new password, closed; and never out of one's own territory."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from bottletrack.access import Actor
from bottletrack.database import Database
from bottletrack.errors import NotAllowed, NotFound
from bottletrack.founding import add_site, add_territory
from bottletrack.people import Profile, add_person, get_person, installer, list_people
from bottletrack.tables import Person, PersonRole
from bottletrack.vocabulary import Role
from tests.webapp.conftest import PASSWORD, Visitor, email_of

NEW = "/administrator/people/new"


@pytest.fixture
def administrator(client_for: Callable[[str], Visitor]) -> Visitor:
    return client_for(Role.ADMINISTRATOR)


def number_of(database: Database, email: str) -> int:
    with database.reading() as session:
        return session.scalars(select(Person.id).where(Person.email == email)).one()


def roles_of(database: Database, person_id: int) -> set[Role]:
    with database.reading() as session:
        return set(session.scalars(select(PersonRole.role).where(PersonRole.person_id == person_id)))


def filled(**values: Any) -> dict[str, Any]:
    return {
        "name": "Lou",
        "email": "lou@example.org",
        "language": "fr",
        "roles": ["operator"],
        "site": "SITE",
        **values,
    }


def test_a_made_up_password_is_shown_once_and_opens(
    administrator: Visitor, visitor: Visitor, database: Database
) -> None:
    page = administrator.send(NEW, filled(roles=["operator", "lead"])).text
    password = page.partition('<p class="code">')[2].partition("<")[0]
    assert len(password) == 19
    number = number_of(database, "lou@example.org")
    assert password not in administrator.get(f"/administrator/people/{number}").text
    assert roles_of(database, number) == {Role.OPERATOR, Role.LEAD}
    answer = visitor.send("/account/sign-in", {"email": "lou@example.org", "password": password})
    assert answer.status_code == 303


def test_a_typed_password_is_not_shown(administrator: Visitor, visitor: Visitor) -> None:
    answer = administrator.send(NEW, filled(password=PASSWORD), follow_redirects=True)
    assert "lou@example.org" in answer.text
    assert PASSWORD not in answer.text
    assert visitor.send("/account/sign-in", {"email": "lou@example.org", "password": PASSWORD}).status_code == 303


@pytest.mark.parametrize(
    ("wrong", "status"),
    [
        ({"name": " "}, 422),
        ({"email": "nonsense"}, 422),
        ({"email": "two words@example.org"}, 422),
        ({"email": email_of(Role.OPERATOR).upper()}, 409),
        ({"roles": []}, 422),
        ({"roles": ["king"]}, 422),
        ({"roles": ["winemaker"]}, 422),
        ({"winery": "VIG-01"}, 422),
        ({"roles": ["winemaker"], "winery": "VIG-99"}, 404),
        ({"site": "NOWHERE"}, 404),
        ({"language": "xx"}, 422),
        ({"password": "short"}, 422),
    ],
)
def test_what_makes_no_sense_is_refused_and_the_form_comes_back_filled_in(
    administrator: Visitor, database: Database, wrong: dict[str, Any], status: int
) -> None:
    answer = administrator.send(NEW, filled(**wrong))
    assert answer.status_code == status
    assert "panel-refusal" in answer.text
    assert f'value="{wrong.get("email", "lou@example.org")}"' in answer.text
    with database.reading() as session:
        assert session.scalar(select(Person.id).where(Person.email == "lou@example.org")) is None


def test_new_roles_end_the_persons_sessions(
    administrator: Visitor, client_for: Callable[[str], Visitor], database: Database
) -> None:
    operator = client_for(Role.OPERATOR)
    number = number_of(database, email_of(Role.OPERATOR))
    assert operator.get("/account/").status_code == 200
    changed = {"name": "Renamed", "roles": ["operator"]}
    administrator.send(f"/administrator/people/{number}", changed)
    assert operator.get("/account/").status_code == 200, "a new name takes no right away"
    assert "Renamed" in operator.get("/account/").text
    administrator.send(f"/administrator/people/{number}", {**changed, "roles": ["driver"], "site": "SITE"})
    assert operator.get("/account/").status_code == 303
    assert roles_of(database, number) == {Role.DRIVER}


def test_a_forgotten_password_is_replaced(
    administrator: Visitor, client_for: Callable[[str], Visitor], visitor: Visitor, database: Database
) -> None:
    operator = client_for(Role.OPERATOR)
    number = number_of(database, email_of(Role.OPERATOR))
    page = administrator.send(f"/administrator/people/{number}/password").text
    password = page.partition('<p class="code">')[2].partition("<")[0]
    assert operator.get("/account/").status_code == 303
    for tried, status in ((PASSWORD, 422), (password, 303)):
        data = {"email": email_of(Role.OPERATOR), "password": tried}
        assert visitor.send("/account/sign-in", data).status_code == status


def test_closing_and_opening_an_account(
    administrator: Visitor, client_for: Callable[[str], Visitor], visitor: Visitor, database: Database
) -> None:
    operator = client_for(Role.OPERATOR)
    number = number_of(database, email_of(Role.OPERATOR))
    administrator.send(f"/administrator/people/{number}/deactivation")
    assert operator.get("/account/").status_code == 303
    data = {"email": email_of(Role.OPERATOR), "password": PASSWORD}
    assert visitor.send("/account/sign-in", data).status_code == 422
    administrator.send(f"/administrator/people/{number}/reactivation")
    assert visitor.send("/account/sign-in", data).status_code == 303


def test_an_administrator_cannot_lock_the_door_behind_themselves(administrator: Visitor, database: Database) -> None:
    number = number_of(database, email_of(Role.ADMINISTRATOR))
    assert administrator.send(f"/administrator/people/{number}/deactivation").status_code == 422
    demoted = {"name": "Me", "roles": ["operator"]}
    assert administrator.send(f"/administrator/people/{number}", demoted).status_code == 422
    assert roles_of(database, number) == {Role.ADMINISTRATOR}


def test_another_territorys_people_do_not_exist(administrator: Visitor, database: Database) -> None:
    with database.writing() as session:
        other = add_territory(session, code="ELSEWHERE", name="Elsewhere")
        add_site(session, other, code="SITE", name="Site")
        profile = Profile("Stranger", frozenset({Role.OPERATOR}))
        number = add_person(session, installer(other), "stranger@example.org", profile, PASSWORD)
    assert "stranger@example.org" not in administrator.get("/administrator/people").text
    assert administrator.get(f"/administrator/people/{number}").status_code == 404
    for path in ("", "/password", "/deactivation", "/reactivation"):
        data = {"name": "Mine", "roles": ["operator"]}
        assert administrator.send(f"/administrator/people/{number}{path}", data).status_code == 404


def test_only_administrators_may(database: Database) -> None:
    with database.reading() as session:
        for role in set(Role) - {Role.ADMINISTRATOR}:
            with pytest.raises(NotAllowed):
                list_people(session, Actor(1, 1, frozenset({role})))
        with pytest.raises(NotFound):
            get_person(session, installer(1), 999)
