import { commandIdOf, eventId, type StoredEvent } from '@tokengrid/contracts';
import type { Command } from '@tokengrid/event-store';

/** What is known of an event that leads to commands. */
type Cause = Pick<StoredEvent, 'service' | 'lane' | 'sequence' | 'type' | 'correlationId'> &
  Partial<Pick<StoredEvent, 'traceparent'>>;

/** What a policy makes its commands with: their ids derive from the policy and the event, so that a redelivery finds them done. */
export class Reaction {
  private made: 'nothing' | 'all' | 'parts' = 'nothing';

  constructor(
    private readonly policy: string,
    private readonly cause: Cause,
  ) {}

  /**
   * A command to a stream.
   * @param part tells the commands apart where one event leads to several: each of them has one, for an event is passed over as done where
   * its command without a part is.
   */
  to<Data>(streamId: string, data: Data, part = ''): Command<Data> {
    const isAll = part === '';
    if (this.made === 'all' || (isAll && this.made === 'parts')) {
      throw new Error(
        `${this.policy}: ${this.cause.type} leads to several commands, and each of them has to have a part`,
      );
    }
    this.made = isAll ? 'all' : 'parts';
    const causationId = eventId(this.cause);
    return {
      id: reactionId(this.policy, this.cause, part),
      streamId,
      data,
      causationId,
      causationType: this.cause.type,
      correlationId: this.cause.correlationId,
      traceparent: this.cause.traceparent,
    };
  }
}

/** The id of a command that a policy makes of an event. */
export function reactionId(
  policy: string,
  cause: Pick<StoredEvent, 'service' | 'lane' | 'sequence'>,
  part = '',
): string {
  return commandIdOf(`policy:${policy}`, eventId(cause), part);
}
