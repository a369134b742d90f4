/** A failure that a person can put right; its message is all that is printed. */
export class Refusal extends Error {
  override readonly name: string = 'Refusal'
  readonly exitCode: 1 | 2
  constructor(message: string, exitCode: 1 | 2 = 1) {
    super(message)
    this.exitCode = exitCode
  }
}
