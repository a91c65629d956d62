// Package graphml writes a graph as GraphML, for networkx, Gephi, yEd and other programs that draw and measure graphs.
//
// Every node of the graph is a node, with its id, its kind as `nodeKind`, its title as `label` and its fields; every link is an edge, with the
// type as `type` and `label` and its own properties; both have their provenance. Keys have types: whole numbers are int,
// yes and no are boolean, everything else is string. A list is JSON text. A date is written as it was recorded; beside it
// stand its precision and the first and last day that it can mean. What is absent has no data.
//
// A claim is a node, so nothing joins an accused actor to an incident but the path over an attribution. The model has links that join
// an actor to an incident directly and accuse nobody (who reported it). A drawing cannot show that difference, so such a
// link becomes a node of the nodeKind `Link`, with the link's type as label, between two edges `from` and `to`.
//
// Licences and lines of attribution of what was imported are data of the graph itself, and of each source.
package graphml
