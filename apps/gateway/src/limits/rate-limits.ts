import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import type { KeyLimits } from '@tokengrid/contracts';
import { StorageClock } from '@tokengrid/event-store';
import {
  AskedTogether,
  type NextRun,
  type Principal,
  problem,
  ProblemError,
  Repeating,
  serviceLog,
} from '@tokengrid/service';
import type { Logger } from 'pino';
import { unavailable } from '../serving/failures.ts';
import { type Amounts, amountsBy, type Counted } from './amounts.ts';
import { type LimitHeaders, openAiLimitHeaders, type Standing } from './limit-headers.ts';
import { PersonUse, windowMs } from './person-use.ts';
import { type Question, SharedUses } from './shared-uses.ts';

/** Interval of telling the other processes what is used here. */
const tellEveryMs = 1000;
/** Interval of deleting what counts no more. */
const forgetEveryMs = windowMs;
/** Maximum number of people with limits that use this process within a minute. */
const mostPeople = 50_000;
/** Maximum number of people in one statement. */
const mostAsked = 2000;
/** Rounds of asking for more: each gives at least a share of what is left. */
const mostRounds = 24;

/** What a request will use; units are an estimate. */
export interface UseWish {
  readonly units: number;
  readonly isStreamed: boolean;
  /** Form of the headers; OpenAI's by default. */
  readonly headers?: LimitHeaders | undefined;
}

/** A request that its key's limits admit. `over` ends it, once. */
export interface Admission {
  /** Headers that say how the limits stand. */
  readonly headers: Readonly<Record<string, string>>;
  /** It is over, and has used these units. */
  over(units: number): void;
}

const unlimited: Admission = { headers: {}, over: () => undefined };

/**
 * Limits of keys per minute and at once, over all processes of the gateway. A process counts its
 * own uses, and may use a share of what the others leave; they tell each other every second, and
 * when a share is used up. So a limit is kept but for what processes that ask in the same
 * milliseconds take beside each other: a request each. A use counts for 60 to 61 s.
 */
