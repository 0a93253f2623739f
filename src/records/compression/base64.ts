// Bytes of base64, where the platform may have no decoder of its own.

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'

export function fromBase64(text: string): Uint8Array {
  const valueOf = new Uint8Array(128)
  for (let i = 0; i < ALPHABET.length; i++) valueOf[ALPHABET.charCodeAt(i)] = i
  const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0
  const bytes = new Uint8Array((text.length / 4) * 3 - padding)
  for (let i = 0, at = 0; i < text.length; i += 4) {
    const group =
      (valueOf[text.charCodeAt(i)]! << 18) |
      (valueOf[text.charCodeAt(i + 1)]! << 12) |
      (valueOf[text.charCodeAt(i + 2)]! << 6) |
      valueOf[text.charCodeAt(i + 3)]!
    // What lies beyond the end is dropped.
    bytes[at++] = group >>> 16
    bytes[at++] = group >>> 8
    bytes[at++] = group
  }
  return bytes
}
