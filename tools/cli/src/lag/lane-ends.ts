import { endOfLane, type EventLog } from '@tokengrid/event-store';

/** Ends of topics' lanes, each looked up once. */
export class LaneEnds {
  private readonly sequences = new Map<string, Promise<number>>();

  constructor(private readonly log: EventLog) {}

  /** The last sequence published in a lane. */
  sequenceOf(topic: string, lane: number): Promise<number> {
    const key = `${topic}/${lane}`;
    let sequence = this.sequences.get(key);
    if (!sequence) {
      sequence = endOfLane(this.log, topic, lane).then((end) => end.sequence);
      this.sequences.set(key, sequence);
    }
    return sequence;
  }

  /** The offset that the next record will get: cheap to ask, and enough where a reader has come that far. */
  async nextOffsetOf(topic: string, lane: number): Promise<number> {
    return (await this.log.offsetsOf(topic, lane)).next;
  }
}
