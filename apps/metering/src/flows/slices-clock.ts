import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { commandIdOf, systemActor } from '@tokengrid/contracts';
import { EventStore, StorageClock } from '@tokengrid/event-store';
import { acrossLanes } from '@tokengrid/event-store/postgres';
import { Repeating, Rest, serviceLog } from '@tokengrid/service';
import type { Logger } from 'pino';
import { DataSource } from 'typeorm';
import { payerStreamOf } from '../decisions/state/payer.ts';
import { Slices } from './slices.ts';

const tickMs = 1000;
const mostAtOnce = 500;

interface Due {
  readonly slice_id: string;
  readonly party_id: string;
  readonly closes_at: string;
}

/**
 * Closes slices at the end of their grace, whose gateway gave no sign of life. It may run in
 * several processes, late, or twice: the decision tells what is due.
 */
@Injectable()
export class SlicesClock implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly ticks = new Repeating(
    () => this.closeDue(),
    tickMs,
    (error) => this.log.warn({ err: error }, 'slices could not be closed at their end; the next tick retries'),
  );

  private readonly rest: Rest;
  /** End of the slice that closes first, if known; epoch milliseconds. */
  private nextEnd = Number.POSITIVE_INFINITY;

  constructor(
    @Inject(DataSource) private readonly dataSource: DataSource,
    private readonly slices: Slices,
    private readonly clock: StorageClock,
    @Inject(EventStore) store: Pick<EventStore, 'knownEvents'>,
    @Inject(serviceLog) private readonly log: Logger,
  ) {
    this.rest = new Rest(store);
  }

  onApplicationBootstrap(): void {
    this.ticks.startLater();
  }

  onApplicationShutdown(): Promise<void> {
    return this.ticks.stop();
  }

  private async closeDue(): Promise<void> {
    if (this.nextEnd <= this.clock.now()) this.rest.end();
    await this.rest.unlessResting(async () => {
      const now = this.clock.now();
      const first = await this.dataSource.query<Due[]>(selectFirst, [now, mostAtOnce]);
      const due = first.filter(({ closes_at }) => Number(closes_at) <= now);
      await this.close(due);
      this.nextEnd = Number(first[0]?.closes_at ?? Number.POSITIVE_INFINITY);
      return due.length === 0;
    });
  }

  private async close(due: readonly Due[]): Promise<void> {
    await Promise.all(
      due.map(({ slice_id: sliceId, party_id: partyId, closes_at }) => {
        const id = commandIdOf('close-slice', sliceId, closes_at);
        const data = { partyId, sliceId, reason: 'expired' as const };
        return this.slices.close({
          id,
          streamId: payerStreamOf(partyId),
          data,
          correlationId: id,
          actor: systemActor('slices-clock'),
        });
      }),
    );
  }
}

/** What is due, or else what will be first. */
const selectFirst = `
  ${acrossLanes} select slice_id, party_id, closes_at from open_slices
  where closes_at <= greatest($1, (select min(closes_at) from open_slices)) order by closes_at limit $2`;
