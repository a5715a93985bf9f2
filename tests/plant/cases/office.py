"""What a site enters about itself, and corrections."""

from decimal import Decimal

from bottletrack.access import Permission
from bottletrack.stations import (
    correction,
    hours,
    settings,
    storage,
)
from bottletrack.vocabulary import DefectClass, MeasuredAt, Station
from tests.plant import stages
from tests.plant.cases.case import Case
from tests.plant.world import World


def _mistake(world: World) -> correction.Correction:
    lot = stages.released(world)
    broken = world.record(storage.record_breakage, storage.Breakage(lot, 3))
    return correction.Correction(broken.event_id, "they were not broken")


CASES: dict[str, Case] = {
    "hours": Case(
        hours.record_hours,
        Permission.ENTER_HOURS,
        lambda world: hours.HoursEntry(world.now.date(), Station.WASHING, Decimal("14.5"), Decimal(7)),
    ),
    "correction": Case(correction.record_correction, Permission.CORRECT, _mistake),
    "setting change": Case(
        settings.record_setting_change,
        Permission.CHANGE_SETTINGS,
        lambda world: settings.SettingChange("max_age_days", "45", "cool and dark cellar"),
    ),
    "measure change": Case(
        settings.record_measure_change,
        Permission.CHANGE_SETTINGS,
        lambda world: settings.MeasureChange(
            MeasuredAt.WASH, "bath2_temperature_celsius", Decimal(70), Decimal(75), Decimal(80), True, reason="new bath"
        ),
    ),
    "defect change": Case(
        settings.record_defect_change,
        Permission.CHANGE_SETTINGS,
        lambda world: settings.DefectChange("MI03", False, DefectClass.MINOR, "nobody minds"),
    ),
    "washer change": Case(
        settings.record_washer_change,
        Permission.CHANGE_SETTINGS,
        lambda world: settings.WasherChange("L2", "Second line", 350, 100, "bought"),
    ),
    "container type change": Case(
        settings.record_container_type_change,
        Permission.CHANGE_SETTINGS,
        lambda world: settings.ContainerTypeChange("CRATE15", "Caisse de 15", "Crate of 15", 15, True, "given to us"),
    ),
}
