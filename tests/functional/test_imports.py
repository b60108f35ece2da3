"""Tables of firms through HTTP: a dry run first, then the run; stopped, repeated, exported and read back."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from typing import Any

import openpyxl
import pytest
from flask.testing import FlaskClient

from backend.companies.service import Firm
from backend.companies.service.importing import BATCH
from backend.demo.firms import made_up_code
from backend.shared.caller import SYSTEM
from backend.shared.errors import WrongStateError
from backend.wiring import House
from policies.facts import resolve

Headers = dict[str, str]
API = "/api/v1"
HEAD = "统一社会信用代码,企业名称,区域,2025年销售收入（万元）,Ⅰ类知识产权件数,联系人,联系电话"
CODES = [made_up_code(number) for number in range(1, 6)]


def table(*lines: str, head: str = HEAD) -> bytes:
    return "\n".join((head, *lines)).encode("gb18030")


def upload(
    client: FlaskClient, headers: Headers, data: bytes, dry: bool = True, name: str = "企业.csv", **form: str
) -> Any:
    body = {"file": (io.BytesIO(data), name), "dry_run": str(dry).lower(), "source": "tax", **form}
    return client.post(f"{API}/staff/company-imports", data=body, headers=headers)


def done(
    house: House, client: FlaskClient, headers: Headers, answer: Any
) -> tuple[dict[str, Any], list[list[str]]]:
    assert answer.status_code == 202, answer.json
    house.queue.drain()
    run = client.get(f"{API}/staff/company-imports/{answer.json['id']}", headers=headers).json
    report = client.get(f"{API}/staff/company-imports/{run['id']}/report", headers=headers)
    text = report.data.decode("utf-8-sig")
    return run, list(csv.reader(io.StringIO(text, newline="")))[1:]


def value(house: House, uscc: str, name: str) -> object:
    return resolve(house.companies.facts_of(uscc), house.clock.today()).value(name)


ROWS = table(
    f"{CODES[0]},示例芯片有限公司,张江,4800,2,示例人,13800000000",
    f"{CODES[1]},示例生物有限公司,临港,0.5亿,无,,",
    "9.1E+17,示例新材料有限公司,张江,1,,,",
    f"{CODES[0]},示例芯片有限公司,张江,1,,,",
    f"{CODES[2]},,张江,1,,,",
    f"{CODES[3]},=HYPERLINK(1),张江,1,,,",
)


def test_a_dry_run_says_row_by_row_what_would_happen_and_writes_nothing(
    house: House, client: FlaskClient, staff: Callable[..., Headers]
) -> None:
    editor = staff("editor")
    run, report = done(house, client, editor, upload(client, editor, ROWS))
    assert (run["status"], run["rows"], run["rows_done"]) == ("done", 6, 6)
    assert run["counts"] == {"new": 2, "changed": 0, "same": 0, "refused": 4}
    assert [row[3] for row in report] == ["新增", "新增", "拒收", "拒收", "拒收", "拒收"]
    reasons = ("变成了数字", "与第2行是同一家", "缺少企业名称", "公式")
    for row, reason in zip(report[2:], reasons, strict=True):
        assert reason in row[4]
    assert house.companies.count() == 0
    real = client.post(f"{API}/staff/company-imports/{run['id']}/run", headers=editor)
    run, report = done(house, client, editor, real)
    assert run["counts"] == {"new": 2, "changed": 0, "same": 0, "refused": 4}
    assert house.companies.count() == 2
    assert value(house, CODES[0], "revenue") == 48_000_000
    assert value(house, CODES[1], "revenue") == 50_000_000
    assert value(house, CODES[1], "class1_ip") == 0
    assert value(house, CODES[0], "area") == "zhangjiang"
    assert "13800000000" not in str(report)


def test_the_same_again_changes_nothing_and_a_new_figure_only_itself(
    house: House, client: FlaskClient, staff: Callable[..., Headers]
) -> None:
    editor = staff("editor")
    done(house, client, editor, upload(client, editor, ROWS, dry=False))
    before = [house.companies.read_company(uscc, SYSTEM) for uscc in CODES[:2]]
    run, _ = done(house, client, editor, upload(client, editor, ROWS, dry=False))
    assert run["counts"] == {"new": 0, "changed": 0, "same": 2, "refused": 4}
    assert [house.companies.read_company(uscc, SYSTEM) for uscc in CODES[:2]] == before
    house.clock.move(minutes=1)  # type: ignore[attr-defined]
    other = table(
        f"{CODES[0]},示例芯片（更名）有限公司,张江,5000,,,",
        f"{CODES[1]},示例生物有限公司,临港,5000,,,",
    )
    run, report = done(house, client, editor, upload(client, editor, other, dry=False))
    assert run["counts"] == {"new": 0, "changed": 1, "same": 1, "refused": 0}
    assert (report[0][3], report[0][4]) == ("变更", "2025年销售收入、企业名称")
    company = house.companies.read_company(CODES[0], SYSTEM)
    assert (company.name, value(house, CODES[0], "revenue")) == ("示例芯片（更名）有限公司", 50_000_000)
    assert [row["value"] for row in company.particulars] == ["示例芯片有限公司", "示例芯片（更名）有限公司"]
    assert value(house, CODES[0], "class1_ip") == 2


def test_what_contradicts_the_known_is_refused_and_facts_of_others_make_a_row_be_read_again(
    house: House, client: FlaskClient, staff: Callable[..., Headers]
) -> None:
    editor = staff("editor")
    done(house, client, editor, upload(client, editor, ROWS, dry=False))
    house.clock.move(minutes=1)  # type: ignore[attr-defined]
    wrong = table(f"{CODES[0]},示例芯片有限公司,4801", head="信用代码,名称,2025年主营业务收入（万元）")
    run, report = done(house, client, editor, upload(client, editor, wrong, dry=False))
    assert (run["counts"]["refused"], "大于" in report[0][4]) == (1, True)
    fact = {"name": "revenue", "value": 1, "period": "2025"}
    house.companies.record_facts(CODES[0], [fact], "tax", SYSTEM)
    house.clock.move(minutes=1)  # type: ignore[attr-defined]
    run, _ = done(house, client, editor, upload(client, editor, ROWS, dry=False))
    assert run["counts"]["changed"] == 1
    assert value(house, CODES[0], "revenue") == 48_000_000


def many(count: int) -> bytes:
    return table(
        *(f"{made_up_code(n)},示例{n}号,张江,{n},1" for n in range(1, count + 1)),
        head="统一社会信用代码,企业名称,区域,2025年销售收入（万元）,Ⅰ类知识产权件数",
    )


def test_a_run_is_stopped_and_goes_on_where_it_was(
    house: House, client: FlaskClient, staff: Callable[..., Headers]
) -> None:
    editor = staff("editor")
    count = 2 * BATCH + 10
    started = upload(client, editor, many(count), dry=False).json
    path = f"{API}/staff/company-imports/{started['id']}"

    def stop_once(done: int, total: int) -> None:
        if done == BATCH:
            assert total == count
            assert client.post(f"{path}/stop", headers=editor).status_code == 200

    house.firms.imports.run(started["id"], stop_once)
    stopped = client.get(path, headers=editor).json
    assert (stopped["status"], stopped["rows_done"]) == ("stopped", 2 * BATCH)
    assert client.post(f"{path}/stop", headers=editor).status_code == 409
    house.queue.drain()
    run, report = done(house, client, editor, _accepted(client.post(f"{path}/resume", headers=editor)))
    assert (run["status"], run["counts"]["new"], len(report)) == ("done", count, count)
    assert house.companies.count() == count
    with pytest.raises(WrongStateError):
        house.firms.imports.go_on(run["id"], SYSTEM)


def _accepted(answer: Any) -> Any:
    assert answer.status_code == 200, answer.json
    answer.status_code = 202
    return answer


def test_a_workbook_and_a_saved_mapping(
    house: House, client: FlaskClient, staff: Callable[..., Headers]
) -> None:
    editor = staff("editor")
    columns = {
        "代码": {"target": "uscc"},
        "单位": {"target": "name"},
        "营收": {"target": "revenue", "unit": "万元", "period": "2025"},
        "发证日": {"target": "gaoqi_issued_on"},
    }
    saved = client.put(f"{API}/staff/company-mappings/税务月报", json={"columns": columns}, headers=editor)
    assert saved.status_code == 200, saved.json
    book = openpyxl.Workbook()
    book.active.append(["代码", "单位", "营收", "发证日"])
    book.active.append([CODES[0], "示例芯片有限公司", 4800.5, 45717])
    book.active.append([CODES[1], "示例生物有限公司", "=1+1", None])
    data = io.BytesIO()
    book.save(data)
    answer = upload(client, editor, data.getvalue(), False, "月报.xlsx", mapping="税务月报")
    run, report = done(house, client, editor, answer)
    assert (run["counts"]["new"], run["counts"]["refused"]) == (1, 1)
    assert "公式" in report[1][4]
    assert value(house, CODES[0], "revenue") == 48_005_000
    assert str(value(house, CODES[0], "gaoqi_issued_on")) == "2025-03-01"
    bad = {"columns": {"代码": {"target": "no_such_thing"}}}
    assert client.put(f"{API}/staff/company-mappings/x", json=bad, headers=editor).status_code == 422
    assert upload(client, editor, ROWS, mapping="没有").status_code == 404


@pytest.mark.parametrize(
    ("name", "data"),
    [("a.csv", b""), ("a.pdf", b"%PDF"), ("a.xlsx", b"PK\x03\x04"), ("a.csv", "甲,乙\n1,2".encode())],
)
def test_files_that_are_no_table_of_firms_are_refused(
    client: FlaskClient, staff: Callable[..., Headers], name: str, data: bytes
) -> None:
    assert upload(client, staff("editor"), data, name=name).status_code == 422


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_an_export_reads_back_as_nothing_new(
    house: House, client: FlaskClient, staff: Callable[..., Headers], form: str
) -> None:
    editor = staff("editor")
    facts = [
        {"name": "revenue", "value": 48_000_001, "period": "2025"},
        {"name": "net_profit", "value": -5, "period": "2024"},
        {"name": "market_share", "value": "12.5%"},
        {"name": "titles", "value": []},
        {"name": "rd_body", "value": False},
        {"name": "registered_on", "value": "2020-03-01"},
        {"name": "tech_field", "value": "materials"},
    ]
    firm = Firm(CODES[0], "=1+1示例", area="张江", town="北蔡", industries=("集成电路",), facts=tuple(facts))
    house.companies.add_company(firm, SYSTEM, "tax")
    answer = client.get(f"{API}/staff/company-exports?format={form}", headers=editor)
    assert answer.status_code == 200
    if form == "csv":
        assert b"\n'=1+1" not in answer.data
        assert ",'=1+1" in answer.data.decode("utf-8-sig")
    run, report = done(house, client, editor, upload(client, editor, answer.data, False, f"x.{form}"))
    outcome = run["counts"]
    # A name that looks like a formula is not taken from a file, whoever wrote the file.
    assert (outcome["same"], outcome["refused"]) == (0, 1), report
    house.companies.add_company(Firm(CODES[1], "示例", facts=tuple(facts)), SYSTEM, "tax")
    answer = client.get(f"{API}/staff/company-exports?format={form}", headers=editor)
    run, report = done(house, client, editor, upload(client, editor, answer.data, False, f"x.{form}"))
    assert (run["counts"]["same"], run["counts"]["changed"]) == (1, 0), report
    trail = house.accounts.audit.list_entries(5, None, action="companies.exported")
    assert trail.total == 2


def test_what_a_better_source_says_already_is_nothing_new_unless_this_one_said_otherwise(
    house: House, client: FlaskClient, staff: Callable[..., Headers]
) -> None:
    editor, uscc = staff("editor"), CODES[0]
    revenue = {"name": "revenue", "value": 48_000_000, "period": "2025"}
    house.companies.add_company(Firm(uscc, "示例芯片有限公司", facts=(revenue,)), SYSTEM, "tax")
    rows = table(f"{uscc},示例芯片有限公司,,4800,,,")

    def outcome(source: str, data: bytes = rows) -> list[str]:
        _, report = done(house, client, editor, upload(client, editor, data, False, source=source))
        return report[0][3:]

    assert outcome("staff_verified") == ["无变化", ""]
    assert len(house.companies.facts_of(uscc)) == 1
    assert outcome("registry") == ["变更", "2025年销售收入、企业名称"]  # a better word is kept
    other = table(f"{uscc},示例芯片有限公司,,4700,,,")
    assert outcome("staff_verified", other) == ["变更", "2025年销售收入"]
    assert value(house, uscc, "revenue") == 48_000_000
    assert outcome("staff_verified") == ["变更", "2025年销售收入"]  # it comes round


def test_only_the_commission_imports_and_exports(
    client: FlaskClient, staff: Callable[..., Headers], person: Callable[..., Headers], house: House
) -> None:
    house.companies.add_company(Firm(CODES[0], "示例"), SYSTEM)
    for headers in (staff("liaison", areas=("zhangjiang",)), staff("mentor"), person(CODES[0])):
        assert upload(client, headers, ROWS).status_code == 403
        assert client.get(f"{API}/staff/company-exports", headers=headers).status_code == 403
        assert client.get(f"{API}/staff/company-imports", headers=headers).status_code == 403


def test_the_report_says_which_words_no_list_knows_and_has_its_head_when_there_are_no_rows(
    house: House, client: FlaskClient, staff: Callable[..., Headers]
) -> None:
    editor = staff("editor")
    head = "统一社会信用代码,企业名称,区域,经营地街镇"
    odd = table(f"{CODES[0]},示例芯片有限公司,示例片区,示例镇", head=head)
    for dry in (True, False):
        _, report = done(house, client, editor, upload(client, editor, odd, dry))
        assert report[0][3:] == ["新增", "名录中没有，按原文保留：注册地所属区域、经营地街镇。"]
    run, report = done(house, client, editor, upload(client, editor, table(head=head)))
    assert (run["rows"], report) == (0, [])
    raw = client.get(f"{API}/staff/company-imports/{run['id']}/report", headers=editor).data
    assert raw.decode("utf-8-sig").startswith("行号,统一社会信用代码")
