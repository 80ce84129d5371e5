import { randomBytes } from 'node:crypto';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { z } from 'zod';
import type { Entry, Outcome } from './payment-book.ts';
import { PaymentBook } from './payment-book.ts';
import { WebhookSender } from './webhook-sender.ts';

export interface PaymentSandboxOptions {
  /** 0: any free one. */
  readonly port: number;
  /** Where it keeps its payments: a file, made if it is not there. */
  readonly book: string;
  /** Where it tells what became of payments. */
  readonly webhookUrl: string;
  /** What it signs that with: `whsec_` and a key in base64. */
  readonly webhookSecret: string;
  /** How long after it was asked a payment is paid by itself, or fails. */
  readonly endsAfterMs: number;
  /** The pause before a webhook that was not taken is sent again; each is twice the last. */
  readonly firstPauseMs: number;
  readonly say: (message: string) => void;
}

/** Amounts that end in these are not paid by themselves, so that everything can be tried: in minor units. */
const fails = /13$/;
const waits = /17$/;
const mostBodyBytes = 65_536;

const askedSchema = z.strictObject({
  purchaseId: z.string().min(1).max(255),
  amount: z.string().regex(/^[1-9]\d{0,17}$/, 'must be minor units as a decimal string, at least 1'),
  currency: z.string().regex(/^[A-Z]{3}$/),
});

interface Answer {
  readonly status: number;
  readonly body: object;
}

/**
 * A payment provider for development, in place of a real one: `POST /payments` takes a payment, which is paid a moment later, and
 * the wallet is told by a signed webhook. An amount that ends in 13 fails; one that ends in 17 waits for
 * `POST /payments/{id}/pay` or `/fail`, which work for the others as well.
 */
export class PaymentSandbox {
  private readonly book: PaymentBook;
  private readonly sender: WebhookSender;
  private readonly server: Server;
  private readonly timers = new Set<NodeJS.Timeout>();

  constructor(private readonly options: PaymentSandboxOptions) {
    this.book = new PaymentBook(options.book);
    const { webhookUrl: url, webhookSecret: secret, firstPauseMs, say } = options;
    this.sender = new WebhookSender({ url, secret, firstPauseMs, say });
    this.server = createServer((request, response) => void this.serve(request, response));
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** Listens, and goes on with what an earlier process did not finish. */
  async start(): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.server.once('error', reject).listen(this.options.port, '127.0.0.1', resolve);
    });
    for (const entry of this.book.entries) {
      this.endSoon(entry);
      for (const outcome of entry.ends) if (!entry.told.has(outcome)) void this.tell(entry, outcome);
    }
  }

  async stop(): Promise<void> {
    for (const timer of this.timers) clearTimeout(timer);
    this.sender.stop();
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { status, body } = await this.answer(request).catch((error: Error) => failure(400, error.message));
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  }

  private async answer(request: IncomingMessage): Promise<Answer> {
    const { method, url = '' } = request;
    if (method === 'GET' && url === '/health') return { status: 200, body: { status: 'ok' } };
    if (method === 'POST' && url === '/payments') return this.take(await jsonOf(request));
    const [, id, action] = /^\/payments\/([\w-]+)(?:\/(pay|fail))?$/.exec(url) ?? [];
    const entry = id === undefined ? undefined : this.book.find(id);
    if (!entry) return failure(404, `there is nothing at ${url}`);
    if (method === 'POST' && action) this.end(entry, action === 'pay' ? 'succeeded' : 'failed');
    else if (method !== 'GET' || action) return failure(405, `${url} does not take ${method}`);
    return { status: 200, body: this.shown(entry) };
  }

  /** One payment for each purchase, however often it is asked for. */
  private take(sent: unknown): Answer {
    const { data: asked, error } = askedSchema.safeParse(sent);
    if (!asked) return failure(400, z.prettifyError(error));
    const known = this.book.ofPurchase(asked.purchaseId);
    if (known) {
      const same = known.amount === asked.amount && known.currency === asked.currency;
      return same ? { status: 200, body: this.shown(known) } : failure(409, 'it was asked for with another amount');
    }
    const entry = this.book.ask({ paymentId: `pay_${randomBytes(12).toString('hex')}`, ...asked });
    this.endSoon(entry);
    return { status: 201, body: this.shown(entry) };
  }

  private endSoon(entry: Entry): void {
    if (entry.ends.length > 0 || waits.test(entry.amount)) return;
    const timer = setTimeout(() => {
      this.timers.delete(timer);
      if (entry.ends.length === 0) this.end(entry, fails.test(entry.amount) ? 'failed' : 'succeeded');
    }, this.options.endsAfterMs);
    this.timers.add(timer);
  }

  private end(entry: Entry, outcome: Outcome): void {
    this.book.end(entry, outcome);
    void this.tell(entry, outcome);
  }

  private async tell(entry: Entry, outcome: Outcome): Promise<void> {
    const { paymentId, purchaseId, amount, currency } = entry;
    const reason = outcome === 'failed' ? { reason: 'declined by the sandbox' } : {};
    const data = { paymentId, purchaseId, amount, currency, ...reason };
    const body = JSON.stringify({ type: `payment.${outcome}`, timestamp: new Date().toISOString(), data });
    const taken = await this.sender.send({ id: `msg_${paymentId.slice('pay_'.length)}_${outcome}`, body });
    if (taken) this.book.tell(entry, outcome);
  }

  private shown({ paymentId, purchaseId, amount, currency, ends }: Entry): object {
    const status = ends.at(-1) ?? 'pending';
    return { paymentId, purchaseId, amount, currency, status, paymentUrl: `${this.url}/payments/${paymentId}` };
  }
}

const failure = (status: number, error: string): Answer => ({ status, body: { error } });

/** @throws Error for what is not JSON or too long */
async function jsonOf(request: IncomingMessage): Promise<unknown> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    size += part.length;
    if (size > mostBodyBytes) throw new Error('the body is too long');
    parts.push(part);
  }
  return JSON.parse(Buffer.concat(parts).toString());
}
