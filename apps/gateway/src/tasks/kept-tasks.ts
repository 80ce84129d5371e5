import { poolOf } from '@tokengrid/service';
import type { DataSource } from 'typeorm';
import type { KeepingBounds } from '../replays/kept-answers.ts';
import { counted, inMs, part, partNames, rowBytes, sumOf } from '../replays/kept-bytes.ts';

/** A task as its process notes it, in the table of kept answers. */
export interface KeptTask {
  readonly answerId: string;
  /** The principal whose bytes these are. */
  readonly holder: string;
  readonly requestId: string;
  readonly gatewayId: string;
  /** Time for which it is known, in milliseconds. */
  readonly keptForMs: number;
}

/** The end of a task. */
export interface EndOfTask {
  readonly sealed: Buffer;
  readonly costsNothing: boolean;
}

type Place = Pick<KeptTask, 'answerId' | 'requestId'>;

/** Tasks and their sealed ends, in Postgres. */
export class KeptTasks {
  private noting: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly database: DataSource,
    private readonly bounds: KeepingBounds,
  ) {}

  /**
   * Notes a task, and sets bytes aside for its end. A process notes one after another, so that
   * several never take the same room.
   * @returns false if there is no room for it
   */
  note(task: KeptTask, bytes: number): Promise<boolean> {
    const noted = this.noting.then(() => this.noteNext(task, bytes));
    this.noting = noted.catch(() => undefined);
    return noted;
  }

  /** Keeps the end of a task. @returns false if it was cancelled */
  async end({ answerId, requestId }: Place, { sealed, costsNothing }: EndOfTask): Promise<boolean> {
    const values = [answerId, requestId, sealed, costsNothing, rowBytes + sealed.length];
    return (await this.changed('end-task', end, values)) === 1;
  }

  /**
   * Puts a cancellation in the place of a task that has not ended: its process does not find it as
   * it ends, and charges nothing.
   * @param by id of the request that cancels it
   * @returns false if it has ended
   */
  async cancel({ answerId, requestId }: Place, by: string, sealed: Buffer): Promise<boolean> {
    const values = [answerId, requestId, by, sealed, rowBytes + sealed.length];
    return (await this.changed('cancel-task', cancel, values)) === 1;
  }

  /** Removes a task, whether or not it has ended. */
  async remove({ answerId, requestId }: Place): Promise<void> {
    await this.changed('remove-task', remove, [answerId, requestId]);
  }

  private async noteNext({ answerId, holder, requestId, gatewayId, keptForMs }: KeptTask, bytes: number) {
    const { ofHolder, inAll } = this.bounds;
    const values = [answerId, holder, requestId, gatewayId, keptForMs, bytes, partNames, ofHolder, inAll];
    return (await this.changed('note-task', note, values)) === 1;
  }

  private async changed(name: string, text: string, values: unknown[]): Promise<number> {
    const { rows } = await poolOf(this.database).query<{ changed: number }>({ name, text, values });
    return rows[0]!.changed;
  }
}

const note = `
  with noted as (
    insert into kept_answers (answer_id, input_hash, holder, request_id, gateway_id, expires_at, bytes)
    select $1::text, '', $2::text, $3::text, $4::text, ${inMs('$5::int')}, $6::int
    where ${sumOf('holder = $2')} + $6 <= $8::bigint and ${sumOf('holder = any($7::text[])')} + $6 <= $9::bigint
    on conflict (answer_id) do nothing
    returning answer_id, holder, bytes
  ), counted as (
    ${counted(`
      select holder, bytes from noted
      union all select ${part}, bytes from noted`)}
  )
  select count(*)::int as changed from noted`;

/** Puts an end in the place of a task's row, of other bytes. */
const ended = (own: string, sets: string) => `
  with own as (
    select answer_id, holder, bytes from kept_answers where answer_id = $1 and request_id = $2 ${own} for update
  ), counted as (
    ${counted(`
      select holder, $5::int - bytes from own
      union all select ${part}, $5::int - bytes from own`)}
  ), changed as (
    update kept_answers answers set ended_at = clock_timestamp(), bytes = $5::int, ${sets}
    from own where answers.answer_id = own.answer_id
    returning answers.answer_id
  )
  select count(*)::int as changed from changed`;

const end = ended('', 'sealed = $3::bytea, costs_nothing = $4::boolean');
const cancel = ended('and ended_at is null', 'request_id = $3::text, sealed = $4::bytea, costs_nothing = true');

const remove = `
  with removed as (
    delete from kept_answers where answer_id = $1 and request_id = $2 returning answer_id, holder, bytes
  ), counted as (
    ${counted(`
      select holder, -bytes from removed
      union all select ${part}, -bytes from removed`)}
  )
  select count(*)::int as changed from removed`;
