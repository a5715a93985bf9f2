"""Who is there: a device is set up once; a badge and its PIN, or a password, then begin a sitting at it."""

import uuid
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from flask import Response, current_app, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import generate_csrf
from sqlalchemy import select
from sqlalchemy.orm import Session

from bottletrack.access import Actor, Permission, may
from bottletrack.badges import read_token
from bottletrack.devices import DeviceOnFile, set_up_device
from bottletrack.errors import BadInput, NotFound
from bottletrack.sign_in import SignedIn, attempt_fits, complete_sign_in
from bottletrack.sittings import begin_sitting, count_badge_attempt, end_sitting, find_sitting
from bottletrack.tables import Site
from bottletrack.vocabulary import SignInProof, Station
from webapp.config import secret_of, settings_of
from webapp.database import reading, writing
from webapp.security import allow_anyone, allow_device, allow_program
from webapp.shapes import BODY, Shape, read_as
from webapp.signed_in import (
    DEVICE_COOKIE,
    current_actor,
    current_device,
    current_sitting,
    find_person,
    find_this_device,
    forget,
    leave_session_alone,
    remember_sitting,
)
from webapp.station.blueprint import blueprint

#: As long as browsers keep a cookie at most; each sign-in begins it anew.
_KEPT_FOR = timedelta(days=400)


@read_as(BODY)
@dataclass(frozen=True)
class NewDevice:
    """What this device will be. `site`: its code, for somebody who works at several."""

    name: str
    station: Station
    site: str | None = None


@dataclass(frozen=True)
class DeviceHere:
    """What this device is. `site`: its code."""

    site: str
    site_name: str
    station: Station
    name: str


@read_as(BODY)
@dataclass(frozen=True)
class Shown:
    """What somebody showed: the token of their badge, and their PIN. Nothing: they signed in with their password."""

    badge: str | None = None
    pin: str | None = None


@dataclass(frozen=True)
class PersonHere:
    """Who sits at the device, and what they may do."""

    name: str
    language: str
    permissions: tuple[Permission, ...]


@dataclass(frozen=True)
class SittingHere:
    """The sitting that has begun. `began_at`: by the server's clock."""

    id: uuid.UUID
    proof: SignInProof
    began_at: datetime
    person: PersonHere


@dataclass(frozen=True)
class SiteHere:
    """A site where somebody may set a device up."""

    code: str
    name: str


@dataclass(frozen=True)
class Me:
    """Which device this is and who sits at it, as far as the server knows; `csrf` is for its ordinary forms.

    `person`: who is signed in in this browser, be it without a sitting; `sites`: where they may set a device up.
    `over`: the sitting that was asked about (`?sitting=`) has ended, on whatever page.
    """

    device: DeviceHere | None
    sitting: SittingHere | None
    person: PersonHere | None
    sites: tuple[SiteHere, ...]
    over: bool
    csrf: str


_NEW_DEVICE: Shape[NewDevice] = Shape(NewDevice)
_DEVICE: Shape[DeviceHere] = Shape(DeviceHere)
_SHOWN: Shape[Shown] = Shape(Shown)
_SITTING: Shape[SittingHere] = Shape(SittingHere)
_ME: Shape[Me] = Shape(Me)


@blueprint.get("/me")
@allow_anyone
def me() -> ResponseReturnValue:
    """What the program asks when it opens."""
    leave_session_alone()
    device, person, sitting_id = find_this_device(), find_person(), current_sitting()
    here = Me(
        device=_device_here(device) if device else None,
        sitting=_sitting_here(device, person, sitting_id) if device and person and sitting_id else None,
        person=_person_here(person) if person else None,
        sites=_sites_to_set_up(person.actor) if person else (),
        over=device is not None and _is_over(device, request.args.get("sitting", "")),
        csrf=generate_csrf(),
    )
    return _json(_ME.write(here))


@blueprint.post("/device")
@allow_program(Permission.SET_UP_DEVICE)
def set_up() -> ResponseReturnValue:
    """Makes this browser a device of a site, and gives it its key in a cookie."""
    wanted, now = _NEW_DEVICE.read_body(), datetime.now(UTC)
    actor, before = current_actor(), find_this_device()
    with writing() as session:
        site_id = _site(session, actor, wanted.site)
        key = set_up_device(session, actor, site_id, wanted.name, wanted.station, now, until_now=before)
        code, name = session.execute(select(Site.code, Site.name).where(Site.id == site_id)).one()
    response = _json(_DEVICE.write(DeviceHere(code, name, wanted.station, wanted.name.strip())), 201)
    return _with_key(response, key)


@blueprint.post("/sitting")
@allow_device
def sit_down() -> ResponseReturnValue:
    """Begins a sitting and the ordinary session with it, in place of whoever sat here before."""
    shown, device = _SHOWN.read_body(), current_device()
    if shown.badge is None:
        return _sat_down(device, *_sitting_by_password(device))
    person = _badge_holder(device, shown.badge, shown.pin or "")
    return _sat_down(device, person, _begin(device, person, SignInProof.BADGE_AND_PIN))


