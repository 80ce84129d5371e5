import { Injectable } from '@nestjs/common';
import { DataSource, LessThanOrEqual, MoreThan } from 'typeorm';
import { TokenPriceRow } from './token-prices.table.ts';

/** The prices that the operator posted, by time. */
@Injectable()
export class TokenPrices {
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

  /** Prices whose time is after `time`, the next one first. */
  async after(time: number): Promise<readonly TokenPriceRow[]> {
    return this.database.getRepository(TokenPriceRow).find({
      where: { effectiveFrom: MoreThan(time) },
      order: { effectiveFrom: 'ASC', priceVersion: 'ASC' },
      take: 100,
    });
  }
}
