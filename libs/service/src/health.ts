import { Controller, Get } from '@nestjs/common';
import { z } from 'zod';
import { Public } from './auth/access.ts';
import { HttpAnswer } from './http/answers.ts';
import { Responds } from './openapi/responds.ts';

/** Body of `/health/ready`. */
export const Readiness = z
  .strictObject({
    status: z.enum(['ready', 'degraded', 'unready']),
    reasons: z.array(z.string()).meta({ description: 'Reasons for being unready, a sentence each', example: [] }),
  })
  .meta({ id: 'Readiness' });
export type Readiness = z.output<typeof Readiness>;

/** Inputs of readiness. */
export interface HealthChecks {
  /** True once subscribers run and the service listens. */
  started(): boolean;
  /** True after a stop signal, while the remaining requests finish. */
  draining(): boolean;
  /** Faults that keep the service from answering. */
  problems(): readonly string[];
  /** Faults that do not keep the service from answering. */
  warnings(): readonly string[];
  /** Tables of the database that are gone, a sentence each. */
  goneTables(): Promise<readonly string[]>;
  /** Faults that the service looks for itself, which do not keep it from answering. */
  ownFaults(): Promise<readonly string[]>;
  checkDatabase(): Promise<void>;
  checkLog(): Promise<void>;
  readonly timeoutMs: number;
}

/** Faults that a service looks for itself, such as keys that are lost: one of its providers. */
export interface OwnFaults {
  /** The faults, a sentence each. The service goes on answering what it can. */
  look(): Promise<readonly string[]>;
}

/**
 * Readiness of the service. An outage of Kafka alone makes it `degraded`, not unready: commands are
 * stored, answered 202 and published when Kafka is back, so that sending callers elsewhere would
 * not help.
 */
export class Health {
  constructor(private readonly checks: HealthChecks) {}

  async readiness(): Promise<Readiness> {
    const { checks } = this;
    const gone: string[] = [];
    const own: string[] = [];
    const looks = [checks.checkDatabase(), filling(gone, checks.goneTables())];
    const [database, faults, log] = await Promise.all([
      failure('Postgres', Promise.all(looks), checks.timeoutMs),
      failure('the look for own faults', filling(own, checks.ownFaults()), checks.timeoutMs),
      failure('Kafka', checks.checkLog(), checks.timeoutMs),
    ]);
    const reasons = [...checks.problems(), ...gone];
    if (checks.draining()) reasons.push('the service is shutting down');
    if (!checks.started()) reasons.push('the subscribers have not started');
    if (database !== undefined) reasons.push(database);
    const unready = reasons.length > 0;
    const warnings = [...checks.warnings(), ...own];
    // A look at tables that are gone fails, too.
    if (faults !== undefined && !unready) warnings.push(faults);
    if (log !== undefined) warnings.push(`${log}; commands are answered 202 and published later`);
    const status = unready ? 'unready' : warnings.length > 0 ? 'degraded' : 'ready';
    return { status, reasons: [...reasons, ...warnings] };
  }
}

async function filling(list: string[], found: Promise<readonly string[]>): Promise<void> {
  list.push(...(await found));
}

async function failure(name: string, check: Promise<unknown>, timeoutMs: number): Promise<string | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<string>((resolve) => {
    timer = setTimeout(() => resolve(`${name} did not answer within ${timeoutMs} ms`), timeoutMs);
  });
  // Messages of servers and drivers stay in the log: they may name hosts and users.
  const checked = check.then(
    () => undefined,
    () => `${name} does not answer`,
  );
  try {
    return await Promise.race([checked, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Health checks for orchestrators. */
@Controller('health')
export class HealthController {
  constructor(private readonly health: Health) {}

  /**
   * Tells that the process runs. Databases and brokers are not checked: a restart would not bring
   * them back.
   */
  @Get('live')
  @Public()
  @Responds(200, z.strictObject({ status: z.literal('live') }))
  checkLiveness(): { status: 'live' } {
    return { status: 'live' };
  }

  /**
   * Tells whether the service takes requests. Answers 200 if ready or degraded, 503 with the
   * reasons if unready.
   */
  @Get('ready')
  @Public()
  @Responds(200, Readiness)
  async checkReadiness(): Promise<HttpAnswer> {
    const readiness = await this.health.readiness();
    return new HttpAnswer(readiness.status === 'unready' ? 503 : 200, readiness);
  }
}
