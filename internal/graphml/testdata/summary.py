"""Reads GraphML from standard input with networkx and writes what it understood as JSON."""

import json
import sys

import networkx

graph = networkx.read_graphml(sys.stdin.buffer, force_multigraph=True)
nodes = dict(graph.nodes(data=True))
actors = {"ThreatGroup", "State", "Organization", "Person"}
direct = []
for a, b in graph.edges():
    kinds = {nodes[a].get("nodeKind"), nodes[b].get("nodeKind")}
    if "Incident" in kinds and kinds & actors:
        direct.append([a, b])
json.dump(
    {
        "directed": graph.is_directed(),
        "nodes": nodes,
        "edges": {key: {"from": a, "to": b, "data": data} for a, b, key, data in graph.edges(keys=True, data=True)},
        "direct": direct,
        "graph": {k: v for k, v in graph.graph.items() if isinstance(v, str)},
    },
    sys.stdout,
)
