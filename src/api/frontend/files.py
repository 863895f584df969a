"""The dashboard as it was built: every file in memory, under the path by which browsers ask.

Nothing is looked up on a disk when somebody asks, so no path can lead out of the build.
"""

import base64
import hashlib
import mimetypes
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from api.headers import content_policy

PAGE = "page.html"  # the one page, which shows all views
HASHED = "_app/immutable/"  # whose names change with their content
# What the build packed beside a file, as browsers name it; what they should take first comes first.
_PACKED = {"br": ".br", "gzip": ".gz"}
_INLINE = re.compile(rb"<script>(.*?)</script>", re.DOTALL)


@dataclass(frozen=True, slots=True)
class BuiltFile:
    """A file of the build; ``packed`` has it by content coding, ``tag`` is its ETag."""

    content: bytes
    packed: Mapping[str, bytes]
    media_type: str
    tag: str
    is_immutable: bool


@dataclass(frozen=True, slots=True)
class Frontend:
    """The build; ``policy`` is the Content-Security-Policy under which its page is shown."""

    files: Mapping[str, BuiltFile]
    policy: str

    @property
    def page(self) -> BuiltFile:
        """The one page that shows all views."""
        return self.files[PAGE]


def read_frontend(folder: Path) -> Frontend | None:
    """Read a build; None: there is none in the folder."""
    if not (folder / PAGE).is_file():
        return None
    files = dict(_files(folder))
    hashes = [_hash(script) for script in _INLINE.findall(files[PAGE].content)]
    return Frontend(files=files, policy=content_policy(scripts=hashes))


def _files(folder: Path) -> Iterator[tuple[str, BuiltFile]]:
    for file in sorted(folder.rglob("*")):
        name = file.relative_to(folder).as_posix()
        if not file.is_file() or file.suffix in _PACKED.values() or file.name.startswith("."):
            continue
        content = file.read_bytes()
        packed = {
            coding: beside.read_bytes()
            for coding, suffix in _PACKED.items()
            if (beside := file.with_name(file.name + suffix)).is_file()
        }
        digest = hashlib.sha256(content).hexdigest()[:32]
        yield name, BuiltFile(content, packed, _media_type(name), digest, name.startswith(HASHED))


def _media_type(name: str) -> str:
    if name.endswith(".js"):  # which some machines' tables give another type
        return "text/javascript"
    return mimetypes.guess_type(name)[0] or "application/octet-stream"


def _hash(script: bytes) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(script).digest()).decode()}'"
