import { patienceMs, until } from '../trace/api-client.ts';
import type { Stage } from './market.ts';

interface Period {
  readonly period: string;
  readonly status: 'open' | 'closing' | 'closed';
}

/** What a party earned in one role from one model and day, as settlement lists it. */
export interface Accrual {
  readonly period: string;
  readonly party: string;
  readonly role: 'operator' | 'provider' | 'developer';
  readonly app?: string;
  readonly model?: string;
  /** Day of the uses, if it was closed before. */
  readonly lateFor?: string;
  readonly tokens: string;
}

export interface Statement {
  readonly statementId: string;
  readonly partyId: string;
  readonly tokens: string;
  readonly status: 'due' | 'paid';
}

/** Apps and models of which accruals are. */
export interface Sold {
  readonly apps: ReadonlySet<string>;
  readonly models: ReadonlySet<string>;
}

/** Accruals of all parties, once they come to the collected sum; else the last ones in time. */
export async function accrualsOf(
  stage: Stage,
  sold: Sold,
  collected: bigint,
  parties: readonly string[],
): Promise<Accrual[]> {
  let last: Accrual[] = [];
  const complete = async () => {
    last = (await Promise.all(parties.map((party) => listAccruals(stage, sold, party)))).flat();
    return last.reduce((sum, { tokens }) => sum + BigInt(tokens), 0n) === collected ? true : undefined;
  };
  return until('the accruals', convergenceMs, complete).then(
    () => last,
    () => last,
  );
}

/** Time limit for sums that converge, in ms; what they are then is compared. */
export const convergenceMs = 60_000;

async function listAccruals(stage: Stage, { apps, models }: Sold, party: string): Promise<Accrual[]> {
  const accruals: Accrual[] = [];
  for await (const accrual of stage.settlement.all<Accrual>(`/v1/accruals?party=${party}`, stage.operatorKey)) {
    const { app, model } = accrual;
    if ((app !== undefined && apps.has(app)) || (model !== undefined && models.has(model))) accruals.push(accrual);
  }
  return accruals;
}

/** Closes a period, early if it is still running, and waits until its statements are paid. */
export async function closePeriod(stage: Stage, period: string): Promise<readonly Statement[]> {
  const { settlement, operatorKey: key } = stage;
  await settlement.call({ method: 'POST', path: `/v1/periods/${period}/close`, key, body: { early: true } });
  await until(`period ${period} to close`, patienceMs, async () => {
    const found = await settlement.call<Period>({ method: 'GET', path: `/v1/periods/${period}`, key });
    return found.status === 'closed' ? found : undefined;
  });
  return until(`the statements of ${period} to be paid`, patienceMs, async () => {
    const statements: Statement[] = [];
    for await (const statement of settlement.all<Statement>(`/v1/statements?period=${period}`, key))
      statements.push(statement);
    return statements.every(({ status, tokens }) => status === 'paid' || tokens === '0') ? statements : undefined;
  });
}

/** True if wallet and settlement agree on a period. */
export async function reconcile(
  stage: Stage,
  period: string,
): Promise<{ readonly balanced: boolean; readonly breaks: readonly unknown[] }> {
  return stage.settlement.call({ method: 'GET', path: `/v1/reconciliation?period=${period}`, key: stage.operatorKey });
}
