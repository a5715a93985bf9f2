"""The tables, one file per subject. Importing this package makes the whole schema known."""

from bottletrack.tables.base import Base
from bottletrack.tables.catalogue import BottleModel, Defect
from bottletrack.tables.devices import Badge, Device, LateScan, Sitting
from bottletrack.tables.journal import MAX_QUANTITY, Event, LotState, Movement, Promise
from bottletrack.tables.labels import LabelRemains, LabelTrial, LabelVariant, TrialResult
from bottletrack.tables.lots import Lot, Transit, Washer, WashRun
from bottletrack.tables.measuring import Measure, Measurement
from bottletrack.tables.orders import Order, OrderLine
from bottletrack.tables.people import ApiToken, Person, PersonRole, Winery
from bottletrack.tables.places import CollectionPoint, Place, Site, Territory
from bottletrack.tables.quality import DefectCount, Inspection, InspectionPlan, SiteDefect
from bottletrack.tables.recalls import RecallCase, RecallPlace, RecallTally
from bottletrack.tables.work import Container, ContainerType, ContainerUse, LabelPrint, RetiredCode, WorkHours

__all__ = [
    "MAX_QUANTITY",
    "ApiToken",
    "Badge",
    "Base",
    "BottleModel",
    "CollectionPoint",
    "Container",
    "ContainerType",
    "ContainerUse",
    "Defect",
    "DefectCount",
    "Device",
    "Event",
    "Inspection",
    "InspectionPlan",
    "LabelPrint",
    "LabelRemains",
    "LabelTrial",
    "LabelVariant",
    "LateScan",
    "Lot",
    "LotState",
    "Measure",
    "Measurement",
    "Movement",
    "Order",
    "OrderLine",
    "Person",
    "PersonRole",
    "Place",
    "Promise",
    "RecallCase",
    "RecallPlace",
    "RecallTally",
    "RetiredCode",
    "Site",
    "SiteDefect",
    "Sitting",
    "Territory",
    "Transit",
    "TrialResult",
    "WashRun",
    "Washer",
    "Winery",
    "WorkHours",
]
