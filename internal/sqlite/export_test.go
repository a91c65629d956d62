package sqlite

// Forgetful makes the store remember as little as can be during an Apply, so that small tests meet what else only large
// change sets do.
func (s *Store) Forgetful() {
	s.memory = memory{nodes: 1, links: 1, counts: 1, created: 5, values: 2, indexed: 3}
}
