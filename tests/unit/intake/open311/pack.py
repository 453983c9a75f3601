"""The pack that these tests read."""

from pathlib import Path
from typing import Final

from shared.pack import load_pack

PACK: Final = load_pack(Path(__file__).resolve().parents[4] / "deploy" / "packs" / "kota-pasuruan")
