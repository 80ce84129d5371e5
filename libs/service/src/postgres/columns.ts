import type { ColumnOptions } from 'typeorm';

/** Column of an amount: `numeric(38)` in Postgres, bigint in code. */
export const amountColumn = (name: string) =>
  ({
    name,
    type: 'numeric',
    precision: 38,
    transformer: { from: (stored: string) => BigInt(stored), to: (amount: bigint) => amount.toString() },
  }) as const satisfies ColumnOptions;

/** Column of a sequence or of epoch milliseconds: `bigint` in Postgres, a number in code. */
export const integerColumn = (name: string) =>
  ({ name, type: 'bigint', transformer: { from: Number, to: Number } }) as const satisfies ColumnOptions;

/** An {@link integerColumn} that may be null. */
export const optionalIntegerColumn = (name: string) =>
  ({
    name,
    type: 'bigint',
    nullable: true,
    transformer: {
      from: (stored: string | null) => (stored === null ? null : Number(stored)),
      to: (value: number | null) => value,
    },
  }) as const satisfies ColumnOptions;
