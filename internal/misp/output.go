package misp

import (
	"attrigraph/internal/importer"
	"attrigraph/internal/store"
)

// output hands changes over to whoever takes them.
type output struct {
	yield    func(store.Change, error) bool
	recorded store.Provenance
	stopped  bool
	// shared holds the ids of the nodes that several records name: each is handed over once.
	shared map[string]bool
	// held are links to nodes that may come later.
	held []store.Change
}

func (o *output) change(c store.Change) {
	if !o.stopped {
		o.stopped = !o.yield(c, nil)
	}
}

// node hands over the node that a record, or a part of it, becomes, and returns its id. Empty texts count as absent; with
// a source the node is said to come from it.
func (o *output) node(kind, record, source string, props map[string]any, place string) string {
	n := &store.Node{ID: id(kind, record), Kind: kind, Props: clean(props), Place: place}
	o.add(n)
	if source != "" {
		o.link("SOURCED_FROM", n.ID, source, nil, place)
	}
	return n.ID
}

// sharedNode is node for what several records name. With ifAbsent the node stays as the store has it.
func (o *output) sharedNode(kind, record string, props map[string]any, ifAbsent bool, place string) string {
	node := id(kind, record)
	if !o.shared[node] {
		o.shared[node] = true
		o.add(&store.Node{ID: node, Kind: kind, Props: clean(props), IfAbsent: ifAbsent, Place: place})
	}
	return node
}

// state hands over the state with the code of ISO 3166-1. ok is false where there is none.
func (o *output) state(code, name, place string) (node, stateName string, ok bool) {
	n, ok := importer.State(code, name, place)
	if !ok {
		return "", "", false
	}
	if !o.shared[n.ID] {
		o.shared[n.ID] = true
		o.add(n)
	}
	return n.ID, n.Props["name"].(string), true
}

func (o *output) add(n *store.Node) {
	recorded := o.recorded
	n.Recorded = &recorded
	o.change(store.Change{Node: n})
}

func (o *output) link(kind, from, to string, props map[string]any, place string) {
	o.change(o.newLink(kind, from, to, props, place))
}

// later is link where the node at the other end may not have been handed over yet.
func (o *output) later(kind, from, to, place string) {
	o.held = append(o.held, o.newLink(kind, from, to, nil, place))
}

func (o *output) newLink(kind, from, to string, props map[string]any, place string) store.Change {
	recorded := o.recorded
	return store.Change{Link: &store.Link{Type: kind, From: from, To: to, Props: props, Recorded: &recorded, Place: place}}
}

func (o *output) finish() error {
	for _, c := range o.held {
		o.change(c)
	}
	if o.stopped {
		return errStopped
	}
	return nil
}

// clean leaves out what is absent.
func clean(props map[string]any) map[string]any {
	for name, v := range props {
		switch v := v.(type) {
		case string:
			if v == "" {
				delete(props, name)
			}
		case []string:
			if len(v) == 0 {
				delete(props, name)
			}
		}
	}
	return props
}
