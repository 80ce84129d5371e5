/** Whether the service has started: its subscribers run, and it listens. */
export class Start {
  done = false;
}
