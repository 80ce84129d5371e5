import { Inject, Injectable } from '@nestjs/common';
import { type Calendar, dayAfter } from '@tokengrid/kernel';
import { operatorCalendar, serviceConfig } from '@tokengrid/service';
import { DataSource } from 'typeorm';
import type { SettlementConfig } from '../config.ts';
import type { Day } from '../decisions/state/days.ts';
import { selectChargePairs, selectLanes, selectPaymentPairs } from './reconciliation.sql.ts';

/** Escrow of one wallet lane for a period, by the wallet and by settlement; µAIT. */
interface ReconciledLane {
  readonly walletLane: number;
  /** Charges paid into escrow, by the wallet's postings. */
  readonly charged: bigint;
  /** Accrued part of it. */
  readonly accrued: bigint;
  /** Charges on their way to an accrual, less accruals whose charges have not arrived here yet. */
  readonly pending: bigint;
  /** Escrow owed by the lane to the period's statements. */
  readonly statements: bigint;
  /** Escrow released for them. */
  readonly released: bigint;
  /** charged − accrued − pending. */
  readonly difference: bigint;
}

/** A contradiction between the books, with its events. */
interface Break {
  readonly kind: string;
  readonly walletLane: number;
  /** µAIT by the first of the events, and by the other side; absent without one. */
  readonly expected?: bigint;
  readonly found?: bigint;
  readonly statementId?: string;
  readonly events: readonly string[];
}

/** Reconciliation of a period with the wallet's books. */
export interface Reconciliation {
  readonly period: Day;
  readonly lanes: readonly ReconciledLane[];
  /**
   * Numbers of events of charges without an accrual or the reverse, and of payments that have not
   * arrived.
   */
  readonly pending: { readonly charges: number; readonly payments: number };
  /** At most {@link maxBreaks}. */
  readonly breaks: readonly Break[];
  readonly balanced: boolean;
}

const maxBreaks = 1000;

/** A pair of the wallet's and settlement's records of the same tokens, and its fault. */
interface Pair {
  /** `pending`, or the kind of a break. */
  readonly kind: string;
  readonly walletLane: number;
  readonly expected: string | null;
  readonly found: string | null;
  readonly statementId: string | null;
  readonly events: readonly (string | null)[];
  /** Number of such pairs; 1 for a break. */
  readonly pairs: string;
}

type LaneRow = { readonly [Column in Exclude<keyof ReconciledLane, 'walletLane' | 'difference'>]: string } & {
  readonly walletLane: number;
};

/** Compares the wallet's escrow with settlement's accruals and payments, lane by lane. */
@Injectable()
export class Reconciler {
  constructor(
    @Inject(DataSource) private readonly dataSource: DataSource,
    @Inject(serviceConfig) private readonly config: SettlementConfig,
    @Inject(operatorCalendar) private readonly calendar: Calendar,
  ) {}

  /**
   * Reconciles a period. A charge without accrual belongs to the day on which it was made.
   * @param now epoch milliseconds: a counterpart missing since longer than the grace period before
   * it is a break
   */
  async reconcile(period: Day, now: number): Promise<Reconciliation> {
    const since = now - this.config.reconciliationGraceMs;
    const charges = [period, this.calendar.startOfDay(period), this.calendar.startOfDay(dayAfter(period)), since];
    // One snapshot, so that an event that arrives meanwhile is on both sides or on none.
    return this.dataSource.transaction('REPEATABLE READ', async (manager) => {
      const lanes = await manager.query<LaneRow[]>(selectLanes, charges);
      const chargePairs = await manager.query<Pair[]>(selectChargePairs, [...charges, maxBreaks]);
      const paymentPairs = await manager.query<Pair[]>(selectPaymentPairs, [period, since, maxBreaks]);
      const closed = await manager.query<unknown[]>('select from periods where period = $1 and closed_at is not null', [
        period,
      ]);
      return reconciliationOf(period, lanes.map(laneOfRow), chargePairs, paymentPairs, closed.length > 0);
    });
  }
}

/** Reconciliation of the rows read. */
function reconciliationOf(
  period: Day,
  lanes: readonly ReconciledLane[],
  chargePairs: readonly Pair[],
  paymentPairs: readonly Pair[],
  closed: boolean,
): Reconciliation {
  const breaks = [
    ...[...chargePairs, ...paymentPairs].filter(({ kind }) => kind !== 'pending').map(breakOf),
    ...lanes.filter(({ statements, accrued }) => closed && statements !== accrued).map(uncoveredLane),
  ].slice(0, maxBreaks);
  const pending = { charges: pendingOf(chargePairs), payments: pendingOf(paymentPairs) };
  return { period, lanes, pending, breaks, balanced: breaks.length === 0 };
}

function laneOfRow({ walletLane, ...row }: LaneRow): ReconciledLane {
  const [charged, accrued, pending] = [BigInt(row.charged), BigInt(row.accrued), BigInt(row.pending)];
  const [statements, released] = [BigInt(row.statements), BigInt(row.released)];
  return { walletLane, charged, accrued, pending, statements, released, difference: charged - accrued - pending };
}

function pendingOf(pairs: readonly Pair[]): number {
  return pairs.filter(({ kind }) => kind === 'pending').reduce((sum, pair) => sum + Number(pair.pairs), 0);
}

function breakOf({ kind, walletLane, expected, found, statementId, events }: Pair): Break {
  return {
    kind,
    walletLane,
    ...(expected !== null && { expected: BigInt(expected) }),
    ...(found !== null && { found: BigInt(found) }),
    ...(statementId && { statementId }),
    events: events.filter((id) => id !== null),
  };
}

/** A closed period whose statements take another amount from a lane than it accrued. */
function uncoveredLane({ walletLane, accrued, statements }: ReconciledLane): Break {
  return { kind: 'statements-differ', walletLane, expected: accrued, found: statements, events: [] };
}
