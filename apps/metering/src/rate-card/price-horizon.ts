import { Inject, Injectable } from '@nestjs/common';
import { StorageClock } from '@tokengrid/event-store';
import { serviceConfig, serviceParts } from '@tokengrid/service';
import type { MeteringConfig } from '../config.ts';

/** Readers of others' events, which tell whether they are late. */
interface Readers {
  /** True if all published events are here, except those on their way. */
  isUpToDate(): Promise<boolean>;
}

/**
 * Time for which something published may be on its way here without being told late: the watch over
 * readers looks every few seconds, and allows some more.
 */
export const onItsWayMs = 20_000;
/** A look at the readers counts for this long. */
const lookEveryMs = 1000;

/**
 * Time up to which no price can be missing here. New prices are published a notice ahead, so all
 * prices up to then are known once the registry's events of a notice before have been read.
 */
@Injectable()
export class PriceHorizon {
  /** Up to when the registry's events are known to be here; epoch milliseconds. */
  private heardUpTo = -Infinity;
  private lookedAt = -Infinity;
  private looking: Promise<void> | undefined;

  constructor(
    @Inject(serviceParts) private readonly readers: Readers,
    @Inject(serviceConfig) private readonly config: Pick<MeteringConfig, 'minPriceNoticeMs'>,
    @Inject(StorageClock) private readonly clock: Pick<StorageClock, 'now'>,
  ) {}

  /** Epoch milliseconds. */
  async pricesKnownUntil(): Promise<number> {
    if (this.clock.now() >= this.lookedAt + lookEveryMs) await (this.looking ??= this.look());
    return this.heardUpTo + this.config.minPriceNoticeMs;
  }

  /** A failed look tells nothing new. */
  private async look(): Promise<void> {
    const began = this.clock.now();
    const isUpToDate = await this.readers.isUpToDate().catch(() => false);
    this.lookedAt = began;
    if (isUpToDate) this.heardUpTo = Math.max(this.heardUpTo, began - onItsWayMs);
    this.looking = undefined;
  }
}
