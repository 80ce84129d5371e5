import { encodeData, type StoredEvent } from '@tokengrid/contracts';

/** An event for specs of printed output: fields that a sentence does not name are constant. */
export function someEvent(data: unknown, more: Partial<StoredEvent> = {}): StoredEvent {
  return {
    service: 'wallet',
    lane: 3,
    sequence: 17,
    streamId: 'wal_7',
    revision: 4,
    type: 'TokensSent',
    version: 1,
    time: Date.UTC(2026, 0, 2, 3, 4, 5, 678),
    commandId: 'command-1',
    inputHash: undefined,
    causationId: 'command-1',
    correlationId: 'correlation-1',
    actor: 'operator/bootstrap',
    traceparent: undefined,
    hash: 'f'.repeat(64),
    value: encodeData(data),
    ...more,
  };
}
