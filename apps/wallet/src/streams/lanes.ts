import { Inject, Injectable } from '@nestjs/common';
import type { WalletEvent } from '@tokengrid/contracts';
import { type Command, EventStore, type Outcome, type Streams } from '@tokengrid/event-store';
import { type Decide, systemStreamId } from '@tokengrid/kernel';
import { type WalletLane, walletLane } from '../decisions/state/wallet-lane.ts';

/** The lanes' own streams. */
@Injectable()
export class Lanes {
  /** Every lane's number. */
  readonly all: readonly number[];
  private readonly streams: Streams<WalletLane, WalletEvent, WalletLane>;
  private readonly streamIds: readonly string[];

  constructor(@Inject(EventStore) store: EventStore<WalletEvent, WalletLane>) {
    this.streams = store.streams(walletLane);
    this.all = Array.from({ length: store.lanes }, (_, lane) => lane);
    this.streamIds = this.all.map((lane) => systemStreamId(lane, store.lanes));
  }

  /** @throws RangeError for a lane that there is not */
  streamOf(lane: number): string {
    const streamId = this.streamIds[lane];
    if (streamId === undefined) throw new RangeError(`no lane ${lane}: there are ${this.all.length} lanes`);
    return streamId;
  }

  handle<Data>(
    decide: Decide<WalletLane, Data, WalletEvent, WalletLane>,
    command: Command<Data>,
  ): Promise<Outcome<WalletEvent>> {
    return this.streams.handle(decide, command);
  }

  load(lane: number): Promise<WalletLane> {
    return this.streams.load(this.streamOf(lane));
  }
}
