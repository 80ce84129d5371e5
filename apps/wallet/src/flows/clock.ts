import { randomUUID } from 'node:crypto';
import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { systemActor } from '@tokengrid/contracts';
import { type Command, EventStore, StorageClock, StreamUnreadable } from '@tokengrid/event-store';
import { Repeating, Rest, serviceConfig, serviceLog } from '@tokengrid/service';
import type { Logger } from 'pino';
import type { WalletConfig } from '../config.ts';
import { expireTokens } from '../decisions/wallets/expire-tokens.ts';
import { NothingDue } from '../decisions/rules/due.ts';
import { renewPlan } from '../decisions/grants/renew-plan.ts';
import { Deciding } from './deciding.ts';
import { type Due, DueWallets } from '../projections/due-wallets.ts';
import { Wallets } from '../streams/wallets.ts';

const actor = systemActor('wallet-clock');

/**
 * Expires whatever is due in wallets without commands, and grants plans their allotments. Every
 * decision first expires what is due, so this only happens earlier: it may run in several
 * processes, late, or twice. While no event is stored, it knows the next due time and runs no query
 * until then.
 */
@Injectable()
export class Clock implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly ticks: Repeating;
  private readonly rest: Rest;
  /** Next due time, if known; epoch milliseconds. */
  private nextDue: number | undefined;

  constructor(
    private readonly wallets: Wallets,
    private readonly deciding: Deciding,
    private readonly due: DueWallets,
    private readonly time: StorageClock,
    @Inject(serviceConfig) { clockTickMs }: Pick<WalletConfig, 'clockTickMs'>,
    @Inject(serviceLog) log: Logger,
    @Inject(EventStore) store: Pick<EventStore, 'knownEvents'>,
  ) {
    this.rest = new Rest(store);
    this.ticks = new Repeating(
      () => this.tick(),
      clockTickMs,
      (error) => log.warn({ err: error }, 'due lots, holds or purchases could not be expired; the next tick retries'),
    );
  }

  onApplicationBootstrap(): void {
    this.ticks.start();
  }

  onApplicationShutdown(): Promise<void> {
    return this.ticks.stop();
  }

  private async tick(): Promise<void> {
    if (this.isDue) this.rest.end();
    await this.rest.unlessResting(async () => {
      this.nextDue = await this.due.next();
      if (!this.isDue) return true;
      await this.doWhatIsDue();
      return false;
    });
  }

  private get isDue(): boolean {
    return this.nextDue !== undefined && this.nextDue <= this.time.now();
  }

  private async doWhatIsDue(): Promise<void> {
    // A full result may be only the first part: at the end of a month a great many wallets are due
    // at once.
    while ((await this.expireSome()) && !this.ticks.isStopped);
    while ((await this.renewSome()) && !this.ticks.isStopped);
  }

  /** @returns whether there may be more */
  private async expireSome(): Promise<boolean> {
    return this.doAll(await this.due.at(this.time.now()), (command) => this.wallets.handle(expireTokens, command));
  }

  /** @returns whether there may be more */
  private async renewSome(): Promise<boolean> {
    const due = await this.due.renewalsAt(this.time.now());
    return this.doAll(due, (command) => this.deciding.handle(this.wallets, renewPlan, command));
  }

  private async doAll({ walletIds, more }: Due, handle: (command: Command<object>) => Promise<unknown>) {
    const done = await Promise.all(
      walletIds.map(async (streamId) => {
        const id = randomUUID();
        try {
          await handle({ id, streamId, data: {}, correlationId: id, actor });
          return true;
        } catch (error) {
          // The store reports an unreadable stream, which keeps no other wallet's tokens from
          // expiring.
          if (error instanceof NothingDue || error instanceof StreamUnreadable) return false;
          throw error;
        }
      }),
    );
    // If another process was faster with all of them, its rows are on their way: the next tick
    // looks again.
    return more && done.includes(true);
  }
}
