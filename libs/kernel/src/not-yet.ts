/**
 * A command that depends on a fact that has not arrived: nothing is decided, and the command comes
 * again. Only policies' commands meet it; their runner retries with back-off.
 */
export class NotYet extends Error {
  override readonly name = 'NotYet';
}
