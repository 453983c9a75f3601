"""A model as bytes: arrays and JSON in one npz, never a pickle, so that reading one runs nothing.

The version is the hash of the bytes; the same model has the same bytes on every machine.
"""

import io
import json
import zipfile
import zlib
from dataclasses import asdict, replace
from hashlib import sha256
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from services.router.learned.judgement import ModelError
from services.router.learned.weights import Figures, Weights

FORMAT: Final = 1
# Uncompressed; a model of 10,000 cases has about 20 MB.
BYTES_MOST: Final = 400_000_000
_ARRAYS: Final = ("idf", "weights", "bias")
_NAMES: Final = ("words", "letters", "topics")
# What the libraries say of bytes that are none, or of a head that lacks something.
_NO_MODEL: Final = (ValueError, LookupError, TypeError, OSError, EOFError, zipfile.BadZipFile, zlib.error, RuntimeError)
_STATED: Final = ("pack_version", "classes", "spoken", "least", "overruled")


def sealed(weights: Weights) -> Weights:
    """The model with its version."""
    return replace(weights, version=_version(written(weights)))


def written(weights: Weights) -> bytes:
    """The bytes of a model."""
    stated = {name: getattr(weights, name) for name in _STATED}
    head = {"format": FORMAT, **stated, "figures": asdict(weights.figures)}
    arrays: dict[str, Any] = {name: getattr(weights, name) for name in _ARRAYS}
    arrays |= {name: _as_array("\n".join(getattr(weights, name))) for name in _NAMES}
    file = io.BytesIO()
    np.savez_compressed(file, head=_as_array(json.dumps(head, sort_keys=True)), **arrays)
    return file.getvalue()


def parse(content: bytes) -> Weights:
    """The model in some bytes; ModelError where they hold none, or one that is not whole."""
    try:
        return _parsed(content)
    except ModelError:
        raise
    except _NO_MODEL as error:
        raise ModelError(f"no model: {type(error).__name__}: {error}") from error


def _parsed(content: bytes) -> Weights:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        if sum(entry.file_size for entry in archive.infolist()) > BYTES_MOST:
            raise ModelError(f"no model: more than {BYTES_MOST} bytes")
    with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
        head = json.loads(_as_text(arrays["head"]))
        if head["format"] != FORMAT:
            raise ModelError(f"a model of format {head['format']}, this router reads {FORMAT}")
        words, letters, topics = (
            tuple(_as_text(arrays[name]).split("\n")) if len(arrays[name]) else () for name in _NAMES
        )
        newest = head["figures"].pop("newest")
        found = Weights(
            version=_version(content),
            pack_version=str(head["pack_version"]),
            classes=tuple(map(str, head["classes"])),
            spoken=(float(head["spoken"][0]), float(head["spoken"][1])),
            least=float(head["least"]),
            overruled=tuple(map(str, head["overruled"])),
            figures=Figures(**head["figures"], newest=Figures(**newest) if newest else None),
            words=words,
            letters=letters,
            topics=topics,
            idf=arrays["idf"],
            weights=arrays["weights"],
            bias=arrays["bias"],
        )
    _check(found)
    return found


def _check(found: Weights) -> None:
    rows, columns = len(found.words) + len(found.letters) + len(found.topics), len(found.classes)
    shapes = {"idf": (rows,), "weights": (rows, columns), "bias": (columns,)}
    for name, shape in shapes.items():
        array = getattr(found, name)
        if array.shape != shape or array.dtype != np.float32 or not np.isfinite(array).all():
            raise ModelError(f"no model: {name} are not {shape} finite numbers")
    if columns < 2 or len(set(found.classes)) != columns:
        raise ModelError("no model: agencies are missing or named twice")
    if not all(map(np.isfinite, (*found.spoken, found.least))) or (found.idf <= 0).any():
        raise ModelError("no model: weights that cannot be")


def _as_array(text: str) -> npt.NDArray[np.uint8]:
    return np.frombuffer(text.encode(), dtype=np.uint8)


def _as_text(array: npt.NDArray[np.uint8]) -> str:
    return array.tobytes().decode()


def _version(content: bytes) -> str:
    return sha256(content).hexdigest()[:12]
