import { z } from 'zod';
import { signedSum } from './money.ts';

/** True if a time or day with a four-digit year is from 2000 on. */
const isFrom2000 = (text: string) => text >= '2000';

/** A time on the wire: ISO 8601, UTC, milliseconds, from 2000 to 9999. */
export const instant = z.iso
  .datetime({ precision: 3, error: 'must be a time such as "2026-01-31T08:00:00.000Z"' })
  .refine(isFrom2000, 'must be from 2000 to 9999');

/** Epoch milliseconds in the form of {@link instant}. */
export const instantOf = (epochMs: number): string => new Date(epochMs).toISOString();

/** Kinds of party that register; the operator does not. */
export const partyKind = z.enum(['developer', 'provider', 'subscriber']);
export type PartyKind = z.output<typeof partyKind>;

/** Kinds of API key holders: registered parties, and the operator. */
export const keyHolderKind = z.enum([...partyKind.options, 'operator']);
export type KeyHolderKind = z.output<typeof keyHolderKind>;

/**
 * Personal data in an event: AES-256-GCM under the person's own key, which only identity's key
 * store holds. `enc:v1:<personId>:<iv>:<ciphertext and tag>`, the last two base64url.
 */
export const encrypted = z
  .string()
  .regex(/^enc:v1:[a-z]+_[0-9a-z]{26}:[\w-]+:[\w-]+$/, 'must be encrypted personal data');

/** Bounded free text of a caller. */
export const text = (most: number) => z.string().min(1).max(most);

/**
 * A day, `YYYY-MM-DD`, in any zone: the first hours of 2000 in UTC are the end of 1999 in the west.
 */
export const period = z.iso
  .date({ error: 'must be a day such as "2026-01-31"' })
  .refine((day) => day >= '1999-12-31', 'must be from 1999-12-31 to 9999-12-31');

/** IANA name of the time zone of a day or month: the operator's. */
export const timeZone = z
  .string()
  .max(64)
  .regex(/^[A-Za-z][\w+-]*(\/[\w+-]+)*$/, 'must be the name of a time zone such as "Asia/Shanghai"');

/** A settlement period: a day of the operator's. */
export const ofPeriod = { period, timeZone };

/** One side of a double entry. The postings of an event sum to zero per asset. */
export const posting = z.strictObject({
  account: z.string().min(1).max(120),
  /** `AIT`, or the operator's currency. */
  asset: z.string().min(3).max(3),
  amount: signedSum,
});
export type Posting = z.output<typeof posting>;

/**
 * Usage by meter: whole units as decimal strings, so that counts of any size survive every JSON
 * parser.
 */
export const units = z.record(
  z.string().regex(/^[a-z][a-z0-9_]{0,62}$/, 'must be 1 to 63 of a-z, 0-9 and "_"'),
  z
    .string()
    .regex(
      /^(0|[1-9]\d{0,17})(\.\d{1,6})?$/,
      'must be a decimal string of up to 18 digits and 6 decimals, such as "374"',
    ),
);
export type Units = z.output<typeof units>;

/** Differences of units by meter, as {@link units} with a sign. */
export const signedUnits = z.record(
  z.string().regex(/^[a-z][a-z0-9_]{0,62}$/),
  z.string().regex(/^(-?[1-9]\d{0,23}(\.\d{1,6})?|0|-?0\.\d{1,6})$/),
);
