import type { EventsOf, Lot, LotTaken, walletMoneyEvents } from '@tokengrid/contracts';
import type { Projection } from '@tokengrid/event-store';

/** Change of one wallet's tokens with one expiry. */
interface Change {
  readonly walletId: string;
  /** Epoch milliseconds. */
  readonly expiresAt: number;
  tokens: bigint;
}

type Batch = Map<string, Change>;

function change(batch: Batch, walletId: string, sign: 1n | -1n, lots: readonly (Lot | LotTaken)[]): void {
  for (const { tokens, expiresAt } of lots) {
    if (expiresAt === undefined || expiresAt === null) continue;
    const key = `${walletId} ${expiresAt}`;
    let changed = batch.get(key);
    if (!changed) batch.set(key, (changed = { walletId, expiresAt: Date.parse(expiresAt), tokens: 0n }));
    changed.tokens += sign * tokens;
  }
}

interface OfLot {
  readonly data: { readonly walletId: string; readonly lot: Lot };
}
interface OfLots {
  readonly data: { readonly walletId: string; readonly lots: readonly (Lot | LotTaken)[] };
}

const came = (batch: Batch, { data: { walletId, lot } }: OfLot) => change(batch, walletId, 1n, [lot]);
const allCame = (batch: Batch, { data: { walletId, lots } }: OfLots) => change(batch, walletId, 1n, lots);
const went = (batch: Batch, { data: { walletId, lots } }: OfLots) => change(batch, walletId, -1n, lots);

/**
 * Expiring tokens by time, from which the clock finds due wallets. Tokens under a hold do not
 * expire there.
 */
export const expiringTokens: Projection<EventsOf<typeof walletMoneyEvents>, Batch> = {
  name: 'expiring-tokens',
  tables: ['expiring_tokens'],
  begin: () => new Map(),
  on: {
    TokensPurchased: came,
    TokensGranted: came,
    EarningsReceived: came,
    TokensReceived: allCame,
    TransferReturned: allCame,
    TokensSold: went,
    TokensSent: went,
    WalletCharged: (batch, { data: { walletId, uses, refunded } }) => {
      for (const { lots, held = [] } of uses) {
        change(batch, walletId, -1n, lots);
        change(batch, walletId, 1n, held);
      }
      for (const { returned } of refunded) for (const { lots } of returned) change(batch, walletId, 1n, lots);
    },
    TokensExpired: went,
    HoldPlaced: went,
    HoldExtended: went,
    HoldReduced: allCame,
    HoldReleased: allCame,
    HoldExpired: allCame,
    HoldCaptured: (batch, { data: { walletId, beyond } }) => change(batch, walletId, -1n, beyond),
    VoucherIssued: came,
    VoucherRefunded: came,
    VoucherReturned: went,
    PurchaseReversed: went,
    PurchaseRestored: (batch, { data: { walletId, lot } }) => {
      if (lot) change(batch, walletId, 1n, [lot]);
    },
    DebtPaid: went,
    PlanReset: (batch, event) => {
      went(batch, event);
      const { walletId, rolledOver } = event.data;
      if (rolledOver) change(batch, walletId, 1n, [rolledOver]);
    },
  },
  async flush(sql, batch, lane) {
    const changes = [...batch.values()];
    if (changes.length === 0) return;
    await sql.query(applyChanges, [
      lane,
      changes.map(({ walletId }) => walletId),
      changes.map(({ expiresAt }) => expiresAt),
      changes.map(({ tokens }) => tokens.toString()),
    ]);
  },
};

const applyChanges = `
  merge into expiring_tokens
  using unnest($2::text[], $3::bigint[], $4::numeric[]) change (wallet_id, expires_at, tokens)
  on expiring_tokens.lane = $1 and expiring_tokens.wallet_id = change.wallet_id and expiring_tokens.expires_at = change.expires_at
  when matched and expiring_tokens.tokens + change.tokens = 0 then delete
  when matched then update set tokens = expiring_tokens.tokens + change.tokens
  when not matched and change.tokens <> 0 then insert values ($1, change.wallet_id, change.expires_at, change.tokens)`;
