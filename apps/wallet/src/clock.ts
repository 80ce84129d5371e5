import { randomUUID } from 'node:crypto';
import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { serviceConfig, serviceLog } from '@tokengrid/service';
import type { Logger } from 'pino';
import type { WalletConfig } from './config.ts';
import { expireTokens, NothingDue } from './decisions/expire-tokens.ts';
import { DueWallets } from './projections/due-wallets.ts';
import { Wallets } from './wallets.ts';

/**
 * Lets expire what is due in wallets that nobody calls. A decision expires what is due before it decides, so this only brings forward what
 * would happen anyway: it may run in several processes, late, or twice.
 */
@Injectable()
export class Clock implements OnApplicationBootstrap, OnApplicationShutdown {
  private timer: NodeJS.Timeout | undefined;
  private ticking: Promise<void> = Promise.resolve();
  private stopped = false;

  constructor(
    private readonly wallets: Wallets,
    private readonly due: DueWallets,
    @Inject(serviceConfig) private readonly settings: Pick<WalletConfig, 'clockTickMs'>,
    @Inject(serviceLog) private readonly log: Logger,
  ) {}

  onApplicationBootstrap(): void {
    this.ticking = this.tick();
  }

  async onApplicationShutdown(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    await this.ticking;
  }

  private async tick(): Promise<void> {
    try {
      // As many as one look finds may be only the first of more: at the end of a month a great many are due at once.
      while ((await this.expireSome()) && !this.stopped);
    } catch (error) {
      this.log.warn({ err: error }, 'what is due could not be expired; the next tick tries again');
    }
    if (this.stopped) return;
    this.timer = setTimeout(() => {
      this.ticking = this.tick();
    }, this.settings.clockTickMs);
  }

  /** @returns whether there may be more */
  private async expireSome(): Promise<boolean> {
    const { walletIds, more } = await this.due.at(Date.now());
    const expired = await Promise.all(walletIds.map((walletId) => this.expire(walletId)));
    // Where another process was faster with all of them, its rows are on their way: the next tick looks again.
    return more && expired.includes(true);
  }

  private async expire(walletId: string): Promise<boolean> {
    const id = randomUUID();
    try {
      await this.wallets.handle(expireTokens, { id, streamId: walletId, data: {}, correlationId: id });
      return true;
    } catch (error) {
      if (error instanceof NothingDue) return false;
      throw error;
    }
  }
}
