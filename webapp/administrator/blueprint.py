"""The blueprint that all of an administrator's views belong to."""

from flask import Blueprint

blueprint = Blueprint("administrator", __name__, url_prefix="/administrator", template_folder="templates")
