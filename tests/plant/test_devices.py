"""Devices, badges and sittings on both databases: who is there, who is not any more, and what nobody may."""

import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from bottletrack.access import Actor
from bottletrack.badges import (
    badges_by_email,
    change_own_pin,
    get_open_badge,
    list_badges,
    make_badge,
    revoke_badge,
    set_pin,
)
from bottletrack.devices import DeviceOnFile, find_device, list_devices, note_seen, revoke_device, set_up_device
from bottletrack.errors import BadInput, Conflict, NotAllowed, NotFound, Refusal
from bottletrack.people import deactivate
from bottletrack.sign_in import MOST_FAILURES, attempt_fits, complete_sign_in, find_signed_in
from bottletrack.sittings import (
    begin_sitting,
    count_badge_attempt,
    end_sitting,
    find_badge_holder,
    find_sitter,
    find_sitting,
    is_open,
)
from bottletrack.tables import Device, Person, Sitting
from bottletrack.vocabulary import SignInProof, Station
from tests.plant.world import World

PIN = "2580"


def set_up(world: World, by: str = "operator", *, site_id: int | None = None, name: str = "Tablette") -> str:
    with world.database.writing() as session:
        actor = world.people[by]
        return set_up_device(session, actor, site_id or world.site_id, name, Station.WASHING, world.now)


def look(world: World, key: str) -> DeviceOnFile | None:
    with world.database.reading() as session:
        return find_device(session, key)


@pytest.fixture
def device(world: World) -> DeviceOnFile:
    found = look(world, set_up(world))
    assert found is not None
    return found


def badge(world: World, who: str | Actor, *, pin: str | None = PIN) -> int:
    actor, administrator = world.people[who] if isinstance(who, str) else who, world.people["administrator"]
    with world.database.writing() as session:
        if pin:
            set_pin(session, administrator, actor.person_id, pin)
        return make_badge(session, administrator, actor.person_id, world.now)


def sit(world: World, device: DeviceOnFile, who: str, proof: SignInProof = SignInProof.PASSWORD) -> uuid.UUID:
    with world.database.writing() as session:
        return begin_sitting(session, device, world.people[who].person_id, proof, world.now)


def is_there(world: World, sitting_id: uuid.UUID) -> bool:
    with world.database.reading() as session:
        return is_open(session, sitting_id)


def name_of_sitter(world: World, device: DeviceOnFile, sitting_id: uuid.UUID) -> str | None:
    with world.database.reading() as session:
        person = find_sitter(session, device, sitting_id)
    return person.name if person else None


# Devices


def test_a_device_is_known_by_its_key_alone(world: World) -> None:
    key = set_up(world)
    found = look(world, key)
    assert found is not None
    assert (found.site_id, found.station, found.name) == (world.site_id, Station.WASHING, "Tablette")
    assert look(world, key + "x") is None
    with world.database.reading() as session:
        assert key not in session.scalars(select(Device.key_hash)).all()


@pytest.mark.parametrize(
    ("by", "site", "name", "refusal"),
    [
        ("winemaker", "site_id", "Tablette", NotAllowed),
        ("administrator", "site_id", "Tablette", NotAllowed),
        ("operator", "other_site_id", "Tablette", NotAllowed),
        ("coordinator", "stranger_site_id", "Tablette", NotFound),
        ("operator", "site_id", "  ", BadInput),
        ("operator", "site_id", "T" * 101, BadInput),
    ],
)
def test_who_may_not_set_up_which_device(world: World, by: str, site: str, name: str, refusal: type[Refusal]) -> None:
    with pytest.raises(refusal):
        set_up(world, by, site_id=getattr(world, site), name=name)


def test_set_up_again_at_the_same_site_it_is_the_same_device(world: World, device: DeviceOnFile) -> None:
    sitting_id = sit(world, device, "operator")
    with world.database.writing() as session:
        actor = world.people["lead"]
        key = set_up_device(session, actor, world.site_id, "Tablette tri", Station.SORTING, world.now, until_now=device)
    found = look(world, key)
    assert found is not None
    assert (found.id, found.name, found.station) == (device.id, "Tablette tri", Station.SORTING)
    assert name_of_sitter(world, found, sitting_id) == "operator"


