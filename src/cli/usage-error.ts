// The user's input is at fault: a flag, a file. Ends the command with exit code 2 and this message, without a stack.

export class UsageError extends Error {
  override readonly name = 'UsageError'

  /** What was typed is quoted in it, and must not control the terminal. */
  constructor(message: string) {
    super(message.replaceAll(/[^\P{Cc}\n]|\p{Bidi_Control}/gu, '\ufffd'))
  }
}
