"""Who is asking: the person behind the session's cookie, or behind an API key."""

from typing import cast

from flask import g, request, session

from bottletrack.access import Actor
from bottletrack.sign_in import SignedIn, find_key_holder, find_signed_in
from webapp.database import reading

_PERSON, _EPOCH = "person", "epoch"
_BEARER = "Bearer "


def find_person() -> SignedIn | None:
    """The person who is signed in, looked up once a request; None for anybody else."""
    if "person" not in g:
        # Where the look-up fails, the answer that says so must not ask again.
        g.person = None
        if brings_key():
            g.person = _key_holder()
        else:
            g.person = _session_holder() if cookies_count() else None
    return cast("SignedIn | None", g.person)


def current_person() -> SignedIn:
    """The person who is signed in; only for views that ask for one."""
    person = find_person()
    assert person is not None, "a view for anyone asked who is signed in"
    return person


def current_actor() -> Actor:
    """Who acts, as the plant's verbs want to know it."""
    return current_person().actor


def brings_key() -> bool:
    """Whether the request shows an API key. Its cookies then count for nothing."""
    return request.headers.get("Authorization", "").startswith(_BEARER)


def ignore_cookies() -> None:
    """For this request only a key tells who is asking."""
    g.cookies_ignored = True


def cookies_count() -> bool:
    """Whether the session's cookie tells who is asking: a browser sends it by itself, whoever made it ask."""
    return not brings_key() and not g.get("cookies_ignored", False)


def remember(person: SignedIn) -> None:
    """Begin a session for this person, with nothing left of the one before but its language."""
    language = session.get("language")
    forget()
    session.permanent = True
    session[_PERSON], session[_EPOCH] = person.id, person.session_epoch
    if language:
        session["language"] = language
    g.person = person


def forget() -> None:
    """End the session in this browser."""
    session.clear()
    g.person = None


def _session_holder() -> SignedIn | None:
    number = session.get(_PERSON)
    if number is None:
        return None
    with reading() as database:
        person = find_signed_in(database, number)
    if person is None or person.session_epoch != session.get(_EPOCH):
        session.clear()
        return None
    return person


def _key_holder() -> SignedIn | None:
    with reading() as database:
        return find_key_holder(database, request.headers["Authorization"].removeprefix(_BEARER))
