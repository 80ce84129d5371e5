import type { ModelVoucher } from './lots.ts';

/** A posted price. */
export interface Posted {
  readonly priceVersion: number;
  readonly currency: string;
  readonly buy: bigint;
  readonly sellBack: bigint;
}

/** The operator's market policy. */
export interface ModelPolicy {
  readonly billMonthlyLimit?: bigint | undefined;
  readonly providerMonthly?: bigint | undefined;
  readonly sending: { readonly allowed: boolean; readonly monthlyCap?: bigint | undefined };
  readonly selling: { readonly allowed: boolean; readonly monthlyCap?: bigint | undefined };
  readonly approvals: { readonly grantsAbove?: bigint | undefined; readonly priceChangeAboveBps?: number | undefined };
}

/** All fields of commands; which are present depends on the kind of command. */
export interface Asked {
  readonly walletId: string;
  readonly partyId: string;
  readonly partyKind: string;
  readonly tokens: bigint;
  readonly purchaseId: string;
  readonly method: string;
  readonly posted: Posted | undefined;
  readonly capacityLeft: bigint | undefined;
  readonly by: string;
  readonly approvalId: string;
  /** µAIT outstanding, as the watch of the capacity measured. */
  readonly outstanding: bigint;
  readonly daily: bigint | undefined;
  readonly monthly: bigint | undefined;
  readonly alertsAt: readonly number[];
  readonly memberId: string;
  /** Revision of the event that suspended or reinstated a party. */
  readonly partyRevision: number;
  readonly actor: ModelActor | undefined;
  /** People of a proposal or a decision: the person first, then those whose keys it came from. */
  readonly people: readonly string[];
  readonly note: string;
  readonly voucherId: string;
  readonly terms: Omit<ModelVoucher, 'funder'>;
  readonly voucher: ModelVoucher | undefined;
  readonly isVoucher: boolean;
  readonly planId: string;
  readonly rolloverCap: bigint;
  readonly policy: ModelPolicy;
  /** Price and policy for a charge that has to buy. */
  readonly market: Pick<Asked, 'posted' | 'policy'>;
  readonly action: string;
  readonly monthlyCap: bigint | null;
  readonly quoteId: string | undefined;
  readonly side: string;
  readonly validForSeconds: number;
  readonly monthlyLimit: bigint | null;
  readonly quoteSeconds: number;
  readonly pendingCapacityBps: number;
  readonly noticeId: string;
  readonly paymentId: string | undefined;
  readonly kind: string;
  readonly paid: Money;
  readonly answer: {
    readonly taken: boolean;
    readonly paymentId?: string;
    readonly paymentUrl?: string;
    readonly reason?: string;
  };
  readonly grantId: string;
  readonly source: string;
  readonly expiresAt: number | undefined;
  readonly transferable: boolean;
  readonly saleId: string;
  readonly transferId: string;
  readonly toWalletId: string;
  readonly fromWalletId: string;
  readonly memo: string | undefined;
  readonly receiverKnown: boolean;
  readonly parcels: readonly { readonly tokens: bigint; readonly expiresAt: string | null }[];
  readonly code: string;
  readonly chargeId: string;
  readonly use: object;
  /** What a charge is of, one after the other. */
  readonly uses: readonly AskedUse[];
  readonly ratedBy: string;
  readonly holdId: string;
  readonly captureId: string;
  readonly expiresInSeconds: number | undefined;
  readonly reason: string;
  readonly final: boolean;
  readonly known: { readonly status: string; readonly expiresAt: number } | string;
  readonly statementId: string;
  readonly period: string;
  readonly timeZone: string;
  readonly fromLane: number;
  readonly version: number;
  readonly lane: number;
  readonly required: bigint;
  readonly reported: boolean;
  readonly currency: string;
  readonly buy: bigint;
  readonly sellBack: bigint;
  readonly effectiveFrom: number | undefined;
}

/** A use to be charged, and who used it. */
export interface AskedUse {
  readonly use: { readonly usageId: string; readonly chargeId: string; readonly tokens: bigint };
  readonly actor?: ModelActor;
}

/** Money as events say it. */
export interface Money {
  readonly currency: string;
  readonly amount: bigint;
}

/**
 * The actor (rules "Who acts"): the operator or nobody in particular, or keys, with their party if
 * the wallet is not its own.
 */
interface ModelActor {
  /** The acting key, the one that minted it or that it succeeds, and so on up to the first. */
  readonly line: readonly string[];
  /** A party that is not the wallet's owner. */
  readonly memberId?: string;
}
