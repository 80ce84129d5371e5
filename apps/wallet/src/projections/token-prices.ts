import { Injectable } from '@nestjs/common';
import { StorageClock } from '@tokengrid/event-store';
import { DataSource, LessThanOrEqual, MoreThan, MoreThanOrEqual } from 'typeorm';
import type { KnownPrices } from '../decisions/prices/post-token-price.ts';
import { isInForce, type PriceInForce } from '../decisions/rules/token-prices.ts';
import { SharedLook } from './shared-look.ts';
import { TokenPriceRow } from './token-prices.table.ts';

/** Posted prices by time. */
@Injectable()
export class TokenPrices {
  private readonly look = new SharedLook(() => this.findNow());

  constructor(
    private readonly database: DataSource,
    private readonly clock: StorageClock,
  ) {}

  /**
   * Price in force at a time (epoch milliseconds): the latest whose time has come; of equals, the
   * last posted.
   */
  async inForce(time: number): Promise<TokenPriceRow | undefined> {
    const [price] = await this.database.getRepository(TokenPriceRow).find({
      where: { effectiveFrom: LessThanOrEqual(time), withdrawn: false },
      order: { effectiveFrom: 'DESC', priceVersion: 'DESC' },
      take: 1,
    });
    return price;
  }

  /** Prices with which a new one is compared. */
  async known(): Promise<KnownPrices> {
    const table = this.database.getRepository(TokenPriceRow);
    // Counted first: a price posted or withdrawn meanwhile is detected by the count.
    const posted = (await table.maximum('priceVersion')) ?? 0;
    const withdrawn = await table.countBy({ withdrawn: true });
    const at = this.clock.now();
    const inForce = await this.inForce(at);
    const since = await table.find({
      where: { effectiveFrom: MoreThanOrEqual(inForce?.effectiveFrom ?? 0), withdrawn: false },
      order: { effectiveFrom: 'ASC', priceVersion: 'ASC' },
    });
    return { at, posted, withdrawn, since };
  }

  /** Price in force now and its end, looked up once for all concurrent requests. */
  async inForceNow(): Promise<PriceInForce | undefined> {
    return this.look.of('now');
  }

  /** Price in force by a lane's time, which may be later than now; and its end. */
  async inForceAt(time: number): Promise<PriceInForce | undefined> {
    const now = await this.inForceNow();
    return isInForce(now, time) ? now : this.findAt(time);
  }

  private async findNow(): Promise<ReadonlyMap<string, PriceInForce>> {
    const price = await this.findAt(this.clock.now());
    return new Map(price && [['now', price]]);
  }

  private async findAt(time: number): Promise<PriceInForce | undefined> {
    const [price, [next]] = await Promise.all([this.inForce(time), this.after(time)]);
    return price && { ...price, until: next?.effectiveFrom };
  }

  /** Prices whose time is after `time`, the next one first. */
  async after(time: number): Promise<readonly TokenPriceRow[]> {
    return this.database.getRepository(TokenPriceRow).find({
      where: { effectiveFrom: MoreThan(time), withdrawn: false },
      order: { effectiveFrom: 'ASC', priceVersion: 'ASC' },
      take: 100,
    });
  }
}
