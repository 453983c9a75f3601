"""The first deployment's pack, loaded once for all tests of intake."""

from pathlib import Path

from shared.pack import load_pack

PACK = load_pack(Path(__file__).resolve().parents[3] / "deploy" / "packs" / "kota-pasuruan")
