import type { Progress } from '@tokengrid/event-store';

const everyMs = 200;
/** Interval of progress lines without a terminal. */
const everyMsElsewhere = 5000;

/**
 * Shows progress on standard error: one changing line on a terminal, a line at intervals elsewhere.
 */
export class ProgressLine {
  private shownAt = 0;
  private startedAt = performance.now();
  private step = '';
  private open = false;

  constructor(private readonly stream: NodeJS.WriteStream = process.stderr) {}

  readonly show = (progress: Progress): void => {
    const now = performance.now();
    if (progress.step !== this.step) {
      this.end();
      this.step = progress.step;
      this.startedAt = now;
      this.shownAt = now;
    }
    if (now - this.shownAt < (this.stream.isTTY ? everyMs : everyMsElsewhere)) return;
    this.shownAt = now;
    const text = textOf(progress, now - this.startedAt);
    this.stream.write(this.stream.isTTY ? `\r\u001b[K${text}` : `${text}\n`);
    this.open = this.stream.isTTY;
  };

  /** Clears the line before other output. */
  end(): void {
    if (this.open) this.stream.write('\r\u001b[K');
    this.open = false;
  }
}

function textOf({ step, done, total }: Progress, milliseconds: number): string {
  const share = total ? ` (${Math.min(100, Math.floor((done * 100) / total))} %)` : '';
  const rate = milliseconds > 0 ? `, ${Math.floor((done * 1000) / milliseconds)}/s` : '';
  return `${step}: ${done}${share}${rate}`;
}