@Injectable()
export class RateLimits implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly people = new Map<string, PersonUse>();
  private readonly telling: Repeating;
  private readonly forgetting: Repeating;
  private readonly together = new AskedTogether((questions: readonly Asking[]) => this.askAll(questions));

  constructor(
    private readonly shared: SharedUses,
    private readonly clock: StorageClock,
    @Inject(serviceLog) private readonly log: Logger,
  ) {
    const failed = (error: unknown) =>
      log.warn({ err: error }, 'uses of keys could not be told to the other processes; limits are kept by less');
    this.telling = new Repeating(() => this.tell(), tellEveryMs, failed);
    this.forgetting = new Repeating(() => shared.forget(), forgetEveryMs, failed);
  }

  onApplicationBootstrap(): void {
    this.forgetting.startLater();
  }

  async onApplicationShutdown(): Promise<void> {
    await Promise.all([this.telling.stop(), this.forgetting.stop()]);
  }

  /** Admits a request of a key. @throws ProblemError 429 where a limit is reached; 503 */
  admit({ limited }: Pick<Principal, 'limited'>, wish: UseWish): Admission | Promise<Admission> {
    return limited.length === 0 ? unlimited : this.admitLimited(limited, wish);
  }

  private async admitLimited(limited: Principal['limited'], wish: UseWish): Promise<Admission> {
    const uses = limited.map(({ person, limits }) => this.useOf(person, limits)).map((use) => new Wanted(use, wish));
    for (let rounds = 0; ; rounds++) {
      const now = performance.now();
      const lacking = uses.filter((each) => each.lacks(now) !== undefined);
      if (lacking.length === 0) return this.begun(uses, wish, now);
      if (rounds === mostRounds || lacking.some(({ use }) => use.isRefused(now)))
        throw this.refusal(lacking, uses, wish);
      try {
        await this.together.ask(lacking);
      } catch (error) {
        this.log.warn({ err: error }, 'what other processes use of a key can not be told');
        throw new ProblemError(unavailable("what is left of your API key's limits can't be told now"));
      }
    }
  }

  private begun(uses: readonly Wanted[], wish: UseWish, now: number): Admission {
    const ends = uses.map(({ use, amounts }) => use.begin(amounts, now));
    let isOver = false;
    return {
      headers: this.headersOf(uses, wish, now),
      over: (units) => {
        if (isOver) return;
        isOver = true;
        for (const end of ends) end(units, performance.now());
      },
    };
  }

  private headersOf(uses: readonly Wanted[], { headers = openAiLimitHeaders }: UseWish, now: number) {
    const standings = (['requests', 'units'] as const).flatMap((what) => tightest(uses, what, now) ?? []);
    return headers(standings, this.clock.now());
  }

  private refusal(lacking: readonly Wanted[], uses: readonly Wanted[], wish: UseWish): ProblemError {
    const now = performance.now();
    const [{ use }] = lacking as [Wanted];
    const what = lacking[0]!.lacks(now) ?? 'requests';
    const seconds = Math.max(1, Math.ceil(use.freesIn(what, now) / 1000));
    const most = use.most[what];
    const detail = `the API key ${use.person} has reached its limit of ${most} ${limitNames[what]}; try again in ${seconds} s`;
    const headers = { ...this.headersOf(uses, wish, now), 'retry-after': String(seconds) };
    return new ProblemError(problem(429, 'TOO_MANY_REQUESTS', detail, {}, headers));
  }

  private useOf(person: string, limits: KeyLimits): PersonUse {
    const known = this.people.get(person);
    if (known) return known;
    if (this.people.size >= mostPeople)
      throw new ProblemError(unavailable('too many API keys with limits are used at this process'));
    const { requestsPerMinute = Infinity, unitsPerMinute = Infinity, streams = Infinity } = limits;
    const use = new PersonUse(person, { requests: requestsPerMinute, units: unitsPerMinute, streams });
    this.people.set(person, use);
    this.telling.wake();
    return use;
  }

  /** Asks what may be used, for all who want something, once for each of them. */
  private async askAll(questions: readonly Asking[]): Promise<void> {
    // Whoever was answered just now begins first.
    await new Promise((resolve) => setImmediate(resolve));
    const wishes = new Map<PersonUse, Amounts | undefined>();
    for (const { use, amounts } of questions) {
      const before = wishes.get(use);
      wishes.set(
        use,
        before && amounts ? amountsBy((what) => Math.max(before[what], amounts[what])) : (amounts ?? before),
      );
    }
    const asked = Array.from(wishes);
    for (let from = 0; from < asked.length; from += mostAsked) await this.ask(asked.slice(from, from + mostAsked));
  }

  private async ask(asked: readonly (readonly [PersonUse, Amounts | undefined])[]): Promise<void> {
    const now = performance.now();
    const answers = await this.shared.ask(
      asked.map(([use, wish]): Question => ({ person: use.person, most: use.most, used: use.asking(now), wish })),
    );
    for (const [use, wish] of asked) use.answered(answers.get(use.person)!, wish, performance.now());
  }

  /** Tells what is used here; who did not use anything lately leaves its share to others. */
  private async tell(): Promise<NextRun> {
    const now = performance.now();
    for (const [person, use] of this.people) if (use.isOver(now)) this.people.delete(person);
    const asking = Array.from(this.people.values(), (use): Asking => ({
      use,
      amounts: use.wasUsed ? nothing : undefined,
    }));
    if (asking.length === 0) return 'rest';
    await this.together.ask(asking);
  }
}

/** A person whose uses are told, and what is wanted; undefined: nothing, and no share. */
interface Asking {
  readonly use: PersonUse;
  readonly amounts: Amounts | undefined;
}

/** What a request wants of one person's limits. */
class Wanted {
  readonly amounts: Amounts;

  constructor(
    readonly use: PersonUse,
    { units, isStreamed }: UseWish,
  ) {
    // A request that is larger than the limit is served where nothing else is.
    this.amounts = { requests: 1, units: Math.min(units, use.most.units), streams: isStreamed ? 1 : 0 };
  }

  lacks(now: number): Counted | undefined {
    return this.use.lacks(this.amounts, now);
  }
}

const nothing = amountsBy(() => 0);

const limitNames: Readonly<Record<Counted, string>> = {
  requests: 'requests per minute',
  units: 'units per minute',
  streams: 'streams at once',
};

/** How the limit stands that leaves least. */
function tightest(uses: readonly Wanted[], what: Standing['what'], now: number): Standing | undefined {
  const limited = uses.map(({ use }) => use).filter(({ most }) => most[what] !== Infinity);
  const [first] = limited.sort((one, other) => one.remaining(what) - other.remaining(what));
  return first && { what, limit: first.most[what], remaining: first.remaining(what), resetMs: first.resetsIn(now) };
}
