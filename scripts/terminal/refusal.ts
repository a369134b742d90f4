/** Something a person can set right; its message is all there is to say. */
export class Refusal extends Error {
  override readonly name: string = 'Refusal'
  readonly exitCode: 1 | 2
  constructor(message: string, exitCode: 1 | 2 = 1) {
    super(message)
    this.exitCode = exitCode
  }
}
