// Package jsonl writes and reads a graph as JSON Lines without loss: what one store exports, another imports with the
// same ids and the same provenance.
//
// Every line is one JSON object with one key, in UTF-8 and at most 8 MiB long:
//
//	{"format":"attrigraph-jsonl","version":1}
//	{"node":{"kind":"State","id":"state--…","recordedAt":"…","recordedBy":"…","recordedFrom":"…","fields":{"name":"…"}}}
//	{"link":{"type":"ACCUSER","from":"attribution--…","to":"state--…","recordedAt":"…","recordedBy":"…","fields":{"role":"LEAD"}}}
//	{"end":{"nodes":1,"links":1}}
//
// The first line (the only one with two keys) names the format, the last counts what is between them, so that a file that
// was cut off is noticed wherever the cut is. Nodes come before the links that join them. Fields are those of the model in
// its order; what is absent is left out. A date is one text, a date or an interval as date.ParseRange reads it. recordedFrom
// is left out where something was recorded by hand; a record without all three gets the provenance of the import. The same records give the same bytes.
package jsonl

const (
	formatName    = "attrigraph-jsonl"
	formatVersion = 1
	// maxLine bounds the memory that a line takes.
	maxLine = 8 << 20
)
