/** A failure reported as a sentence, without a stack. */
export class Failure extends Error {
  override readonly name = 'Failure';
}
