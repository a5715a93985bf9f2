"""Roads between the two sites, other operators, settings, hours, and time that goes by."""

from dataclasses import replace
from decimal import Decimal
from typing import Any
from uuid import UUID

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule
from sqlalchemy import select

from bottletrack.scans import Recorded
from bottletrack.stations import hours, settings, transfer
from bottletrack.tables import Transit
from bottletrack.vocabulary import DefectClass, MeasuredAt, Role, Stage, Station
from tests.plant.walks.model import Effect, Lot, Road, difference_of
from tests.plant.walks.walker import ANY, PEOPLE, READY, SHARE, Walker, astray, at
from tests.plant.world import Verb

#: Not in the middle of a station's work.
STAY = {Stage.EXPECTED, Stage.VOIDED, Stage.PRESOAKING, Stage.IN_QUALITY_CONTROL, Stage.TRIAL}
SETTINGS = st.sampled_from(
    [
        ("max_age_days", "20"),
        ("max_age_days", "40"),
        ("max_passes", "1"),
        ("max_passes", "3"),
        ("reading_interval_minutes", "60"),
        ("reading_interval_minutes", "5"),
    ]
)


#: Rows of a site's lists; what walkers look at themselves is the temperature's lowest value.
ROWS: list[tuple[Verb, Any]] = [
    (settings.record_defect_change, settings.DefectChange("MI05", False, DefectClass.MINOR, "never seen")),
    (settings.record_washer_change, settings.WasherChange("L2", "Second line", 320, 95, "bought")),
    (
        settings.record_container_type_change,
        settings.ContainerTypeChange("PAL9", "Palette 9", "Pallet 9", 900, True, "new ones"),
    ),
]
LOWEST = st.sampled_from(["70", "78", "79"])


class Connecting(Walker):
    def __init__(self) -> None:
        super().__init__()
        #: What was handed over by an event: the lot as it was, its site, and bottles that are still away.
        self.away: dict[UUID, tuple[str, Lot, int]] = {}

    @at(Stage.SORTED, *READY, Stage.WASHED, Stage.RETURNED)
    @rule(number=ANY, share=SHARE, by=PEOPLE)
    def send(self, number: int, share: int, by: str) -> None:
        code = self.pick(number, Stage.SORTED, *READY, Stage.WASHED, Stage.RETURNED)
        lot, quantity = self.model.lots[code], self.some(code, share)
        other = self.sites[lot.site_id == self.sites[0]]

        def effect(recorded: Recorded) -> Effect:
            assert lot.stage not in STAY
            assert 0 < quantity <= self.model.free(code)
            with self.world.database.reading() as session:
                road = session.scalars(select(Transit.id).where(Transit.sent_by == recorded.event_id)).one()
            name = f"road {road}"
            return Effect([(code, name, quantity)], {code: lot}, roads={name: Road(lot, other, road)})

        sending = transfer.Sending(code, self.site_code(other), quantity)
        self.ask(transfer.record_sending, sending, by, lot.site_id, effect)

    @precondition(lambda self: any(self.model.held[name] for name in self.model.roads))
    @rule(number=ANY, off=st.sampled_from([0, 0, 0, -1, 2, -30]), by=PEOPLE)
    def arrive(self, number: int, off: int, by: str) -> None:
        open_roads = [name for name in self.model.roads if self.model.held[name]]
        names = open_roads if open_roads and not astray(number) else list(self.model.roads)
        if not names:
            return
        name = names[number % len(names)]
        road, sent = self.model.roads[name], self.model.held[name]

        def effect(recorded: Recorded) -> Effect:
            assert sent
            above = abs(off) > 10 or abs(off) * 100 > 2 * sent
            assert not above or self.is_of(by, Role.LEAD, Role.COORDINATOR)
            (code,) = recorded.lot_codes
            arrived = replace(road.lot, site_id=road.to_site_id, seen=False)
            return Effect([(name, code, sent), *difference_of(code, off)], {code: arrived}, forced=True)

        arrival = transfer.Arrival(road.number, sent + off, "one broke on the way")
        self.ask(transfer.record_arrival, arrival, by, road.to_site_id, effect)

    @at(Stage.RECEIVED, Stage.SORTED)
    @rule(number=ANY, share=SHARE, by=PEOPLE)
    def hand_over(self, number: int, share: int, by: str) -> None:
        code = self.pick(number, Stage.RECEIVED, Stage.SORTED)
        quantity, lot = self.some(code, share), self.model.lots[code]
        handing = transfer.HandingOver(code, quantity, "Verrerie", "other model")
        if done := self.leave(transfer.record_handing_over, handing, by, code, quantity, "transferred"):
            assert self.is_of(by, Role.COORDINATOR)
            assert lot.stage in (Stage.RECEIVED, Stage.SORTED)
            self.away[done.event_id] = (code, lot, quantity)

    @precondition(lambda self: self.away)
    @rule(number=ANY, share=SHARE, by=PEOPLE)
    def hand_back(self, number: int, share: int, by: str) -> None:
        event_id = list(self.away)[number % len(self.away)]
        code, lot, away = self.away[event_id]
        quantity = away * share // 100

        def effect(recorded: Recorded) -> Effect:
            assert 0 < quantity <= away
            (new,) = recorded.lot_codes
            self.away[event_id] = (code, lot, away - quantity)
            return Effect([("transferred", new, quantity)], {new: lot})

        back = transfer.HandingBack(event_id, quantity, "too many")
        self.ask(transfer.record_handing_back, back, by, lot.site_id, effect)

    @rule(site=ANY, change=SETTINGS, by=PEOPLE)
    def change_setting(self, site: int, change: tuple[str, str], by: str) -> None:
        site_id, (name, value) = self.sites[site % 2], change
        asked = settings.SettingChange(name, value, "we tried it")
        if self.ask(settings.record_setting_change, asked, by, site_id, lambda _: Effect()):
            assert self.is_of(by, Role.QUALITY, Role.COORDINATOR)
            assert self.settings.get((site_id, name)) != value
            self.settings[site_id, name] = value

    @rule(site=ANY, row=st.sampled_from(ROWS), by=PEOPLE)
    def change_row(self, site: int, row: tuple[Verb, Any], by: str) -> None:
        verb, change = row
        self.ask(verb, change, by, self.sites[site % 2], lambda _: Effect())

    @rule(site=ANY, low=LOWEST, program=st.sampled_from([MeasuredAt.WASH, MeasuredAt.RINSE]), by=PEOPLE)
    def change_limit(self, site: int, low: str, program: MeasuredAt, by: str) -> None:
        site_id, code = self.sites[site % 2], "bath2_temperature_celsius"
        limit = settings.MeasureChange(program, code, Decimal(low), Decimal(80), Decimal(82), True, reason="tried")
        if self.ask(settings.record_measure_change, limit, by, site_id, lambda _: Effect()):
            self.settings[site_id, f"{program} {code}"] = low

    @rule(worked=st.sampled_from([("8", "3"), ("8", "9")]), by=PEOPLE)
    def enter_hours(self, worked: tuple[str, str], by: str) -> None:
        all_hours, insertion = map(Decimal, worked)
        entry = hours.HoursEntry(self.day(), Station.SORTING, all_hours, insertion)
        if self.ask(hours.record_hours, entry, by, self.sites[0], lambda _: Effect()):
            assert insertion <= all_hours

    @rule(days=st.sampled_from([0, 1, 3, 31]))
    def sleep(self, days: int) -> None:
        self.world.next_day(days)
