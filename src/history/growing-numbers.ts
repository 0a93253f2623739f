// Lists of numbers that only grow, in typed arrays.

export class GrowingNumbers {
  length = 0
  private values = new Float64Array(256)

  push(value: number): void {
    if (this.length === this.values.length) {
      const larger = new Float64Array(this.length * 2)
      larger.set(this.values)
      this.values = larger
    }
    this.values[this.length++] = value
  }

  at(index: number): number {
    return this.values[index] ?? -1
  }
}

export class GrowingInts {
  length = 0
  private values = new Int32Array(256)

  push(value: number): void {
    if (this.length === this.values.length) {
      const larger = new Int32Array(this.length * 2)
      larger.set(this.values)
      this.values = larger
    }
    this.values[this.length++] = value
  }

  at(index: number): number {
    return this.values[index] ?? -1
  }
}
