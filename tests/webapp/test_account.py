"""Signing in and out, lockout, passwords, keys: as a browser does it."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update
from werkzeug.test import TestResponse

from bottletrack import passwords
from bottletrack.database import Database
from bottletrack.sign_in import LOCKED_FOR, MOST_FAILURES
from bottletrack.tables import ApiToken, Person
from bottletrack.vocabulary import Role
from tests.webapp.conftest import PASSWORD, Visitor, email_of

SIGN_IN = "/account/sign-in"
OPERATOR = email_of(Role.OPERATOR)
ADMINISTRATOR = email_of(Role.ADMINISTRATOR)


def sign_in(visitor: Visitor, email: str = ADMINISTRATOR, password: str = PASSWORD, **more: str) -> TestResponse:
    return visitor.send(SIGN_IN, {"email": email, "password": password, **more})


def is_in(visitor: Visitor) -> bool:
    return visitor.get("/account/").status_code == 200


def test_signing_in_and_out(visitor: Visitor) -> None:
    assert visitor.get("/account/").location == f"{SIGN_IN}?next=/account/"
    answer = sign_in(visitor, f"  {ADMINISTRATOR.upper()} ", next="/account/")
    assert (answer.status_code, answer.location) == (303, "/account/")
    assert is_in(visitor)
    visitor.send("/account/sign-out")
    assert not is_in(visitor)


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example", "/\\evil.example"])
def test_signing_in_never_leads_to_a_strangers_page(visitor: Visitor, target: str) -> None:
    assert sign_in(visitor, next=target).location == "/"
    assert visitor.get(SIGN_IN, query_string={"next": target}).location == "/"


def test_a_session_begun_before_signing_in_is_not_the_one_after(visitor: Visitor) -> None:
    visitor.get(SIGN_IN)
    with visitor.session_transaction() as before:
        planted = before["csrf_token"]
        before["planted"] = "by somebody else"
    sign_in(visitor)
    visitor.get("/account/")
    with visitor.session_transaction() as after:
        assert "planted" not in after
        assert after["csrf_token"] != planted


def test_unknown_and_known_accounts_are_answered_alike(visitor: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    looked_at: list[str | None] = []

    def look(known: str | None, password: str) -> bool:
        looked_at.append(known)
        return passwords.password_fits(known, password)

    monkeypatch.setattr("bottletrack.sign_in.password_fits", look)
    known, unknown = sign_in(visitor, OPERATOR, "wrong"), sign_in(visitor, "nobody@example.org", "wrong")
    assert known.status_code == unknown.status_code == 422
    hide = {OPERATOR: "…", "nobody@example.org": "…"}
    pages = [answer.text for answer in (known, unknown)]
    for address, hidden in hide.items():
        pages = [page.replace(address, hidden) for page in pages]
    assert _without_tokens(pages[0]) == _without_tokens(pages[1])
    # Both cost one look at an argon2 hash of the same parameters: the unknown one's is nobody's.
    assert (looked_at[0] or "").startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    assert looked_at[1] is None
    assert passwords._NOBODYS_HASH.startswith("$argon2id$v=19$m=65536,t=3,p=4$")


def _without_tokens(page: str) -> str:
    return "\n".join(line for line in page.splitlines() if "csrf_token" not in line)


def test_nobodys_hash_is_really_computed() -> None:
    """A malformed one would be refused in no time, and tell unknown accounts apart."""
    from argon2 import PasswordHasher
    from argon2.exceptions import VerifyMismatchError

    with pytest.raises(VerifyMismatchError):
        PasswordHasher().verify(passwords._NOBODYS_HASH, "anything")


def test_five_failures_lock_for_a_quarter_of_an_hour(visitor: Visitor, database: Database) -> None:
    for _ in range(MOST_FAILURES):
        assert sign_in(visitor, password="wrong").status_code == 422
    assert sign_in(visitor).status_code == 422, "locked: the right password does not help"
    assert timedelta(minutes=14) < _locked_for(database) <= LOCKED_FOR
    with database.writing() as session:
        session.execute(update(Person).values(locked_until=datetime.now(UTC) - timedelta(seconds=1)))
    assert sign_in(visitor, password="wrong").status_code == 422
    assert sign_in(visitor).status_code == 303, "one failure after the lock does not lock again"


def test_success_forgets_failures(visitor: Visitor, database: Database) -> None:
    for _ in range(MOST_FAILURES - 1):
        sign_in(visitor, password="wrong")
    assert sign_in(visitor).status_code == 303
    with database.reading() as session:
        row = session.execute(
            select(Person.failed_sign_ins, Person.locked_until).where(Person.email == ADMINISTRATOR)
        ).one()
    assert tuple(row) == (0, None)


def _locked_for(database: Database) -> timedelta:
    with database.reading() as session:
        until = session.scalar(select(Person.locked_until).where(Person.email == ADMINISTRATOR))
    assert until is not None
    return until - datetime.now(UTC)


def test_a_new_password_ends_all_other_sessions(client_for: Callable[[str], Visitor]) -> None:
    here, elsewhere = client_for(Role.ADMINISTRATOR), client_for(Role.ADMINISTRATOR)
    assert is_in(elsewhere)
    new = {"old_password": PASSWORD, "password": "une autre phrase secrète"}
    assert here.send("/account/password", new).status_code == 303
    assert is_in(here)
    assert not is_in(elsewhere)
    here.send("/account/sign-out")
    assert sign_in(here).status_code == 422
    assert sign_in(here, password="une autre phrase secrète").status_code == 303


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("not the old one", "une autre phrase secrète"),
        (PASSWORD, "short"),
        (PASSWORD, ADMINISTRATOR),
        (PASSWORD, "administrator"),
        (PASSWORD, "aaaaaaaaaaaaaa"),
        (PASSWORD, "x1y2z3" * 40),
    ],
)
def test_bad_passwords_are_refused(client_for: Callable[[str], Visitor], old: str, new: str) -> None:
    client = client_for(Role.ADMINISTRATOR)
    answer = client.send("/account/password", {"old_password": old, "password": new})
    assert answer.status_code == 422
    assert "panel-refusal" in answer.text
    assert sign_in(client, password=PASSWORD).status_code in (302, 303)


def test_signing_out_everywhere(client_for: Callable[[str], Visitor]) -> None:
    here, elsewhere = client_for(Role.ADMINISTRATOR), client_for(Role.ADMINISTRATOR)
    here.send("/account/sign-out-everywhere")
    assert not is_in(here)
    assert not is_in(elsewhere)


def test_a_closed_account_is_out_at_once(client_for: Callable[[str], Visitor], database: Database) -> None:
    client = client_for(Role.ADMINISTRATOR)
    with database.writing() as session:
        session.execute(update(Person).where(Person.email == ADMINISTRATOR).values(active=False))
    assert not is_in(client)
    assert sign_in(client).status_code == 422


def test_a_session_ends_after_twelve_idle_hours(visitor: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    sign_in(visitor)
    assert is_in(visitor)
    later = datetime.now(UTC) + timedelta(hours=12, minutes=1)
    monkeypatch.setattr("itsdangerous.timed.TimestampSigner.get_timestamp", lambda _signer: int(later.timestamp()))
    assert not is_in(visitor)


def test_a_key_opens_until_it_is_revoked(
    client_for: Callable[[str], Visitor], visitor: Visitor, database: Database
) -> None:
    client = client_for(Role.ADMINISTRATOR)
    page = client.send("/account/keys").text
    key = page[page.index("bt_") :].partition("<")[0]
    assert key not in client.get("/account/").text
    with_key = {"Authorization": f"Bearer {key}"}
    assert visitor.get("/administrator/people", headers=with_key).status_code == 200
    # A browser never sends a key by itself, so a change with one needs no token.
    assert visitor.post("/administrator/people/new", headers=with_key).status_code == 422
    assert visitor.get("/administrator/people", headers={"Authorization": f"Bearer {key}x"}).status_code == 303
    with database.reading() as session:
        number, kept = session.execute(select(ApiToken.id, ApiToken.token_hash)).one()
    assert key not in kept
    client.send(f"/account/keys/{number}/revocation")
    assert visitor.get("/administrator/people", headers=with_key).status_code == 303


def test_a_wrong_key_is_not_helped_by_a_cookie(client_for: Callable[[str], Visitor]) -> None:
    client = client_for(Role.ADMINISTRATOR)
    assert client.post("/account/keys", headers={"Authorization": "Bearer wrong"}).status_code == 303


def test_nobody_revokes_anothers_key(client_for: Callable[[str], Visitor], database: Database) -> None:
    client_for(Role.ADMINISTRATOR).send("/account/keys")
    with database.reading() as session:
        number = session.scalars(select(ApiToken.id)).one()
    assert client_for(Role.OPERATOR).send(f"/account/keys/{number}/revocation").status_code == 404


def test_the_language_is_kept_for_the_person(client_for: Callable[[str], Visitor], visitor: Visitor) -> None:
    assert '<html lang="fr"' in visitor.get(SIGN_IN).text
    assert visitor.send("/account/language", {"language": "en", "next": SIGN_IN}).location == SIGN_IN
    assert '<html lang="en"' in visitor.get(SIGN_IN).text
    assert visitor.send("/account/language", {"language": "xx"}).status_code == 422
    client_for(Role.OPERATOR).send("/account/language", {"language": "en"})
    assert '<html lang="en"' in client_for(Role.OPERATOR).get("/account/").text
