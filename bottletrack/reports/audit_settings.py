"""The audit of what sites decide for themselves: settings are what their changes made them, and each rule was kept as
it stood when the event was recorded, not as it stands today.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

from sqlalchemy import select
from sqlalchemy.orm import Session

from bottletrack.identifiers import show_code
from bottletrack.settings import DEFECT, YES, Change, Value, find_changes, find_settings, find_value, value_at
from bottletrack.tables import Event, Lot, LotState, Movement, Site
from bottletrack.vocabulary import EventKind, Stage

_Found = tuple[str, dict[str, object]]


class _Rules:
    """What the rules of a territory's sites said at any event."""

    def __init__(self, session: Session, territory_id: int) -> None:
        self.sites = dict(session.execute(select(Site.id, Site.code).where(Site.territory_id == territory_id)).all())
        self.settings = {site_id: find_settings(session, site_id) for site_id in self.sites}
        self.changes = {site_id: _by_setting(find_changes(session, site_id)) for site_id in self.sites}

    def at(self, site_id: int, sequence: int, name: str) -> str:
        """The rule's value when the site recorded its event of this number."""
        return str(value_at(self.changes[site_id].get(name, ()), sequence, self.settings[site_id][name]))


def _by_setting(changes: Sequence[Change]) -> Mapping[str, Sequence[Change]]:
    found: dict[str, list[Change]] = defaultdict(list)
    for change in changes:
        found[change.setting].append(change)
    return found


def check_deliveries(session: Session, territory_id: int) -> Iterator[_Found]:
    """I5: no delivery later after the wash than the site allowed then, in the calendar's own arithmetic, save where
    quality waived it; and none without a new code where the site asked for one.
    """
    rules = _Rules(session, territory_id)
    for code, site_id, washed_on, waived_until, day, sequence, stage in session.execute(
        select(
            Lot.code,
            Lot.site_id,
            Lot.washed_on,
            Lot.waived_until,
            Movement.happened_on,
            Event.sequence,
            LotState.stage,
        )
        .join(Movement, Movement.from_place_id == Lot.id)
        .join(Event, Event.id == Movement.event_id)
        .outerjoin(LotState, (LotState.event_id == Event.id) & (LotState.lot_id == Lot.id))
        .where(Lot.territory_id == territory_id, Movement.kind == EventKind.DELIVERED)
    ):
        said = {"lot": show_code(code), "day": day}
        most_days = int(rules.at(site_id, sequence, "max_age_days"))
        waived = waived_until is not None and day <= waived_until
        if washed_on is None or ((day - washed_on).days > most_days and not waived):
            yield "Lot %(lot)s was delivered on %(day)s, too long after its wash.", said
        if stage is Stage.RELEASED and rules.at(site_id, sequence, "relabeling_required") == YES:
            yield "Lot %(lot)s was delivered on %(day)s without a new code.", said


def check_passes(session: Session, territory_id: int) -> Iterator[_Found]:
    """I8: rework was washed again only while it had had fewer passes than the site allowed then."""
    rules = _Rules(session, territory_id)
    for code, site_id, passes, sequence in session.execute(
        select(Lot.code, Lot.site_id, Lot.pass_number, Event.sequence)
        .join(Movement, Movement.from_place_id == Lot.id)
        .join(Event, Event.id == Movement.event_id)
        .join(LotState, (LotState.event_id == Event.id) & (LotState.lot_id == Lot.id))
        .where(
            Lot.territory_id == territory_id,
            Movement.kind == EventKind.RUN_LOADED,
            LotState.stage == Stage.REWORK,
        )
    ):
        most = int(rules.at(site_id, sequence, "max_passes"))
        if passes >= most:
            yield (
                "Lot %(lot)s had been washed %(passes)s times, and was loaded where %(most)s are allowed.",
                {"lot": show_code(code), "passes": passes, "most": most},
            )


def check_settings(session: Session, territory_id: int) -> Iterator[_Found]:
    """Every setting is what its last change made it, and each change began where the one before it ended."""
    rules = _Rules(session, territory_id)
    for site_id, site in rules.sites.items():
        for name, changes in rules.changes[site_id].items():
            for earlier, later in pairwise(changes):
                if earlier.after != later.before:
                    yield (
                        "Change %(event)s of setting %(setting)s does not begin where the one before it ended.",
                        {"event": later.event_id, "setting": name},
                    )
            if find_value(session, site_id, name) != changes[-1].after:
                yield _differs(site, name, find_value(session, site_id, name), changes[-1].after)
        for name, value in rules.settings[site_id].items():
            # A site departs from the reference list of defects only by a change.
            if name.startswith(DEFECT.name("")) and name not in rules.changes[site_id]:
                yield _differs(site, name, value, None)


def _differs(site: str, setting: str, says: Value, made: Value) -> _Found:
    return (
        "Setting %(setting)s of site %(site)s is %(says)s; its changes made it %(made)s.",
        {"site": site, "setting": setting, "says": says, "made": made},
    )
