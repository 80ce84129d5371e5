import { Inject, Injectable } from '@nestjs/common';
import { delivery, servedUse, type ServedUse } from '@tokengrid/contracts';
import { AskedTogether, poolOf, serviceLog } from '@tokengrid/service';
import type { Logger } from 'pino';
import { DataSource } from 'typeorm';
import { z } from 'zod';
import { livingEpoch } from './process-lease.ts';
import { NoLongerSpeaking } from './slice-reports.ts';

/** A request as it is stored, running or over: what a successor of its process reports of it. */
export interface Checkpoint {
  readonly sliceId: string;
  readonly use: ServedUse;
}

/** A use as it is stored, by whichever release: what a later one added is left out. */
const storedUse = z.object({ ...servedUse.shape, delivery: z.object(delivery.shape).optional() });

interface OfProcess extends Checkpoint {
  readonly gatewayId: string;
}

/** Units of running requests, as they were stored last, and uses that are not reported yet. */
@Injectable()
export class Checkpoints {
  /** True while there are rows of this process' running requests. */
  private hasRows = false;
  /** Requests whose uses are reported, and whose rows have to go. */
  private reported: { readonly gatewayId: string; readonly requestId: string }[] = [];
  private readonly keeping = new AskedTogether((uses: readonly OfProcess[]) => this.keepAll(uses));

  constructor(
    @Inject(DataSource) private readonly database: DataSource,
    @Inject(serviceLog) private readonly log: Logger,
  ) {}

  /**
   * Stores the use of a request that is over, until it is reported.
   * @throws NoLongerSpeaking where its process is followed by another one: who follows has read
   * what there is
   */
  async keep(gatewayId: string, sliceId: string, use: ServedUse): Promise<void> {
    const kept = await this.keeping.ask([{ gatewayId, sliceId, use }]);
    if (!kept.has(gatewayId)) throw new NoLongerSpeaking(`${gatewayId} is followed by another process`);
  }

  /** The use of a request is reported; its row goes with the next statement. */
  forgetReported(gatewayId: string, requestId: string): void {
    this.reported.push({ gatewayId, requestId });
  }

  private async keepAll(uses: readonly OfProcess[]): Promise<ReadonlySet<string>> {
    const { reported } = this;
    this.reported = [];
    try {
      const { rows } = await poolOf(this.database).query<{ gateway_id: string }>({
        name: 'keep-uses',
        text: keep,
        values: [
          livingEpoch,
          reported.map(({ gatewayId }) => gatewayId),
          reported.map(({ requestId }) => requestId),
          uses.map(({ gatewayId }) => gatewayId),
          uses.map(({ use }) => use.eventId),
          uses.map(({ sliceId }) => sliceId),
          uses.map(({ use }) => JSON.stringify(use)),
        ],
      });
      return new Set(rows.map((row) => row.gateway_id));
    } catch (error) {
      for (const each of reported) this.reported.push(each);
      throw error;
    }
  }

  /** Replaces what is stored of a process' running requests. */
  async store(gatewayId: string, running: readonly Checkpoint[]): Promise<void> {
    if (this.reported.length > 0) await this.keepAll([]);
    if (running.length === 0 && !this.hasRows) return;
    await poolOf(this.database).query({
      name: 'store-checkpoints',
      text: replace,
      values: [
        gatewayId,
        running.map(({ use }) => use.eventId),
        running.map(({ sliceId }) => sliceId),
        running.map(({ use }) => JSON.stringify(use)),
      ],
    });
    this.hasRows = running.length > 0;
  }

  /**
   * What is stored of a slice's process, by slice. Its release may be a later one: what that added
   * is left out, and so is what can't be read.
   */
  async of(gatewayIds: readonly string[]): Promise<ReadonlyMap<string, readonly ServedUse[]>> {
    const { rows } = await poolOf(this.database).query<{ slice_id: string; request_id: string; use: unknown }>(
      'select slice_id, request_id, use from checkpoints where gateway_id = any($1::text[]) order by request_id',
      [gatewayIds],
    );
    const bySlice = Map.groupBy(rows, ({ slice_id: sliceId }) => sliceId);
    return new Map(
      [...bySlice].map(([sliceId, of]) => [
        sliceId,
        of.flatMap(({ request_id: requestId, use }) => this.read(requestId, use) ?? []),
      ]),
    );
  }

  private read(requestId: string, json: unknown): ServedUse | undefined {
    const { data: use } = storedUse.safeParse(json);
    if (!use) this.log.error(`what a dead process stored of ${requestId} can't be read, and is not charged`);
    return use;
  }

  async forget(gatewayIds: readonly string[]): Promise<void> {
    await poolOf(this.database).query('delete from checkpoints where gateway_id = any($1::text[])', [gatewayIds]);
  }
}

// A process that is followed keeps nothing: its row is locked, so whoever follows it reads what was
// kept before. Nothing of a request is known to be stored twice at once.
const keep = `
  with gone as (
    delete from checkpoints using unnest($2::text[], $3::text[]) reported (of_process, of_request)
    where gateway_id = of_process and request_id = of_request
  ), kept as (
    select * from unnest($4::text[], $5::text[], $6::text[], $7::jsonb[]) kept (gateway_id, request_id, slice_id, use)
  ), living as (
    select gateway_id from gateway_processes where epoch = $1 and gateway_id in (select gateway_id from kept) for share
  )
  insert into checkpoints (gateway_id, request_id, slice_id, use, is_over)
  select gateway_id, request_id, slice_id, use, true from kept join living using (gateway_id)
  on conflict (gateway_id, request_id) do update
    set slice_id = excluded.slice_id, use = excluded.use, is_over = true
  returning gateway_id`;

const replace = `
  with over as (
    delete from checkpoints where gateway_id = $1 and not is_over and not request_id = any($2::text[])
  )
  insert into checkpoints (gateway_id, request_id, slice_id, use, is_over)
  select $1, running.*, false from unnest($2::text[], $3::text[], $4::jsonb[]) running
  on conflict (gateway_id, request_id) do update set slice_id = excluded.slice_id, use = excluded.use
    where not checkpoints.is_over`;
