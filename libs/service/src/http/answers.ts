import type { DomainEvent, EventNamed, Recorded } from '@tokengrid/kernel';
import type { EventStore, Outcome } from '@tokengrid/event-store';
import type { CommandTickets } from './command-tickets.ts';
import type { IncomingCommand } from './incoming-command.ts';
import { InFlight } from './in-flight.ts';
import type { Problem } from './problem.ts';
import { documentOf, ProblemError, problemType } from './problem.ts';

/**
 * Answer of an event to the sender of its command: a status and a body (amounts may be bigint), or
 * a problem.
 */
export type Answer = { readonly status: number; readonly body?: unknown } | Problem;

/**
 * Answer of each event of a service; `'silent'` if another event of the same command answers. A
 * missing event does not compile, and the first event that is not silent answers.
 *
 * Answers are functions of the event alone, so that a repeat and `GET /v1/commands/{id}` give the
 * first answer, after restarts and rebuilds too.
 */
export type Answers<E extends DomainEvent> = {
  readonly [Type in E['type']]:
    ((event: Recorded<EventNamed<E, Type>>) => Answer | 'silent' | Promise<Answer>) | 'silent';
};

/**
 * Status, headers and body of an answer. The adapter sends them unchanged, whatever the route's
 * default status.
 */
export class HttpAnswer {
  constructor(
    readonly status: number,
    readonly body: unknown,
    readonly headers: Readonly<Record<string, string>> = {},
  ) {}
}

/** HTTP answer of a problem. */
export function problemAnswer(problem: Problem, instance: string): HttpAnswer {
  return new HttpAnswer(problem.status, documentOf(problem, instance), {
    'content-type': problemType,
    ...problem.headers,
  });
}

/** True if a controller returned an outcome instead of a body. */
export function isOutcome(value: unknown): value is Outcome<DomainEvent> {
  return (
    typeof value === 'object' && value !== null && 'commandId' in value && 'events' in value && 'published' in value
  );
}

/** Turns outcomes into answers by a service's {@link Answers}. */
export class Answering {
  private answers: Answers<DomainEvent> | undefined;

  /**
   * @param find returns the answers when they are first needed: a service may build them from its
   * own providers
   */
  constructor(
    private readonly find: () => Answers<DomainEvent>,
    private readonly tickets: CommandTickets,
    private readonly store: Pick<EventStore, 'outcomeOf'>,
    /** Path prefix that a proxy removes from callers' paths. */
    private readonly basePath: string,
  ) {}

  /**
   * First answer of a command, for a repeat that a look-up refuses now: memberships, prices or
   * settings may have changed since. `undefined` for a request that is no repeat.
   * @throws IdempotencyKeyReused if another body came with the key; an error of the store during an
   * outage
   */
  async ofRepeat(refusal: unknown, incoming: IncomingCommand | undefined): Promise<HttpAnswer | undefined> {
    if (!incoming?.isKeyed || !(refusal instanceof ProblemError)) return undefined;
    const outcome = await this.store.outcomeOf(incoming.id, { inputHash: incoming.inputHash });
    return outcome && this.of(outcome, incoming.isRepeatInFlight);
  }

  /**
   * @param isRepeatInFlight true for a repeat that came while the first request was being handled
   * @throws InFlight for such a repeat without an outcome
   * @throws Error if all events of the command are silent: a mistake in the service's `answers`
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
    throw new Error(`none of the events (${types}) of command ${outcome.commandId} has an answer`);
  }

  /**
   * Problem document of a refusal. Its instance is the command, not the path, so that it is the
   * same wherever the outcome is read.
   */
  private sent(answer: Answer, commandId: string): HttpAnswer {
    if ('kind' in answer) return problemAnswer(answer, this.placeOf(commandId));
    return new HttpAnswer(answer.status, answer.body);
  }

  /** Location of a command's outcome. */
  private placeOf(commandId: string): string {
    return `${this.basePath}/v1/commands/${this.tickets.ticketOf(commandId)}`;
  }
}
