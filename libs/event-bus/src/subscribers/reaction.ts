import { commandIdOf, eventId, type StoredEvent } from '@tokengrid/contracts';
import type { Command } from '@tokengrid/event-store';

/** Facts about an event that leads to commands. */
type Cause = Pick<StoredEvent, 'service' | 'lane' | 'sequence' | 'type' | 'correlationId'> &
  Partial<Pick<StoredEvent, 'traceparent'>>;

/**
 * Creates the commands of a policy. Their ids derive from the policy and the event, so that a
 * redelivery finds them stored; those for events that follow each other derive from the first and
 * the last, and are caused by the last.
 */
export class Reaction {
  private made: 'nothing' | 'all' | 'parts' = 'nothing';

  constructor(
    private readonly policy: string,
    private readonly cause: Cause,
    private readonly last = cause,
  ) {}

  /**
   * A command to a stream.
   * @param part distinguishes the commands of one event. If there are several, each needs one: an
   * event counts as done if its command without a part is stored.
   */
  to<Data>(streamId: string, data: Data, part = ''): Command<Data> {
    const isAll = part === '';
    if (this.made === 'all' || (isAll && this.made === 'parts')) {
      throw new Error(`${this.policy}: ${this.cause.type} leads to several commands, and each of them needs a part`);
    }
    this.made = isAll ? 'all' : 'parts';
    const { cause, last } = this;
    const upTo = last.sequence > cause.sequence ? `..${last.sequence}` : '';
    return {
      id: reactionId(this.policy, cause, `${upTo}${part}`),
      streamId,
      data,
      causationId: eventId(last),
      causationType: last.type,
      correlationId: last.correlationId,
      traceparent: last.traceparent,
    };
  }
}

/** Id of a policy's command for an event. */
export function reactionId(
  policy: string,
  cause: Pick<StoredEvent, 'service' | 'lane' | 'sequence'>,
  part = '',
): string {
  return commandIdOf(`policy:${policy}`, eventId(cause), part);
}
