// Package csvexport writes a graph as tables for spreadsheets: UTF-8, RFC 4180, the first row names the columns.
//
// Write writes one table with a row for each node of one kind: its fields, and for each of its links the titles, the ids and
// the link's own properties of the nodes at the other end, joined with "; ". WriteZip writes all kinds, each with its fields
// only, and a table of all links.
//
// A text that a spreadsheet might take for a formula (it begins with =, +, -, @, a tab or a line break, or with the same sign
// in full width) gets an apostrophe before it, and so does a text that begins with an apostrophe: who reads the text back
// takes one away. Numbers, dates, ids and names of values are written as they are. A date is written as it was recorded; beside it
// stand its precision and the first and last day that it can mean.
//
// A table cannot say everything: a list is joined with "; ", which its items may contain. jsonl loses nothing.
package csvexport
