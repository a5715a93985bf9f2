"""What a site decides for itself binds from its next event on, and what held before is known."""

from dataclasses import replace
from decimal import Decimal

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from bottletrack import founding
from bottletrack.errors import BadInput, Conflict, NotFound, Stopped, WrongQuantity, WrongStep
from bottletrack.founding import DATA, read_rows
from bottletrack.orders import Reservation, record_reservation
from bottletrack.settings import RULES, Change, Value, find_changes, find_settings, find_value, value_at
from bottletrack.stations import collection, dispatch, settings, sorting, stocktake, washing
from bottletrack.tables import Measure, Site, SiteDefect
from bottletrack.vocabulary import DefectClass, EventKind, InspectionLevel, MeasuredAt
from tests.plant import stages
from tests.plant.world import World

SODA = settings.MeasureChange(
    MeasuredAt.WASH, "bath2_naoh_percent", Decimal("1.8"), Decimal("2.2"), Decimal("2.6"), True, reason="milder labels"
)


def change(world: World, setting: str, value: str, **more: int) -> None:
    world.record(settings.record_setting_change, settings.SettingChange(setting, value, "tried it", **more))


def value_of(world: World, setting: str, site_id: int | None = None) -> Value:
    with world.database.reading() as session:
        return find_value(session, site_id or world.site_id, setting)


def changes_of(world: World, setting: str | None = None) -> list[Change]:
    with world.database.reading() as session:
        return find_changes(session, world.site_id, setting)


def clean(world: World) -> bool:
    report = world.audit()
    assert report.clean, report.findings
    return True


# What a change says


def test_a_change_says_who_when_why_and_both_values(world: World) -> None:
    at = world.now
    recorded = world.record(
        settings.record_setting_change, settings.SettingChange("max_age_days", "21", "warm store"), "quality"
    )
    (made,) = changes_of(world)
    assert recorded.kind is EventKind.SETTING_CHANGED
    assert made == Change(recorded.event_id, recorded.sequence, at, "quality", "warm store", "max_age_days", "30", "21")
    assert value_of(world, "max_age_days") == "21"
    # A site decides for itself.
    assert value_of(world, "max_age_days", world.other_site_id) == "30"
    assert clean(world)


@pytest.mark.parametrize(
    ("setting", "typed", "kept"),
    [
        ("max_passes", "3", "3"),
        ("count_tolerance_bottles", "0", "0"),
        ("count_tolerance_bottles", "1 000", "1000"),
        ("count_tolerance_percent", "1,5", "1.5"),
        ("relabeling_required", "no", "no"),
        ("reading_interval_minutes", "15", "15"),
        ("label_release_minutes", "14", "14"),
        ("inspection_level", "S-4", "S-4"),
        ("aql_major", "0.40", "0.4"),
        ("aql_minor", "4", "4"),
    ],
)
def test_each_rule_can_be_changed(world: World, setting: str, typed: str, kept: str) -> None:
    change(world, setting, typed)
    assert value_of(world, setting) == kept
    assert [made.after for made in changes_of(world, setting)] == [kept]
    assert clean(world)


def test_every_rule_is_a_column_and_starts_at_its_default(world: World) -> None:
    with world.database.reading() as session:
        site = session.get_one(Site, world.site_id)
        kept = (site.inspection_level, site.aql_major, site.aql_minor, site.relabeling_required)
        found = find_settings(session, world.site_id)
    assert kept == (InspectionLevel.II, Decimal("0.65"), Decimal("2.5"), True)
    assert {rule.name: found[rule.name] for rule in RULES} == {
        "max_age_days": "30",
        "max_passes": "2",
        "count_tolerance_bottles": "10",
        "count_tolerance_percent": "2",
        "relabeling_required": "yes",
        "reading_interval_minutes": "30",
        "label_release_minutes": "12",
        "idle_minutes": "15",
        "rescan_seconds": "30",
        "late_days": "3",
        "inspection_level": "II",
        "aql_major": "0.65",
        "aql_minor": "2.5",
    }


