import { setTimeout as delay } from 'node:timers/promises';
import { Connection } from '../stack/connection.ts';
import type { Stage } from './stage.ts';

const arrivalTimeoutMs = 60_000;

interface TrialBalance {
  readonly balanced: boolean;
  readonly tokens: { readonly inTransit: string };
}

/** The wallet's books, as the operator sees them. */
export class Books {
  private readonly connection: Connection;

  constructor(private readonly stage: Stage) {
    this.connection = new Connection(stage.urls[0]!, `host: bench\r\nauthorization: Bearer ${stage.operatorKey}\r\n`);
  }

  /**
   * Waits until nothing is in transit.
   * @returns milliseconds
   * @throws Error after the time limit, or if the books do not balance
   */
  async allArrived(): Promise<number> {
    const start = performance.now();
    for (;;) {
      const { balanced, tokens } = await this.get<TrialBalance>('/v1/ledger/trial-balance');
      if (!balanced) throw new Error('the books do not balance');
      if (tokens.inTransit === '0') return performance.now() - start;
      if (performance.now() - start > arrivalTimeoutMs) throw new Error(`${tokens.inTransit} µAIT never arrived`);
      await delay(20);
    }
  }

  /** @throws Error if a wallet's balance differs from the answers */
  async mustHold(expected: readonly bigint[]): Promise<void> {
    for (const [index, walletId] of this.stage.walletIds.entries()) {
      const { available } = await this.get<{ available: string }>(`/v1/wallets/${walletId}`);
      if (available !== String(expected[index])) {
        throw new Error(`${walletId} holds ${available} µAIT instead of ${expected[index]}`);
      }
    }
  }

  close(): void {
    this.connection.close();
  }

  /** Retries, as clients do, while a busy machine answers 503. */
  private async get<Body>(path: string): Promise<Body> {
    const deadline = performance.now() + arrivalTimeoutMs;
    let answered = await this.connection.request('GET', path);
    while (answered.status === 503 && performance.now() < deadline) {
      await delay(1000);
      answered = await this.connection.request('GET', path);
    }
    const { status, body } = answered;
    if (status !== 200) throw new Error(`GET ${path}: ${status} ${body}`);
    return JSON.parse(body) as Body;
  }
}
