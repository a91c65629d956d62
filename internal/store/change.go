package store

// Change is one wish for the graph; exactly one field is set.
type Change struct {
	Node       *Node
	Link       *Link
	DeleteNode string
	DeleteLink *Link
}

// Node is a node as it shall be: what Props lacks is absent afterwards.
type Node struct {
	ID   string
	Kind string
	// Props holds string, int64, bool or []string by the name of the model's field. A date is one string, a date or an
	// interval as date.ParseRange reads it. The fields of a node's own recording are not given here but in Write, except
	// when Recorded is set.
	Props map[string]any
	// Recorded overrides the Write's provenance, so that what another store recorded keeps its own; nil otherwise.
	Recorded *Provenance
	// ExpectedRevision, when not 0, is the revision that the node must have; else the whole Apply is a conflict.
	ExpectedRevision int64
	// IfAbsent leaves the node and its links as they are where the store has it already: for what several sources share and
	// the first of them has named, such as a state.
	IfAbsent bool
	// Place says where the wish was written ("cases/czech.yaml:12"), for error messages.
	Place string
}

// Link is a link as it shall be. A store holds at most one link of a type between two nodes.
type Link struct {
	Type, From, To string
	Props          map[string]any
	Recorded       *Provenance
	Place          string
}

// Provenance says when, by whom and from what a node or link was recorded.
type Provenance struct {
	// At is an instant as date.Instant writes it.
	At string
	By string
	// From names the file or import; empty if recorded by hand.
	From string
}

// Write says how the changes of one Apply are recorded.
type Write struct {
	Provenance
	// ReplaceLinks makes the links in the change set all the links that its nodes have in outgoing direction from the
	// files that occur in the set (the From of this Write and of every Recorded): others from these files are deleted.
	ReplaceLinks bool
	// IdempotencyKey, when not empty, makes a second Apply with the same key change nothing and answer as the first did.
	IdempotencyKey string
	// Repeatable tells that the changes can be iterated over several times and are the same each time. A store that cannot
	// write a large change set as one transaction may then check all of it first and write it as several: what is wrong in
	// it still keeps everything from being written, but others see it grow, and what ends an Apply half-way leaves a part,
	// sound in itself, that the same Apply completes. It is so for change sets without deletions, expected revisions,
	// ReplaceLinks and IdempotencyKey only.
	Repeatable bool
	// Progress, when not nil, is called now and then with the number of changes taken.
	Progress func(done int)
}

// Outcome counts what an Apply did. Nodes and links are counted together.
type Outcome struct {
	Created, Updated, Unchanged, Deleted int
	// Revision is the revision that the changes got, or the present one if nothing changed.
	Revision int64
}

// Record is a node or a link of an export; exactly one field is set. Props hold what a Node or Link of a change set
// would: applying all records to an empty store gives the same graph, with the same provenance.
type Record struct {
	Node *Node
	Link *Link
}
