import { patienceMs, until } from '../trace/api-client.ts';
import type { Stage } from './market.ts';

interface Period {
  readonly period: string;
  readonly status: 'open' | 'closing' | 'closed';
}

/** A share of a use, as settlement lists it. */
export interface Accrual {
  readonly usageId: string;
  readonly chargeId: string;
  readonly period: string;
  readonly partyId: string;
  readonly role: 'operator' | 'provider' | 'developer';
  readonly tokens: string;
}

export interface Statement {
  readonly statementId: string;
  readonly partyId: string;
  readonly tokens: string;
  readonly status: 'due' | 'paid';
}

/**
 * Shares of these charges, once all exist. Every use has a share of the first party, and a use's
 * shares come together: once the first party has all of its shares, the others' can be read.
 */
export async function accrualsOf(
  stage: Stage,
  charges: ReadonlySet<string>,
  [first, ...others]: readonly [string, ...string[]],
): Promise<Accrual[]> {
  const firstOnes = await until('the accruals', patienceMs, async () => {
    const accruals = await listAccruals(stage, charges, [first]);
    return new Set(accruals.map(({ chargeId }) => chargeId)).size === charges.size ? accruals : undefined;
  });
  return [...firstOnes, ...(await listAccruals(stage, charges, others))];
}

async function listAccruals(
  stage: Stage,
  charges: ReadonlySet<string>,
  parties: readonly string[],
): Promise<Accrual[]> {
  const accruals: Accrual[] = [];
  for (const party of parties) {
    for await (const accrual of stage.settlement.all<Accrual>(`/v1/accruals?party=${party}`, stage.operatorKey)) {
      if (charges.has(accrual.chargeId)) accruals.push(accrual);
    }
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