def test_a_site_begins_with_the_reference_data(world: World) -> None:
    with world.database.reading() as session:
        found = find_settings(session, world.site_id)
    limits = {
        f"measure.{at}.{row['code']}": (row["low"], row["target"], row["high"], row["required"])
        for row in read_rows(DATA / "measures.csv")
        for at in row["measured_at"].split(";")
    }
    assert {name for name in found if name.startswith("measure.")} == set(limits)
    for name, (low, target, high, required) in limits.items():
        kept = found[name]
        assert isinstance(kept, dict)
        for column, text in (("low", low), ("target", target), ("high", high)):
            assert (Decimal(kept[column] or 0), bool(kept[column])) == (Decimal(text or 0), bool(text)), name
        assert kept["required"] == required
    assert found["washer.L1"] == {"name": "L1", "below_height_mm": "308", "max_diameter_mm": "90"}
    assert {name for name in found if name.startswith("container_type.")} == {
        f"container_type.{row['code']}" for row in read_rows(DATA / "container_types.csv")
    }
    assert not [name for name in found if name.startswith("defect.")]


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("max_age_days", "0"),
        ("max_age_days", "366"),
        ("max_age_days", "2.5"),
        ("max_age_days", "a month"),
        ("max_age_days", "NaN"),
        ("max_passes", "-1"),
        ("count_tolerance_percent", "2.125"),
        ("count_tolerance_percent", "101"),
        ("relabeling_required", "perhaps"),
        ("inspection_level", "IV"),
        ("aql_major", "0.5"),
        ("aql_minor", "critical"),
    ],
)
def test_a_value_that_a_rule_cannot_have_is_refused(world: World, setting: str, value: str) -> None:
    world.refused(BadInput, settings.record_setting_change, settings.SettingChange(setting, value, "why not"))


def test_a_change_needs_a_setting_a_reason_and_a_difference(world: World) -> None:
    verb = settings.record_setting_change
    world.refused(NotFound, verb, settings.SettingChange("last_sequence", "7", "to hide an event"))
    world.refused(BadInput, verb, settings.SettingChange("max_age_days", "21", "  "))
    world.refused(BadInput, verb, settings.SettingChange("max_age_days", "30", "as it was"))


def test_who_saw_an_older_value_is_asked_to_look_again(world: World) -> None:
    verb = settings.record_setting_change
    change(world, "max_age_days", "21", seen=0)
    (first,) = changes_of(world)
    blind = settings.SettingChange("max_age_days", "45", "cool store", seen=0)
    world.refused(Conflict, verb, blind)
    world.record(verb, replace(blind, seen=first.sequence))
    # Another setting's changes are none of its business.
    change(world, "max_passes", "3", seen=0)
    assert [made.after for made in changes_of(world)] == ["21", "45", "3"]
    assert clean(world)


# Rows


def test_limits_are_changed_and_the_rest_of_a_measure_stays(world: World) -> None:
    world.record(settings.record_measure_change, replace(SODA, name_fr="Autre chose", unit="g"))
    with world.database.reading() as session:
        soda = session.get_one(Measure, (world.site_id, MeasuredAt.WASH, SODA.code))
        rinse = session.get_one(Measure, (world.site_id, MeasuredAt.RINSE, SODA.code))
        assert (soda.low, soda.target, soda.high) == (SODA.low, SODA.target, SODA.high)
        assert (soda.name_fr, soda.unit, soda.source) == ("Bain 2 : soude", "%", "S24")
        assert rinse.low == 2
    (made,) = changes_of(world)
    assert made.setting == "measure.wash.bath2_naoh_percent"
    assert isinstance(made.before, dict)
    assert isinstance(made.after, dict)
    assert {c for c in made.after if made.before[c] != made.after[c]} == {"low", "target", "high"}
    # The next start of the program brings the catalogue up to date, and leaves this alone.
    with world.database.writing() as session:
        founding.load_catalogue(session)
    assert clean(world)


