// Package audit asks the server as other people's programs do: the official audits of the GraphQL over HTTP
// specification, and the clients that are common for its streams. It has tests only; the programs come from npm and run
// on Node.js.
package audit
