import { type SomeServiceEvent, SomethingHappened } from '@tokengrid/contracts';
import type { SomeStream } from '../state/some-stream.ts';

export interface DoSomething {
  readonly id: string;
}

/** Does something. */
export function doSomething(_state: SomeStream, { id }: DoSomething): readonly SomeServiceEvent[] {
  return [SomethingHappened({ id })];
}