@blueprint.delete("/sitting")
@allow_device
def get_up() -> ResponseReturnValue:
    """Ends the sitting and the session with it."""
    with writing() as session:
        end_sitting(session, current_device(), datetime.now(UTC))
    forget()
    return Response(status=204)


def _badge_holder(device: DeviceOnFile, token: str, pin: str) -> SignedIn:
    """Whose badge this is, once the PIN fits. Raises BadInput, NotFound, NotAllowed."""
    badge_id = read_token(token, secret_of(settings_of()))
    if badge_id is None:
        raise BadInput("This is not a badge of this network.", "Scan the code on your badge again.", field="badge")
    with writing() as session:
        attempt = count_badge_attempt(session, device, badge_id, datetime.now(UTC))
    # Outside of any transaction: the slow look at the PIN must not hold up the stations.
    person = None
    if attempt_fits(attempt, pin):
        with writing() as session:
            person = complete_sign_in(session, attempt)
    if person is None:
        raise BadInput(
            "Badge and PIN do not fit together.",
            "Try again. Five errors in a row: wait 15 minutes.",
            field="pin",
        )
    return person


def _sitting_by_password(device: DeviceOnFile) -> tuple[SignedIn, uuid.UUID]:
    """The sitting of who signed in with a password in this browser; asked again, it is the same one."""
    person, sitting_id = find_person(), current_sitting()
    if person is None:
        raise BadInput(
            "Nobody has shown who they are.", "Scan your badge, or sign in with your password.", field="badge"
        )
    if sitting_id is not None:
        with reading() as session:
            if find_sitting(session, device, sitting_id) is not None:
                return person, sitting_id
    return person, _begin(device, person, SignInProof.PASSWORD)


def _begin(device: DeviceOnFile, person: SignedIn, proof: SignInProof) -> uuid.UUID:
    with writing() as session:
        return begin_sitting(session, device, person.id, proof, datetime.now(UTC))


def _sat_down(device: DeviceOnFile, person: SignedIn, sitting_id: uuid.UUID) -> Response:
    remember_sitting(person, sitting_id, device)
    sitting = _sitting_here(device, person, sitting_id)
    assert sitting is not None, "a sitting that has just begun is there"
    response = _json(_SITTING.write(sitting), 201)
    return _with_key(response, request.cookies[DEVICE_COOKIE])


def _sitting_here(device: DeviceOnFile, person: SignedIn, sitting_id: uuid.UUID) -> SittingHere | None:
    with reading() as session:
        sitting = find_sitting(session, device, sitting_id)
    if sitting is None:
        return None
    return SittingHere(sitting.id, sitting.proof, sitting.began_at, _person_here(person))


def _person_here(person: SignedIn) -> PersonHere:
    allowed = tuple(permission for permission in Permission if may(person.actor, permission))
    return PersonHere(person.name, person.language, allowed)


def _is_over(device: DeviceOnFile, text: str) -> bool:
    """Whether it has ended. One that this device began without a network, and has not told of yet, has not."""
    try:
        sitting_id = uuid.UUID(text)
    except ValueError:
        return False
    with reading() as session:
        sitting = find_sitting(session, device, sitting_id)
    return sitting is not None and sitting.ended_at is not None


def _device_here(device: DeviceOnFile) -> DeviceHere:
    return DeviceHere(device.site_code, device.site_name, device.station, device.name)


def _sites_to_set_up(actor: Actor) -> tuple[SiteHere, ...]:
    if not may(actor, Permission.SET_UP_DEVICE):
        return ()
    own = (Site.territory_id == actor.territory_id, *(() if actor.site_id is None else (Site.id == actor.site_id,)))
    with reading() as session:
        rows = session.execute(select(Site.code, Site.name).where(*own).order_by(Site.code)).all()
    return tuple(SiteHere(*row) for row in rows)


def _site(session: Session, actor: Actor, code: str | None) -> int:
    """The site of this code, else the person's own. Raises BadInput, NotFound."""
    own = select(Site.id).where(Site.territory_id == actor.territory_id)
    if code is not None:
        site_id = session.scalar(own.where(Site.code == code))
        if site_id is None:
            raise NotFound("There is no such site.", "Choose a site of your territory.", field="site")
        return site_id
    sites = [actor.site_id] if actor.site_id else session.scalars(own.limit(2)).all()
    if len(sites) != 1:
        raise BadInput("No site was chosen.", "Choose the site where this device stands.", field="site")
    return sites[0]


def _json(body: bytes, status: int = 200) -> Response:
    return Response(body, status, mimetype="application/json")


def _with_key(response: Response, key: str) -> Response:
    response.set_cookie(
        DEVICE_COOKIE,
        key,
        max_age=_KEPT_FOR,
        path=f"{request.script_root}{blueprint.url_prefix}",
        secure=current_app.config["SESSION_COOKIE_SECURE"],
        httponly=True,
        samesite="Strict",
    )
    return response
