// Typed arrays that grow by doubling: four numbers say which batch lies where, and millions of batches must fit.

export function grownFloats(from: Float64Array, capacity: number): Float64Array<ArrayBuffer> {
  const grown = new Float64Array(capacity)
  grown.set(from)
  return grown
}

export function grownInts(from: Int32Array, capacity: number): Int32Array<ArrayBuffer> {
  const grown = new Int32Array(capacity)
  grown.set(from)
  return grown
}
