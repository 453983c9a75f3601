"""A pack as one piece, to be kept with what was decided by it."""

import io
import zipfile

from shared.pack.load import pack_of
from shared.pack.model import Pack

_BEGINNING = (1980, 1, 1, 0, 0, 0)  # the same files give the same bytes on any day


def archived(files: dict[str, bytes]) -> bytes:
    """The files of a pack as a ZIP archive; the same files give the same bytes."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(files):
            entry = zipfile.ZipInfo(name, _BEGINNING)
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, files[name])
    return held.getvalue()


def restored(archive: bytes) -> Pack:
    """The pack of an archive, checked as any other; its version is the one that it was archived with."""
    with zipfile.ZipFile(io.BytesIO(archive)) as held:
        return pack_of({name: held.read(name) for name in held.namelist()})
