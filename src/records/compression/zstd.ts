// zstd: the C library as WebAssembly, compiled when it is first used. Frames say how long their content is; where those of
// others do not, room is made until there is enough.

import { assert } from '../../../sim/assert.ts'
import { fromBase64 } from './base64.ts'
import { ZSTD_WASM_BASE64 } from './generated/zstd-wasm.ts'

export const zstd = {
  compress(bytes: Uint8Array, level: number): Uint8Array {
    const library = load()
    const room = library.compressBound(bytes.length)
    return call(library, bytes, room, (to, from) => library.compress(to, room, from, bytes.length, level))!
  },

  decompress(bytes: Uint8Array): Uint8Array {
    const library = load()
    for (let room = Math.max(1024, bytes.length * 8); room <= MOST_BYTES; room *= 4) {
      const content = call(library, bytes, room, (to, from) => library.decompress(to, room, from, bytes.length))
      if (content !== undefined) return content
    }
    throw new RangeError('no zstd frame')
  },
}

const MOST_BYTES = 256 * 1024 * 1024

interface Library {
  readonly memory: { readonly buffer: ArrayBuffer }
  readonly isError: (code: number) => number
  readonly compressBound: (size: number) => number
  readonly compress: (to: number, room: number, from: number, size: number, level: number) => number
  readonly decompress: (to: number, room: number, from: number, size: number) => number
  readonly malloc: (size: number) => number
  readonly free: (at: number) => void
}

/** Undefined if the library reports an error. */
function call(
  library: Library,
  bytes: Uint8Array,
  room: number,
  work: (to: number, from: number) => number,
): Uint8Array | undefined {
  const from = library.malloc(bytes.length)
  const to = library.malloc(room)
  assert(from !== 0 && to !== 0, 'memory for zstd')
  new Uint8Array(library.memory.buffer).set(bytes, from)
  const size = work(to, from)
  const result = library.isError(size) === 0 ? new Uint8Array(library.memory.buffer, to, size).slice() : undefined
  library.free(to)
  library.free(from)
  return result
}

/** What the platform offers, as far as it is used here. */
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array) => object
  readonly Instance: new (module: object, imports: object) => { readonly exports: { readonly [name: string]: unknown } }
}

const cache: { library?: Library } = {}

/** The same for every run: nothing of one call is left for the next. */
function load(): Library {
  cache.library ??= instantiate()
  return cache.library
}

function instantiate(): Library {
  const refuse = (): number => 0
  const grow = (size: number): number => growTo(memory, size)
  // By the names that the build of the library gave them.
  const imports = { a: { a: refuse, b: refuse, c: refuse, d: refuse, e: grow } }
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(fromBase64(ZSTD_WASM_BASE64)), imports)
  const memory = exports['f'] as Library['memory'] & { grow(pages: number): number }
  const start = exports['g'] as () => void
  start()
  // Their types are those of zstd.h.
  return {
    memory,
    isError: exports['h'],
    compressBound: exports['i'],
    compress: exports['m'],
    decompress: exports['r'],
    malloc: exports['s'],
    free: exports['t'],
  } as Library
}

const PAGE_BYTES = 65536

function growTo(memory: { readonly buffer: ArrayBuffer; grow(pages: number): number }, sizeBytes: number): number {
  memory.grow(Math.ceil((sizeBytes - memory.buffer.byteLength) / PAGE_BYTES))
  return 1
}
