import type { AppRegistryEvent, IdentityEvent } from '@tokengrid/contracts';
import type { Recorded } from '@tokengrid/kernel';

type Foreign = AppRegistryEvent | IdentityEvent;

/** A lane of another service: what it says, in order. */
export class ForeignLane<E extends Foreign> {
  readonly events: Recorded<E>[] = [];

  constructor(
    private readonly service: string,
    private readonly lane: number,
  ) {}

  say(event: E, streamId: string, time: number): Recorded<E> {
    const sequence = this.events.length + 1;
    const id = `${this.service}/${this.lane}/${sequence}`;
    const position = { id, service: this.service, lane: this.lane, sequence, streamId, revision: sequence, time };
    const said = {
      ...event,
      ...position,
      commandId: id,
      causationId: id,
      correlationId: id,
      actor: 'simulation',
    } as Recorded<E>;
    this.events.push(said);
    return said;
  }
}
