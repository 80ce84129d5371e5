import type { SomeServiceEvent } from '@tokengrid/contracts';
import type { Aggregate } from '@tokengrid/kernel';

/** A some stream as decisions see it. */
export type SomeStream = { readonly status: 'none' } | { readonly status: 'created'; readonly someStreamId: string };

/** The stream of one some stream, `some-prefix_…`. */
export const someStream: Aggregate<SomeStream, SomeServiceEvent> = {
  name: 'some-stream',
  stateVersion: 1,
  initial: { status: 'none' },
  evolve,
};

function evolve(_state: SomeStream, event: SomeServiceEvent): SomeStream {
  switch (event.type) {
    case 'SomeStreamCreated':
      return { status: 'created', someStreamId: event.data.someStreamId };
  }
}
