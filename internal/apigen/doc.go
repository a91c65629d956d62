// Package apigen writes the SDL of the GraphQL API that follows from a model: object types with connections, filters,
// orders and the root fields. The planner works from the catalog and the validated operation, so that the names in
// names.go are chosen here alone.
package apigen
