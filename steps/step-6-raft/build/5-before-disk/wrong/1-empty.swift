// It never hears of its disk.
// says: invariant 1: a batch is durable when the disk says so, and those before it are, too
// says: input:    and batch 1 finished
// says: expected: durable up to 3, term 1
// says: seen:     durable up to 0, term 1
mutating func finished(through number: UInt64) {
}
