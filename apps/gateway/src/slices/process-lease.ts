import { Inject, Injectable } from '@nestjs/common';
import { StorageClock } from '@tokengrid/event-store';
import { acrossLanes } from '@tokengrid/event-store/postgres';
import { newId, poolOf, Repeating, serviceLog } from '@tokengrid/service';
import type { Logger } from 'pino';
import { DataSource } from 'typeorm';

/** Time to live of a silent process' lease, and interval of renewing it. */
const leaseMs = 5000;
const beatMs = 1000;
/** Time before the end of its lease at which a process stops to spend. */
const stopBeforeMs = 1000;

/** Epoch of a living process. It has a name of its own, so whoever follows it has the next one. */
export const livingEpoch = 1;

/**
 * The lease of this process, in Postgres. As long as it is renewed nobody else gives its slices
 * back; a process that can't renew it stops to spend before it ends. One that has lost it begins
 * anew, under another name.
 */
@Injectable()
export class ProcessLease {
  private name = '';
  private isHeld = false;
  /** Monotonic milliseconds up to which others certainly leave its slices alone. */
  private heldUntil = 0;
  /** Monotonic time since which it was renewed without a gap. */
  private since = 0;
  private lost: () => void = () => undefined;
  private renewed: (areAllAlive: boolean) => void = () => undefined;
  private readonly beats = new Repeating(
    () => this.beat(),
    beatMs,
    (error) => this.log.warn({ err: error }, 'the lease of the process could not be renewed'),
  );

  constructor(
    @Inject(DataSource) private readonly database: DataSource,
    private readonly clock: StorageClock,
    @Inject(serviceLog) private readonly log: Logger,
  ) {}

  /** Name of this process, as events have it. */
  get gatewayId(): string {
    return this.name;
  }

  /** Time until which this process may spend; epoch milliseconds. */
  spendsUntil(): number {
    return this.clock.now() + this.heldUntil - stopBeforeMs - performance.now();
  }

  /** True if it was renewed for so long that others' leases that were not are over. */
  get isSteady(): boolean {
    const now = performance.now();
    return this.isHeld && now < this.heldUntil && now - this.since > leaseMs;
  }

  /**
   * @param lost called once another process follows this one
   * @param renewed called after each renewal, with whether all processes that have slices live
   */
  start(lost: () => void, renewed: (areAllAlive: boolean) => void): void {
    this.lost = lost;
    this.renewed = renewed;
    this.beats.start();
  }

  /** Ends the lease: what is still open can be taken over at once. */
  async stop(): Promise<void> {
    await this.beats.stop();
    this.heldUntil = 0;
    try {
      await poolOf(this.database).query('delete from gateway_processes where gateway_id = $1', [this.name]);
    } catch (error) {
      this.log.warn({ err: error }, 'the lease of the process could not be ended; it runs out');
    }
  }

  private async beat(): Promise<void> {
    const asked = performance.now();
    if (!this.isHeld) {
      this.name = newId('gwy');
      await poolOf(this.database).query(begin, [this.name, livingEpoch, leaseMs]);
      this.since = asked;
      return this.heldFrom(asked, true);
    }
    const { rows } = await poolOf(this.database).query<{ all_alive: boolean }>({
      name: 'gateway-lease-renew',
      text: renew,
      values: [this.name, livingEpoch, leaseMs],
    });
    if (rows[0]) return this.heldFrom(asked, rows[0].all_alive);
    this.isHeld = false;
    this.heldUntil = 0;
    this.log.error(`${this.name} was followed by another process: it begins anew`);
    this.lost();
  }

  private heldFrom(asked: number, areAllAlive: boolean): void {
    if (asked > this.heldUntil) this.since = asked;
    this.isHeld = true;
    this.heldUntil = asked + leaseMs;
    this.renewed(areAllAlive);
  }
}

/** The beat of each process tells whether all are alive, too: usually nothing is to be done. */
const renew = `${acrossLanes}
  update gateway_processes set alive_until = clock_timestamp() + $3 * interval '1 millisecond'
  where gateway_id = $1 and epoch = $2
  returning not exists (select from gateway_processes where epoch <> $2 or alive_until < clock_timestamp())
    and not exists (
      select from open_slices where not exists (
        select from gateway_processes where gateway_processes.gateway_id = open_slices.gateway_id)
    ) as all_alive`;

const begin = `
  insert into gateway_processes (gateway_id, epoch, alive_until)
  values ($1, $2, clock_timestamp() + $3 * interval '1 millisecond')`;