def test_a_site_may_measure_what_nobody_thought_of(world: World) -> None:
    new = settings.MeasureChange(
        MeasuredAt.QUALITY,
        "lamp_lux",
        Decimal(1000),
        None,
        None,
        False,
        None,
        "MI03",
        "Éclairage",
        "Light",
        "lx",
        "dim",
    )
    world.refused(BadInput, settings.record_measure_change, replace(new, name_en=""))
    world.refused(NotFound, settings.record_measure_change, replace(new, defect_code=None))
    world.record(settings.record_measure_change, new)
    with world.database.reading() as session:
        last = session.scalars(
            select(Measure).where(Measure.site_id == world.site_id).order_by(Measure.position.desc()).limit(1)
        ).one()
        assert (last.code, last.low, last.source) == ("lamp_lux", Decimal(1000), "site")
    assert changes_of(world)[0].before is None
    assert clean(world)


@pytest.mark.parametrize(
    "wrong",
    [
        {"low": Decimal(3)},
        {"target": Decimal(1)},
        {"low": Decimal(-1)},
        {"high": Decimal("2.61234")},
        {"high": Decimal("Infinity")},
        {"high": Decimal(10_000_001)},
        {"bottles": 0},
        {"code": "Bath 2"},
        {"code": ""},
    ],
)
def test_limits_that_make_no_sense_are_refused(world: World, wrong: dict[str, object]) -> None:
    changed = replace(SODA, name_fr="x", name_en="x", **wrong)  # type: ignore[arg-type]
    world.refused(BadInput, settings.record_measure_change, changed)


def test_what_hurts_people_stays_critical(world: World) -> None:
    for wrong in (
        settings.DefectChange("CR03", True, DefectClass.MINOR, "rare"),
        settings.DefectChange("CR03", False, DefectClass.CRITICAL, "rare"),
    ):
        world.refused(BadInput, settings.record_defect_change, wrong)
    stricter = settings.DefectChange("MI03", True, DefectClass.CRITICAL, "a buyer asks for it")
    world.record(settings.record_defect_change, stricter)
    with world.database.reading() as session:
        kept = session.get_one(SiteDefect, (world.site_id, "MI03"))
        assert (kept.in_use, kept.defect_class) == (True, DefectClass.CRITICAL)
    # And back to what the reference list says.
    world.record(settings.record_defect_change, replace(stricter, defect_class=DefectClass.MINOR))
    assert [made.before for made in changes_of(world)] == [
        {"in_use": "yes", "defect_class": "minor"},
        {"in_use": "yes", "defect_class": "critical"},
    ]
    assert clean(world)


def test_washers_and_containers_are_added_and_changed(world: World) -> None:
    second = settings.WasherChange("l2", "Ligne 2", 350, 110, "bought")
    world.record(settings.record_washer_change, second)
    world.record(settings.record_washer_change, replace(second, below_height_mm=340, reason="measured"))
    crate = settings.ContainerTypeChange("CRATE12", "Caisse de 12", "Crate of 12", 12, False, "all given away")
    world.record(settings.record_container_type_change, crate)
    with world.database.reading() as session:
        found = find_settings(session, world.site_id)
    assert found["washer.L2"] == {"name": "Ligne 2", "below_height_mm": "340", "max_diameter_mm": "110"}
    assert found["washer.L1"] == {"name": "L1", "below_height_mm": "308", "max_diameter_mm": "90"}
    assert found["container_type.CRATE12"] == {
        "name_fr": "Caisse de 12",
        "name_en": "Crate of 12",
        "capacity_bottles": "12",
        "in_use": "no",
    }
    for verb, wrong in (
        (settings.record_washer_change, replace(second, max_diameter_mm=0)),
        (settings.record_washer_change, replace(second, name=" ")),
        (settings.record_washer_change, replace(second, code="ligne deux")),
        (settings.record_container_type_change, replace(crate, capacity_bottles=0)),
        (settings.record_container_type_change, replace(crate, code="")),
    ):
        world.refused(BadInput, verb, wrong)
    assert clean(world)


# What a change does


