"""Who is asking: the person behind the session's cookie, or behind an API key; and at which shared device.

A session that was begun at a device is its sitting's: it ends with it, or when nobody asked for anything for as long as
the site says.
"""

import time
import uuid
from datetime import UTC, datetime
from typing import cast

from flask import Flask, g, request, session
from flask.sessions import SecureCookieSessionInterface, SessionMixin

from bottletrack.access import Actor
from bottletrack.devices import DeviceOnFile, find_device, note_seen, was_seen_lately
from bottletrack.sign_in import SignedIn, find_key_holder, find_signed_in
from bottletrack.sittings import is_open
from webapp.database import reading, writing

_PERSON, _EPOCH = "person", "epoch"
#: Of a session that was begun at a device: its sitting, the seconds after which it ends unused, and when it was used.
_SITTING, _IDLE, _USED = "sitting", "idle", "used"
#: In seconds: a session that is used all the time is not written anew with each answer.
_USED_EVERY = 30
#: Holds the device's key. Scripts cannot read it, and it never goes anywhere but to the station.
DEVICE_COOKIE = "station"
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


def remember_sitting(person: SignedIn, sitting_id: uuid.UUID, device: DeviceOnFile) -> None:
    """As `remember`, at a device: in the person's own language, and only for as long as they sit there."""
    session.clear()
    remember(person)
    session[_SITTING], session[_IDLE] = str(sitting_id), device.idle_minutes * 60
    stay_awake()


def current_sitting() -> uuid.UUID | None:
    """The sitting that this session belongs to; None for a session begun elsewhere, or none."""
    if not cookies_count() or find_person() is None or _SITTING not in session:
        return None
    return uuid.UUID(session[_SITTING])


def stay_awake() -> None:
    """Somebody has just done something: the time after which a sitting's session ends begins anew."""
    now = int(time.time())
    if _SITTING in session and now - session.get(_USED, 0) >= _USED_EVERY:
        session[_USED] = now


def renew(person: SignedIn) -> None:
    """The session in this browser goes on, after all sessions of its person were ended."""
    session[_EPOCH] = person.session_epoch
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
        ended = _SITTING in session and (_slept() or not is_open(database, uuid.UUID(session[_SITTING])))
    if person is None or ended or person.session_epoch != session.get(_EPOCH):
        session.clear()
        return None
    return person


def _slept() -> bool:
    return time.time() - float(session[_USED]) > float(session[_IDLE])


def _key_holder() -> SignedIn | None:
    with reading() as database:
        return find_key_holder(database, request.headers["Authorization"].removeprefix(_BEARER))


def find_this_device() -> DeviceOnFile | None:
    """The device whose key the request shows, looked up once a request; None for one that is not set up, or revoked."""
    if "device" not in g:
        g.device = None
        key, now = request.cookies.get(DEVICE_COOKIE), datetime.now(UTC)
        if key:
            with reading() as database:
                g.device = find_device(database, key)
        if g.device is not None and not was_seen_lately(g.device, now):
            with writing() as database:
                note_seen(database, g.device, now)
    return cast("DeviceOnFile | None", g.device)


def current_device() -> DeviceOnFile:
    """The device that asks; only for views that ask for one."""
    device = find_this_device()
    assert device is not None, "a view for anyone asked which device it is"
    return device


def leave_session_alone() -> None:
    """This answer does not renew the session's cookie.

    A station asks for things by itself: an answer that comes late must not bring back the person before.
    """
    g.session_left_alone = True


class Sessions(SecureCookieSessionInterface):
    """Flask's own, which renews the cookie with every answer, but for those in the background."""

    def should_set_cookie(self, app: Flask, session: SessionMixin) -> bool:
        """Whether this answer carries the session."""
        return session.modified or (not g.get("session_left_alone") and super().should_set_cookie(app, session))
