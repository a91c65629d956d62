package main

import (
	"runtime"
	"runtime/debug"
)

// heapFloor is the size in bytes of a block that is never touched, so that it takes no memory, but counts as live for the
// garbage collector, which begins anew when the heap has doubled. What the server keeps is small and what it makes for
// each answer is not: without the block it collects dozens of times a second, with it a tenth as often. The heap of a
// busy server is about twice this size.
const heapFloor = 48 << 20

// holdHeap spares the garbage collector work until release is called.
func holdHeap() (release func()) {
	block := make([]byte, heapFloor)
	return func() { runtime.KeepAlive(block) }
}

// leanGC is how much the heap of a large import may grow, in per cent of what is live, before garbage is collected.
const leanGC = 40

// leanHeap keeps the heap small until restore is called: an import of millions of records remembers about a hundred
// megabytes, and should not take twice that. Its garbage is collected beside the writing, which has a core for itself.
func leanHeap() (restore func()) {
	before := debug.SetGCPercent(leanGC)
	return func() { debug.SetGCPercent(before) }
}
