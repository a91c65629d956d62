// Package sqlite is the embedded store: it renders plans as SQL and keeps the graph in one SQLite file.
//
// Every kind of node has a typed table with all its fields, every interface a table with copies of the fields that its
// kinds share, so that a read touches one table whatever type it asks for; links have a table for each type. All tables
// derive from the catalog. See layout.go for the tables, statement.go for how a plan becomes one nested statement, and
// apply.go for writing.
package sqlite
