import { acrossLanes, byteaArray, int4Array, textArray } from '@tokengrid/event-store/postgres';
import { AskedTogether, poolOf } from '@tokengrid/service';
import type { DataSource } from 'typeorm';
import { livingEpoch } from '../slices/process-lease.ts';
import type { KnownRequest } from './fate.ts';
import { counted, inMs, part, partNames, rowBytes, sumOf } from './kept-bytes.ts';

/** Bounds of what is kept, in bytes. */
export interface KeepingBounds {
  /** Of one principal: beyond it no answer is kept, and beyond twice as much no key is taken. */
  readonly ofHolder: number;
  /** Of all principals, in the same way. */
  readonly inAll: number;
}

/** A request under a key, as its process notes it. */
export interface Noted {
  readonly answerId: string;
  readonly inputHash: string;
  readonly holder: string;
  readonly requestId: string;
  readonly gatewayId: string;
  /** Lane of its payer's uses. */
  readonly lane: number;
  /** Time for which it is known, in milliseconds. */
  readonly keptForMs: number;
}

type LookedFor = Pick<Noted, 'answerId' | 'lane'>;

/** An answer as it is kept; none if it can't be sent again. */
export interface Ended {
  readonly sealed: Buffer | undefined;
  readonly costsNothing: boolean;
}

interface KnownRow extends KnownRequest {
  readonly answerId: string;
}

/** Time after which a use that is not stored is not on its way any more. */
const longAgoMs = 600_000;
/** Largest sealed answer that is written together with others, in bytes. */
const mostGatheredBytes = 65_536;
/** Rows that are deleted by one statement. */
const rowsAtOnce = 500;

/** Requests under keys and their sealed answers, in Postgres. */
export class KeptAnswers {
  private readonly together = new AskedTogether((asked: readonly LookedFor[]) => this.look(asked));
  private readonly notes = new AskedTogether((noted: readonly Noted[]) => this.noteAll(noted));
  private readonly ends = new AskedTogether((ended: readonly (Noted & Ended)[]) => this.endAll(ended));

  constructor(
    private readonly database: DataSource,
    private readonly bounds: KeepingBounds,
  ) {}

  /** @returns false if the key is taken, or there is no room for another one */
  async note(noted: Noted): Promise<boolean> {
    return (await this.notes.ask([noted])).has(noted.requestId);
  }

  /** What is known of a request; undefined: nothing. */
  async find(asked: LookedFor): Promise<KnownRequest | undefined> {
    return (await this.together.ask([asked])).get(asked.answerId);
  }

  /** The sealed answer of a request; undefined if it is not kept any more. */
  async sealedOf(answerId: string, requestId: string): Promise<Buffer | undefined> {
    const { rows } = await poolOf(this.database).query<{ sealed: Buffer | null }>({
      name: 'sealed-answer',
      text: 'select sealed from kept_answers where answer_id = $1 and request_id = $2',
      values: [answerId, requestId],
    });
    return rows[0]?.sealed ?? undefined;
  }

  /** µAIT that a request was charged; undefined if the wallet has not answered. */
  async chargeOf(requestId: string): Promise<string | undefined> {
    const { rows } = await poolOf(this.database).query<{ tokens: string | null }>({
      name: 'charge-of-request',
      text: `${acrossLanes} select sum(tokens)::text as tokens from request_charges where request_id = $1`,
      values: [requestId],
    });
    return rows[0]?.tokens ?? undefined;
  }

  /** Puts a request in the place of another one. @returns false if that is not there any more */
  async replace(former: string, { answerId, inputHash, requestId, gatewayId, keptForMs }: Noted): Promise<boolean> {
    const { rowCount } = await poolOf(this.database).query({
      name: 'replace-request',
      text: replace,
      values: [answerId, former, inputHash, requestId, gatewayId, keptForMs],
    });
    return rowCount === 1;
  }

  /** Keeps the end of a request's answer. @returns false if another one has its place */
  async end(noted: Noted, ended: Ended): Promise<boolean> {
    const isLarge = (ended.sealed?.length ?? 0) > mostGatheredBytes;
    const of = { ...noted, ...ended };
    return (await (isLarge ? this.endAll([of]) : this.ends.ask([of]))).has(noted.requestId);
  }

  /** Forgets a request; one that was charged is remembered, without its answer. */
  async forget(noted: Noted): Promise<void> {
    const { answerId, requestId, lane } = noted;
    const { rows } = await poolOf(this.database).query<{ forgotten: number }>({
      name: 'forget-request',
      text: forget,
      values: [answerId, requestId, lane],
    });
    if (rows[0]!.forgotten === 0) await this.end(noted, { sealed: undefined, costsNothing: false });
  }

  /** Deletes what has been kept for its time. @returns true if there may be more of it */
  async sweep(): Promise<boolean> {
    const { rows } = await poolOf(this.database).query<{ swept: number }>({
      name: 'sweep-kept-answers',
      text: sweep,
      values: [rowsAtOnce],
    });
    if (rows[0]!.swept === rowsAtOnce) return true;
    await poolOf(this.database).query('delete from kept_bytes where bytes <= 0');
    return false;
  }

