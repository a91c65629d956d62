// Package date reads dates that are as precise as their source and no more
// (ISO 8601 days, months and years, ISO 8601-2 intervals) and instants
// (RFC 3339), and writes them in the one form that stores compare as text.
package date
