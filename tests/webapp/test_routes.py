"""Role × route: who may call each view. A route without a row here fails, and so does one that does not say who may."""

from collections.abc import Callable
from typing import NamedTuple

import pytest
from flask import Flask
from werkzeug.routing import Rule

from bottletrack.vocabulary import Role
from tests.webapp.conftest import Visitor
from webapp.security import callers_of

PUBLIC = None
DEVICE = "a device"
EVERYONE = frozenset(Role)
ADMINISTRATOR = frozenset({Role.ADMINISTRATOR})
COORDINATOR = frozenset({Role.COORDINATOR})
WINEMAKER = frozenset({Role.WINEMAKER})
LEAD = frozenset({Role.LEAD})
QUALITY = frozenset({Role.QUALITY})
DRIVER = frozenset({Role.DRIVER})
FLOOR = LEAD | {Role.OPERATOR}
PLANT = FLOOR | QUALITY | DRIVER | COORDINATOR

#: Each endpoint, and the roles that it serves; PUBLIC: strangers too; DEVICE: a device that was set up, whoever sits
#: there.
CALLERS: dict[str, frozenset[Role] | str | None] = {
    "static": PUBLIC,
    "healthz": PUBLIC,
    "start": EVERYONE,
    # One's own account
    "account.sign_in": PUBLIC,
    "account.sign_in_submitted": PUBLIC,
    "account.choose_language": PUBLIC,
    "account.sign_out": EVERYONE,
    "account.end_all_sessions": EVERYONE,
    "account.settings": EVERYONE,
    "account.change_password": EVERYONE,
    "account.change_pin": EVERYONE,
    "account.make_key": EVERYONE,
    "account.revoke_key": EVERYONE,
    # Administrators
    "administrator.people": ADMINISTRATOR,
    "administrator.new_person": ADMINISTRATOR,
    "administrator.add": ADMINISTRATOR,
    "administrator.person": ADMINISTRATOR,
    "administrator.change": ADMINISTRATOR,
    "administrator.new_password": ADMINISTRATOR,
    "administrator.deactivate": ADMINISTRATOR,
    "administrator.reactivate": ADMINISTRATOR,
    "administrator.add_badge": ADMINISTRATOR,
    "administrator.badge_sheet": ADMINISTRATOR,
    "administrator.revoke_badge": ADMINISTRATOR,
    "administrator.new_pin": ADMINISTRATOR,
    # Operators
    "operator.start": PLANT,
    "operator.scan": PLANT,
    "operator.label": PLANT,
    "operator.container_label": PLANT,
    "operator.run_label": FLOOR,
    "operator.order_label": FLOOR | DRIVER,
    "operator.point_label": FLOOR | DRIVER | COORDINATOR,
    "operator.command_card": PUBLIC,
    "operator.badge": PUBLIC,
    "operator.lot": PLANT,
    "operator.done": PLANT,
    "operator.collect": FLOOR | DRIVER | COORDINATOR,
    "operator.record_collected": FLOOR | DRIVER | COORDINATOR,
    "operator.pickups": FLOOR | DRIVER | COORDINATOR,
    "operator.announce": LEAD | DRIVER | COORDINATOR,
    "operator.record_announced": LEAD | DRIVER | COORDINATOR,
    "operator.collect_announced": FLOOR | DRIVER | COORDINATOR,
    "operator.give_up": FLOOR | DRIVER | COORDINATOR,
    "operator.void": FLOOR,
    "operator.count": FLOOR,
    "operator.sort": FLOOR,
    "operator.decide": QUALITY | LEAD,
    "operator.runs": FLOOR,
    "operator.open_run": FLOOR,
    "operator.run": FLOOR,
    "operator.load": FLOOR,
    "operator.load_lot": FLOOR,
    "operator.closing": FLOOR,
    "operator.close_run": FLOOR,
    "operator.load_refused": QUALITY,
    "operator.readings": FLOOR,
    "operator.take_readings": FLOOR,
    "operator.start_run": FLOOR,
    "operator.stop": FLOOR,
    "operator.stop_line": FLOOR,
    "operator.output": FLOOR,
    "operator.take_output": FLOOR,
    "operator.abort": LEAD,
    "operator.abort_run": LEAD,
    "operator.start_presoak": FLOOR,
    "operator.end_presoak": FLOOR,
    "operator.inspect": QUALITY,
    "operator.sample": QUALITY,
    "operator.count_defects": QUALITY,
    "operator.record_tests": QUALITY,
    "operator.judge": QUALITY,
    "operator.confirm": QUALITY | COORDINATOR,
    "operator.inspections": QUALITY | COORDINATOR,
    "operator.resume": QUALITY,
    "operator.inspect_return": QUALITY,
    "operator.downgrade": QUALITY,
    "operator.waive_age": QUALITY,
    "operator.relabel": FLOOR,
    "operator.split": FLOOR,
    "operator.merge": FLOOR,
    "operator.merge_released": LEAD,
    "operator.transfers": FLOOR | COORDINATOR,
    "operator.send": FLOOR | COORDINATOR,
    "operator.arrival": FLOOR,
    "operator.receive": FLOOR,
    "operator.hand_over": COORDINATOR,
    "operator.handed_over": FLOOR,
    "operator.take_handed_back": FLOOR,
    "operator.hours": LEAD | COORDINATOR,
    "operator.enter_hours": LEAD | COORDINATOR,
    "operator.start_trial": QUALITY,
    "operator.examine_labels": QUALITY | FLOOR,
    "operator.reject_trial": QUALITY,
    "operator.wine_labels": PLANT,
    "operator.wine_label": PLANT,
    "operator.register_label": QUALITY | COORDINATOR,
    "operator.judge_label": QUALITY,
    "operator.clean_containers": FLOOR,
    "operator.expire": FLOOR | QUALITY,
    "operator.hold": PLANT,
    "operator.lift": QUALITY | LEAD,
    "operator.break_bottles": PLANT,
    "operator.stocktake": FLOOR,
    "operator.take_stock": FLOOR,
    "operator.orders": FLOOR | DRIVER,
    "operator.order": FLOOR | DRIVER,
    "operator.deliver": FLOOR | DRIVER,
    "operator.deliver_lot": FLOOR | DRIVER,
    "operator.take_back": FLOOR | DRIVER,
    "operator.record_taken_back": FLOOR | DRIVER,
    "operator.correct": LEAD,
    "operator.record_corrected": LEAD,
    "operator.late_scans": LEAD,
    "operator.shift": LEAD,
    "operator.try_late_again": LEAD,
    "operator.late_scan": LEAD,
    "operator.book_late": LEAD,
    "operator.adjust_late": LEAD,
    "operator.record_late_adjusted": LEAD,
    "operator.reject_late": LEAD,
    "operator.record_late_rejected": LEAD,
    "operator.labels": FLOOR | QUALITY | DRIVER,
    "operator.choose_labels": FLOOR | QUALITY | DRIVER,
    "operator.print_labels": FLOOR | QUALITY | DRIVER,
    "operator.label_job": FLOOR | QUALITY | DRIVER,
    "operator.label_job_file": FLOOR | QUALITY | DRIVER,
    "operator.stick": FLOOR | QUALITY | DRIVER,
    "operator.stick_label": FLOOR | QUALITY | DRIVER,
    "operator.stuck": FLOOR | QUALITY | DRIVER,
    "operator.replace_label": FLOOR | QUALITY | DRIVER,
    "operator.record_replaced": FLOOR | QUALITY | DRIVER,
    "operator.swap_labels": LEAD,
    "operator.record_swapped": LEAD,
    "operator.blank_labels": FLOOR | QUALITY | DRIVER,
    "operator.blank_label_file": FLOOR | QUALITY | DRIVER,
    "operator.container_labels": FLOOR | QUALITY | DRIVER,
    "operator.container_label_file": FLOOR | QUALITY | DRIVER,
    "operator.command_cards": FLOOR | QUALITY | DRIVER,
    "operator.command_card_file": FLOOR | QUALITY | DRIVER,
    # The station's program: it tells nothing of the plant
    "station.shell": PUBLIC,
    "station.version": PUBLIC,
    "station.texts": PUBLIC,
    "station.scan_field": PUBLIC,
    "station.asset": PUBLIC,
    "station.worker": PUBLIC,
    "station.manifest": PUBLIC,
    # Who is there: by devices that were set up
    "station.me": PUBLIC,
    "station.set_up": PLANT,
    "station.sit_down": DEVICE,
    "station.get_up": DEVICE,
    "station.data": DEVICE,
    "station.sync": DEVICE,
    "operator.devices": LEAD | COORDINATOR | ADMINISTRATOR,
    "operator.revoke_device": LEAD | COORDINATOR | ADMINISTRATOR,
    # Winemakers
    "winemaker.catalogue": WINEMAKER,
    "winemaker.order_form": WINEMAKER,
    "winemaker.check_order": WINEMAKER,
    "winemaker.place_order": WINEMAKER,
    "winemaker.order_placed": WINEMAKER,
    "winemaker.order_list": WINEMAKER,
    "winemaker.order": WINEMAKER,
    "winemaker.cancel_order": WINEMAKER,
    "winemaker.wine_labels": WINEMAKER,
    # Coordinators
    "coordinator.washability": COORDINATOR | LEAD,
    "coordinator.dashboard": COORDINATOR | LEAD,
    "coordinator.figures_file": COORDINATOR | LEAD,
    "coordinator.rejects_file": COORDINATOR | LEAD,
    "coordinator.stock": COORDINATOR | LEAD,
    "coordinator.lots": COORDINATOR | LEAD,
    "coordinator.runs": COORDINATOR | LEAD,
    "coordinator.run": COORDINATOR | LEAD,
    "coordinator.points": COORDINATOR | LEAD,
    "coordinator.audit": COORDINATOR | LEAD | QUALITY,
    "coordinator.settings": COORDINATOR | QUALITY,
    "coordinator.setting": COORDINATOR | QUALITY,
    "coordinator.change_setting": COORDINATOR | QUALITY,
    "coordinator.orders": COORDINATOR,
    "coordinator.order": COORDINATOR,
    "coordinator.reserve": COORDINATOR,
    "coordinator.unreserve": COORDINATOR,
    "coordinator.cancel": COORDINATOR,
    # Trace and recall
    "tracing.search": PLANT,
    "tracing.lot": PLANT,
    "tracing.other": PLANT,
    "tracing.steps_file": PLANT,
    "tracing.sheet_file": PLANT,
    "tracing.recalls": PLANT,
    "tracing.new_recall": QUALITY | COORDINATOR,
    "tracing.open_recall": QUALITY | COORDINATOR,
    "tracing.recall": PLANT,
    "tracing.recall_sheet": PLANT,
    "tracing.tell": FLOOR | DRIVER,
    "tracing.close_recall": COORDINATOR,
    # Programs
    "api.show_document": PUBLIC,
    "api.get_token": PUBLIC,
    "api.revoke_token": EVERYONE,
    "api.wrong_method": EVERYONE,
    "api.nothing_here": EVERYONE,
    "api.scan": PLANT,
    "api.list_lots": PLANT,
    "api.get_lot_with_history": PLANT,
    "api.get_trace": PLANT,
    "api.list_recalls": PLANT,
    "api.get_recall": PLANT,
    "api.list_runs": PLANT,
    "api.show_stock": PLANT,
    "api.list_orders": PLANT | WINEMAKER,
    "api.get_one_order": PLANT | WINEMAKER,
    "api.show_offers": WINEMAKER | COORDINATOR,
    "api.show_impact": COORDINATOR | LEAD,
    "api.list_late_scans": LEAD,
    "api.show_late_scan": LEAD,
    "api.show_settings": COORDINATOR | QUALITY,
    "api.show_audit": COORDINATOR | LEAD | QUALITY,
    "api.record_collection": FLOOR | DRIVER | COORDINATOR,
    "api.record_announcement": LEAD | DRIVER | COORDINATOR,
    "api.record_nothing_collected": FLOOR | DRIVER | COORDINATOR,
    "api.record_lot_void": FLOOR,
    "api.record_reception_count": FLOOR,
    "api.record_sorting": FLOOR,
    "api.record_held_aside_decision": QUALITY | LEAD,
    "api.record_run_opening": FLOOR,
    "api.record_run_loading": FLOOR,
    "api.record_refused_loading": QUALITY,
    "api.record_run_readings": FLOOR,
    "api.record_run_start": FLOOR,
    "api.record_line_stop": FLOOR,
    "api.record_run_output": FLOOR,
    "api.record_run_closing": FLOOR,
    "api.record_run_abort": LEAD,
    "api.record_presoak_start": FLOOR,
    "api.record_presoak_end": FLOOR,
    "api.record_inspection_start": QUALITY,
    "api.record_sampling": QUALITY,
    "api.record_defects_found": QUALITY,
    "api.record_test_results": QUALITY,
    "api.record_judgment": QUALITY,
    "api.record_verdict_proposal": QUALITY,
    "api.record_judgment_confirmation": QUALITY | COORDINATOR,
    "api.record_inspections_resumption": QUALITY,
    "api.record_return_inspection": QUALITY,
    "api.record_downgrade": QUALITY,
    "api.record_age_waiver": QUALITY,
    "api.record_relabeling": FLOOR,
    "api.record_split": FLOOR,
    "api.record_merge": FLOOR,
    "api.record_release_merge": LEAD,
    "api.record_sending": FLOOR | COORDINATOR,
    "api.record_arrival": FLOOR,
    "api.record_handing_over": COORDINATOR,
    "api.record_handing_back": FLOOR,
    "api.record_hours": LEAD | COORDINATOR,
    "api.record_trial_start": QUALITY,
    "api.record_trial_examination": QUALITY | FLOOR,
    "api.record_trial_reject": QUALITY,
    "api.record_label_registration": QUALITY | COORDINATOR,
    "api.record_label_judgment": QUALITY,
    "api.record_container_cleaning": FLOOR,
    "api.record_label_printing": FLOOR | QUALITY | DRIVER,
    "api.record_label_sticking": FLOOR | QUALITY | DRIVER,
    "api.record_label_replacement": FLOOR | QUALITY | DRIVER,
    "api.record_label_swap": LEAD,
    "api.record_age_expiry": FLOOR | QUALITY,
    "api.record_hold": PLANT,
    "api.record_hold_lift": QUALITY | LEAD,
    "api.record_breakage": PLANT,
    "api.record_stock_count": FLOOR,
    "api.record_delivery": FLOOR | DRIVER,
    "api.record_return": FLOOR | DRIVER,
    "api.record_correction": PLANT,
    "api.record_recall_opening": QUALITY | COORDINATOR,
    "api.record_recall_recovery": FLOOR | DRIVER,
    "api.record_recall_consumption": FLOOR | DRIVER,
    "api.record_recall_closing": COORDINATOR,
    "api.record_setting_change": COORDINATOR | QUALITY,
    "api.record_measure_change": COORDINATOR | QUALITY,
    "api.record_defect_change": COORDINATOR | QUALITY,
    "api.record_washer_change": COORDINATOR | QUALITY,
    "api.record_container_type_change": COORDINATOR | QUALITY,
    "api.record_order": WINEMAKER | COORDINATOR,
    "api.record_cancellation": WINEMAKER | COORDINATOR,
    "api.record_reservation": COORDINATOR,
    "api.record_unreservation": COORDINATOR,
}

