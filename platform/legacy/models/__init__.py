"""What is known of an old site and of its way into the platform. Every row belongs to one tenant."""

from legacy.models.acceptance import Acceptance, ApiAnswer, HostProbe
from legacy.models.addresses import AddressKind, AddressResult, OldAddress, OldHits
from legacy.models.items import ItemState, LegacyColumn, LegacyItem, LegacyMedia, LegacyRecipe
from legacy.models.raw import LegacyRaw, RawKind
from legacy.models.runs import LegacyRun, LineLevel, RunLine, RunState, Step
from legacy.models.transitions import Transition

__all__ = [
    "Acceptance",
    "AddressKind",
    "AddressResult",
    "ApiAnswer",
    "HostProbe",
    "ItemState",
    "LegacyColumn",
    "LegacyItem",
    "LegacyMedia",
    "LegacyRaw",
    "LegacyRecipe",
    "LegacyRun",
    "LineLevel",
    "OldAddress",
    "OldHits",
    "RawKind",
    "RunLine",
    "RunState",
    "Step",
    "Transition",
]
