import { randomUUID } from 'node:crypto';
import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { systemActor } from '@tokengrid/contracts';
import { EventStore } from '@tokengrid/event-store';
import { Repeating, Rest, serviceConfig, serviceLog } from '@tokengrid/service';
import type { Logger } from 'pino';
import { Gauge, Registry } from 'prom-client';
import { CapacityStream } from '../streams/capacity.ts';
import type { WalletConfig } from '../config.ts';
import { type Capacity, capacityStreamId } from '../decisions/state/capacity.ts';
import { NothingDue } from '../decisions/rules/due.ts';
import { isWarningOutdated, watchCapacity } from '../decisions/capacity/watch-capacity.ts';
import { Ledger } from '../projections/ledger.ts';

/**
 * Checks at intervals how much of the declared capacity is outstanding, so that the operator is
 * warned before issuance stops. It reads the lanes' own accounts, some ten rows a lane. It may run
 * in several processes: the second one finds the operator warned.
 */
@Injectable()
export class CapacityWatch implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly usedRatio: Gauge;
  private readonly looks: Repeating;

  constructor(
    private readonly capacity: CapacityStream,
    private readonly ledger: Ledger,
    @Inject(serviceConfig) { capacityWatchMs }: Pick<WalletConfig, 'capacityWatchMs'>,
    @Inject(serviceLog) log: Logger,
    registry: Registry,
    @Inject(EventStore) store: Pick<EventStore, 'knownEvents'>,
  ) {
    const rest = new Rest(store);
    this.usedRatio = new Gauge({
      name: 'wallet_capacity_used_ratio',
      help: 'outstanding tokens as a share of the capacity; 0 without a capacity',
      registers: [registry],
    });
    this.looks = new Repeating(
      () => rest.unlessResting(() => this.look().then(() => true)),
      capacityWatchMs,
      (error) =>
        log.warn({ err: error }, 'the used share of the capacity could not be checked; the next check retries'),
    );
  }

  onApplicationBootstrap(): void {
    this.looks.start();
  }

  onApplicationShutdown(): Promise<void> {
    return this.looks.stop();
  }

  /** Raises or clears the operator's warning, if that is due. */
  async look(): Promise<void> {
    const capacity = await this.capacity.load(capacityStreamId);
    const outstanding = capacity.status === 'declared' ? await this.ledger.outstanding() : 0n;
    this.usedRatio.set(ratioOf(outstanding, capacity));
    if (!isWarningOutdated(capacity, { outstanding })) return;
    const id = randomUUID();
    const command = {
      id,
      streamId: capacityStreamId,
      data: { outstanding },
      correlationId: id,
      actor: systemActor('capacity-watch'),
    };
    try {
      await this.capacity.handle(watchCapacity, command);
    } catch (error) {
      if (!(error instanceof NothingDue)) throw error;
    }
  }
}

/** To the thousandth: a metric, not an amount. */
function ratioOf(outstanding: bigint, capacity: Capacity): number {
  if (capacity.status === 'undeclared') return 0;
  if (capacity.declared === 0n) return 1;
  return Number((outstanding * 1000n) / capacity.declared) / 1000;
}
