// Package doctest holds the documentation to what the program does: operations are asked, commands and links are looked
// up, and the walk-throughs are walked. It has tests only.
package doctest
