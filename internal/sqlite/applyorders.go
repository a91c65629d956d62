package sqlite

// orderMemory remembers what orders of links need of the nodes that an Apply made, in four bytes for each node: most
// values, such as dates, come with many nodes and are held once. To read them for each link is a tenth of a large import.
type orderMemory struct {
	// most is how many different values are held, nodes of how many nodes.
	most, nodes int
	// known holds the place of each in values, from 1; places holds that of the values of each node, 0 if they are not known.
	known  map[orderValue]uint32
	values [][]any
	places []uint32
}

// orderValue is the values of a node, of which there are two at the most here; n tells how many.
type orderValue struct {
	n    int
	a, b any
}

// put remembers the values of a node by its number among those that the Apply made, if it is one of the first that many.
func (o *orderMemory) put(number int64, values []any) {
	if number >= int64(o.nodes) {
		return
	}
	for int64(len(o.places)) <= number {
		o.places = append(o.places, 0)
	}
	o.places[number] = o.place(values)
}

func (o *orderMemory) place(values []any) uint32 {
	key := orderValue{n: len(values)}
	switch key.n {
	case 0:
	case 1:
		key.a = values[0]
	case 2:
		key.a, key.b = values[0], values[1]
	default:
		return 0
	}
	place, ok := o.known[key]
	if !ok && len(o.values) < o.most {
		o.values = append(o.values, values)
		place = uint32(len(o.values))
		o.known[key] = place
	}
	return place
}

// get returns the values of a node; nil if they are not known.
func (o *orderMemory) get(number int64) []any {
	if number < 0 || number >= int64(len(o.places)) || o.places[number] == 0 {
		return nil
	}
	return o.values[o.places[number]-1]
}