def test_brought_to_another_site_it_is_another_device_and_the_old_key_is_dead(world: World) -> None:
    old = set_up(world)
    before = look(world, old)
    with world.database.writing() as session:
        actor = world.people["elsewhere"]
        new = set_up_device(session, actor, world.other_site_id, "Tablette", Station.OTHER, world.now, until_now=before)
    assert look(world, old) is None
    found = look(world, new)
    assert found is not None
    assert before is not None
    assert found.id != before.id


def test_leads_see_and_revoke_their_own_sites_devices(world: World, device: DeviceOnFile) -> None:
    elsewhere = look(world, set_up(world, "elsewhere", site_id=world.other_site_id, name="Autre"))
    assert elsewhere is not None
    with world.database.reading() as session:
        assert [found.id for found in list_devices(session, world.people["lead"])] == [device.id]
        assert {found.id for found in list_devices(session, world.people["coordinator"])} == {device.id, elsewhere.id}
        assert list_devices(session, world.stranger) == []
        with pytest.raises(NotAllowed):
            list_devices(session, world.people["operator"])
    for actor, refusal in (
        (world.people["lead"], NotFound),
        (world.stranger, NotFound),
        (world.people["operator"], NotAllowed),
    ):
        with world.database.writing() as session, pytest.raises(refusal):
            revoke_device(session, actor, elsewhere.id, world.now)


def test_a_revoked_device_seats_nobody_any_more(world: World) -> None:
    key = set_up(world)
    device = look(world, key)
    assert device is not None
    sitting_id = sit(world, device, "operator")
    with world.database.writing() as session:
        revoke_device(session, world.people["lead"], device.id, world.now)
    assert look(world, key) is None
    assert not is_there(world, sitting_id)
    with world.database.reading() as session:
        assert list_devices(session, world.people["lead"])[0].revoked_at == world.now


def test_when_a_device_was_last_seen_is_noted(world: World, device: DeviceOnFile) -> None:
    later = world.now + timedelta(hours=2)
    with world.database.writing() as session:
        note_seen(session, device, later)
    with world.database.reading() as session:
        assert list_devices(session, world.people["lead"])[0].last_seen_at == later


# Badges and PINs


def test_badge_and_pin_tell_who_it_is(world: World, device: DeviceOnFile) -> None:
    badge_id = badge(world, "operator")
    with world.database.writing() as session:
        attempt = count_badge_attempt(session, device, badge_id, world.now)
    assert not attempt_fits(attempt, "9999")
    assert attempt_fits(attempt, PIN)
    with world.database.writing() as session:
        person = complete_sign_in(session, attempt)
    assert person is not None
    assert person.id == world.people["operator"].person_id


def test_five_attempts_lock_the_account_whatever_opened_it(world: World, device: DeviceOnFile) -> None:
    badge_id = badge(world, "operator")
    for _ in range(MOST_FAILURES):
        with world.database.writing() as session:
            count_badge_attempt(session, device, badge_id, world.now)
    with world.database.writing() as session, pytest.raises(BadInput, match="closed for 15 minutes"):
        count_badge_attempt(session, device, badge_id, world.now)
    operator = world.people["operator"].person_id
    with world.database.reading() as session:
        assert session.get_one(Person, operator).locked_until is not None
    with world.database.writing() as session:
        set_pin(session, world.people["administrator"], operator, "1973")
        count_badge_attempt(session, device, badge_id, world.now)


def test_attempts_at_once_are_all_counted(world: World, device: DeviceOnFile) -> None:
    badge_id = badge(world, "operator")

    def attempt(_: int) -> bool:
        try:
            with world.database.writing() as session:
                count_badge_attempt(session, device, badge_id, world.now)
        except BadInput:
            return False
        return True

    with ThreadPoolExecutor(8) as threads:
        assert sum(threads.map(attempt, range(16))) == MOST_FAILURES


