/** Repeats work at an interval, once it is asked for and as long as there is more of it. */
export class WhileNeeded {
  private timer: NodeJS.Timeout | undefined;
  private isStopped = false;

  /** @param work returns whether there is more of it */
  constructor(
    private readonly everyMs: number,
    private readonly work: () => boolean,
  ) {}

  ask(): void {
    if (this.isStopped) return;
    this.timer ??= setTimeout(() => {
      this.timer = undefined;
      if (this.work()) this.ask();
    }, this.everyMs);
  }

  stop(): void {
    this.isStopped = true;
    clearTimeout(this.timer);
  }
}
