import { appendFileSync, existsSync, readFileSync, truncateSync } from 'node:fs';
import { z } from 'zod';

const outcome = z.enum(['succeeded', 'failed']);
export type Outcome = z.output<typeof outcome>;

const paymentSchema = z.strictObject({
  paymentId: z.string(),
  purchaseId: z.string(),
  /** Minor units of the currency, a decimal string. */
  amount: z.string(),
  currency: z.string(),
});
export type Payment = z.output<typeof paymentSchema>;

/** What may be written down, in the order in which it happened. */
const lineSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('asked'), payment: paymentSchema }),
  z.strictObject({ kind: z.literal('ended'), paymentId: z.string(), outcome }),
  z.strictObject({ kind: z.literal('told'), paymentId: z.string(), outcome }),
]);
type Line = z.output<typeof lineSchema>;

/** A payment, the ends it came to (more than one where somebody wants to see what becomes of that), and which were told. */
export interface Entry extends Payment {
  readonly ends: Outcome[];
  readonly told: Set<Outcome>;
}

/** The sandbox's payments, in a file that each step is added to: what was asked of it survives its process. */
export class PaymentBook {
  private readonly byId = new Map<string, Entry>();
  private readonly byPurchase = new Map<string, Entry>();

  /** @param path of the file; it need not be there yet */
  constructor(private readonly path: string) {
    if (!existsSync(path)) return;
    const bytes = readFileSync(path);
    // The last line may be half written by a process that died; whoever asked it got no answer.
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
    this.write({ kind: 'asked', payment });
    return this.byId.get(payment.paymentId)!;
  }

  end({ paymentId }: Entry, outcome: Outcome): void {
    this.write({ kind: 'ended', paymentId, outcome });
  }

  tell({ paymentId }: Entry, outcome: Outcome): void {
    this.write({ kind: 'told', paymentId, outcome });
  }

  private write(line: Line): void {
    appendFileSync(this.path, `${JSON.stringify(line)}\n`);
    this.apply(line);
  }

  private apply(line: Line): void {
    if (line.kind === 'asked') {
      const entry: Entry = { ...line.payment, ends: [], told: new Set() };
      this.byId.set(entry.paymentId, entry);
      this.byPurchase.set(entry.purchaseId, entry);
      return;
    }
    const entry = this.byId.get(line.paymentId)!;
    if (line.kind === 'told') entry.told.add(line.outcome);
    else if (!entry.ends.includes(line.outcome)) entry.ends.push(line.outcome);
  }
}
