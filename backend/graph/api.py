"""Web doors of the map."""

from __future__ import annotations

from flask import Response
from flask_restx import Api, Resource

from backend.adapters.http import add_namespace, current_caller, guard, public, query, signed_in
from backend.adapters.http.answers import PageJson, list_json
from backend.graph import answers
from backend.graph.schemas import (
    CombinationQuery,
    GraphQuery,
    LadderQuery,
    LineageQuery,
    PathsQuery,
    ResponsibilityQuery,
    node_json,
)
from backend.graph.service import GraphService
from backend.shared.errors import InvalidInputError
from policies.graph.listing import as_csv
from policies.graph.picture import Picture, echarts, picture_of_ladder
from policies.graph.svg import svg

LadderJson = PageJson[answers.TitleRung] | answers.FirmLadderJson | answers.DrawnJson


class GraphResource(Resource):
    def __init__(self, api: Api, graph: GraphService) -> None:
        super().__init__(api)
        self.graph = graph


class PolicyGraph(GraphResource):
    @public("导图只含已公开的政策")
    @query(GraphQuery)
    def get(self, args: GraphQuery) -> answers.GraphJson | answers.DrawnJson | Response:
        """政策导图：某一节点的周边（数据、图、表），或某一类节点"""
        if args.node is None:
            return self._overview(args)
        around = self.graph.around(args.node, args.depth, args.kind, args.on, args.limit)
        if args.format == "csv":
            return Response(as_csv(around.nodes, around.links), mimetype="text/csv")
        if args.format != "json":
            picture = self.graph.picture(args.node, args.depth, args.kind, args.on)
            drawn = _drawn(picture, args.format)
            return drawn if isinstance(drawn, Response) else {**drawn, "words": answers.words_json(around)}
        return {**answers.around_json(around, self.graph.today()), "counts": self._counts()}

    def _overview(self, args: GraphQuery) -> answers.GraphJson:
        if args.format != "json":
            raise InvalidInputError.at("node", "画图或导出表格时须写明节点。")
        nodes = self.graph.current().find(args.kind[0] if args.kind else "policy", args.limit)
        return {
            "nodes": [{**node_json(node)} for node in nodes],
            "links": [],
            "left_out": {},
            "counts": self._counts(),
        }

    def _counts(self) -> answers.CountsJson:
        policy_map = self.graph.current()
        nodes, links = policy_map.count()
        return {"nodes": nodes, "links": links, "kinds": dict(policy_map.kinds())}


class GraphLineage(GraphResource):
    @public("政策的替代关系是公开内容")
    @query(LineageQuery)
    def get(self, args: LineageQuery) -> answers.LineageJson:
        """某日以什么代替此政策或此规则版本"""
        return answers.lineage_json(self.graph.lineage(args.node, args.on), self.graph.today())


class GraphTouched(GraphResource):
    @guard()
    @query(LineageQuery)
    def get(self, args: LineageQuery) -> answers.TouchedList:
        """废止一项政策会牵动什么：规则、支持、任务、课程、机构、资质、引用它的政策和已写的消息"""
        today = self.graph.today()
        found = self.graph.touched(args.node, args.on)
        shown = list_json(answers.touched_json(item, today) for item in found)
        return {**shown, "messages": self.graph.messages_about(args.node)}


class GraphLadder(GraphResource):
    @public("成长阶梯是公开内容；某一企业的阶梯由服务核对权限")
    @query(LadderQuery)
    def get(self, args: LadderQuery) -> LadderJson | Response:
        """成长阶梯：各资质的先后；写明企业时，已有、现在可申报和下一步，缺什么、何时能申报"""
        if args.uscc is None:
            rungs = self.graph.ladder(args.on)
            if args.format == "json":
                return list_json(answers.rung_json(rung) for rung in rungs)
            return _drawn(picture_of_ladder(rungs, "成长阶梯"), args.format)
        found = self.graph.firm_ladder(args.uscc, current_caller(), args.on)
        if args.format == "json":
            return answers.firm_ladder_json(found)
        return _drawn(picture_of_ladder(found.rungs, "成长阶梯"), args.format)


class GraphCombination(GraphResource):
    @signed_in
    @query(CombinationQuery)
    def get(self, args: CombinationQuery) -> answers.CombinationJson:
        """企业可享支持的最优组合：取哪些、不取哪些及原因，金额未知的另列"""
        return answers.combination_json(self.graph.firm_combination(args.uscc, current_caller(), args.on))


class GraphPaths(GraphResource):
    @public("课程和机构与资质的关系是公开内容；写明企业时由服务核对权限")
    @query(PathsQuery)
    def get(self, args: PathsQuery) -> PageJson[answers.PathJson]:
        """课程、机构、导师怎样帮助企业接近某项资质"""
        today = self.graph.today()
        ways = self.graph.paths(args.start, args.to, args.uscc, current_caller(), args.on)
        return list_json(answers.path_json(way, today) for way in ways)


class GraphResponsibility(GraphResource):
    @guard()
    @query(ResponsibilityQuery)
    def get(self, args: ResponsibilityQuery) -> PageJson[answers.DutyJson] | answers.ResponsibilityJson:
        """部门牵头、配合和负责的事项；不写部门时，无人负责的措施和任务"""
        if args.department is None:
            return list_json(answers.duty_json(duty) for duty in self.graph.unanswered(args.on))
        return answers.responsibility_json(self.graph.responsibility(args.department, args.on))


class GraphHealth(GraphResource):
    @guard()
    def get(self) -> PageJson[answers.AilmentJson]:
        """导图的毛病：指向不存在的内容、循环、矛盾的日期和说法、没有关系的节点"""
        return list_json(answers.ailment_json(ailment) for ailment in self.graph.health())


def _drawn(picture: Picture, form: str) -> answers.DrawnJson | Response:
    if form == "svg":
        return Response(svg(picture), mimetype="image/svg+xml")
    return {"title": picture.title, "chart": echarts(picture)}


def add_routes(api: Api, graph: GraphService) -> None:
    """Mount `/graph`."""
    routes: dict[str, type[Resource]] = {
        "": PolicyGraph,
        "/lineage": GraphLineage,
        "/touched": GraphTouched,
        "/ladder": GraphLadder,
        "/combination": GraphCombination,
        "/paths": GraphPaths,
        "/responsibility": GraphResponsibility,
        "/health": GraphHealth,
    }
    add_namespace(api, "graph", "政策导图", routes, graph=graph)
