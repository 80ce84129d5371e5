import { randomBytes } from 'node:crypto';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { z } from 'zod';
import { bodyText } from '../body-text.ts';
import type { Entry, Notice, NoticeKind } from './payment-book.ts';
import { PaymentBook } from './payment-book.ts';
import { WebhookSender } from './webhook-sender.ts';

export interface PaymentSandboxOptions {
  /** 0: any free port. */
  readonly port: number;
  /** Path of its file of payments, created if missing. */
  readonly book: string;
  /** Address of its webhooks. */
  readonly webhookUrl: string;
  /** Key of its signatures: `whsec_` and a key in base64. */
  readonly webhookSecret: string;
  /** Time from a request until the payment succeeds or fails by itself. */
  readonly endsAfterMs: number;
  /** Pause before the first retry of a webhook, doubled each time. */
  readonly firstPauseMs: number;
  readonly say: (message: string) => void;
}

/**
 * Amounts with these endings, in minor units, are not paid by themselves, or not even accepted, so
 * that everything can be tried.
 */
const fails = /13$/;
const waits = /17$/;
const breaks = /19$/;
const hangs = /23$/;
const isUnderWayFirst = /29$/;

/** Actions on a payment, with their notices. */
const actions: Readonly<Record<string, NoticeKind>> = {
  pay: 'succeeded',
  fail: 'failed',
  refund: 'refunded',
  dispute: 'disputed',
  win: 'dispute_won',
};
const mostBodyBytes = 65_536;

const askedSchema = z.strictObject({
  purchaseId: z.string().min(1).max(255),
  amount: z.string().regex(/^[1-9]\d{0,17}$/, 'must be minor units as a decimal string, at least 1'),
  currency: z.string().regex(/^[A-Z]{3}$/),
});

const partSchema = z.strictObject({
  amount: z
    .string()
    .regex(/^[1-9]\d{0,17}$/)
    .optional(),
});

interface Answer {
  readonly status: number;
  readonly body: object;
}

/**
 * A payment provider for development: `POST /payments` accepts a payment, which succeeds a moment
 * later, and a signed webhook notifies the wallet.
 *
 * An amount that ends in 13 fails; one that ends in 17 waits for `POST /payments/{id}/pay` or
 * `/fail`, which work for the others as well, as do `/refund`, `/dispute` and `/win` (with
 * `{"amount"}` for a part). One that ends in 19 is always answered 500, one in 23 never, and one in
 * 29 is answered 409 the first time, as in flight.
 */
export class PaymentSandbox {
  private readonly book: PaymentBook;
  private readonly sender: WebhookSender;
  private readonly server: Server;
  private readonly timers = new Set<NodeJS.Timeout>();
  /** Purchases answered as in flight. */
  private readonly underWay = new Set<string>();

