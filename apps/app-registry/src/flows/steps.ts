import { commandIdOf } from '@tokengrid/contracts';
import type { Command } from '@tokengrid/event-store';
import type { IncomingCommand } from '@tokengrid/service';

/**
 * A command of one of the request's steps, apart from the one that answers it; it has the input's
 * hash, so that another body is detected at once.
 */
export function stepOf<Data>(incoming: IncomingCommand, step: string, streamId: string, data: Data): Command<Data> {
  const { id: causationId, inputHash, correlationId, actor, traceparent } = incoming;
  return {
    id: stepId(incoming, step),
    streamId,
    data,
    inputHash,
    causationId,
    correlationId,
    actor,
    traceparent,
    answerOnceStored: true,
  };
}

/** Id of the command of a step. */
export function stepId({ id }: IncomingCommand, step: string): string {
  return commandIdOf(`making:${id}`, step);
}
