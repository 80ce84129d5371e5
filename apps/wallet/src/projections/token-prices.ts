import { Injectable } from '@nestjs/common';
import { DataSource, LessThanOrEqual, MoreThan, MoreThanOrEqual } from 'typeorm';
import type { KnownPrices } from '../decisions/post-token-price.ts';
import { SharedLook } from './shared-look.ts';
import { TokenPriceRow } from './token-prices.table.ts';

/** The prices that the operator posted, by time. */
@Injectable()
export class TokenPrices {
  private readonly look = new SharedLook(() => this.findNow());

  constructor(private readonly database: DataSource) {}

  /** The price in force at a time (epoch milliseconds): the latest whose time has come; of equals, the last posted. */
  async inForce(time: number): Promise<TokenPriceRow | undefined> {
    const [price] = await this.database.getRepository(TokenPriceRow).find({
      where: { effectiveFrom: LessThanOrEqual(time) },
      order: { effectiveFrom: 'DESC', priceVersion: 'DESC' },
      take: 1,
    });
    return price;
  }

  /** What a price that is to be posted is compared with. */
  async known(): Promise<KnownPrices> {
    const table = this.database.getRepository(TokenPriceRow);
    // Counted first: a price that is posted meanwhile is found out by its not being counted.
    const posted = (await table.maximum('priceVersion')) ?? 0;
    const at = Date.now();
    const inForce = await this.inForce(at);
    const since = await table.find({
      where: { effectiveFrom: MoreThanOrEqual(inForce?.effectiveFrom ?? 0) },
      order: { effectiveFrom: 'ASC', priceVersion: 'ASC' },
    });
    return { at, posted, since };
  }

  /** The price in force now, looked up once for all who ask together. */
  async inForceNow(): Promise<TokenPriceRow | undefined> {
    return this.look.of('now');
  }

  private async findNow(): Promise<ReadonlyMap<string, TokenPriceRow>> {
    const price = await this.inForce(Date.now());
    return new Map(price && [['now', price]]);
  }

  /** Prices whose time is after `time`, the next one first. */
  async after(time: number): Promise<readonly TokenPriceRow[]> {
    return this.database.getRepository(TokenPriceRow).find({
      where: { effectiveFrom: MoreThan(time) },
      order: { effectiveFrom: 'ASC', priceVersion: 'ASC' },
      take: 100,
    });
  }
}
