import type { ColumnOptions } from 'typeorm';

/** A column of amounts: `numeric(38)` in Postgres, bigint in code. */
export const amountColumn = (name: string): ColumnOptions => ({
  name,
  type: 'numeric',
  precision: 38,
  transformer: { from: (stored: string) => BigInt(stored), to: (amount: bigint) => amount.toString() },
});

/** A column of times in epoch milliseconds: `bigint` in Postgres, a number in code. */
export const timeColumn = (name: string): ColumnOptions => ({
  name,
  type: 'bigint',
  transformer: { from: Number, to: Number },
});
