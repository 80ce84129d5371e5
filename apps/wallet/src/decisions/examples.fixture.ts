/** Events and contexts as a start for the specs beside the decisions. */
import type { ChargedUse, LotSource, LotTaken, LotTerms, RatedUse, RefusedUse } from '@tokengrid/contracts';
import {
  EarningsReceived,
  HoldPlaced,
  instantOf,
  TokensGranted,
  TokensPurchased,
  TokensReceived,
  WalletCharged,
  WalletOpened,
} from '@tokengrid/contracts';
import type { DecisionContext } from '@tokengrid/kernel';
import { givenFor, someContext } from '@tokengrid/kernel';
import type { Actor } from './rules/actors.ts';
import { holdIdOfSlice } from './state/holds.ts';
import type { TokenPrice } from './state/token-prices.ts';
import { wallet } from './state/wallet.ts';
import type { WalletLane } from './state/wallet-lane.ts';
import { walletLane } from './state/wallet-lane.ts';
import type { UseToCharge } from './rules/uses-due.ts';

const idOf = (prefix: string, digit: string) => `${prefix}_${digit.repeat(26)}`;

export const walletId = idOf('wal', 'a');
export const partyId = idOf('org', 'a');
export const otherWalletId = idOf('wal', 'b');
export const purchaseId = idOf('pur', '1');
export const saleId = idOf('sal', '1');
export const transferId = idOf('trf', '1');
export const grantId = idOf('grt', '1');
export const chargeId = idOf('chg', '1');
const usageId = idOf('usg', '1');
export const holdId = idOf('hld', '1');
export const otherHoldId = idOf('hld', '2');
export const sliceId = idOf('slc', '5');
export const captureId = idOf('cap', '1');
export const statementId = idOf('stm', '1');

/** The event that the charged uses are from. */
const ratedBy = 'metering/0/1';

/** A use as metering states it. */
type SpecUse = Omit<UseToCharge['use'], 'lines' | 'countsIn'> & Pick<RatedUse, 'lines'>;

/** A rated use of so many µAIT. */
export const use = (tokens: bigint, of: Partial<SpecUse> = {}): SpecUse => ({
  usageId,
  chargeId,
  source: 'spec',
  eventId: '1',
  time: '2026-01-01T00:00:00.000Z',
  model: 'some-model',
  units: { input_tokens: '374' },
  tokens,
  priceVersion: 'model:some-model@1',
  lines: [{ of: 'model:some-model', meter: 'input_tokens', units: '374', unitPrice: '1', tokens }],
  operatorBps: 1000,
  shares: [{ role: 'operator', partyId: 'operator', tokens }],
  ...of,
});

/** The command for uses of one event. */
export const chargeOf = (...uses: readonly UseToCharge[]) => ({ partyId, ratedBy, uses });

/** The command for one use. */
export const charge = (tokens: bigint, actor?: Actor) => chargeOf({ use: use(tokens), actor });

/** Terms of the lots that the specs made last, by id; all others are purchases'. */
const lotsMade = new Map<string, LotTerms>();
const termsOfPurchases = { source: 'purchase', priority: 50, expiresAt: null, transferable: true } as const;

/** Terms of lots as an event of charges states them. */
export const termsOfLots = (ids: readonly string[]): LotTerms[] =>
  ids.map((lotId) => lotsMade.get(lotId) ?? { lotId, ...termsOfPurchases });

/** A lot of a spec's own, whose terms {@link usesCharged} then knows. */
export function made<L extends LotTerms & { readonly tokens: bigint }>(lot: L): L {
  const { tokens: _, ...terms } = lot;
  lotsMade.set(lot.lotId, terms);
  return lot;
}

/** The event of charged and refused uses. */
export const usesCharged = (
  uses: readonly ChargedUse[],
  refused: readonly RefusedUse[] = [],
  on: { readonly day: string; readonly timeZone: string } = sentOn,
) => {
  const tokens = uses.reduce((sum, each) => sum + each.tokens, 0n);
  const postings = tokens === 0n ? [] : [from(available, tokens), to('lane:0:escrow', tokens)];
  const ids = new Set(uses.flatMap(({ lots }) => lots.map(({ lotId }) => lotId)));
  const lotTerms = termsOfLots([...ids]);
  const amounts = { tokens, givenBack: 0n, uses: [...uses], refused: [...refused], refunded: [], lotTerms };
  return WalletCharged({ walletId, partyId, ratedBy, ...amounts, ...on, postings });
};

/** The event of one charged use. */
export const charged = (
  tokens: bigint,
  lots: readonly LotTaken[],
  { memberIds, on }: { readonly memberIds?: readonly string[]; readonly on?: typeof sentOn } = {},
) => usesCharged([{ ...use(tokens), ...(memberIds && { memberIds: [...memberIds] }), lots: [...lots] }], [], on);

/** The event of one refused use. */
export const chargeRefused = (
  tokens: bigint,
  why: Pick<RefusedUse, 'code' | 'limit' | 'available' | 'required'>,
  on?: typeof sentOn,
) => usesCharged([], [{ ...use(tokens), ...why }], on);

