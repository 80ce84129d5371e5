import { endOfLane, type EventLog } from '@tokengrid/event-store';

/** Ends of topics' lanes, each looked up once. */
export class LaneEnds {
  private readonly sequences = new Map<string, Promise<number>>();
  private readonly topics = new Map<string, Promise<boolean>>();

  constructor(private readonly log: EventLog) {}

  private exists(topic: string): Promise<boolean> {
    let exists = this.topics.get(topic);
    if (!exists) {
      exists = this.log.partitionsOf(topic).then((partitions) => partitions !== undefined);
      this.topics.set(topic, exists);
    }
    return exists;
  }

  /** Last sequence published in a lane; 0 without a topic. */
  sequenceOf(topic: string, lane: number): Promise<number> {
    const key = `${topic}/${lane}`;
    let sequence = this.sequences.get(key);
    if (!sequence) {
      sequence = this.exists(topic).then(async (exists) =>
        exists ? (await endOfLane(this.log, topic, lane)).sequence : 0,
      );
      this.sequences.set(key, sequence);
    }
    return sequence;
  }

  /** Offset of the next record: cheap to ask, and enough for a reader that is up to date. */
  async nextOffsetOf(topic: string, lane: number): Promise<number> {
    return (await this.exists(topic)) ? (await this.log.offsetsOf(topic, lane)).next : 0;
  }
}
