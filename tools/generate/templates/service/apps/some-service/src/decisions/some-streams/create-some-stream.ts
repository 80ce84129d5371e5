import { type SomeServiceEvent, SomeStreamCreated } from '@tokengrid/contracts';
import type { SomeStream } from '../state/some-stream.ts';

export interface CreateSomeStream {
  readonly someStreamId: string;
}

/** Creates a some stream. */
export function createSomeStream(_state: SomeStream, { someStreamId }: CreateSomeStream): readonly SomeServiceEvent[] {
  return [SomeStreamCreated({ someStreamId })];
}