export const now = someContext.time;
export const today = '2026-01-01';
/** The day of sending, for transfers that are declined or returned. */
export const sentOn = { day: today, timeZone: 'UTC' };
export const hour = 3_600_000;
export const price: TokenPrice = { priceVersion: 3, currency: 'CNY', buy: 200n, sellBack: 150n };

/** Time limits and capacity share of purchases through the payment provider. */
export const waiting = { quoteSeconds: 60, expiresInSeconds: 900, pendingCapacityBps: 2500 } as const;

/** The start of 2026 in lane 0 of 6, without a declared capacity. */
export const context: DecisionContext<WalletLane> = { ...someContext, system: walletLane.initial };

/** The same context with a declared capacity, of which the lane has `room` left. */
export const limitedTo = (room: bigint): DecisionContext<WalletLane> => ({
  ...context,
  system: { issuance: { limit: 'slice', version: 1, room, held: room }, reserved: 0n, released: 0n, fees: 0n },
});

export const given = givenFor(wallet);

export const opened = WalletOpened({ walletId, partyId, partyKind: 'developer' });

const posting = (account: string, amount: bigint, asset = 'AIT') => ({ account, asset, amount });
export const from = (account: string, amount: bigint, asset?: string) => posting(account, -amount, asset);
export const to = posting;
export const available = `wallet:${walletId}:available`;
export const heldAccount = `wallet:${walletId}:held`;
export const bill = `wallet:${walletId}:bill`;

const issued = (tokens: bigint) => [from('lane:0:issuance', tokens), to(available, tokens)];

export function lotOf(lotId: string, source: LotSource, tokens: bigint, terms: object = {}) {
  const priority = source === 'plan' || source === 'promotion' ? 10 : 50;
  return made({ lotId, source, tokens, priority, expiresAt: null, transferable: true, ...terms });
}

/** A placed hold, for an hour by default; `lots` are in burn order. */
export const placed = (
  lots: readonly { readonly lotId: string; readonly tokens: bigint; readonly expiresAt?: string }[],
  {
    holdId: id = holdId,
    expiresAt = now + hour,
    memberIds,
  }: { readonly holdId?: string; readonly expiresAt?: number; readonly memberIds?: string[] } = {},
) => {
  const tokens = lots.reduce((sum, lot) => sum + lot.tokens, 0n);
  return HoldPlaced({
    walletId,
    holdId: id,
    tokens,
    reason: 'a use',
    ...(memberIds && { memberIds }),
    expiresAt: instantOf(expiresAt),
    lots: [...lots],
    postings: [from(available, tokens), to(heldAccount, tokens)],
  });
};

/** A placed hold of a slice, for an hour. */
export const sliceHeld = (
  lots: Parameters<typeof placed>[0],
  of: { readonly sliceId?: string; readonly number?: number; readonly memberIds?: string[] } = {},
) => {
  const { sliceId: id = sliceId, number = 1, memberIds } = of;
  const { data } = placed(lots, { holdId: holdIdOfSlice(id), ...(memberIds && { memberIds }) });
  return HoldPlaced({ ...data, slice: { sliceId: id, partyId, number, final: false, then: 'stop' } });
};

/** A purchase at one minor unit per µAIT. */
export const purchased = (tokens: bigint, lotId = purchaseId) =>
  TokensPurchased({
    walletId,
    purchaseId,
    tokens,
    method: 'carrier-bill',
    price: { currency: 'CNY', amount: tokens },
    priceVersion: 3,
    ...{ day: today, timeZone: 'UTC' },
    status: 'completed',
    lot: lotOf(lotId, 'purchase', tokens),
    postings: [...issued(tokens), from('lane:0:sales', tokens, 'CNY'), to(bill, tokens, 'CNY')],
  });

/** A grant, transferable by default. */
export const granted = (
  tokens: bigint,
  terms: { transferable?: boolean; expiresAt?: number; source?: 'plan' | 'promotion'; lotId?: string } = {},
) =>
  TokensGranted({
    walletId,
    grantId,
    tokens,
    lot: lotOf(terms.lotId ?? grantId, terms.source ?? 'plan', tokens, {
      transferable: terms.transferable ?? true,
      expiresAt: terms.expiresAt === undefined ? null : instantOf(terms.expiresAt),
    }),
    postings: issued(tokens),
  });

export const received = (tokens: bigint, lotId = transferId) =>
  TokensReceived({
    walletId,
    transferId,
    fromWalletId: otherWalletId,
    tokens,
    lots: [lotOf(lotId, 'transfer', tokens)],
    postings: [from('lane:0:in-transit', tokens), to(available, tokens)],
  });

export const earned = (tokens: bigint, lotId = statementId) =>
  EarningsReceived({
    statementId,
    partyId,
    period: '2025-12-31',
    timeZone: 'UTC',
    tokens,
    walletId,
    fromLane: 2,
    lot: lotOf(lotId, 'earnings', tokens),
    postings: [from('lane:0:in-transit', tokens), to(available, tokens)],
  });
