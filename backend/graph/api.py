"""Web door of the map."""

from __future__ import annotations

from typing import Any

from flask_restx import Api, Resource

from backend.adapters.http import add_namespace, public, query
from backend.graph.schemas import GraphQuery, link_json, node_json
from backend.graph.service import GraphService


class PolicyGraph(Resource):
    def __init__(self, api: Api, graph: GraphService) -> None:
        super().__init__(api)
        self.graph = graph

    @public("导图只含已公开的政策")
    @query(GraphQuery)
    def get(self, args: GraphQuery) -> dict[str, Any]:
        """政策导图：某一节点的周边，或某一类节点"""
        if args.node is None:
            policy_map = self.graph.current()
            nodes = policy_map.find(args.kind[0] if args.kind else "policy", args.limit)
            shown: dict[str, Any] = {
                "nodes": [node_json(node) for node in nodes],
                "links": [],
                "left_out": {},
            }
        else:
            policy_map, around = self.graph.around(args.node, args.depth, args.kind, args.on, args.limit)
            shown = {
                "nodes": [node_json(node) for node in around.nodes],
                "links": [link_json(link) for link in around.links],
                "left_out": around.left_out,
            }
        nodes_total, links_total = policy_map.count()
        counts = {"nodes": nodes_total, "links": links_total, "kinds": policy_map.kinds()}
        return {**shown, "counts": counts}


def add_routes(api: Api, graph: GraphService) -> None:
    """Mount `/graph`."""
    add_namespace(api, "graph", "政策导图", {"": PolicyGraph}, graph=graph)