def test_a_badge_opens_nothing_but_devices_of_its_persons_site(world: World, device: DeviceOnFile) -> None:
    stranger_badge = None
    with world.database.writing() as session:
        stranger_badge = make_badge(session, world.stranger, world.stranger.person_id, world.now)
    cases: list[tuple[int, type[Refusal]]] = [
        (badge(world, "elsewhere"), NotAllowed),
        (stranger_badge, NotFound),
        (2_000_000_000, NotFound),
        (badge(world, "lead", pin=None), BadInput),
    ]
    for badge_id, refusal in cases:
        with world.database.writing() as session, pytest.raises(refusal):
            count_badge_attempt(session, device, badge_id, world.now)
    of_all_sites = badge(world, "coordinator")
    with world.database.writing() as session:
        count_badge_attempt(session, device, of_all_sites, world.now)


def test_a_revoked_badge_says_so_and_its_person_is_out(world: World, device: DeviceOnFile) -> None:
    badge_id = badge(world, "operator")
    sitting_id = sit(world, device, "operator")
    operator, administrator = world.people["operator"], world.people["administrator"]
    with world.database.reading() as session:
        before = find_signed_in(session, operator.person_id)
    with world.database.writing() as session:
        revoke_badge(session, administrator, badge_id, world.now)
    with world.database.writing() as session, pytest.raises(NotAllowed, match="revoked"):
        count_badge_attempt(session, device, badge_id, world.now)
    assert not is_there(world, sitting_id)
    with world.database.reading() as session:
        after = find_signed_in(session, operator.person_id)
        with pytest.raises(NotFound):
            get_open_badge(session, administrator, badge_id)
        assert [found.revoked_at for found in list_badges(session, administrator, operator.person_id)] == [world.now]
        # What it opened while the device was away, before, still counts.
        assert find_badge_holder(session, device, badge_id, world.now - timedelta(minutes=1)) == operator.person_id
    assert before is not None
    assert after is not None
    assert after.session_epoch > before.session_epoch


def test_a_closed_account_has_no_badge(world: World, device: DeviceOnFile) -> None:
    badge_id = badge(world, "operator")
    sitting_id = sit(world, device, "operator")
    administrator, operator = world.people["administrator"], world.people["operator"]
    with world.database.writing() as session:
        deactivate(session, administrator, operator.person_id)
    with world.database.writing() as session, pytest.raises(NotAllowed):
        count_badge_attempt(session, device, badge_id, world.now)
    with world.database.writing() as session, pytest.raises(BadInput):
        make_badge(session, administrator, operator.person_id, world.now)
    assert name_of_sitter(world, device, sitting_id) is None
    with pytest.raises(NotAllowed):
        sit(world, device, "operator")


def test_only_an_administrator_of_the_territory_makes_badges_and_pins(world: World) -> None:
    badge_id, operator = badge(world, "operator"), world.people["operator"].person_id
    for actor, refusal in (
        *((world.people[role], NotAllowed) for role in ("lead", "coordinator")),
        (world.stranger, NotFound),
    ):
        with world.database.writing() as session:
            with pytest.raises(refusal):
                make_badge(session, actor, operator, world.now)
            with pytest.raises(refusal):
                revoke_badge(session, actor, badge_id, world.now)
            with pytest.raises(refusal):
                set_pin(session, actor, operator, PIN)
            with pytest.raises(refusal):
                get_open_badge(session, actor, badge_id)
    with world.database.writing() as session, pytest.raises(BadInput):
        make_badge(session, world.people["administrator"], world.people["winemaker"].person_id, world.now)


def test_changing_ones_own_pin_ends_ones_sessions(world: World, device: DeviceOnFile) -> None:
    badge_id, operator = badge(world, "operator"), world.people["operator"]
    with world.database.writing() as session:
        before = session.get_one(Person, operator.person_id).session_epoch
        change_own_pin(session, operator, "1973")
        assert session.get_one(Person, operator.person_id).session_epoch == before + 1
        attempt = count_badge_attempt(session, device, badge_id, world.now)
    assert attempt_fits(attempt, "1973")
    assert not attempt_fits(attempt, PIN)