#: What a path's placeholder is filled with: nothing that exists, so that no call changes anything.
ARGUMENTS = {
    "int": 999999,
    "uuid": "018f0000-0000-7000-8000-000000000000",
    "path": "none",
    "string": "none",
    "any": "lost",
}


#: What a call needs beside its path so that the role is what decides: a coordinator says for whom.
QUERIES = {("api.show_offers", Role.COORDINATOR): "?winery=VIG-01"}


class Call(NamedTuple):
    endpoint: str
    method: str
    path: str


def calls(app: Flask) -> list[Call]:
    """Every route with every method that its view answers."""
    return [
        Call(rule.endpoint, method, _path(rule))
        for rule in app.url_map.iter_rules()
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})
    ]


def _path(rule: Rule) -> str:
    kinds = {name: type(converter).__name__ for name, converter in rule._converters.items()}
    known = {"IntegerConverter": "int", "UUIDConverter": "uuid", "PathConverter": "path", "AnyConverter": "any"}
    built = rule.build({name: ARGUMENTS[known.get(kind, "string")] for name, kind in kinds.items()})
    assert built is not None, rule
    return built[1]


def is_api(path: str) -> bool:
    """Whether programs call it: with a key and JSON, not with a session and forms."""
    return path.startswith("/api/")


def is_program(app: Flask, endpoint: str) -> bool:
    """Whether only the station's program calls it: with a header of its own, and JSON."""
    with app.app_context():
        callers = callers_of(endpoint)
    return callers is not None and callers.program