def test_the_age_limit_binds_from_the_next_scan_on(world: World) -> None:
    order, lot = stages.reserved(world)
    world.next_day(25)
    delivery = dispatch.Delivery(order, lot, 40)
    change(world, "max_age_days", "21")
    world.refused(Stopped, dispatch.record_delivery, delivery)
    change(world, "max_age_days", "45")
    world.next_day(10)
    world.record(dispatch.record_delivery, delivery)
    # Delivered at 35 days while 45 were allowed: that stays right when the limit is lower again.
    change(world, "max_age_days", "10")
    assert clean(world)


def test_a_new_code_is_asked_for_as_long_as_the_site_asks(world: World) -> None:
    lot, order = stages.released(world), stages.placed(world, 100)
    reservation = Reservation(order, lot, 60)
    world.refused(WrongStep, record_reservation, reservation)
    change(world, "relabeling_required", "no")
    world.record(record_reservation, reservation)
    world.record(dispatch.record_delivery, dispatch.Delivery(order, lot, 60))
    change(world, "relabeling_required", "yes")
    assert clean(world)


def test_a_wash_pass_more_is_allowed_and_then_no_more(world: World) -> None:
    change(world, "max_passes", "1")
    assert "no further pass" in str(_refused_rework(world))
    change(world, "max_passes", "2")
    lot = stages.rework(world)
    stages.open_run(world, lot)
    change(world, "max_passes", "1")
    assert clean(world)


def _refused_rework(world: World) -> object:
    with pytest.raises(WrongStep) as caught:
        stages.rework(world)
    return caught.value


def test_the_tolerance_of_counts_binds(world: World) -> None:
    lot = stages.collected(world, 1000)
    count = collection.ReceptionCount(lot, 970)
    change(world, "count_tolerance_bottles", "50")
    change(world, "count_tolerance_percent", "1")
    world.refused(WrongQuantity, collection.record_reception_count, count, "operator")
    change(world, "count_tolerance_percent", "5")
    world.record(collection.record_reception_count, count, "operator")
    assert clean(world)


def test_what_held_at_any_event_is_known(world: World) -> None:
    order, lot = stages.reserved(world)
    sequences = []
    for days in ("45", "20", "33"):
        sequences.append(world.record(stocktake.record_stock_count, stocktake.StockCount(lot, 100)).sequence)
        change(world, "max_age_days", days)
    changes = changes_of(world, "max_age_days")
    assert [value_at(changes, sequence, "33") for sequence in sequences] == ["30", "45", "20"]
    assert value_at(changes, changes[-1].sequence, "33") == "33"
    assert order


@pytest.mark.parametrize("shared_database", ["postgresql"], indirect=True)
def test_of_two_at_once_the_slower_is_asked_to_look_again(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """What an event says was there before is read before the site's turn: another may come in between."""
    waiting = [settings.SettingChange("max_age_days", "21", "warm")]

    def interrupted(session: Session, site_id: int, name: str) -> Value:
        found = find_value(session, site_id, name)
        if waiting:
            world.record(settings.record_setting_change, waiting.pop())
        return found

    monkeypatch.setattr(settings, "find_value", interrupted)
    with pytest.raises(Conflict):
        world.record(settings.record_setting_change, settings.SettingChange("max_age_days", "45", "cool"))
    assert value_of(world, "max_age_days") == "21"
    assert clean(world)


def test_a_defect_that_the_site_leaves_out_is_named_nowhere(world: World) -> None:
    """Neither at sorting, nor at the washer; on paper or by a program no more than on a screen."""
    lot, run = stages.collected(world), stages.running(world, stages.sorted_out(world))
    change = settings.DefectChange("MA02", in_use=False, defect_class=DefectClass.MAJOR, reason="never seen here")
    world.record(settings.record_defect_change, change, "quality")
    out = sorting.Sorting(lot, rejects=(sorting.SortingReject("MA02", 100),))
    assert "does not use" in str(world.refused(NotFound, sorting.record_sorting, out))
    output = washing.RunOutput(run, rejects=(washing.RunReject("MA02", 5),))
    assert "does not use" in str(world.refused(NotFound, washing.record_run_output, output))