def test_a_demonstration_shows_the_newest_badge_that_opens(world: World) -> None:
    first, second = badge(world, "operator"), badge(world, "operator")
    administrator = world.people["administrator"]
    with world.database.writing() as session:
        email = session.get_one(Person, world.people["operator"].person_id).email
        assert badges_by_email(session, [email, "nobody@example.org"]) == {email: second}
        revoke_badge(session, administrator, second, world.now)
        session.flush()
        assert badges_by_email(session, [email]) == {email: first}


# Sittings


def test_whoever_sits_down_ends_the_sitting_before(world: World, device: DeviceOnFile) -> None:
    first = sit(world, device, "operator")
    second = sit(world, device, "lead")
    assert (is_there(world, first), is_there(world, second)) == (False, True)
    assert name_of_sitter(world, device, first) == "operator", "what the device sends later is still theirs"
    with world.database.writing() as session:
        end_sitting(session, device, world.now)
    assert not is_there(world, second)
    assert name_of_sitter(world, device, second) == "lead"


def test_a_sitting_is_its_devices_own(world: World, device: DeviceOnFile) -> None:
    other = look(world, set_up(world, name="Autre"))
    assert other is not None
    sitting_id = sit(world, device, "operator")
    assert name_of_sitter(world, other, sitting_id) is None
    sit(world, other, "lead")
    assert is_there(world, sitting_id)


@pytest.mark.parametrize("who", ["elsewhere", "winemaker", "administrator"])
def test_who_does_not_work_here_does_not_sit_here(world: World, device: DeviceOnFile, who: str) -> None:
    with pytest.raises(NotAllowed):
        sit(world, device, who)
    with world.database.writing() as session, pytest.raises(NotAllowed):
        begin_sitting(session, device, world.stranger.person_id, SignInProof.PASSWORD, world.now)


def away(world: World, device: DeviceOnFile, who: str, minutes: int, sitting_id: uuid.UUID) -> None:
    began_at = world.now + timedelta(minutes=minutes)
    person_id = world.people[who].person_id
    with world.database.writing() as session:
        begin_sitting(session, device, person_id, SignInProof.BADGE_ALONE, began_at, sitting_id)


def test_what_happened_without_a_network_takes_its_place_in_time(world: World, device: DeviceOnFile) -> None:
    before, now = sit(world, device, "operator"), uuid.uuid4()
    away(world, device, "lead", 5, now)
    assert (is_there(world, before), is_there(world, now)) == (False, True)
    online = sit(world, device, "operator")
    earlier = uuid.uuid4()
    away(world, device, "lead", -5, earlier)
    assert (is_there(world, online), is_there(world, earlier)) == (True, False)
    ahead = uuid.uuid4()
    away(world, device, "lead", 60 * 24, ahead)
    after = sit(world, device, "operator")
    assert is_there(world, after), "a device whose clock is ahead keeps nobody out"


def test_told_again_it_is_the_same_sitting_and_never_anothers(world: World, device: DeviceOnFile) -> None:
    sitting_id = uuid.uuid4()
    for _ in range(2):
        away(world, device, "operator", 1, sitting_id)
    with world.database.reading() as session:
        assert session.scalars(select(Sitting.id).where(Sitting.device_id == device.id)).all() == [sitting_id]
    with pytest.raises(Conflict):
        away(world, device, "lead", 1, sitting_id)
    other = look(world, set_up(world, name="Autre"))
    assert other is not None
    with pytest.raises(Conflict):
        away(world, other, "operator", 1, sitting_id)


def test_two_tabs_that_tell_of_a_sitting_at_once_make_one(world: World, device: DeviceOnFile) -> None:
    sitting_id = uuid.uuid4()
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda _: away(world, device, "operator", 1, sitting_id), range(8)))
    with world.database.reading() as session:
        assert find_sitting(session, device, sitting_id) is not None


def test_somebody_who_moved_to_another_site_still_owns_what_they_did(world: World, device: DeviceOnFile) -> None:
    sitting_id = sit(world, device, "operator")
    with world.database.writing() as session:
        session.execute(
            update(Person).where(Person.id == world.people["operator"].person_id).values(site_id=world.other_site_id)
        )
    assert name_of_sitter(world, device, sitting_id) == "operator"
    with pytest.raises(NotAllowed):
        sit(world, device, "operator")
