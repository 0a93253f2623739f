/** Kafka's rule: 1 to 249 of these characters, and not a directory's own name. */
export function isLegalTopicName(name: string): boolean {
  return /^[a-zA-Z0-9._-]{1,249}$/.test(name) && name !== '.' && name !== '..'
}
