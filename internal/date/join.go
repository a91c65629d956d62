package date

// Join returns a date, as ParseRange reads it, from what stores keep of it: its text or, for an interval, its bounds. It
// is empty where all three are: nothing is known of the date. It undoes ParseRange: parsing the result gives the same
// parts.
func Join(text, earliest, latest string) string {
	return Date{Text: text, Earliest: earliest, Latest: latest}.String()
}
