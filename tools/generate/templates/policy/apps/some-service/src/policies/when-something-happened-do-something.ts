import { Controller } from '@nestjs/common';
import type { EventOf, SomethingHappened } from '@tokengrid/contracts';
import { otherServiceCatalogue } from '@tokengrid/contracts';
import { Policy, type Reaction } from '@tokengrid/event-bus';
import type { Recorded } from '@tokengrid/kernel';
import { doSomething, type DoSomething } from '../decisions/some-topic/do-something.ts';
import { SomeStreams } from '../streams/some-file.ts';

type Happened = Recorded<EventOf<typeof SomethingHappened>>;

@Controller()
export class WhenSomethingHappenedDoSomething {
  constructor(private readonly someStreams: SomeStreams) {}

  /** Does something. */
  @Policy({ name: 'when-something-happened-do-something', from: otherServiceCatalogue, on: ['SomethingHappened'] })
  doSomething(event: Happened, reaction: Reaction) {
    const { streamId, command } = doSomethingFor(event);
    return this.someStreams.handle(doSomething, reaction.to(streamId, command));
  }
}

/** The command that an event leads to, and the stream that decides it. */
export function doSomethingFor(event: Happened): { readonly streamId: string; readonly command: DoSomething } {
  throw new Error(`when-something-happened-do-something.ts does not say what follows from ${event.type}`);
}
