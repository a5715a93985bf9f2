"""The shared devices of a site: which there are, when they were last seen, and the end of a lost one."""

from datetime import UTC, datetime

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from bottletrack.access import Permission
from bottletrack.devices import list_devices
from bottletrack.devices import revoke_device as end_device
from webapp.database import reading, writing
from webapp.languages import gettext
from webapp.operator.blueprint import blueprint
from webapp.security import allow
from webapp.signed_in import current_actor


@blueprint.get("/operator/devices")
@allow(Permission.MANAGE_DEVICES)
def devices() -> str:
    """Those of the person's site, or of all sites; revoked ones at the end."""
    with reading() as session:
        found = list_devices(session, current_actor())
    return render_template("operator/devices.html", devices=found)


@blueprint.post("/operator/devices/<int:device_id>/revocation")
@allow(Permission.MANAGE_DEVICES)
def revoke_device(device_id: int) -> ResponseReturnValue:
    """A device that was lost, stolen or given away."""
    with writing() as session:
        end_device(session, current_actor(), device_id, datetime.now(UTC))
    flash(gettext("The device opens nothing any more."), "success")
    return redirect(url_for(".devices"), 303)
