"""A change of the API that breaks the page does not compile: proven on a copy of document and page."""

from __future__ import annotations

import json
import shutil
import subprocess
from typing import Any

import pytest

from backend.demo.page import SOURCES

# Of each room one field that a screen reads.
RENAMED = (
    ("AnswersJson", "questions"),
    ("HelpedCondition", "sentence"),
    ("FindingsJson", "did_you_mean"),
    ("FoundPolicy", "validity"),
    ("PolicyJson", "replaced_by"),
    ("VersionJson", "material"),
    ("LinkJson", "in_force"),
    ("FirmRungJson", "state_label"),
    ("PortraitJson", "completeness"),
    ("LifeJson", "service_class_label"),
    ("KeptFactJson", "source_label"),
    ("NextStepJson", "because"),
    ("InboxMessage", "read_at"),
    ("WhyJson", "change_label"),
    ("WishesJson", "personalised"),
    ("SignedInJson", "refresh_token"),
    ("PersonJson", "notice_current"),
    ("AdviserJson", "level_label"),
    ("ListedInstitution", "kind_label"),
    ("RequestJson", "promise"),
)
DROPPED = ("/api/v1/news", "/api/v1/follows/{follow_id}")

pytestmark = pytest.mark.timeout(900)


@pytest.fixture(scope="module")
def complaints(page_tools: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> str:
    """What the type check says of the page once fields are renamed and doors dropped."""
    copy = tmp_path_factory.mktemp("page")
    shutil.copytree(SOURCES / "src", copy / "src", ignore=shutil.ignore_patterns("schema.d.ts"))
    for name in ("package.json", "tsconfig.json"):
        shutil.copy(SOURCES / name, copy)
    (copy / "node_modules").symlink_to((SOURCES / "node_modules").resolve())
    document = json.loads((SOURCES / "openapi.json").read_text("utf-8"))
    _break(document)
    (copy / "openapi.json").write_text(json.dumps(document), "utf-8")
    checked = subprocess.run(
        ["npm", "run", "type-check"], cwd=copy, env=page_tools, capture_output=True, text=True, check=False
    )
    assert checked.returncode != 0, "the page compiles though the API has changed"
    return checked.stdout


@pytest.mark.parametrize(("shape", "field"), RENAMED)
def test_a_renamed_field_of_an_answer_does_not_compile(complaints: str, shape: str, field: str) -> None:
    assert f"'{field}'" in complaints, f"nobody noticed that {shape}.{field} was renamed"


@pytest.mark.parametrize("address", DROPPED)
def test_a_dropped_address_does_not_compile(complaints: str, address: str) -> None:
    assert f'"{address}"' in complaints


def _break(document: Any) -> None:
    shapes = document["components"]["schemas"]
    for shape, field in RENAMED:
        fields = shapes[shape]["properties"]
        fields[f"renamed_{field}"] = fields.pop(field)
        shapes[shape]["required"] = [
            f"renamed_{name}" if name == field else name for name in shapes[shape].get("required", ())
        ]
    for address in DROPPED:
        del document["paths"][address]
