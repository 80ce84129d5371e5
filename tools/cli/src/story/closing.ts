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
  readonly model?: string;
  readonly tokens: string;
  /** Number of uses. */
  readonly uses: number;
}

export interface Statement {
  readonly statementId: string;
  readonly partyId: string;
  readonly tokens: string;
  readonly status: 'due' | 'paid';
}

/**
 * Accruals of the uses of these models, once all of the uses are in. The first party has a share of
 * every use, and a use's shares come together: once the first party has all of its shares, the
 * others' can be read.
 */
export async function accrualsOf(
  stage: Stage,
  models: ReadonlySet<string>,
  uses: number,
  [first, ...others]: readonly [string, ...string[]],
): Promise<Accrual[]> {
  const firstOnes = await until('the accruals', patienceMs, async () => {
    const accruals = await listAccruals(stage, models, first);
    return accruals.reduce((sum, accrual) => sum + accrual.uses, 0) === uses ? accruals : undefined;
  });
  const rest = await Promise.all(others.map((party) => listAccruals(stage, models, party)));
  return [...firstOnes, ...rest.flat()];
}

async function listAccruals(stage: Stage, models: ReadonlySet<string>, party: string): Promise<Accrual[]> {
  const accruals: Accrual[] = [];
  for await (const accrual of stage.settlement.all<Accrual>(`/v1/accruals?party=${party}`, stage.operatorKey)) {
    if (accrual.model !== undefined && models.has(accrual.model)) accruals.push(accrual);
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
