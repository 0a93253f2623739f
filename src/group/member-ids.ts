// Member ids: the client's id or the static member's instance id, a dash, and a random UUID as Java writes it (G-9).

import type { Rng } from '../../sim/index.ts'

export function newMemberId(rng: Rng, clientId: string, instanceId: string | null): string {
  return `${instanceId ?? clientId}-${javaUuid(rng)}`
}

function javaUuid(rng: Rng): string {
  const hex = [rng.u32(), rng.u32(), rng.u32(), rng.u32()].map((word) => word.toString(16).padStart(8, '0')).join('')
  const variant = '89ab'.charAt(Number.parseInt(hex.charAt(16), 16) & 3)
  return [hex.slice(0, 8), hex.slice(8, 12), `4${hex.slice(13, 16)}`, variant + hex.slice(17, 20), hex.slice(20)].join(
    '-',
  )
}
