// The user's input is at fault: a flag, a file. Ends the command with exit code 2 and this message, without a stack.

export class UsageError extends Error {
  override readonly name = 'UsageError'
}
