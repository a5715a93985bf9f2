"""Role × route: who may call each view. A route without a row here fails, and so does one that does not say who may."""

from collections.abc import Callable
from typing import NamedTuple

import pytest
from flask import Flask
from werkzeug.routing import Rule

from bottletrack.vocabulary import Role
from tests.webapp.conftest import Visitor

R = Role
EVERYONE = frozenset(Role)
ADMINISTRATOR = frozenset({R.ADMINISTRATOR})
FLOOR = frozenset({R.OPERATOR, R.LEAD})
QUALITY = frozenset({R.QUALITY})
PLANT = FLOOR | {R.QUALITY, R.COORDINATOR, R.DRIVER}
PUBLIC = None

#: Each endpoint, and the roles that it serves; PUBLIC: strangers too.
CALLERS: dict[str, frozenset[Role] | None] = {
    "static": PUBLIC,
    "healthz": PUBLIC,
    "start": EVERYONE,
    "account.sign_in": PUBLIC,
    "account.sign_in_submitted": PUBLIC,
    "account.choose_language": PUBLIC,
    "account.sign_out": EVERYONE,
    "account.end_all_sessions": EVERYONE,
    "account.settings": EVERYONE,
    "account.change_password": EVERYONE,
    "account.make_key": EVERYONE,
    "account.revoke_key": EVERYONE,
    "operator.start": PLANT,
    "operator.scan": PLANT,
    "operator.label": PLANT,
    "operator.lot": PLANT,
    "operator.done": PLANT,
    "operator.collect": FLOOR | {R.DRIVER, R.COORDINATOR},
    "operator.record_collected": FLOOR | {R.DRIVER, R.COORDINATOR},
    "operator.count": FLOOR,
    "operator.sort": FLOOR,
    "operator.decide": QUALITY | {R.LEAD},
    "operator.runs": FLOOR,
    "operator.open_run": FLOOR,
    "operator.run": FLOOR,
    "operator.load": FLOOR,
    "operator.load_lot": FLOOR,
    "operator.closing": FLOOR,
    "operator.close_run": FLOOR,
    "operator.inspect": QUALITY,
    "operator.sample": QUALITY,
    "operator.judge": QUALITY,
    "operator.relabel": FLOOR,
    "operator.split": FLOOR,
    "operator.start_trial": QUALITY,
    "operator.expire": FLOOR | QUALITY,
    "operator.orders": FLOOR | {R.DRIVER},
    "operator.order": FLOOR | {R.DRIVER},
    "operator.deliver": FLOOR | {R.DRIVER},
    "operator.deliver_lot": FLOOR | {R.DRIVER},
    "operator.take_back": FLOOR | {R.DRIVER},
    "operator.record_taken_back": FLOOR | {R.DRIVER},
    "operator.stocktake": FLOOR,
    "operator.take_stock": FLOOR,
    "operator.hold": PLANT,
    "operator.lift": QUALITY | {R.LEAD},
    "operator.break_bottles": PLANT,
    "operator.correct": frozenset({R.LEAD}),
    "operator.record_corrected": frozenset({R.LEAD}),
    "operator.labels": FLOOR | {R.QUALITY, R.DRIVER},
    "operator.label_sheet": FLOOR | {R.QUALITY, R.DRIVER},
    "administrator.people": ADMINISTRATOR,
    "administrator.new_person": ADMINISTRATOR,
    "administrator.add": ADMINISTRATOR,
    "administrator.person": ADMINISTRATOR,
    "administrator.change": ADMINISTRATOR,
    "administrator.new_password": ADMINISTRATOR,
    "administrator.deactivate": ADMINISTRATOR,
    "administrator.reactivate": ADMINISTRATOR,
}

#: What a path's placeholder is filled with: nothing that exists, so that no call changes anything.
ARGUMENTS = {"int": 999999, "uuid": "018f0000-0000-7000-8000-000000000000", "path": "none", "string": "none"}


class Call(NamedTuple):
    endpoint: str
    method: str
    path: str


def calls(app: Flask) -> list[Call]:
    """Every route with every method that its view answers."""
    adapter = app.url_map.bind("localhost")
    return [
        Call(rule.endpoint, method, adapter.build(rule.endpoint, _arguments(rule), method))
        for rule in app.url_map.iter_rules()
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})
    ]


def _arguments(rule: Rule) -> dict[str, object]:
    kinds = {name: type(converter).__name__ for name, converter in rule._converters.items()}
    known = {"IntegerConverter": "int", "UUIDConverter": "uuid", "PathConverter": "path"}
    return {name: ARGUMENTS[known.get(kind, "string")] for name, kind in kinds.items()}


def test_every_route_stands_in_the_table(app: Flask) -> None:
    assert {call.endpoint for call in calls(app)} == set(CALLERS)


@pytest.mark.parametrize("who", [None, *Role])
def test_each_role_is_let_in_where_the_table_says(
    app: Flask, client_for: Callable[[str], Visitor], visitor: Visitor, who: Role | None
) -> None:
    mistakes = []
    for endpoint, method, path in calls(app):
        # Signed in anew for each call, for some of them end the session.
        client = client_for(who) if who else visitor
        data = {"csrf_token": client.token()} if method != "GET" and not path.startswith("/api/") else None
        answer = client.open(path, method=method, data=data)
        allowed = CALLERS[endpoint]
        if allowed is PUBLIC or (who is not None and who in allowed):
            right = answer.status_code not in (401, 403) and not _is_sent_to_sign_in(
                answer.status_code, answer.location
            )
        elif who is None:
            right = answer.status_code == 401 or _is_sent_to_sign_in(answer.status_code, answer.location)
        else:
            right = answer.status_code == 403
        if not right:
            mistakes.append(f"{who or 'a stranger'}: {method} {path} ({endpoint}) answered {answer.status}")
    assert not mistakes, "\n".join(mistakes)


def _is_sent_to_sign_in(status: int, location: str | None) -> bool:
    return status == 303 and (location or "").partition("?")[0] == "/account/sign-in"


def test_a_view_that_does_not_say_who_may_call_it_is_not_served(
    app: Flask, client_for: Callable[[str], Visitor]
) -> None:
    app.add_url_rule("/forgotten", "forgotten", lambda: "secrets")
    with pytest.raises(RuntimeError, match="forgotten does not say who may call it"):
        client_for(Role.ADMINISTRATOR).get("/forgotten")
    app.testing = False
    assert client_for(Role.ADMINISTRATOR).get("/forgotten").status_code == 500
