"""Sittings: one person at one device, from showing who they are to the next one's turn.

A sitting says whose scans are those that a device brings, also hours later; whether its person is still there is
another question, which `is_open` answers. A wrong PIN counts towards the same lock as a wrong password.
"""

import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from bottletrack.access import Permission, require
from bottletrack.devices import DeviceOnFile
from bottletrack.errors import BadInput, Conflict, NotAllowed, NotFound
from bottletrack.scans import CLOCK_TOLERANCE_SECONDS
from bottletrack.sign_in import LOCKED_FOR, Attempt, SignedIn, count_try, find_signed_in
from bottletrack.tables import Badge, Device, Person, Sitting
from bottletrack.vocabulary import SignInProof


@dataclass(frozen=True)
class SittingOnFile:
    """A sitting of a device. `ended_at` None: nobody has sat down there since, or signed out."""

    id: uuid.UUID
    person_id: int
    proof: SignInProof
    began_at: datetime
    ended_at: datetime | None

    def was_open(self, moment: datetime) -> bool:
        """Whether its person sat there then, as far as two clocks agree: nobody signs for who has left."""
        return self.ended_at is None or (moment - self.ended_at).total_seconds() <= CLOCK_TOLERANCE_SECONDS


def count_badge_attempt(session: Session, device: DeviceOnFile, badge_id: int, now: datetime) -> Attempt:
    """Counts an attempt with this badge before its PIN is looked at, outside of this transaction (`attempt_fits`).

    Raises NotFound, NotAllowed for a badge that does not open this device, BadInput without a PIN or while locked.
    Whoever holds a signed badge is told more than a stranger who types a password.
    """
    person = _holder(session, device, badge_id, now)
    # Attempts of several devices are counted one after the other.
    session.refresh(person, with_for_update=True)
    if person.pin_hash is None:
        raise BadInput(
            "No PIN goes with this badge yet.",
            "Sign in with your password, and choose a PIN at “My account”.",
            field="pin",
        )
    if not count_try(session, person, now):
        raise BadInput(
            "This account is closed for %(minutes)s minutes after five wrong attempts.",
            "Wait, or ask an administrator for a new PIN.",
            field="pin",
            minutes=LOCKED_FOR.seconds // 60,
        )
    return Attempt(person.id, person.pin_hash)


def find_badge_holder(session: Session, device: DeviceOnFile, badge_id: int, at: datetime) -> int:
    """The person whom this badge named at that moment, at a device that could not ask for the PIN.

    Raises NotFound, NotAllowed.
    """
    return _holder(session, device, badge_id, at).id


def begin_sitting(
    session: Session,
    device: DeviceOnFile,
    person_id: int,
    proof: SignInProof,
    began_at: datetime,
    sitting_id: uuid.UUID | None = None,
) -> uuid.UUID:
    """This person sits at the device, and whoever sat there before does not any more. Raises NotAllowed, Conflict.

    `sitting_id`: the device's own, from when it was offline; told again, it is the same sitting. Such a one only ends
    those that began before it, for somebody may have sat down since.
    """
    # One after the other: two tabs may tell of the same sitting at once.
    session.get_one(Device, device.id, with_for_update=True)
    known = session.get(Sitting, sitting_id) if sitting_id else None
    if known is not None:
        if (known.device_id, known.person_id) != (device.id, person_id):
            raise Conflict("This sitting is another person's already.", "Sign in again on the device.")
        return known.id
    person = find_signed_in(session, person_id)
    if person is None:
        raise NotAllowed("This account is closed.", "Ask an administrator to open it again.")
    _require_seat(device, person)
    here, offline = Sitting.device_id == device.id, proof is SignInProof.BADGE_ALONE
    before = (here, Sitting.ended_at.is_(None), *((Sitting.began_at <= began_at,) if offline else ()))
    session.execute(update(Sitting).where(*before).values(ended_at=began_at))
    after = select(func.min(Sitting.began_at)).where(here, Sitting.began_at > began_at)
    sitting = Sitting(
        id=sitting_id or uuid.uuid4(),
        device_id=device.id,
        person_id=person_id,
        proof=proof,
        began_at=began_at,
        ended_at=session.scalar(after) if offline else None,
    )
    session.add(sitting)
    session.flush()
    return sitting.id


def end_sitting(session: Session, device: DeviceOnFile, now: datetime) -> None:
    """Nobody sits at the device any more."""
    session.execute(
        update(Sitting).where(Sitting.device_id == device.id, Sitting.ended_at.is_(None)).values(ended_at=now)
    )


def leave_sitting(session: Session, sitting_id: uuid.UUID, now: datetime) -> None:
    """Its person went away from another page than the station's."""
    session.execute(update(Sitting).where(Sitting.id == sitting_id, Sitting.ended_at.is_(None)).values(ended_at=now))


def find_sitter(session: Session, device: DeviceOnFile, sitting_id: uuid.UUID) -> SignedIn | None:
    """Whose scans those of this sitting are; None for an unknown sitting, another device's, or a closed account."""
    sitting = find_sitting(session, device, sitting_id)
    return find_signed_in(session, sitting.person_id) if sitting else None


def find_sitting(session: Session, device: DeviceOnFile, sitting_id: uuid.UUID) -> SittingOnFile | None:
    """A sitting of this device, ended ones too."""
    row = session.execute(
        select(Sitting.id, Sitting.person_id, Sitting.proof, Sitting.began_at, Sitting.ended_at).where(
            Sitting.id == sitting_id, Sitting.device_id == device.id
        )
    ).one_or_none()
    return SittingOnFile(*row) if row else None


def is_open(session: Session, sitting_id: uuid.UUID) -> bool:
    """Whether somebody still sits there: a device that was revoked seats nobody."""
    return bool(
        session.scalar(
            select(func.count())
            .select_from(Sitting)
            .join(Device, Device.id == Sitting.device_id)
            .where(Sitting.id == sitting_id, Sitting.ended_at.is_(None), Device.revoked_at.is_(None))
        )
    )


def _holder(session: Session, device: DeviceOnFile, badge_id: int, at: datetime) -> Person:
    badge = session.get(Badge, badge_id)
    person = session.get(Person, badge.person_id) if badge else None
    if badge is None or person is None or person.territory_id != device.territory_id:
        raise NotFound("This badge is not of this network.", "Use a badge that was made here.", field="badge")
    if not person.active or (badge.revoked_at is not None and badge.revoked_at <= at):
        raise NotAllowed(
            "This badge was revoked: it opens nothing any more.",
            "Use your newer badge, or ask an administrator for one.",
            field="badge",
        )
    if person.site_id not in (None, device.site_id):
        raise _wrong_site()
    return person


def _require_seat(device: DeviceOnFile, person: SignedIn) -> None:
    if person.territory_id != device.territory_id or person.site_id not in (None, device.site_id):
        raise _wrong_site()
    require(person.actor, Permission.SEE_PLANT)


def _wrong_site() -> NotAllowed:
    return NotAllowed(
        "This device stands at another site than yours.",
        "Use a device of your site, or ask an administrator to change your site.",
        field="badge",
    )
