/** Stage of the service's life, for readiness and connections. */
export class Start {
  /** True once subscribers run and the service listens. */
  done = false;
  /**
   * True after a stop signal: the service keeps serving for `drainMs`, unready, and closes each
   * connection after its next answer.
   */
  draining = false;
  /** Aborts when running requests have to end: their connections are cut a moment later. */
  readonly end = new AbortController();
}
