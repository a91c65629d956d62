package stix

import "testing"

// Names returns the names of the members in their order.
func (o *Object) Names() []string {
	names := make([]string, len(o.members))
	for i := range o.members {
		names[i] = o.members[i].name
	}
	return names
}

// ValidateSample validates the first objects of each type that an export made, and some of the others.
func ValidateSample(t *testing.T, bundle []byte) []string {
	t.Helper()
	count := map[string]int{}
	var some []*Object
	for i, o := range objectsOf(t, bundle) {
		if o.Text("created_by_ref") != identityID && o.Text("id") != identityID {
			continue // somebody else's
		}
		sort := o.Text("type") + " " + o.Text("relationship_type") + " " + o.Text("identity_class")
		if count[sort]++; count[sort] <= 30 || i%50 == 0 {
			some = append(some, o)
		}
	}
	return validate(t, some)
}