  constructor(private readonly options: PaymentSandboxOptions) {
    this.book = new PaymentBook(options.book);
    const { webhookUrl: url, webhookSecret: secret, firstPauseMs, say } = options;
    this.sender = new WebhookSender({ url, secret, firstPauseMs, say });
    this.server = createServer((request, response) => void this.serve(request, response));
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** Listens, and continues the unfinished work of an earlier process. */
  async start(): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.server.once('error', reject).listen(this.options.port, '127.0.0.1', resolve);
    });
    for (const entry of this.book.entries) {
      this.endSoon(entry);
      for (const notice of entry.notices) if (!entry.told.has(notice.id)) void this.tell(entry, notice);
    }
  }

  async stop(): Promise<void> {
    for (const timer of this.timers) clearTimeout(timer);
    this.sender.stop();
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const answer = await this.answer(request).catch((error: Error) => failure(400, error.message));
    if (!answer) return;
    const { status, body } = answer;
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  }

  /** Answer to a request; none for one that stays unanswered. */
  private async answer(request: IncomingMessage): Promise<Answer | undefined> {
    const { method, url = '' } = request;
    if (method === 'GET' && url === '/health') return { status: 200, body: { status: 'ok' } };
    if (method === 'POST' && url === '/payments') return this.take(await jsonOf(request));
    const [, id, action] = /^\/payments\/([\w-]+)(?:\/(\w+))?$/.exec(url) ?? [];
    const entry = id === undefined ? undefined : this.book.find(id);
    if (!entry) return failure(404, `no such path: ${url}`);
    const kind = action === undefined ? undefined : actions[action];
    if (action !== undefined && !kind) return failure(404, `no such path: ${url}`);
    if (method === 'POST' && kind) this.say(entry, kind, await partOf(request));
    else if (method !== 'GET' || action) return failure(405, `${url} does not support ${method}`);
    return { status: 200, body: this.shown(entry) };
  }

  /** Accepts a payment, one per purchase, however many requests come. */
  private take(sent: unknown): Answer | undefined {
    const { data: asked, error } = askedSchema.safeParse(sent);
    if (!asked) return failure(400, z.prettifyError(error));
    if (breaks.test(asked.amount)) return failure(500, 'the sandbox breaks at this amount');
    if (hangs.test(asked.amount)) return undefined;
    if (isUnderWayFirst.test(asked.amount) && !this.underWay.has(asked.purchaseId)) {
      this.underWay.add(asked.purchaseId);
      return failure(409, 'the same request is in flight');
    }
    const known = this.book.ofPurchase(asked.purchaseId);
    if (known) {
      const same = known.amount === asked.amount && known.currency === asked.currency;
      return same ? { status: 200, body: this.shown(known) } : failure(422, 'requested before with another amount');
    }
    const entry = this.book.ask({ paymentId: `pay_${randomBytes(12).toString('hex')}`, ...asked });
    this.endSoon(entry);
    return { status: 201, body: this.shown(entry) };
  }

  private endSoon(entry: Entry): void {
    if (entry.notices.length > 0 || waits.test(entry.amount)) return;
    const timer = setTimeout(() => {
      this.timers.delete(timer);
      if (entry.notices.length === 0) this.say(entry, fails.test(entry.amount) ? 'failed' : 'succeeded');
    }, this.options.endsAfterMs);
    this.timers.add(timer);
  }

  /**
   * Sends a notice: an end once, money going back each time.
   * @param part minor units; the whole payment by default
   */
  private say(entry: Entry, kind: NoticeKind, part = entry.amount): void {
    const isEnd = kind === 'succeeded' || kind === 'failed';
    if (isEnd && entry.notices.some((notice) => notice.kind === kind)) return;
    const own = `msg_${entry.paymentId.slice('pay_'.length)}_${kind}`;
    const notice = { id: isEnd ? own : `${own}_${entry.notices.length}`, kind, amount: part };
    this.book.say(entry, notice);
    void this.tell(entry, notice);
  }

  private async tell(entry: Entry, notice: Notice): Promise<void> {
    const { paymentId, purchaseId, currency } = entry;
    const { id, kind, amount } = notice;
    const reason = kind === 'failed' ? { reason: 'declined by the sandbox' } : {};
    const data = { paymentId, purchaseId, amount, currency, ...reason };
    const body = JSON.stringify({ type: `payment.${kind}`, timestamp: new Date().toISOString(), data });
    if (await this.sender.send({ id, body })) this.book.tell(entry, notice);
  }

  private shown({ paymentId, purchaseId, amount, currency, notices }: Entry): object {
    const status = notices.at(-1)?.kind ?? 'pending';
    return { paymentId, purchaseId, amount, currency, status, paymentUrl: `${this.url}/payments/${paymentId}` };
  }
}

/** Part of the payment named by a request, if any. @throws Error for an invalid one */
async function partOf(request: IncomingMessage): Promise<string | undefined> {
  const text = await bodyText(request, mostBodyBytes);
  return text === '' ? undefined : partSchema.parse(JSON.parse(text)).amount;
}

const failure = (status: number, error: string): Answer => ({ status, body: { error } });

/** @throws Error for a body that is not JSON or too long */
async function jsonOf(request: IncomingMessage): Promise<unknown> {
  return JSON.parse(await bodyText(request, mostBodyBytes));
}
