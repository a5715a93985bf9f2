"""The tables, one file per subject. Importing this package makes the whole schema known."""

from bottletrack.tables.base import Base
from bottletrack.tables.catalogue import BottleModel, Defect
from bottletrack.tables.journal import MAX_QUANTITY, Event, LotState, Movement, Promise
from bottletrack.tables.lots import Lot, WashRun
from bottletrack.tables.orders import Order, OrderLine
from bottletrack.tables.people import ApiToken, Person, PersonRole, Winery
from bottletrack.tables.places import CollectionPoint, Place, Site, Territory

__all__ = [
    "MAX_QUANTITY",
    "ApiToken",
    "Base",
    "BottleModel",
    "CollectionPoint",
    "Defect",
    "Event",
    "Lot",
    "LotState",
    "Movement",
    "Order",
    "OrderLine",
    "Person",
    "PersonRole",
    "Place",
    "Promise",
    "Site",
    "Territory",
    "WashRun",
    "Winery",
]
