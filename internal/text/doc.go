// Package text holds the rules for human text that make every store give the
// same answer to the byte: which characters a store may hold (Check, Storable), one
// order for all of them (SortKey), one folding for search (Fold, FoldedText,
// Query, Highlight), one way to print a string as JSON (AppendJSON) and one to
// quote it in a message (Quote).
//
// Stores differ in how they compare, fold, measure and cut text, so none of
// their functions for that is used: what they index and compare is computed
// here before it is stored.
package text
