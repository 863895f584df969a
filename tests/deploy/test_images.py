"""What containers are built from and run is named by digest: nobody else's tag moves it."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
NAMED = {
    "Dockerfile": r"^FROM (\S+)",
    "compose.yaml": r"^\s+image: (\S+)",
}


@pytest.mark.parametrize("file", NAMED)
def test_every_image_of_others_is_named_by_digest(file: str) -> None:
    images = re.findall(NAMED[file], (ROOT / file).read_text(encoding="utf-8"), re.MULTILINE)
    assert images
    for image in images:
        assert re.fullmatch(r"[a-z]+:[\w.-]+@sha256:[0-9a-f]{64}", image), image
