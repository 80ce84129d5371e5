import type { SomeServiceEvent } from '@tokengrid/contracts';
import type { Answers } from '@tokengrid/service';

/** Answer of each event to the caller of its command. */
export const someServiceAnswers: Answers<SomeServiceEvent> = {
  SomeStreamCreated: ({ data }) => ({ status: 201, body: data }),
};