  /** @returns ids of the requests that have their place */
  private async noteAll(noted: readonly Noted[]): Promise<ReadonlySet<string>> {
    const { ofHolder, inAll } = this.bounds;
    const { rows } = await poolOf(this.database).query<{ request_id: string }>({
      name: 'note-requests',
      text: note,
      values: [
        textArray(noted.map(({ answerId }) => answerId)),
        textArray(noted.map(({ inputHash }) => inputHash)),
        textArray(noted.map(({ holder }) => holder)),
        textArray(noted.map(({ requestId }) => requestId)),
        textArray(noted.map(({ gatewayId }) => gatewayId)),
        int4Array(noted.map(({ keptForMs }) => keptForMs)),
        ...[partNames, 2 * ofHolder, 2 * inAll],
      ],
    });
    return new Set(rows.map((row) => row.request_id));
  }

  /** @returns ids of the requests that had their place */
  private async endAll(ended: readonly (Noted & Ended)[]): Promise<ReadonlySet<string>> {
    const { rows } = await poolOf(this.database).query<{ request_id: string }>({
      name: 'end-requests',
      text: end,
      values: [
        textArray(ended.map(({ answerId }) => answerId)),
        textArray(ended.map(({ requestId }) => requestId)),
        byteaArray(ended.map(({ sealed }) => sealed)),
        ended.map(({ costsNothing }) => costsNothing),
        ...[rowBytes, partNames, this.bounds.ofHolder, this.bounds.inAll],
      ],
    });
    return new Set(rows.map((row) => row.request_id));
  }

  private async look(asked: readonly LookedFor[]): Promise<ReadonlyMap<string, KnownRequest>> {
    const distinct = [...new Map(asked.map((each) => [each.answerId, each])).values()];
    const { rows } = await poolOf(this.database).query<KnownRow>({
      name: 'look-for-requests',
      text: look,
      values: [distinct.map(({ answerId }) => answerId), distinct.map(({ lane }) => lane), livingEpoch, longAgoMs],
    });
    return new Map(rows.map(({ answerId, ...known }) => [answerId, known]));
  }
}

const note = `
  insert into kept_answers (answer_id, input_hash, holder, request_id, gateway_id, expires_at)
  select answer_id, input_hash, noted.holder, request_id, gateway_id, ${inMs('kept_for')}
  from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::int[])
    noted (answer_id, input_hash, holder, request_id, gateway_id, kept_for)
  where ${sumOf('kept_bytes.holder = noted.holder')} < $8 and ${sumOf('holder = any($7::text[])')} < $9
  order by answer_id
  on conflict (answer_id) do nothing
  returning request_id`;

/** One look: a use that is not stored although its slices are given back never will be. */
const look = `
  ${acrossLanes} select answers.answer_id as "answerId", request_id as "requestId", input_hash as "inputHash",
    ended_at is not null as "hasEnded", costs_nothing as "costsNothing", sealed is not null as "isKept",
    coalesce(ended_at < clock_timestamp() - $4 * interval '1 millisecond', false) as "endedLongAgo",
    exists (
      select from requests where requests.lane = asked.lane and requests.request_id = answers.request_id
    ) as "isCharged",
    exists (
      select from gateway_processes living where living.gateway_id = answers.gateway_id
        and living.epoch = $3 and living.alive_until >= clock_timestamp()
    ) as "isLiving",
    exists (select from open_slices where open_slices.gateway_id = answers.gateway_id) as "hasSlices"
  from unnest($1::text[], $2::int[]) asked (answer_id, lane)
    join kept_answers answers on answers.answer_id = asked.answer_id`;

const replace = `
  update kept_answers set input_hash = $3, request_id = $4, gateway_id = $5, expires_at = ${inMs('$6')},
    ended_at = null, costs_nothing = false, sealed = null
  where answer_id = $1 and request_id = $2`;

const end = `
  with own as (
    select answers.answer_id, answers.holder, answers.bytes, ended.sealed, ended.costs_nothing
    from unnest($1::text[], $2::text[], $3::bytea[], $4::boolean[]) ended (answer_id, request_id, sealed, costs_nothing)
      join kept_answers answers using (answer_id, request_id)
    order by answers.answer_id for update of answers
  ), size as (
    select own.*, $5::int + case
      when ${sumOf('kept_bytes.holder = own.holder')} < $7 and ${sumOf('kept_bytes.holder = any($6::text[])')} < $8
      then coalesce(length(own.sealed), 0) else 0 end as new_bytes
    from own
  ), counted as (
    ${counted(`
      select holder, new_bytes - bytes from size
      union all select ${part}, new_bytes - bytes from size`)}
  )
  update kept_answers answers set ended_at = clock_timestamp(), costs_nothing = size.costs_nothing,
    bytes = size.new_bytes, sealed = case when size.new_bytes > $5 then size.sealed end
  from size where answers.answer_id = size.answer_id
  returning answers.request_id`;

const forget = `
  with forgotten as (
    delete from kept_answers where answer_id = $1 and request_id = $2
      and not exists (select from requests where lane = $3 and request_id = $2)
    returning answer_id, holder, bytes
  ), counted as (
    ${counted(`
      select holder, -bytes from forgotten where bytes > 0
      union all select ${part}, -bytes from forgotten where bytes > 0`)}
  )
  select count(*)::int as forgotten from forgotten`;

const sweep = `
  with swept as (
    delete from kept_answers where answer_id in (
      select answer_id from kept_answers where expires_at < clock_timestamp()
      order by expires_at limit $1 for update skip locked
    )
    returning answer_id, holder, bytes
  ), counted as (
    ${counted(`
      select holder, -bytes from swept
      union all select ${part}, -bytes from swept`)}
  )
  select count(*)::int as swept from swept`;
