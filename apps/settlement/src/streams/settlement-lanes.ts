import { Inject, Injectable } from '@nestjs/common';
import type { SettlementEvent } from '@tokengrid/contracts';
import { type Command, EventStore, type Outcome, type Streams } from '@tokengrid/event-store';
import { type Decide, laneOf, systemStreamId } from '@tokengrid/kernel';
import { type SettlementLane, settlementLane } from '../decisions/state/settlement-lane.ts';

/** The lanes' own streams. */
@Injectable()
export class SettlementLanes {
  /** The stream of each lane, by its number. */
  readonly streamIds: readonly string[];
  private readonly streams: Streams<SettlementLane, SettlementEvent, undefined>;

  constructor(@Inject(EventStore) store: EventStore<SettlementEvent, undefined>) {
    this.streams = store.streams(settlementLane);
    this.streamIds = Array.from({ length: store.lanes }, (_, lane) => systemStreamId(lane, store.lanes));
  }

  /** Stream of the lane to which a use's id hashes. */
  streamOf(usageId: string): string {
    return this.streamIds[laneOf(usageId, this.streamIds.length)]!;
  }

  handle<Data>(
    decide: Decide<SettlementLane, Data, SettlementEvent>,
    command: Command<Data>,
  ): Promise<Outcome<SettlementEvent>> {
    return this.streams.handle(decide, command);
  }
}