def test_every_route_stands_in_the_table(app: Flask) -> None:
    assert {call.endpoint for call in calls(app)} == set(CALLERS)


@pytest.mark.parametrize("who", [None, *Role])
def test_each_role_is_let_in_where_the_table_says(
    app: Flask,
    client_for: Callable[[str], Visitor],
    key_for: Callable[[str], str],
    visitor: Visitor,
    who: Role | None,
) -> None:
    key, mistakes = key_for(who) if who else "", []
    for endpoint, method, path in calls(app):
        if is_api(path):
            headers = {"Authorization": f"Bearer {key}"} if who else {}
            query = QUERIES.get((endpoint, who), "") if who else ""
            status = visitor.open(path + query, method=method, headers=headers).status_code
            if who and endpoint == "api.revoke_token":
                key = key_for(who)
        elif is_program(app, endpoint):
            status = (client_for(who) if who else visitor).ask(path, {}, method=method).status_code
        else:
            # Signed in anew for each call, for some of them end the session.
            client = client_for(who) if who else visitor
            form = {} if method == "GET" else {"csrf_token": client.token()}
            answer = client.open(path, method=method, data=form)
            status = 401 if _is_sent_to_sign_in(answer.status_code, answer.location) else answer.status_code
        callers = CALLERS[endpoint]
        if callers is PUBLIC or (who is not None and who in callers):
            right = status not in (401, 403)
        else:
            right = status == (401 if who is None or callers is DEVICE else 403)
        if not right:
            mistakes.append(f"{who or 'a stranger'}: {method} {path} ({endpoint}) answered {status}")
    assert not mistakes, "\n".join(mistakes)


