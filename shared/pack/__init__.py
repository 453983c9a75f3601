"""A pack: the data of one deployment, loaded once and checked as a whole. What is true of one city lives there."""

from shared.pack.deployment import Deployment, Routing
from shared.pack.load import SHIPPED, load_pack, pack_of, read_files, version_of
from shared.pack.model import (
    BY_KECAMATAN,
    BY_KELURAHAN,
    BY_PLACE,
    EMERGENCY,
    PLACE,
    Agency,
    Cues,
    Flags,
    Need,
    Pack,
    Polygon,
    Region,
    Slang,
    SlaRule,
    Topic,
)
from shared.pack.problems import PackError, Problem

__all__ = [
    "BY_KECAMATAN",
    "BY_KELURAHAN",
    "BY_PLACE",
    "EMERGENCY",
    "PLACE",
    "SHIPPED",
    "Agency",
    "Cues",
    "Deployment",
    "Flags",
    "Need",
    "Pack",
    "PackError",
    "Polygon",
    "Problem",
    "Region",
    "Routing",
    "SlaRule",
    "Slang",
    "Topic",
    "load_pack",
    "pack_of",
    "read_files",
    "version_of",
]
