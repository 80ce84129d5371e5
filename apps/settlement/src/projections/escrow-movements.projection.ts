import type {
  EscrowRefused,
  EscrowReleased,
  EventOf,
  FeesCollected,
  Posting,
  WalletCharged,
} from '@tokengrid/contracts';
import { flushing, laneStatement, type Projection, writeRows } from '@tokengrid/event-store';
import type { EventPosition } from '@tokengrid/kernel';

/** Reason of an escrow movement, or of its refusal. */
type Kind = 'charged' | 'released' | 'collected' | 'refused';

interface Movement {
  readonly at: EventPosition;
  readonly kind: Kind;
  /** µAIT into escrow; negative out of it. */
  readonly tokens: bigint;
  /**
   * µAIT that the event says it charged for uses, less refunds: what settlement accrues. 0 of other
   * kinds.
   */
  readonly stated: bigint;
  readonly statementId: string | null;
  readonly period: string | null;
}

type Statement = EventPosition & {
  readonly data: { readonly statementId: string; readonly period: string; readonly postings: readonly Posting[] };
};

const paidOut = (kind: Kind) => (batch: Movement[], at: Statement) => {
  const { statementId, period, postings } = at.data;
  batch.push({ at, kind, tokens: intoEscrow(at.lane, postings), stated: 0n, statementId, period });
};

type EscrowEvent = EventOf<typeof WalletCharged | typeof EscrowReleased | typeof FeesCollected | typeof EscrowRefused>;

/**
 * What the wallet's own postings say that moved in its lanes' escrow: the other side of
 * reconciliation. What is captured is redeemed, not escrowed: nobody else earns of it.
 */
export const escrowMovements: Projection<EscrowEvent, Movement[]> = {
  name: 'escrow-movements',
  tables: ['escrow_movements'],
  streamsApart: true,
  begin: () => [],
  on: {
    WalletCharged: (batch, event) => {
      const { uses, refunded, postings } = event.data;
      // A charge whose uses were all refused moves nothing.
      if (uses.length + refunded.length === 0) return;
      const tokens = intoEscrow(event.lane, postings);
      const stated = sumOf(uses) - sumOf(refunded);
      batch.push({ at: event, kind: 'charged', tokens, stated, statementId: null, period: null });
    },
    EscrowReleased: paidOut('released'),
    FeesCollected: paidOut('collected'),
    EscrowRefused: (batch, event) => {
      const { statementId, period } = event.data;
      batch.push({ at: event, kind: 'refused', tokens: 0n, stated: 0n, statementId, period });
    },
  },
  ...flushing((sql, ofLanes) => {
    const rows = ofLanes.map(({ lane, batch }) => ({ lane, rows: batch }));
    return writeRows(sql, insertMovements, rows, (movements) => [
      movements.map(({ at }) => at.sequence),
      movements.map(({ kind }) => kind),
      movements.map(({ tokens }) => tokens.toString()),
      movements.map(({ stated }) => stated.toString()),
      movements.map(({ statementId }) => statementId),
      movements.map(({ period }) => period),
      movements.map(({ at }) => at.time),
    ]);
  }),
};

const columns = 'sequence, kind, tokens, stated, statement_id, period, moved_at';
const insertMovements = laneStatement(
  ({ lane, array, column }) => `
  insert into escrow_movements (wallet_lane, ${columns})
  select ${lane}, ${columns} from unnest(
    ${array}$2::bigint[], $3::text[], $4::numeric[], $5::numeric[], $6::text[], $7::text[], $8::bigint[]
  ) movement (${column}${columns})`,
);

const sumOf = (uses: readonly { readonly tokens: bigint }[]): bigint => uses.reduce((sum, use) => sum + use.tokens, 0n);

/** Amount that an event's postings move into the escrow account of its lane. */
function intoEscrow(lane: number, postings: readonly Posting[]): bigint {
  const account = `lane:${lane}:escrow`;
  return postings.reduce((sum, posting) => (posting.account === account ? sum + posting.amount : sum), 0n);
}
