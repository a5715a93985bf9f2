"""What is in stock today, by model and grade."""

from flask import render_template, request
from flask.typing import ResponseReturnValue

from bottletrack.access import Permission
from webapp.database import reading
from webapp.security import allow
from webapp.signed_in import current_actor
from webapp.winemaker.blueprint import blueprint
from webapp.winemaker.shop import open_shop


@blueprint.get("/")
@allow(Permission.ORDER)
def catalogue() -> ResponseReturnValue:
    """The bottles that can leave today, and those that can be ordered for later."""
    with reading() as session:
        shop = open_shop(session, current_actor(), request.args.get("site_id", type=int))
        return render_template("winemaker/catalogue.html", shop=shop)
