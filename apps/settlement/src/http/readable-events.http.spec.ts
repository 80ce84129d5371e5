import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { settlementCatalogue } from '@tokengrid/contracts';
import { askWhatever, unreadableEvents } from '@tokengrid/service/specimen';
import { DataSource } from 'typeorm';
import { z } from 'zod';
import { ClosePeriodRequest, Day } from './periods/periods.requests.ts';
import { type RunningSettlement, runSettlement } from '../testing/run-settlement.ts';

let settlement: RunningSettlement;
beforeAll(async () => {
  settlement = await runSettlement();
}, 180_000);
afterAll(() => settlement.close(), 60_000);

const Closing = z.strictObject({ day: Day, body: ClosePeriodRequest });

describe('whatever a request may say', () => {
  it('becomes events that can be read: the closing of any day', async () => {
    await askWhatever(Closing, (asked) => {
      const { day, body } = asked as z.input<typeof Closing>;
      return settlement.closeDay(day, body);
    });
    await settlement.closed('1999-12-31');
    expect(await unreadableEvents(settlement.instance(DataSource), settlementCatalogue)).toEqual([]);
  }, 120_000);
});
