import type { DomainEvent, EventNamed, Recorded } from '@tokengrid/kernel';
import type { EventStore, Outcome } from '@tokengrid/event-store';
import type { CommandTickets } from './command-tickets.ts';
import type { IncomingCommand } from './incoming-command.ts';
import { InFlight } from './in-flight.ts';
import type { Problem } from './problem.ts';
import { documentOf, ProblemError } from './problem.ts';

/** What an event answers to whoever sent the command: a status and a body (amounts may be bigint), or a problem. */
export type Answer = { readonly status: number; readonly body?: unknown } | Problem;

/**
 * How each of a service's events answers its command; `'silent'` where another event of the same command does, always or by what the event
 * says. A missing event does not compile. The first event that is not silent answers. Functions of the event alone, so that a repeat and
 * `GET /v1/commands/{id}` say what was said first, after restarts and rebuilds too.
 */
export type Answers<E extends DomainEvent> = {
  readonly [Type in E['type']]:
    ((event: Recorded<EventNamed<E, Type>>) => Answer | 'silent' | Promise<Answer>) | 'silent';
};

/** Status, headers and body as they go out. The adapter sends it as it is, whatever status the route has by default. */
export class HttpAnswer {
  constructor(
    readonly status: number,
    readonly body: unknown,
    readonly headers: Readonly<Record<string, string>> = {},
  ) {}
}

/** A problem as it goes out. */
export function problemAnswer(problem: Problem, instance: string): HttpAnswer {
  return new HttpAnswer(problem.status, documentOf(problem, instance), {
    'content-type': 'application/problem+json',
    ...problem.headers,
  });
}

/** Whether a controller returned an outcome rather than a body. */
export function isOutcome(value: unknown): value is Outcome<DomainEvent> {
  return (
    typeof value === 'object' && value !== null && 'commandId' in value && 'events' in value && 'published' in value
  );
}

/** Turns outcomes into answers by a service's {@link Answers}. */
export class Answering {
  private answers: Answers<DomainEvent> | undefined;

  /** @param find gives the answers when they are first needed: a service may construct them from its own providers */
  constructor(
    private readonly find: () => Answers<DomainEvent>,
    private readonly tickets: CommandTickets,
    private readonly store: Pick<EventStore, 'outcomeOf'>,
    /** What callers' paths have before those that come here. */
    private readonly basePath: string,
  ) {}

  /**
   * The answer of a request that a look-up refuses, and that is the repeat of one that was taken: the first one, whatever has changed since
   * (a membership, a price, what the service is configured to do). `undefined` for any other.
   * @throws IdempotencyKeyReused where another body came with the key; an outage
   */
  async ofRepeat(refusal: unknown, incoming: IncomingCommand | undefined): Promise<HttpAnswer | undefined> {
    if (!incoming?.isKeyed || !(refusal instanceof ProblemError)) return undefined;
    const outcome = await this.store.outcomeOf(incoming.id, incoming.inputHash);
    return outcome && this.of(outcome, incoming.isRepeatInFlight);
  }

  /**
   * @param isRepeatInFlight whether the request is a repeat that came while the first was being taken
   * @throws InFlight for such a repeat when there is no outcome yet
   * @throws Error when all events of the command are silent: a mistake in the service's `answers`
   */
  of(outcome: Outcome<DomainEvent>, isRepeatInFlight: boolean): HttpAnswer | Promise<HttpAnswer> {
    if (!outcome.published) {
      if (isRepeatInFlight) throw new InFlight('the first request with this key is still in flight');
      const commandId = this.tickets.ticketOf(outcome.commandId);
      return new HttpAnswer(202, { commandId, status: 'pending' }, { location: this.placeOf(outcome.commandId) });
    }
    const answers = (this.answers ??= this.find());
    for (const event of outcome.events) {
      const answer = answers[event.type];
      if (answer === undefined || answer === 'silent') continue;
      const given = answer.call(answers, event);
      if (given === 'silent') continue;
      return given instanceof Promise
        ? given.then((later) => this.sent(later, outcome.commandId))
        : this.sent(given, outcome.commandId);
    }
    const types = outcome.events.map((event) => event.type).join(', ');
    throw new Error(`none of the events of command ${outcome.commandId} (${types}) answers it`);
  }

  /** The instance of a refusal is its command, not the path: the same wherever the outcome is asked for. */
  private sent(answer: Answer, commandId: string): HttpAnswer {
    if ('kind' in answer) return problemAnswer(answer, this.placeOf(commandId));
    return new HttpAnswer(answer.status, answer.body);
  }

  /** Where the outcome of a command can be asked for. */
  private placeOf(commandId: string): string {
    return `${this.basePath}/v1/commands/${this.tickets.ticketOf(commandId)}`;
  }
}
