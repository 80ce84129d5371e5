import { commandIdOf, eventId, type StoredEvent, systemActor } from '@tokengrid/contracts';
import type { Command } from '@tokengrid/event-store';

/** Facts about an event that leads to commands. */
type Cause = Pick<StoredEvent, 'service' | 'lane' | 'sequence' | 'type' | 'correlationId' | 'actor'> &
  Partial<Pick<StoredEvent, 'traceparent'>>;

/**
 * Creates the commands of a policy. Their ids derive from the policy and the event, so that a
 * redelivery finds them stored; those for events that follow each other derive from the first and
 * the last, and are caused by the last. Their actor is that of the events, or the policy if the
 * events have several.
 */
export class Reaction {
  private made: 'nothing' | 'all' | 'parts' = 'nothing';

  constructor(
    private readonly policy: string,
    private readonly cause: Cause,
    /** Events that follow the cause, and lead to the same commands. */
    private readonly others: readonly Cause[] = [],
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
    const { cause, others } = this;
    const last = others.at(-1) ?? cause;
    const upTo = last.sequence > cause.sequence ? `..${last.sequence}` : '';
    return {
      id: reactionId(this.policy, cause, `${upTo}${part}`),
      streamId,
      data,
      causationId: eventId(last),
      causationType: last.type,
      correlationId: last.correlationId,
      actor: this.actor,
      traceparent: last.traceparent,
    };
  }

  private get actor(): string {
    const { actor } = this.cause;
    return this.others.every((other) => other.actor === actor) ? actor : systemActor(this.policy);
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
