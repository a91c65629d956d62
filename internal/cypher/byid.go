package cypher

import "attrigraph/internal/catalog"

// While a store is filled, statements look for nodes and links by id that were planned when it held little, or before
// Neo4j had counted what its indexes hold. A look through a whole index that counts as empty seems to cost no more than
// one place in it, and a write that begins with such a plan goes on with it to its end, for every row: 40,000 links then
// took a minute instead of seven seconds. SEEK leaves the planner no choice.

// matchNode matches the node of a label whose id an expression gives.
func matchNode(variable, label, id string) string {
	return "MATCH (" + variable + ":" + label + " {" + catalog.IDField + ": " + id + "}) USING INDEX SEEK " +
		variable + ":" + label + "(" + catalog.IDField + ") "
}

// matchNodeByID matches the node n of any kind whose id an expression gives.
func matchNodeByID(id string) string { return matchNode("n", catalog.NodeInterface, id) }

// matchLinkByID matches the link r of a type whose id an expression gives.
func matchLinkByID(kind, id string) string {
	return "MATCH ()-[r:" + kind + " {" + linkIDProperty + ": " + id + "}]->() USING INDEX SEEK r:" + kind + "(" + linkIDProperty + ") "
}
