"""Numbers of documents, days, targets and unit lists in their real spellings."""

from datetime import date

import pytest

from policies.document import Found, Head, Line, find_numbers, read_number
from policies.document.citations import find_citations
from policies.document.dates import read_day
from policies.document.headings import ordinal
from policies.document.places import Place, Places
from policies.document.quantities import chinese_number
from policies.document.targets import find_targets
from policies.document.units import UnitReader
from policies.document.validity import find_validity


@pytest.mark.parametrize(
    ("text", "normal", "damaged"),
    [
        ("浦科经委〔2023〕68号", "浦科经委〔2023〕68号", False),
        ("浦府规[2021] 4号", "浦府规〔2021〕4号", True),
        ("财科教【2017】6号", "财科教〔2017〕6号", True),
        ("工信部企业（2022）63号", "工信部企业〔2022〕63号", True),
        ("工信部企业(2022)63号", "工信部企业〔2022〕63号", True),
        ("工信部企业〔2026〕2 号", "工信部企业〔2026〕2号", False),
        ("浦府〔20221", "浦府〔2022〕1号", True),
        ("国科发火〔201632号", "国科发火〔2016〕32号", True),
        ("工信部企业〔202263", "工信部企业〔2022〕63号", True),
        ("沪科规〔2021〕第012号", "沪科规〔2021〕12号", True),
        ("公告2023年第7号", "公告2023年第7号", False),
        ("税务总局公告2017年第24号", "税务总局公告2017年第24号", False),
    ],
)
def test_real_spellings_of_a_number(text, normal, damaged) -> None:
    found = read_number(f" {text} ")
    assert (found.text, bool(found.damage)) == (normal, damaged)


@pytest.mark.parametrize(
    "text",
    [
        "（2023-2025年）",
        "浦科经委2023年68号",
        "共印70份",
        "第31次会议",
        "〔2023〕68号",
        "2023年5月8日",
        "浦科经委〔203〕68号",
    ],
)
def test_what_is_no_number(text) -> None:
    assert read_number(text) is None


def test_numbers_in_running_text() -> None:
    text = "依据《示例办法》（国科发火〔2016〕32号）和财税〔2017〕79号"
    assert [number.text.endswith(("〔2016〕32号", "〔2017〕79号")) for number in find_numbers(text)] == [
        True,
        True,
    ]


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2023年5月8日", date(2023, 5, 8)),
        ("2023-05-09", date(2023, 5, 9)),
        ("2023.5.9", date(2023, 5, 9)),
        ("二〇二三年五月八日", date(2023, 5, 8)),
        ("二○二四年十二月三十一日", date(2024, 12, 31)),
        ("2023年2月29日", None),
        ("2023年13月1日", None),
    ],
)
def test_days(text, day) -> None:
    assert read_day(text) == day


@pytest.mark.parametrize(
    ("text", "value"), [("十", 10), ("十二", 12), ("二十", 20), ("一百零三", 103), ("7", 7), ("甲", None)]
)
def test_ordinals(text, value) -> None:
    assert ordinal(text) == value


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("总量达到1.5万家", [(15000, "家", "at_least", None)]),
        ("不超过20个", [(20, "个", "at_most", None)]),
        ("到2030年，增长约5%", [(5, "%", "about", "total")]),
        ("每年服务企业100家", []),
        ("第31次会议印发70份", []),
        ("不少于3个工作日", []),
        ("不少于6个月", []),
    ],
)
def test_targets(text, expected) -> None:
    assert [(t.quantity, t.unit, t.comparator, t.per) for t in find_targets(text, 1)] == expected


