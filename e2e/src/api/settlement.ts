import { beforeAll, expect, it } from '@jest/globals';
import { expectInvalid, expectProblem, hasStatus, eventually } from './expectations.ts';
import { type Party, registerOrganization, registerSubscriber } from './parties.ts';
import type { Tokengrid } from './tokengrid.ts';

const dayMs = 86_400_000;

/**
 * Periods, statements and accruals: the story checks the amounts, these tests the rights.
 */
export function settlement(grid: () => Tokengrid): void {
  const at = () => grid().at('settlement');
  const close = (day: string, body: unknown, key = grid().operatorKey) =>
    at().post(`/v1/periods/${day}/close`, key, body);
  let developer: Party;
  let subscriber: Party;
  beforeAll(async () => {
    [developer, subscriber] = await Promise.all([
      registerOrganization(grid(), 'developer'),
      registerSubscriber(grid()),
    ]);
    await eventually(() => at().get('/v1/accruals', developer.key), hasStatus(200));
    await eventually(() => at().get('/v1/accruals', subscriber.key), hasStatus(403));
  });

  it('refuses days that are none, and bodies that are none', async () => {
    for (const day of ['2026-13-01', '2026-02-30', 'today', '20260101']) expectInvalid(await close(day, {}), '/day');
    for (const body of [{ early: 'yes' }, { early: 1 }, { late: true }, [], 5]) {
      expectInvalid(await close('2026-01-02', body));
    }
  });

  it('closes a day that is over once, and not one that is far ahead', async () => {
    expect(await close('2026-01-02', {})).toMatchObject({ status: 200, body: { period: '2026-01-02' } });
    expect(await close('2026-01-02', { early: true })).toMatchObject({ status: 200 });
    await eventually(
      () => at().get('/v1/periods/2026-01-02', grid().operatorKey),
      ({ body }) => body['status'] === 'closed',
    );
    const ahead = new Date(Date.now() + 40 * dayMs).toISOString().slice(0, 10);
    expectProblem(await close(ahead, { early: true }), 409, 'SETTLEMENT.PERIOD_NOT_BEGUN');
  });

  it('is the operator’s to close and to reconcile', async () => {
    expectProblem(await close('2026-01-03', {}, developer.key), 403, 'PERMISSION_DENIED');
    const path = '/v1/reconciliation?period=2026-01-02';
    expectProblem(await at().get(path, developer.key), 403, 'PERMISSION_DENIED');
    expect((await at().get(path, grid().operatorKey)).body).toMatchObject({ balanced: true });
  });

  it('shows accruals and statements to those who earn, each its own', async () => {
    for (const list of ['accruals', 'statements']) {
      expect((await at().get(`/v1/${list}`, developer.key)).body).toEqual({ data: [], nextCursor: null });
      expectProblem(await at().get(`/v1/${list}`, subscriber.key), 403, 'PERMISSION_DENIED');
      expectProblem(await at().get(`/v1/${list}?party=operator`, developer.key), 404, 'NOT_FOUND');
      expectProblem(await at().get(`/v1/${list}`), 401, 'UNAUTHENTICATED');
    }
  });
}
