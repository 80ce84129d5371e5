import { appendFileSync, existsSync, readFileSync, truncateSync } from 'node:fs';
import { z } from 'zod';

/** Kinds of notices about a payment, from its webhooks' types. */
const noticeKinds = ['succeeded', 'failed', 'refunded', 'disputed', 'dispute_won'] as const;
const kind = z.enum(noticeKinds);
export type NoticeKind = z.output<typeof kind>;

const paymentSchema = z.strictObject({
  paymentId: z.string(),
  purchaseId: z.string(),
  /** Minor units of the currency, a decimal string. */
  amount: z.string(),
  currency: z.string(),
});
export type Payment = z.output<typeof paymentSchema>;

const noticeSchema = z.strictObject({
  /** Id of the webhook, the same in every attempt. */
  id: z.string(),
  kind,
  /** Minor units: the whole payment, or a part that goes back. */
  amount: z.string(),
});
export type Notice = z.output<typeof noticeSchema>;

/** Lines of the book, in order of events. */
const lineSchema = z.discriminatedUnion('line', [
  z.strictObject({ line: z.literal('asked'), payment: paymentSchema }),
  z.strictObject({ line: z.literal('said'), paymentId: z.string(), notice: noticeSchema }),
  z.strictObject({ line: z.literal('told'), paymentId: z.string(), noticeId: z.string() }),
]);
type Line = z.output<typeof lineSchema>;

/** A payment with its notices, and those accepted by the receiver. */
export interface Entry extends Payment {
  readonly notices: Notice[];
  /** Ids of accepted notices. */
  readonly told: Set<string>;
}

/** The sandbox's payments, in an append-only file: requests survive its process. */
export class PaymentBook {
  private readonly byId = new Map<string, Entry>();
  private readonly byPurchase = new Map<string, Entry>();

  /** @param path of the file, which is created if missing */
  constructor(private readonly path: string) {
    if (!existsSync(path)) return;
    const bytes = readFileSync(path);
    // The last line may be half written by a process that died; its caller got no answer.
    const whole = bytes.lastIndexOf('\n') + 1;
    if (whole < bytes.length) truncateSync(path, whole);
    const lines = bytes.subarray(0, whole).toString().split('\n').slice(0, -1);
    for (const line of lines) this.apply(lineSchema.parse(JSON.parse(line)));
  }

  get entries(): readonly Entry[] {
    return [...this.byId.values()];
  }

  find(paymentId: string): Entry | undefined {
    return this.byId.get(paymentId);
  }

  ofPurchase(purchaseId: string): Entry | undefined {
    return this.byPurchase.get(purchaseId);
  }

  ask(payment: Payment): Entry {
    this.write({ line: 'asked', payment });
    return this.byId.get(payment.paymentId)!;
  }

  say({ paymentId }: Entry, notice: Notice): void {
    this.write({ line: 'said', paymentId, notice });
  }

  tell({ paymentId }: Entry, { id: noticeId }: Notice): void {
    this.write({ line: 'told', paymentId, noticeId });
  }

  private write(line: Line): void {
    appendFileSync(this.path, `${JSON.stringify(line)}\n`);
    this.apply(line);
  }

  private apply(line: Line): void {
    if (line.line === 'asked') {
      const entry: Entry = { ...line.payment, notices: [], told: new Set() };
      this.byId.set(entry.paymentId, entry);
      this.byPurchase.set(entry.purchaseId, entry);
      return;
    }
    const entry = this.byId.get(line.paymentId)!;
    if (line.line === 'told') entry.told.add(line.noticeId);
    else entry.notices.push(line.notice);
  }
}
