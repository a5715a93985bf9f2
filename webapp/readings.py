"""What was read at the washer, in words and units. Partners name readings as they like; here are the known ones."""

from collections.abc import Mapping

from webapp.languages import N_, gettext, isolated, number

#: The names that the pilot's journal and our own form give them, and their unit.
_READINGS = {
    "speed_bph": (N_("Speed"), N_("bottles per hour")),
    "duration_min": (N_("Duration"), "min"),
    "dwell_min": (N_("Time in the baths"), "min"),
    "naoh_pct": (N_("Caustic soda"), "%"),
    "bath2_temp_c": (N_("Bath 2"), "°C"),
    "bath3_temp_c": (N_("Bath 3"), "°C"),
    "final_rinse_bar": (N_("Final rinse, pressure"), "bar"),
    "final_rinse_us_cm": (N_("Final rinse, conductivity"), "µS/cm"),
    "final_rinse_ph": (N_("Final rinse, pH"), ""),
    "water_m3": (N_("Water"), "m³"),
    "energy_kwh": (N_("Energy"), "kWh"),
    "electricity_kwh": (N_("Electricity"), "kWh"),
    "gas_kwh": (N_("Gas"), "kWh"),
    "gas_m3": (N_("Gas"), "m³"),
    "detergent_kg": (N_("Detergent"), "kg"),
    "broken_zone": (N_("Bottles broke at"), ""),
    "alarm": (N_("Alarm"), ""),
    "basis": (N_("What of it is made up"), ""),
}


def readings_in_words(readings: Mapping[str, object]) -> list[tuple[str, str]]:
    """Name and value with its unit, in the order they were kept; an unknown name stays as it is."""
    shown = []
    for key, value in readings.items():
        name, unit = _READINGS.get(key, (key, ""))
        shown.append((gettext(name), f"{_value(value)} {isolated(gettext(unit)) if unit else ''}".strip()))
    return shown


def _value(value: object) -> str:
    try:
        return number(float(str(value)), decimals=2)
    except ValueError:
        return str(value)
