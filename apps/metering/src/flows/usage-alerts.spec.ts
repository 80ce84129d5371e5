import { beforeEach, describe, expect, it } from '@jest/globals';
import type { AlertTerms } from '@tokengrid/contracts';
import { type Command, LaneStopped, StoreUnavailable } from '@tokengrid/event-store';
import { notFound } from '@tokengrid/service';
import { pino } from 'pino';
import type { RaiseUsageAlert } from '../decisions/usage-alerts/raise-usage-alert.ts';
import type { AlertRow, LaneLook } from '../usage-alerts/alert-looks.ts';
import type { AskedOfAlert } from '../usage-alerts/alert-sums.ts';
import { UsageAlerts } from './usage-alerts.ts';

const hourMs = 3_600_000;
const now = Date.UTC(2026, 0, 10, 12);
const lane: LaneLook = { lane: 1, after: 5, until: 7, head: 7 };
const terms: AlertTerms = {
  ...{ measure: 'tokens', party: 'sub_1', window: 'hour', timeZone: 'UTC' },
  threshold: { budget: '100', percents: [50, 100] },
};
const alert = (name: string, over: Partial<AlertRow> = {}): AlertRow => ({
  ...{ lane: 1, ownerId: 'sub_1', name, version: 1, since: 0, terms },
  ...over,
});

let touched: AlertRow[];
let quarters: number[];
let raised: Command<RaiseUsageAlert>[];
let remembered: LaneLook[][];
let asked: AskedOfAlert[];
let failure: (name: string) => Error | undefined;
let isVisible: boolean;
beforeEach(() => {
  touched = [alert('one'), alert('two')];
  quarters = [now];
  [raised, remembered, asked] = [[], [], []];
  failure = () => undefined;
  isVisible = true;
});

const look = () =>
  new UsageAlerts(
    {
      due: () => Promise.resolve({ lanes: [lane], isAnySet: true }),
      touched: () => Promise.resolve(touched.map((each) => ({ ...each, quarters }))),
      set: async function* () {},
      raised: (windows: readonly unknown[]) => Promise.resolve(windows.map(() => new Set([50]))),
      remember: (lanes: LaneLook[]) => Promise.resolve(void remembered.push(lanes)),
    } as never,
    {
      of: (all: readonly AskedOfAlert[]) => {
        asked.push(...all);
        return Promise.resolve(all.map(({ windows }) => windows.map(() => '120')));
      },
    } as never,
    {
      handle: (_: unknown, command: Command<RaiseUsageAlert>) => {
        const failed = failure(command.data.name);
        if (failed) return Promise.reject(failed);
        return Promise.resolve(raised.push(command));
      },
    } as never,
    {
      of: () => (isVisible ? Promise.resolve({ partyId: undefined }) : Promise.reject(notFound('not yours'))),
    } as never,
    { now: () => now },
    pino({ level: 'silent' }),
  ).look();

describe('a look', () => {
  it('raises the steps that were not raised, with the same command each time, and remembers it then', async () => {
    expect(await look()).toBe(false);
    await look();
    const data = { partyId: 'sub_1', name: 'one', version: 1, start: now, end: now + hourMs };
    expect(raised.map((command) => command.data)).toEqual(
      ['one', 'two', 'one', 'two'].map((name) => ({ ...data, name, value: '120', before: [], step: 100 })),
    );
    expect(raised[0]!.id).toBe(raised[2]!.id);
    expect(raised[0]!.streamId).toBe('alerts-sub_1');
    expect(remembered).toEqual([[lane], [lane]]);
  });

  it("goes on past what one owner's lane refuses, and is repeated where the database does not answer", async () => {
    failure = (name) => (name === 'one' ? new LaneStopped(1, 'a spec') : undefined);
    await look();
    expect(raised.map(({ data }) => data.name)).toEqual(['two']);
    failure = () => new StoreUnavailable('a spec');
    await expect(look()).rejects.toThrow(StoreUnavailable);
    expect(remembered).toHaveLength(1);
  });

  it('raises nothing that the owner may not see any more', async () => {
    const { party: _, ...ofAll } = terms;
    touched = [alert('app', { ownerId: 'org_1', terms: { ...ofAll, app: 'translate' } })];
    await look();
    isVisible = false;
    await look();
    expect(raised.map(({ data }) => data.name)).toEqual(['app']);
  });

  it('adds up each window once, and none that is over for too long or was over before', async () => {
    touched = [alert('one', { since: now - 2 * hourMs })];
    quarters = [now, now + hourMs / 4, now - hourMs, now - 4 * hourMs, now - 8 * 24 * hourMs];
    await look();
    expect(asked.map(({ windows }) => windows[0]!.start)).toEqual([now, now - hourMs]);
  });
});