@pytest.mark.parametrize(
    ("text", "units", "codes"),
    [
        ("区科经委、财政局", ["区科经委", "区财政局"], []),
        ("区科经委、示例观测站", ["区科经委", "示例观测站?"], ["cell_cut"]),
        ("区科经委、区示例局", ["区科经委", "区示例局"], ["unknown_department"]),
        ("区", ["区?"], ["cell_cut"]),
        ("市科委、财政局", ["市科委", "财政局"], ["unknown_department"]),
        ("", [], []),
    ],
)
def test_unit_lists(text, units, codes) -> None:
    reader = UnitReader()
    assert [unit.label + "?" * (not unit.sure) for unit in reader.read(text, 3)] == units
    assert [remark.code for remark in reader.remarks] == codes
    assert all(remark.line == 3 for remark in reader.remarks)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("十二", 12),
        ("二十", 20),
        ("三百零五", 305),
        ("两千", 2000),
        ("一千二百三十四", 1234),
        ("百", None),
        ("五六", None),
        ("十百", None),
    ],
)
def test_chinese_numbers(text, value) -> None:
    assert chinese_number(text) == value


@pytest.mark.parametrize(
    ("text", "effective", "expires"),
    [
        ("本办法自2027年3月1日起施行，有效期5年。", (date(2027, 3, 1), True), (date(2032, 2, 29), False)),
        (
            "本办法自2027年3月1日起施行。有效期至2029年12月31日。",
            (date(2027, 3, 1), True),
            (date(2029, 12, 31), True),
        ),
        ("本通知自印发之日起施行。", (date(2027, 1, 5), False), None),
        ("本规定自公布之日起30日后施行。", (date(2027, 2, 4), False), None),
        (
            "本细则有效期自2027年1月1日至2028年12月31日。",
            (date(2027, 1, 1), True),
            (date(2028, 12, 31), True),
        ),
        ("证书自颁发之日起有效期三年。", None, None),
        ("资格有效期至2029年12月31日。", None, None),
        ("《示例法》自2020年1月1日起施行。", None, None),
        ("本办法自2027年13月1日起施行。", None, None),
    ],
)
def test_validity_is_the_documents_own(text, effective, expires) -> None:
    signed = Found(date(2027, 1, 5), 1)
    start, end, _ = find_validity([(3, text)], "示例办法", signed, None)
    assert (start and (start.value, start.sure)) == effective
    assert (end and (end.value, end.sure)) == expires


@pytest.mark.parametrize(
    ("text", "citations"),
    [
        ("根据《示例办法》（示府规〔2021〕1号），制定本细则。", [("based_on", "示府规〔2021〕1号", True)]),
        ("为落实示府规〔2021〕1号文件精神", [("implements", "示府规〔2021〕1号", True)]),
        ("对《示例办法》作如下修改：", [("amends", "示例办法", False)]),
        ("原《示例办法》（示府规〔2021〕1号）同时废止。", [("repeals", "示府规〔2021〕1号", True)]),
        ("代替《示例办法》。", [("replaces", "示例办法", False)]),
        ("《示例办法》解读", [("interprets", "示例办法", False)]),
        ("填写《示例申请表》，参照《示例办法》。", [("cites", "示例办法", False)]),
        ("请按照《示例办法》办理。", [("cites", "示例办法", False)]),
    ],
)
def test_citations_and_their_role(text, citations) -> None:
    found = find_citations([Line(1, text)], Head())
    assert [(item.kind, item.target, item.sure) for item in found] == citations


def test_a_place_is_found_through_marks_and_breaks() -> None:
    lines = [Line(5, "**1、甲**（牵头"), Line(7, "\t<p>部门：区科经委、</p>财 政局")]
    places = Places(lines)
    assert places.find("牵头部门", 5, 7) == Place(5, (8, 10), True)
    assert places.find("财政局", 5, 7) == Place(7, (16, 20), True)
    assert lines[1].text[16:20] == "财 政局"
    assert places.find("区科经委", 7, 7) == Place(7, (7, 11), True)
    assert places.find("区科经委、税务局", 5, 7) == Place(7, (7, 12), False)
    assert places.find("税务局", 5, 7) is None and places.find("财政局", 5, 5) is None
