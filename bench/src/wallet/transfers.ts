import { randomInt, randomUUID } from 'node:crypto';
import { type Answered, Connection } from '../stack/connection.ts';
import type { Shape } from './floor.ts';
import { opening, type Stage } from './stage.ts';

export const batchSize = 1000;
const tokens = 5n;

interface Transfer {
  readonly from: number;
  readonly to: number;
}

/** Sends transfers as callers do, and tracks the balances from the answers 201. */
export class Transfers {
  /** Expected balance of each wallet once everything has arrived. */
  readonly expected: bigint[];
  answered = 0;
  private readonly connections: Connection[] = [];

  constructor(
    private readonly stage: Stage,
    private readonly shape: Shape,
    expected: readonly bigint[] | undefined,
  ) {
    this.expected = expected ? [...expected] : stage.walletIds.map(() => opening);
  }

  /**
   * One request, one transfer.
   * @throws Error for any answer but 201, which invalidates the measurement
   */
  async single(caller: number): Promise<void> {
    const transfer = this.next();
    const path = `/v1/wallets/${this.stage.walletIds[transfer.from]!}/transfers`;
    const { status, body } = await this.connection(caller).request('POST', path, this.bodyOf(transfer), randomUUID());
    this.count(transfer, status, body);
  }

  /** One request, a thousand transfers. @throws Error for any answer but 201 to each */
  async batch(caller: number): Promise<void> {
    const transfers = Array.from({ length: batchSize }, () => this.next());
    const commands = transfers.map(
      (transfer) =>
        `{"idempotencyKey":"${randomUUID()}","walletId":"${this.stage.walletIds[transfer.from]!}","type":"transfer","body":${this.bodyOf(transfer)}}`,
    );
    const body = `{"commands":[${commands.join(',')}]}`;
    const answered = await this.connection(caller).request('POST', '/v1/commands:batch', body);
    for (const [index, { status, body: answer }] of outcomesOf(answered).entries()) {
      this.count(transfers[index]!, status, answer);
    }
  }

  close(): void {
    for (const connection of this.connections) connection.close();
  }

  private next(): Transfer {
    const wallets = this.stage.walletIds.length;
    if (this.shape === 'hot') return { from: 1 + randomInt(wallets - 1), to: 0 };
    const from = randomInt(wallets);
    return { from, to: (from + 1 + randomInt(wallets - 1)) % wallets };
  }

  private bodyOf({ to }: Transfer): string {
    return `{"toWalletId":"${this.stage.walletIds[to]!}","tokens":"${tokens}"}`;
  }

  private count({ from, to }: Transfer, status: number, answer: unknown): void {
    if (status !== 201) throw new Error(`a transfer was answered ${status}: ${JSON.stringify(answer)}`);
    this.expected[from]! -= tokens;
    this.expected[to]! += tokens;
    this.answered += 1;
  }

  private connection(caller: number): Connection {
    const { urls, operatorKey } = this.stage;
    const head = `host: bench\r\nauthorization: Bearer ${operatorKey}\r\n`;
    return (this.connections[caller] ??= new Connection(urls[caller % urls.length]!, head));
  }
}

function outcomesOf({ status, body }: Answered): readonly { readonly status: number; readonly body: unknown }[] {
  if (status !== 200) throw new Error(`a batch was answered ${status}: ${body}`);
  const { outcomes } = JSON.parse(body) as { outcomes: { status: number; body: unknown }[] };
  if (outcomes.length !== batchSize) throw new Error(`a batch of ${batchSize} had ${outcomes.length} outcomes`);
  return outcomes;
}
