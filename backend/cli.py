"""The console command `policymap`."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal

import click

from backend.adapters.embedded_store import StoreLockedError
from backend.adapters.files import UnreadableFileError, check_size
from backend.adapters.logs import configure_logs
from backend.catalogue.service import Policy
from backend.companies.service.importing import LABELS as OUTCOME_LABELS
from backend.settings import Settings, SettingsError, read_settings
from backend.shared.caller import SYSTEM, Caller, Role
from backend.shared.errors import PolicyMapError
from backend.wiring import House, build_house
from policies.loader import load_library
from policies.proof import audit_sheets, known_equivalents, mutants_of, read_cases, surviving
from policies.sheet import Case, SheetError


@click.group(help="政策导图：政策、匹配与推送。")
@click.pass_context
def main(context: click.Context) -> None:
    """Reads the settings once; a wrong one ends here, naming the variable."""
    try:
        context.obj = read_settings()
    except SettingsError as error:
        raise click.ClickException(f"设置有误：{error}") from error
    configure_logs(
        "warning" if context.invoked_subcommand not in {"serve", "worker"} else context.obj.log_level
    )


@contextmanager
def _open_house(settings: Settings, instead: str) -> Iterator[House]:
    """The wired house; `instead` is the HTTP call that does the same while a server holds the store."""
    try:
        house = build_house(settings)
    except StoreLockedError as error:
        method, _, path = instead.partition(" ")
        call = f"{method} http://{settings.host}:{settings.port}{path}"
        raise click.ClickException(f"{error.message}\n请先停止它，或在它运行时调用：{call}") from error
    except PolicyMapError as error:
        raise click.ClickException(error.message) from error
    try:
        yield house
    except (PolicyMapError, UnreadableFileError) as error:
        raise click.ClickException(getattr(error, "message", str(error))) from error
    finally:
        house.close()


@main.command()
@click.option("--host", help="监听地址")
@click.option("--port", type=int, help="端口")
@click.pass_obj
def serve(settings: Settings, host: str | None, port: int | None) -> None:
    """启动网页服务（嵌入式存储时同时处理队列）。"""
    from backend.wsgi import serve as run_server

    chosen = {key: value for key, value in {"host": host, "port": port}.items() if value}
    run_server(settings.model_copy(update=chosen))


@main.command()
@click.pass_obj
def worker(settings: Settings) -> None:
    """处理队列与定时任务（使用 MongoDB 服务器时）。"""
    from backend.worker import work

    try:
        work(settings)
    except StoreLockedError as error:
        message = f"{error.message}\n嵌入式存储的队列由网页进程处理，不需要另开 worker。"
        raise click.ClickException(message) from error
    except PolicyMapError as error:
        raise click.ClickException(error.message) from error


@main.command("import")
@click.argument("path", type=click.Path(exists=True, path_type=Path))
@click.option("--slug", help="指定政策标识（只用于单个文件）")
@click.option("--version-of", help="作为这项政策的原件和新版本（只用于单个文件）")
@click.option("--separate", is_flag=True, help="文号已属于别的政策时，仍另立一项")
@click.option("--by", default="", help="以哪个工作人员的名义")
@click.option("--reviewer", default="", help="导入文件夹后由其审核（须与 --publisher 同用）")
@click.option("--publisher", default="", help="导入文件夹后由其发布")
@click.pass_obj
def import_path(
    settings: Settings,
    path: Path,
    slug: str | None,
    version_of: str | None,
    separate: bool,
    by: str,
    reviewer: str,
    publisher: str,
) -> None:
    """读入一份公文或整个文件夹，生成草稿；中断后再运行会接着做。"""
    with _open_house(settings, "POST /api/v1/staff/policies/import") as house:
        caller = house.accounts.staff_caller(by) if by else SYSTEM
        if path.is_dir():
            _import_folder(house, path, caller, reviewer, publisher, separate)
            return
        check_size(path.stat().st_size)
        data, catalogue = path.read_bytes(), house.catalogue
        if version_of:
            revision = catalogue.read_working(version_of).revision
            _show_import(catalogue.import_version(version_of, data, path.name, revision, caller))
        else:
            _show_import(catalogue.import_document(data, path.name, caller, slug, separate))


def _import_folder(
    house: House, folder: Path, caller: Caller, reviewer: str, publisher: str, separate: bool
) -> None:
    report = house.catalogue.folders.run(folder, caller.label, _show_progress, separate)
    click.echo()
    for line in report.lines():
        click.echo(line)
    if bool(reviewer) != bool(publisher):
        raise click.ClickException("批量发布须同时写明 --reviewer 和 --publisher。")
    if reviewer:
        judge = house.accounts.staff_caller(reviewer, Role.REVIEWER)
        releaser = house.accounts.staff_caller(publisher, Role.PUBLISHER)
        refused = house.publish_folder(report.slugs, caller, judge, releaser, _show_progress)
        click.echo(f"\n已发布 {len(report.slugs) - len(refused)} 项，未发布 {len(refused)} 项。")
        for name, why in refused:
            click.echo(f"  未发布：{name}：{why}")


def _show_import(policy: Policy) -> None:
    sheet = policy.sheet
    click.echo(f"{policy.slug}  {sheet.title}  {sheet.number or ''}")
    counts = f"条款 {len(sheet.clauses)}，任务 {len(sheet.tasks)}"
    click.echo(f"{counts}，状态 {policy.status}，版本 {policy.revision}")
    for warning in policy.warnings:
        click.echo(f"  第 {warning['line']} 行  {warning['code']}  {warning['message']}")


@main.command()
@click.argument("slug")
@click.option("--by", required=True, help="发布人（须有 publisher 角色）")
@click.option("--reviewer", default="", help="审核人：先提交并由其批准（不能是作者）")
@click.option("--note", default="", help="发布说明")
@click.pass_obj
def publish(settings: Settings, slug: str, by: str, reviewer: str, note: str) -> None:
    """发布一项政策。"""
    with _open_house(settings, f"POST /api/v1/staff/policies/{slug}/publish") as house:
        policy = house.catalogue.read_working(slug)
        publisher = house.accounts.staff_caller(by, Role.PUBLISHER)
        if reviewer:
            policy = house.catalogue.submit(slug, policy.revision, publisher)
            judge = house.accounts.staff_caller(reviewer, Role.REVIEWER)
            policy = house.catalogue.approve(slug, policy.revision, judge)
        published = house.catalogue.publish(slug, policy.revision, publisher, note=note)
        done = house.queue.drain()
        click.echo(f"已发布 {slug} 第 {published.live_version} 版，处理任务 {done} 项。")


@main.command()
@click.option("--day", type=click.DateTime(["%Y-%m-%d"]), help="按哪一天判断（默认今天）")
@click.pass_obj
def match(settings: Settings, day: datetime | None) -> None:
    """对培育库企业逐一判断，登记有变化的答复。"""
    with _open_house(settings, "POST /api/v1/staff/match-runs") as house:
        on: date = day.date() if day else house.clock.today()
        report = house.push.match_all(on, _show_progress)
        click.echo(f"\n企业 {report.firms} 家，新消息 {report.messages} 条。")


@main.command()
@click.pass_obj
def push(settings: Settings) -> None:
    """投递已登记、未投递的消息。"""
    with _open_house(settings, "POST /api/v1/staff/deliveries") as house:
        house.queue.drain()
        click.echo(f"已投递 {house.push.deliver_due()} 条。")


@main.command()
@click.pass_obj
def rebuild(settings: Settings) -> None:
    """从数据库重建检索索引与导图。"""
    with _open_house(settings, "POST /api/v1/staff/rebuilds") as house:
        made = house.rebuild(lambda done: click.echo(f"\r  {done}", nl=False))
        click.echo(f"\n索引 {made['documents']} 篇；导图 {made['nodes']} 个节点、{made['links']} 条关系。")


@main.command()
@click.option(
    "--plan", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="以此公文代替示例计划"
)
@click.pass_obj
def demo(settings: Settings, plan: Path | None) -> None:
    """装入示例数据，走一遍全程，然后启动服务（DEMO_SERVE=0 则不启动）。"""
    from backend.demo.run import run_demo, serve_wanted
    from backend.demo.walk import DemoError

    try:
        with _open_house(settings, "GET /readyz") as house:
            run_demo(house, plan, click.echo)
    except DemoError as error:
        raise click.ClickException(f"示例未走通：{error}") from error
    if serve_wanted():
        from backend.demo.page import build_beside
        from backend.wsgi import serve as run_server

        base = f"http://{settings.host}:{settings.port}"
        click.echo(
            f"\n网页：{base}/ 　政策页：{base}/policies 　接口说明：{base}/api/v1/docs，按 Ctrl-C 停止"
        )
        build_beside()
        run_server(settings)


@main.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path), required=False)
@click.pass_obj
def openapi(settings: Settings, file: Path | None) -> None:
    """写出接口说明（OpenAPI 3.1），小程序与网页的类型由此生成；不写明文件时显示。"""
    from backend.app import described

    with TemporaryDirectory() as folder:
        apart = {"data_dir": Path(folder), "mongodb_uri": None, "opensearch_url": None, "redis_url": None}
        with _open_house(settings.model_copy(update=apart), "GET /api/v1/swagger.json") as house:
            text = json.dumps(described(house), ensure_ascii=False, indent=1, sort_keys=True) + "\n"
    if file:
        file.write_text(text, "utf-8")
    else:
        click.echo(text, nl=False)


@main.command()
@click.pass_obj
def doctor(settings: Settings) -> None:
    """检查各部分是否正常。"""
    with _open_house(settings, "GET /readyz") as house:
        bad = 0
        for name, problem in {**house.check(), **house.check_library()}.items():
            bad += problem is not None
            click.echo(f"{'异常' if problem else '正常'}  {name}{'：' + problem if problem else ''}")
    sys.exit(1 if bad else 0)


@main.group()
def library() -> None:
    """政策库文件。"""


@library.command("load")
@click.pass_obj
def load_sheets(settings: Settings) -> None:
    """把随附的政策库装入数据库；工作人员改过的不覆盖，只报告差异。"""
    with _open_house(settings, "POST /api/v1/staff/library") as house:
        for line in house.load_library().lines():
            click.echo(line)


@library.command("check")
def check_library_files() -> None:
    """证明政策库：来源、日期、官方网址、双向关系、文字中的数字都有数据、验证案例全部符合。"""
    from backend.catalogue.service.audit import audit
    from policies.loader import load_library as read_library
    from policies.proof import check_library

    sheets, broken = read_library()
    found = [str(error) for error in broken] + [str(problem) for problem in check_library(sheets)]
    found += [f"{sheet.slug} {wrong.where}：{wrong.reason}" for sheet in sheets for wrong in audit(sheet)]
    for line in found:
        click.echo(f"  {line}")
    cases = sum(len(sheet.cases) for sheet in sheets)
    click.echo(f"政策 {len(sheets)} 项，验证案例 {cases} 个，问题 {len(found)} 处。")
    sys.exit(1 if found else 0)


@library.command("export")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.pass_obj
def export_library(settings: Settings, folder: Path) -> None:
    """把已发布的政策写成政策库文件。"""
    with _open_house(settings, "GET /api/v1/policies") as house:
        click.echo(f"已写出 {house.catalogue.export_sheets(folder)} 个文件。")


@main.group()
def rules() -> None:
    """政策规则的检查。"""


_CASES = click.option(
    "--cases",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("tests/cases"),
    show_default=True,
    help="另存案例的文件夹",
)


@rules.command("audit")
@_CASES
def audit_rules(cases: Path) -> None:
    """检查政策库的规则：无人能满足、互相矛盾、没有来源、案例或截止日、链接不是官方网址。"""
    sheets, broken = load_library()
    findings = [*map(str, broken), *map(str, audit_sheets(sheets, _more_cases(cases)))]
    for finding in findings:
        click.echo(finding)
    click.echo(f"检查了 {sum(bool(sheet.rules) for sheet in sheets)} 项政策，问题 {len(findings)} 处。")
    sys.exit(1 if findings else 0)


@rules.command("mutate")
@click.argument("slugs", nargs=-1)
@_CASES
def mutate_rules(slugs: tuple[str, ...], cases: Path) -> None:
    """逐处改动规则（门槛移一步、运算符颠倒、去掉条件），看案例是否都能发现。"""
    more = _more_cases(cases)
    unnoticed = 0
    for sheet in load_library()[0]:
        if not sheet.rules or (slugs and sheet.slug not in slugs):
            continue
        proof = [*sheet.cases, *(case for slug, case in more if slug == sheet.slug)]
        survivors = surviving(sheet, proof, known_equivalents().get(sheet.slug))
        left = [survivor for survivor in survivors if not survivor.reason]
        unnoticed += len(left)
        total = sum(1 for _ in mutants_of(sheet))
        click.echo(f"{sheet.slug}  改动 {total}，等价 {len(survivors) - len(left)}，未发现 {len(left)}")
        for survivor in survivors:
            mark = f"等价（{survivor.reason}）" if survivor.reason else "未发现"
            click.echo(f"  {mark}  {survivor.key}")
    sys.exit(1 if unnoticed else 0)


def _more_cases(folder: Path) -> list[tuple[str, Case]]:
    try:
        return read_cases(folder)
    except SheetError as error:
        raise click.ClickException(str(error)) from error


@main.group()
def companies() -> None:
    """企业名单。"""


@companies.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="只试读，不写入")
@click.option("--source", default="staff_verified", help="来源：registry、tax、staff_verified、self_declared")
@click.option("--mapping", default="", help="保存的列对应表")
@click.option("--year", default="", help="未写年份的年度指标所属年度")
@click.option("--report", type=click.Path(dir_okay=False, path_type=Path), help="逐行报告写到此文件")
@click.option("--by", default="", help="以哪个工作人员的名义")
@click.pass_obj
def import_companies(
    settings: Settings,
    file: Path,
    dry_run: bool,
    source: str,
    mapping: str,
    year: str,
    report: Path | None,
    by: str,
) -> None:
    """读入企业表（CSV 或 XLSX）；中断后重新执行即可，不会重复。"""
    with _open_house(settings, "POST /api/v1/staff/company-imports") as house:
        caller = house.accounts.staff_caller(by) if by else SYSTEM
        run = house.firms.imports.start(file, file.name, caller, dry_run, source, mapping, year)
        for column in run.columns:
            if not column["target"]:
                click.echo(f"  未使用的列：{column['header']}")
        house.firms.imports.run(run.id, _show_progress)
        run = house.firms.imports.read(run.id, caller)
        if run.status == "failed":
            raise click.ClickException(run.note)
        counts = "，".join(f"{label} {run.counts[kind]}" for kind, label in OUTCOME_LABELS.items())
        click.echo(f"\n{'试读' if dry_run else '导入'}完成：{counts}。")
        report = report or file.with_name(f"{file.stem}-report.csv")
        report.write_bytes(house.firms.imports.report(run.id, caller))
        click.echo(f"逐行报告：{report}")


@companies.command("export")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.pass_obj
def export_companies(settings: Settings, file: Path) -> None:
    """导出企业表（按扩展名写 .xlsx 或 .csv），可再次导入。"""
    with _open_house(settings, "GET /api/v1/staff/company-exports") as house:
        form: Literal["csv", "xlsx"] = "csv" if file.suffix.lower() == ".csv" else "xlsx"
        file.write_bytes(house.firms.exports.export(form, (), (), SYSTEM))
        click.echo(f"已写出 {file}")


@main.command("add-staff")
@click.argument("name")
@click.option(
    "--role", "roles", multiple=True, required=True, type=click.Choice([role.value for role in Role])
)
@click.password_option("--password", prompt="密码（至少 12 位）")
@click.pass_obj
def add_staff(settings: Settings, name: str, roles: tuple[str, ...], password: str) -> None:
    """新建工作人员账号（第一个管理员由此建立）。"""
    with _open_house(settings, "POST /api/v1/staff/accounts") as house:
        house.accounts.add_staff(name, password, frozenset(Role(role) for role in roles), SYSTEM)
        click.echo(f"已建立账号 {name}。")


def _show_progress(done: int, total: int) -> None:
    click.echo(f"\r  {done}/{total}", nl=False)


if __name__ == "__main__":
    main()
