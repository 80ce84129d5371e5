/** How far the service is in its life, for readiness and for connections. */
export class Start {
  /** It has started: its subscribers run, and it listens. */
  done = false;
  /** It was asked to end: it serves on for `drainMs`, unready, and closes each connection after its next answer. */
  draining = false;
}
