package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
)

// document is a JSON value with its members in the order of the text: encoding/json's maps lose it.
type document struct {
	// names and values are an object's members, values alone a list's items.
	names  []string
	values []*document
	list   bool
	object bool
	// text is what a scalar says; null says nothing.
	text string
}

func parseDocument(data []byte) (*document, error) {
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.UseNumber()
	return readDocument(dec)
}

func readDocument(dec *json.Decoder) (*document, error) {
	token, err := dec.Token()
	if err != nil {
		return nil, err
	}
	d := &document{}
	switch token {
	case json.Delim('{'):
		d.object = true
	case json.Delim('['):
		d.list = true
	case nil:
		return d, nil
	default:
		d.text = fmt.Sprint(token)
		return d, nil
	}
	for dec.More() {
		if d.object {
			name, err := dec.Token()
			if err != nil {
				return nil, err
			}
			d.names = append(d.names, fmt.Sprint(name))
		}
		v, err := readDocument(dec)
		if err != nil {
			return nil, err
		}
		d.values = append(d.values, v)
	}
	_, err = dec.Token() // the end
	return d, err
}

// rows returns the items of a connection, edges before nodes, or nil where d is none.
func (d *document) rows() []*document {
	for _, name := range []string{"edges", "nodes"} {
		for i, n := range d.names {
			if n == name && d.values[i].list {
				return d.values[i].values
			}
		}
	}
	return nil
}

// connection returns the items of the first connection, outermost first; ok tells whether there is any.
func (d *document) connection() (items []*document, ok bool) {
	level := []*document{d}
	for len(level) > 0 {
		var below []*document
		for _, v := range level {
			if items := v.rows(); items != nil || v.isConnection() {
				return items, true
			}
			below = append(below, v.values...)
		}
		level = below
	}
	return nil, false
}

func (d *document) isConnection() bool {
	for i, n := range d.names {
		if (n == "edges" || n == "nodes") && d.values[i].list {
			return true
		}
	}
	return false
}

// cells adds what d says to a row: members of objects as columns of their own, named with dots.
func (d *document) cells(name string, add func(column, text string)) {
	switch {
	case d.object && !d.isConnection():
		for i, n := range d.names {
			if name != "" {
				n = name + "." + n
			}
			d.values[i].cells(n, add)
		}
	default:
		add(name, d.brief())
	}
}

// brief is a value in one cell: the items of lists and connections one after the other.
func (d *document) brief() string {
	var parts []string
	switch {
	case d.isConnection():
		for _, v := range d.rows() {
			parts = append(parts, v.brief())
		}
		return strings.Join(parts, "; ")
	case d.list:
		for _, v := range d.values {
			parts = append(parts, v.brief())
		}
		return strings.Join(parts, ", ")
	case d.object:
		for _, v := range d.values {
			if b := v.brief(); b != "" {
				parts = append(parts, b)
			}
		}
		return strings.Join(parts, " ")
	}
	return d.text
}

// printTable prints the nodes or edges of the first connection in an answer's data, one a line.
func printTable(w io.Writer, data []byte) error {
	d, err := parseDocument(data)
	if err != nil {
		return err
	}
	items, ok := d.connection()
	if !ok {
		return errors.New("the answer has no connection to print as a table; leave --table out, or ask for nodes or edges")
	}
	var columns []string
	place := map[string]int{}
	rows := make([]map[int]string, len(items))
	for i, item := range items {
		rows[i] = map[int]string{}
		item.cells("", func(column, text string) {
			n, known := place[column]
			if !known {
				n = len(columns)
				place[column] = n
				columns = append(columns, column)
			}
			rows[i][n] = text
		})
	}
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	line := func(cell func(n int) string) {
		cells := make([]string, len(columns))
		for n := range columns {
			cells[n] = strings.Join(strings.Fields(cell(n)), " ")
		}
		fmt.Fprintln(table, strings.Join(cells, "\t"))
	}
	line(func(n int) string { return columns[n] })
	for _, row := range rows {
		line(func(n int) string { return row[n] })
	}
	return table.Flush()
}