def test_a_device_alone_opens_what_devices_ask_for_and_nothing_else(app: Flask, at_device: Visitor) -> None:
    mistakes = []
    for endpoint, method, path in calls(app):
        if is_api(path):
            status = at_device.open(path, method=method).status_code
        elif is_program(app, endpoint):
            status = at_device.ask(path, {}, method=method).status_code
        else:
            form = {} if method == "GET" else {"csrf_token": at_device.token()}
            answer = at_device.open(path, method=method, data=form)
            status = 401 if _is_sent_to_sign_in(answer.status_code, answer.location) else answer.status_code
        if (status not in (401, 403)) is not (CALLERS[endpoint] in (PUBLIC, DEVICE)):
            mistakes.append(f"{method} {path} ({endpoint}) answered {status}")
    assert not mistakes, "\n".join(mistakes)


def test_what_devices_ask_for_is_answered_to_our_own_program_only(app: Flask, at_device: Visitor) -> None:
    """Another site's page cannot send the header, nor JSON, without asking first."""
    for endpoint, method, path in calls(app):
        if is_program(app, endpoint):
            assert at_device.open(path, method=method, json={}).status_code == 400, path
            if method == "POST":
                headers = {"X-Station": "1"}
                assert at_device.post(path, data={}, headers=headers).status_code == 415, path
                assert at_device.post(path, data="{}", content_type="text/plain", headers=headers).status_code == 415
            key = {"X-Station": "1", "Authorization": "Bearer something"}
            assert at_device.open(path, method=method, json={}, headers=key).status_code == 400, path


def _is_sent_to_sign_in(status: int, location: str | None) -> bool:
    return status == 303 and (location or "").partition("?")[0] == "/account/sign-in"


def test_a_session_opens_nothing_of_the_api(client_for: Callable[[str], Visitor]) -> None:
    assert client_for(Role.COORDINATOR).get("/api/v1/audit").status_code == 401


def test_a_view_that_does_not_say_who_may_call_it_is_not_served(
    app: Flask, client_for: Callable[[str], Visitor]
) -> None:
    app.add_url_rule("/forgotten", "forgotten", lambda: "secrets")
    with pytest.raises(RuntimeError, match="forgotten does not say who may call it"):
        client_for(Role.ADMINISTRATOR).get("/forgotten")
    app.testing = False
    assert client_for(Role.ADMINISTRATOR).get("/forgotten").status_code == 500
