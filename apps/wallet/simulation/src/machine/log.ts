import { type ChainedEvent, type EventLog, type InMemoryLog, LogUnavailable } from '@tokengrid/event-store';
import type { Dice } from '@tokengrid/simulation-kit';
import type { Lifeline } from '../clients/lifeline.ts';
import type { Faults } from './storage.ts';

/** The log of one process. At times an append fails, or takes effect and loses its answer. */
export class SimulatedLog implements EventLog {
  constructor(
    private readonly shared: InMemoryLog,
    private readonly life: Lifeline,
    private readonly faults: Faults,
    private readonly appended: (lane: number, upTo: number) => void,
    private readonly dice: readonly Dice[],
  ) {}

  async append(topic: string, lane: number, events: readonly ChainedEvent[]): Promise<number> {
    const dice = this.dice[lane]!;
    const { errorsOnceIn } = this.faults;
    const fails = errorsOnceIn > 0 && dice.once(errorsOnceIn);
    const arrives = !fails || dice.once(2);
    if (this.life.ended) return this.life.never;
    let offset = 0;
    if (arrives) {
      offset = await this.shared.append(topic, lane, events);
      this.appended(lane, events.at(-1)!.event.sequence);
    }
    if (fails) throw new LogUnavailable(arrives ? 'the answer was lost' : 'the log did not answer');
    return this.life.through(Promise.resolve(offset));
  }

  partitionsOf(topic: string): Promise<number | undefined> {
    return this.shared.partitionsOf(topic);
  }

  createTopic(...[topic, settings]: Parameters<EventLog['createTopic']>): Promise<void> {
    return this.shared.createTopic(topic, settings);
  }

  read(...[topic, lane, offset, options]: Parameters<EventLog['read']>): ReturnType<EventLog['read']> {
    return this.life.through(this.shared.read(topic, lane, offset, options));
  }

  offsetsOf(...[topic, lane]: Parameters<EventLog['offsetsOf']>): ReturnType<EventLog['offsetsOf']> {
    return this.life.through(this.shared.offsetsOf(topic, lane));
  }

  endsOf(...[topics]: Parameters<EventLog['endsOf']>): ReturnType<EventLog['endsOf']> {
    return this.life.through(this.shared.endsOf(topics));
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}
