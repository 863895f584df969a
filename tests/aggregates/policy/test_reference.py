"""docs/policy.md and docs/policy.schema.json are what the models say."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from aggregates.policy import policy_reference, policy_schema, read_policy
from aggregates.policy.leaves import leaves
from aggregates.policy.prompts import PROMPT_FIELDS
from tests.aggregates.policy.documents import flat

ROOT = Path(__file__).parents[3]
GENERATOR = "scripts/generate_policy_docs.py"
NAMES = ("policy.md", "policy.schema.json")


def generate(root: Path, *options: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603  (our own script)
        [sys.executable, str(root / GENERATOR), *options],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A tree with the generator, the code and the documents as they are."""
    (tmp_path / "scripts").mkdir()
    (tmp_path / "docs").mkdir()
    (tmp_path / "src").symlink_to(ROOT / "src")
    for name in (GENERATOR, *(f"docs/{name}" for name in NAMES)):
        shutil.copy(ROOT / name, tmp_path / name)
    return tmp_path


def test_the_documents_are_up_to_date() -> None:
    assert (ROOT / "docs/policy.md").read_text(encoding="utf-8") == policy_reference()
    written = (ROOT / "docs/policy.schema.json").read_text(encoding="utf-8")
    assert json.loads(written) == policy_schema()


def test_check_is_content_with_the_documents_as_they_are() -> None:
    checked = generate(ROOT, "--check")
    assert (checked.returncode, checked.stderr) == (0, "")


def test_check_names_what_is_out_of_date_in_one_line_and_writes_nothing(copy: Path) -> None:
    stale = copy / "docs" / "policy.md"
    stale.write_text("old", encoding="utf-8")
    (copy / "docs" / "policy.schema.json").unlink()

    checked = generate(copy, "--check")

    assert checked.returncode == 1
    assert checked.stderr == (
        "error: out of date: docs/policy.md, docs/policy.schema.json; "
        "run scripts/generate_policy_docs.py\n"
    )
    assert stale.read_text(encoding="utf-8") == "old"


def test_the_generator_writes_both_documents(copy: Path) -> None:
    for name in NAMES:
        (copy / "docs" / name).unlink()
    assert generate(copy).returncode == 0
    for name in NAMES:
        written = (copy / "docs" / name).read_bytes()
        assert written == (ROOT / "docs" / name).read_bytes()
        assert written.endswith(b"\n")


def test_every_leaf_has_a_row() -> None:
    rows = re.findall(r"^\| `([\w.]+)` \|", policy_reference(), re.MULTILINE)
    assert rows == list(leaves())


def test_every_row_has_as_many_cells_as_its_head() -> None:
    for line in policy_reference().splitlines():
        if line.startswith("| `") and "{" not in line:
            assert line.count("|") == 5, line


def test_every_field_of_every_prompt_is_explained() -> None:
    for name, fields in PROMPT_FIELDS.items():
        section = policy_reference().split(f"### `prompts.{name}`")[1].split("### ")[0]
        assert re.findall(r"^\| `\{(\w+)\}` \|", section, re.MULTILINE) == list(fields)


def test_the_example_is_valid_and_says_everything() -> None:
    example = policy_reference().split("```yaml\n")[1].split("```")[0]
    reading = read_policy(example)
    assert reading.problems == ()
    assert flat(reading.document or {}).keys() == leaves().keys()


def test_the_links_lead_somewhere() -> None:
    for target in re.findall(r"\]\(([^)#]+)\)", policy_reference()):
        assert (ROOT / "docs" / target).exists()
    assert "## Prompts in full" in policy_reference()
