"""A disk of its own for the database, that can be filled to the last block. Needs root."""

import os
import subprocess
from pathlib import Path
from typing import Self

_GIB = 2**30


class Disk:
    """An ext4 file system in a sparse file, mounted at a folder; a ballast file takes what is left of it."""

    def __init__(self, image: Path, folder: Path) -> None:
        self._image, self._folder = image, folder

    @classmethod
    def make(cls, image: Path, folder: Path, gibibytes: int) -> Self | None:
        """Make and mount one; None where this process may not."""
        if os.geteuid() != 0:
            return None
        folder.mkdir(parents=True, exist_ok=True)
        image.parent.mkdir(parents=True, exist_ok=True)
        with image.open("wb") as file:
            file.truncate(gibibytes * _GIB)
        for command in (("mkfs.ext4", "-q", "-F", "-m", "0", image), ("mount", "-o", "loop", image, folder)):
            if subprocess.run(command, check=False, capture_output=True).returncode != 0:
                image.unlink()
                return None
        return cls(image, folder)

    @property
    def _ballast(self) -> Path:
        return self._folder / "ballast"

    def fill(self) -> None:
        """Leave not one block."""
        with self._ballast.open("wb") as file:
            for size in (_GIB, 2**24, 2**16, 2**12):
                while True:
                    try:
                        os.posix_fallocate(file.fileno(), os.fstat(file.fileno()).st_size, size)
                    except OSError:
                        break

    def free(self) -> None:
        """Give it back."""
        self._ballast.unlink()

    def remove(self) -> None:
        """Unmount and delete."""
        subprocess.run(("umount", self._folder), check=False, capture_output=True)
        self._image.unlink(missing_ok=True)
