import { Inject, Injectable } from '@nestjs/common';
import { commandIdOf, type ServedUse, systemActor } from '@tokengrid/contracts';
import { acrossLanes } from '@tokengrid/event-store/postgres';
import { poolOf, serviceLog } from '@tokengrid/service';
import type { Logger } from 'pino';
import { DataSource } from 'typeorm';
import { SliceGone } from '../decisions/rules/own-slice.ts';
import { returnSlice } from '../decisions/slices/return-slice.ts';
import { edgeStreamOf } from '../decisions/state/edge.ts';
import { Edges } from '../streams/edges.ts';
import { Checkpoints } from './checkpoints.ts';
import { livingEpoch, ProcessLease } from './process-lease.ts';

/** Most slices given back at a time. */
const mostAtOnce = 500;

interface OpenSlice {
  readonly slice_id: string;
  readonly party_id: string;
  readonly gateway_id: string;
  readonly epoch: number;
}

/**
 * Follows processes that are dead: reports what is stored of their running requests, and gives
 * their slices back. It may run in several processes, late, or twice: the slice's stream tells what
 * is done.
 */
@Injectable()
export class TakeOver {
  private running: Promise<void> | undefined;

  constructor(
    @Inject(DataSource) private readonly database: DataSource,
    private readonly edges: Edges,
    private readonly lease: ProcessLease,
    private readonly checkpoints: Checkpoints,
    @Inject(serviceLog) private readonly log: Logger,
  ) {}

  /** Looks for dead processes, unless it does so already. */
  look(): void {
    this.running ??= this.followDead().finally(() => (this.running = undefined));
  }

  /** Resolves once no look is running. */
  async stop(): Promise<void> {
    await this.running;
  }

  private async followDead(): Promise<void> {
    // After an outage the others get their chance to renew their leases first.
    if (!this.lease.isSteady) return;
    try {
      const dead = await this.dead();
      if (dead.length > 0) await this.follow(dead);
    } catch (error) {
      this.log.warn({ err: error }, 'slices of dead processes could not be given back; the next look retries');
    }
  }

  /** Processes that have slices or a row, and no lease any more. */
  private async dead(): Promise<readonly string[]> {
    const pool = poolOf(this.database);
    // Read before the leases are: a process has its lease before it has a slice.
    const { rows: spending } = await pool.query<{ gateway_id: string }>({
      name: 'processes-with-slices',
      text: `${acrossLanes} select distinct gateway_id from open_slices`,
    });
    await pool.query({ name: 'end-dead-processes', text: endDead, values: [livingEpoch] });
    const { rows } = await pool.query<{ gateway_id: string; epoch: number }>({
      name: 'gateway-processes',
      text: 'select gateway_id, epoch from gateway_processes',
    });
    const living = new Set(rows.filter(({ epoch }) => epoch === livingEpoch).map((row) => row.gateway_id));
    const names = new Set([...spending, ...rows].map((row) => row.gateway_id));
    return [...names].filter((gatewayId) => !living.has(gatewayId));
  }

  private async follow(dead: readonly string[]): Promise<void> {
    const pool = poolOf(this.database);
    const { rows: slices } = await pool.query<OpenSlice>({
      name: 'slices-of-dead-processes',
      text: `${acrossLanes} select slice_id, party_id, gateway_id, epoch from open_slices
             where gateway_id = any($1::text[]) limit $2`,
      values: [dead, mostAtOnce],
    });
    const stored = await this.checkpoints.of(dead);
    const given = await Promise.all(slices.map((slice) => this.gaveBack(slice, stored.get(slice.slice_id) ?? [])));
    const left = given.filter((isGiven) => !isGiven).length;
    if (slices.length > left) this.log.info(`gave ${slices.length - left} slices of dead processes back`);
    if (left > 0 || slices.length === mostAtOnce) return;
    await this.checkpoints.forget(dead);
    await pool.query('delete from gateway_processes where gateway_id = any($1::text[]) and epoch > $2', [
      dead,
      livingEpoch,
    ]);
  }

  /** @returns false if it could not be given back, which keeps no other one waiting */
  private async gaveBack(slice: OpenSlice, uses: readonly ServedUse[]): Promise<boolean> {
    try {
      await this.giveBack(slice, uses);
      return true;
    } catch (error) {
      const told = `the slice ${slice.slice_id} of a dead process could not be given back; the next look retries`;
      this.log.warn({ err: error }, told);
      return false;
    }
  }

  private async giveBack(slice: OpenSlice, uses: readonly ServedUse[]): Promise<void> {
    const { slice_id: sliceId, party_id: partyId, gateway_id: gatewayId, epoch } = slice;
    const id = commandIdOf('succeed', sliceId);
    const actor = systemActor('take-over', partyId);
    const data = { sliceId, partyId, gatewayId, epoch: epoch + 1, reason: 'successor' as const, uses };
    try {
      await this.edges.handle(returnSlice, { id, streamId: edgeStreamOf(partyId), data, correlationId: id, actor });
    } catch (error) {
      // Its process, or another successor, was faster.
      if (!(error instanceof SliceGone)) throw error;
    }
  }
}

const endDead = `
  update gateway_processes set epoch = epoch + 1 where epoch = $1 and alive_until < clock_timestamp()`;
