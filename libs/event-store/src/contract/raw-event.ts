import { randomUUID } from 'node:crypto';
import { hashOf, type StoredEvent } from '@tokengrid/contracts';
import { laneOf } from '@tokengrid/kernel';
import type { LaneStorage } from '../storage.ts';

/** Given fields of a raw event; the rest is generated. */
export interface RawEvent {
  readonly streamId: string;
  readonly revision: number;
  readonly type: string;
  readonly value: string;
  readonly version?: number;
  readonly commandId?: string;
}

/** Stores an event as a release with other schemas would have, without checks. */
export async function storeRaw(storage: LaneStorage, service: string, raw: RawEvent): Promise<StoredEvent> {
  const { streamId, revision, type, value, version = 1, commandId = randomUUID() } = raw;
  const lane = laneOf(streamId, storage.lanes);
  const transaction = await storage.begin([{ lane, commandIds: [commandId] }]);
  const { head } = transaction.lanes[0]!;
  const unhashed = {
    ...{ service, lane, sequence: head.sequence + 1, streamId, revision, type, version, commandId },
    time: Math.max(head.time, Date.now()),
    inputHash: undefined,
    causationId: commandId,
    correlationId: 'raw',
    actor: 'spec',
    traceparent: undefined,
    value: Buffer.from(value),
  };
  const event: StoredEvent = { ...unhashed, hash: hashOf(unhashed, head.hash) };
  const { sequence, hash, time } = event;
  const commands = [{ commandId, lane, sequence, count: 1, inputHash: undefined }];
  const batch = { lane, events: [event], recorded: [], commands, streams: [], head: { sequence, hash, time } };
  await transaction.commit([batch], [lane]);
  return event;
}
