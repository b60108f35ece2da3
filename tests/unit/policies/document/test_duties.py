"""Who is named in labels, in brackets and in the sentence itself, and what is no duty."""

import pytest

from policies.document.duties import find_duties, read_duties, without
from policies.document.units import UnitReader


@pytest.mark.parametrize(
    ("text", "lead", "support"),
    [
        ("做。（牵头部门：区科经委；配合部门：财政局、税务局）", "区科经委", "区财政局 区税务局"),
        ("做。责任单位：区科经委、区财政局。", "区科经委 区财政局", ""),
        ("做。（责任单位：区科经委（牵头）、区财政局）", "区科经委", "区财政局"),
        ("做。（区科经委牵头，区财政局、区税务局按职责分工配合）", "区科经委", "区财政局 区税务局"),
        ("做。（区科经委、区财政局等按职责分工负责）", "区科经委 区财政局", ""),
        ("由区科经委牵头，会同财政局、税务局制定方案。", "区科经委", "区财政局 区税务局"),
        ("由区科经委会同区财政局制定细则。", "区科经委", "区财政局"),
        ("区科经委负责受理，区财政局配合。", "区科经委", "区财政局"),
        ("申报由区科经委、区财政局负责审核。", "区科经委 区财政局", ""),
        ("由区分管领导牵头。", "", ""),
        ("本办法由区科经委负责解释。", "", ""),
        ("企业（研发部负责）应当建账（见附件）。", "", ""),
        ("做。（示例局牵头）", "示例局", ""),
        ("由专业机构负责运营（下称平台）。", "", ""),
    ],
)
def test_who_leads_and_who_supports(text: str, lead: str, support: str) -> None:
    leading, supporting = read_duties(find_duties(text), 1, UnitReader())
    assert " ".join(unit.label for unit in leading) == lead
    assert " ".join(unit.label for unit in supporting) == support


def test_only_what_stands_apart_is_taken_out_of_the_text() -> None:
    text = "先做（区科经委负责）。再做。（区财政局牵头）后做，由区税务局牵头。"
    assert without(text, find_duties(text)) == "先做。再做。后做，由区税务局牵头。"
    running = "由区税务局牵头。"
    assert without(running, find_duties(running)) == running
