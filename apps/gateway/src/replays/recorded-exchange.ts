import type { AnswerEnd, Exchange } from '../serving/exchange.ts';
import { PassingExchange } from '../serving/passing-exchange.ts';
import type { SentAnswer } from './sealed-answer.ts';

/**
 * Keeps an answer.
 * @param answer undefined: it can't be sent again
 */
export type KeepAnswer = (answer: SentAnswer | undefined, isCharged: boolean) => Promise<void>;

const bytesOf = (bytes: Uint8Array | string): Uint8Array => (typeof bytes === 'string' ? Buffer.from(bytes) : bytes);

/** A caller whose answer is recorded as it is sent, up to a size. */
export class RecordedExchange extends PassingExchange {
  /** True once the end of the answer is kept, unless its use can't be stored. */
  isKept = false;
  private headers: Readonly<Record<string, string>> = {};
  private parts: Uint8Array[] = [];
  private size = 0;

  constructor(
    to: Exchange,
    private readonly mostBytes: number,
    private readonly keepAnswer: KeepAnswer,
  ) {
    super(to);
  }

  get gone(): AbortSignal {
    return this.to.gone;
  }

  override begin(headers: Readonly<Record<string, string>>): void {
    this.headers = headers;
    this.to.begin(headers);
  }

  override write(bytes: Uint8Array | string): boolean {
    this.record(bytes);
    return this.to.write(bytes);
  }

  override comment(text: string): void {
    this.record(`: ${text}\n\n`);
    this.to.comment(text);
  }

  readonly keep = async (end: AnswerEnd): Promise<void> => {
    await this.keepAnswer(this.answerWith(end), end.isCharged);
    this.isKept = true;
  };

  readonly unpaid = (): void => {
    this.isKept = false;
  };

  private record(bytes: Uint8Array | string): void {
    const part = bytesOf(bytes);
    this.size += part.length;
    if (this.size <= this.mostBytes) this.parts.push(part);
    else this.parts = [];
  }

  private answerWith({ bytes, headers = this.headers }: AnswerEnd): SentAnswer | undefined {
    if (bytes === undefined) return undefined;
    const last = bytesOf(bytes);
    if (this.size + last.length > this.mostBytes) return undefined;
    return { headers, body: Buffer.concat([...this.parts, last]) };
  }
}
