import type { ColumnOptions } from 'typeorm';

/** A column of times in epoch milliseconds: `bigint` in Postgres, a number in code. */
export const timeColumn = (name: string): ColumnOptions => ({
  name,
  type: 'bigint',
  transformer: { from: Number, to: Number },
});

/** A {@link timeColumn} that may be null: never. */
export const optionalTimeColumn = (name: string): ColumnOptions => ({
  name,
  type: 'bigint',
  nullable: true,
  transformer: {
    from: (stored: string | null) => (stored === null ? null : Number(stored)),
    to: (time: number | null) => time,
  },
});
