import type { Delivery, RecallReason, SliceUse } from '@tokengrid/contracts';

/** Units of a request by meter, each × 10^6, as `libs/rating` counts. */
export type Units = ReadonlyMap<string, bigint>;

/** A request that wants to spend tokens of its payer here. */
export interface SpendingWish {
  /** Id of the request, `req_…`, which is the id of its use. */
  readonly requestId: string;
  readonly partyId: string;
  readonly keyId: string;
  /** The model and offer, or the app, that it is for. */
  readonly use: SliceUse;
  /** What it needs to begin: its input, and the first units of its output. */
  readonly estimate: Units;
}

/** A use whose units are known, however its answer is delivered. */
export interface CountedUse {
  readonly units: Units;
  readonly delivery?: Delivery;
}

/** A use of which something was produced. */
export interface FinishedUse extends CountedUse {
  readonly delivery: Delivery;
}

/** What a use took of its slice. */
export interface Settled {
  /** µAIT by the slice's prices: at least what is charged for it. */
  readonly tokens: bigint;
  /** µAIT that this process has left of the payer's tokens. */
  readonly remaining: bigint;
}

/** Tokens set aside for one request, while it runs. Exactly one of `finish` and `drop` ends it. */
export interface Spending {
  /**
   * Sets aside what the units so far cost, and the next ones: call it as units flow, before they
   * are passed on. Synchronously true while the slice has enough; else it is renewed meanwhile.
   * @returns false if nothing more can be had: the answer ends here
   */
  flow(unitsSoFar: Units): boolean | Promise<boolean>;
  /** Aborts when the slice is called back; its reason is a {@link SpendingEnded}. */
  readonly ended: AbortSignal;
  /**
   * Stores the use. The last byte of the answer leaves after it.
   * @throws Unpayable if the use can't be stored: the slice is another process' by now
   */
  finish(use: CountedUse): Promise<Settled>;
  /** Nothing was produced: what was set aside is free again. */
  drop(): void;
}

/** Why a running answer is cut off; `unavailable`: its tokens could not be renewed in time. */
export type SpendingEnd = RecallReason | 'key-expired' | 'tokens-ran-out' | 'unavailable';

/** Reason for which a running answer is cut off. */
export class SpendingEnded extends Error {
  override readonly name = 'SpendingEnded';
  constructor(readonly why: SpendingEnd) {
    super(`the answer ends here: ${why}`);
  }
}

/** Why a request can't be paid. */
export type UnpayableCause =
  | 'insufficient-tokens'
  | 'frozen'
  | 'suspended'
  | 'limit-exceeded'
  | 'unknown-terms'
  /** Whether there are tokens can't be told now: 503, never 402. */
  | 'unavailable';

export class Unpayable extends Error {
  override readonly name = 'Unpayable';
  constructor(
    readonly why: UnpayableCause,
    message: string,
    readonly retryAfterMs?: number,
    /** True if the use may be stored all the same, later. */
    readonly isInDoubt = false,
  ) {
    super(message);
  }
}

/** Tokens of payers at this process. An abstract class, so that Nest can inject it. */
export abstract class Purse {
  /**
   * Sets tokens aside for a request; waits for a first slice, or for a renewal.
   * @throws Unpayable
   */
  abstract open(wish: SpendingWish, signal: AbortSignal): Promise<Spending>;
}
