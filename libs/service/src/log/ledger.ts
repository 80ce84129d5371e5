import type { ChainedEvent, Command, Outcome, SoughtCommand, Streams } from '@tokengrid/event-store';
import { EventStore } from '@tokengrid/event-store';
import type { Aggregate, Decide, DomainEvent, Recorded } from '@tokengrid/kernel';
import type { Logger } from 'pino';

/**
 * An event store that logs each command as a line of a ledger: `wallet send-tokens wal_7 #17
 * TokensSent 250 ← UsageRated metering/3/812 3 ms`.
 */
export class LedgerEventStore<E extends DomainEvent, System> extends EventStore<E, System> {
  readonly service: string;
  readonly lanes: number;

  private readonly log: Logger;

  constructor(
    private readonly store: EventStore<E, System>,
    log: Logger,
  ) {
    super();
    // These lines have only the members below; searching each for secrets costs twice as much as
    // writing it.
    this.log = log.child({}, { redact: [] });
    this.service = store.service;
    this.lanes = store.lanes;
  }

  streams<State>(aggregate: Aggregate<State, E>): Streams<State, E, System> {
    const streams = this.store.streams(aggregate);
    return {
      handle: async <Data>(decide: Decide<State, Data, E, System>, command: Command<Data>) => {
        const start = performance.now();
        const outcome = await streams.handle(decide, command);
        if (this.log.isLevelEnabled('info')) this.write(decide.name, command, outcome, performance.now() - start);
        return outcome;
      },
      load: (streamId) => streams.load(streamId),
    };
  }

  private write(decision: string, command: Command<unknown>, outcome: Outcome<E>, milliseconds: number): void {
    const { id, correlationId, causationId } = command;
    const line = ledgerLine(this.service, decision, command, outcome, milliseconds);
    this.log.info({ ledger: { commandId: id, correlationId, causationId, published: outcome.published } }, line);
  }

  outcomeOf(commandId: string, sought?: SoughtCommand): Promise<Outcome<E> | undefined> {
    return this.store.outcomeOf(commandId, sought);
  }

  claim(commandId: string, streamId: string): Promise<string> {
    return this.store.claim(commandId, streamId);
  }

  known(commands: Parameters<EventStore['known']>[0]): Promise<ReadonlySet<string>> {
    return this.store.known(commands);
  }

  eventsAfter(lane: number, sequence: number, limit: number): Promise<readonly ChainedEvent[]> {
    return this.store.eventsAfter(lane, sequence, limit);
  }

  sequenceAt(lane: number, time: number): Promise<number> {
    return this.store.sequenceAt(lane, time);
  }

  published(lane: number, sequence: number): Promise<void> {
    return this.store.published(lane, sequence);
  }

  get knownEvents(): number {
    return this.store.knownEvents;
  }

  problems(): readonly string[] {
    return this.store.problems();
  }

  get behindBecause(): string | undefined {
    return this.store.behindBecause;
  }

  doubt(maxAgeMs: number): Promise<string | undefined> {
    return this.store.doubt(maxAgeMs);
  }

  lookAtLog(maxAgeMs: number): Promise<void> {
    return this.store.lookAtLog(maxAgeMs);
  }

  warnings(): readonly string[] {
    return this.store.warnings();
  }

  close(): Promise<void> {
    return this.store.close();
  }
}

type Cause = Pick<Command<unknown>, 'streamId' | 'id' | 'causationId' | 'causationType'>;

/** Log line of one command: service, command, stream, revision, event, cause and duration. */
export function ledgerLine(
  service: string,
  decision: string,
  { streamId, id, causationId, causationType }: Cause,
  { events, repeated, published }: Pick<Outcome<DomainEvent>, 'events' | 'repeated' | 'published'>,
  milliseconds: number,
): string {
  const revision = events.findLast((event) => event.streamId === streamId)?.revision;
  const parts = [service, kebab(decision), streamId];
  if (revision !== undefined) parts.push(`#${revision}`);
  parts.push(events.map(happened).join(' + '));
  if (causationId !== undefined && causationId !== id) {
    parts.push('←', ...(causationType === undefined ? [] : [causationType]), causationId);
  }
  if (repeated) parts.push('(repeated)');
  if (!published) parts.push('(not published yet)');
  parts.push(`${Math.round(milliseconds)} ms`);
  return parts.join(' ');
}

/** Name of the event, with its amount or code if it has one. */
function happened({ type, data }: Recorded<DomainEvent>): string {
  const { tokens, code } = (data ?? {}) as { readonly tokens?: unknown; readonly code?: unknown };
  if (typeof code === 'string') return `${type} ${code}`;
  return typeof tokens === 'bigint' ? `${type} ${tokens}` : type;
}

function kebab(name: string): string {
  return name.replace(/[A-Z]/g, '-$&').toLowerCase();
}
