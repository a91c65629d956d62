package cypher

// SetPartSize makes large what has more changes than n, so that small tests meet what else only large change sets do.
func (s *Store) SetPartSize(n int) { s.partSize = n }
