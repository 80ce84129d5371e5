import { randomBytes } from 'node:crypto';
import { each, patienceMs, until } from '../trace/api-client.ts';
import { cloudEventOf, reportUsage, settledCharges } from '../trace/report-usage.ts';
import { endingAt, readTrace } from '../trace/trace-file.ts';
import { usesOf } from '../trace/trace-use.ts';
import { type Accrual, accrualsOf, closePeriod, reconcile, type Statement } from './closing.ts';
import { type Market, type Member, openMarket, type Stage, stageOf } from './market.ts';
import { recompute, type Recomputation } from './recomputation.ts';
import { inAit, Report, table } from './report.ts';
import {
  boughtBy,
  buyAndSubscribe,
  developerBuys,
  registerSubscribers,
  sentEach,
  soldBack,
  trade,
  welcomed,
} from './subscribers.ts';

export interface StoryOptions {
  readonly run: Parameters<typeof stageOf>[0];
  /** Path of the trace. */
  readonly trace: string;
  readonly say: (line: string) => void;
  /** Verifies all topics. Returns events per topic and the faults. */
  readonly verify: () => Promise<{ readonly events: ReadonlyMap<string, number>; readonly faults: readonly string[] }>;
  /** Restores a service from Kafka alone, beside the live one. Returns both digests. */
  readonly restore: () => Promise<{
    readonly service: string;
    readonly live: string;
    readonly restored: string;
    readonly events: number;
  }>;
}

/**
 * Runs the story on a running stack, and checks every amount against an independent
 * computation. True if every check held.
 */
export async function tellStory(options: StoryOptions): Promise<boolean> {
  const { say } = options;
  const stage = stageOf(options.run);
  const report = new Report(say);
  const startedAt = Date.now();
  const runId = randomBytes(4).toString('hex');
  say(`Story ${runId}, on ${options.trace.replace(/^.*\//, '')}`);
  await report.part('the operator posts prices and capacity', () => postPrices(stage));
  const market = await report.part('a provider offers two models, a developer publishes an app', () =>
    openMarket(stage, runId),
  );
  const subscribers = await report.part('200 subscribers register', () => registerSubscribers(stage, startedAt));
  const bought = await report.part('everybody buys tokens and subscribes to the app', () =>
    buyAndSubscribe(stage, market, subscribers),
  );
  await report.part('some tokens are sent, some sold back', () => trade(stage, market, subscribers));
  const used = await useIt(stage, market, subscribers, runId, options.trace, report);
  const parties = [market.provider.partyId, market.developers[0].partyId, 'operator'] as const;
  const models = new Set(market.offers.map(({ model }) => model));
  const paid = used.charges.filter(({ status, tokens }) => status === 'billed' && tokens !== '0').length;
  const accruals = await report.part('accruals', () => accrualsOf(stage, models, paid, parties));
  const periods = [...new Set(accruals.map(({ period }) => period))].sort();
  const statements = await report.part(`periods ${periods.join(', ')} close, statements are paid`, async () =>
    (await each(periods, 1, (period) => closePeriod(stage, period))).flat(),
  );
  await checkMoney(stage, market, subscribers, used.recomputed, accruals, statements, report);
  for (const period of periods) {
    const { balanced, breaks } = await reconcile(stage, period);
    report.same(
      `wallet and settlement agree on ${period}`,
      balanced ? 'balanced' : JSON.stringify(breaks.slice(0, 3)),
      'balanced',
    );
  }
  // Both only read, so they run concurrently.
  const [verified, restored] = await Promise.all([
    report.part('verify reads every topic end to end', options.verify),
    report.part('meanwhile one service is restored from Kafka alone', options.restore),
  ]);
  report.same('verify finds no fault', verified.faults.length === 0 ? 'none' : verified.faults.join('; '), 'none');
  report.same(
    `${restored.service}, restored from ${restored.events} events, has the same digest`,
    restored.restored,
    restored.live,
  );
  show(say, report, { bought, recomputed: used.recomputed, events: verified.events });
  return report.allHold;
}

/** The operator's prices and capacity. */
export async function postPrices({ wallet, operatorKey: key }: Stage): Promise<void> {
  await wallet.call({
    method: 'PUT',
    path: '/v1/token-price',
    key,
    body: { currency: 'CNY', buy: '100', sellBack: '90' },
  });
  await wallet.call({ method: 'PUT', path: '/v1/capacity', key, body: { tokens: String(1_000_000n * 1_000_000n) } });
}

async function useIt(
  stage: Stage,
  market: Market,
  subscribers: readonly Member[],
  runId: string,
  path: string,
  report: Report,
) {
  const source = `/story/${runId}`;
  const { rows } = await readTrace(path);
  const uses = usesOf(endingAt(rows, Date.now()), subscribers.length, market.offers.length);
  const events = uses.map((use) =>
    cloudEventOf(use, source, subscribers[use.payer]!.partyId, market.offers[use.offer]!),
  );
  const answer = await report.part(`${events.length} requests of the trace are reported`, () =>
    reportUsage(stage.metering, stage.operatorKey, events, (sent) => {
      if (sent % 5000 === 0) report.progress(`${sent} reported`);
    }),
  );
  report.same('every request was accepted', answer.accepted, events.length);
  const charges = await report.part('each is rated and charged, or refused', () =>
    until('all charges', patienceMs, () => settledCharges(stage.metering, stage.operatorKey, source, events.length)),
  );
  const recomputed = recompute(uses, market.offers, (payer) => subscribers[payer]!.partyId, charges);
  report.same("every charge equals the CSV's units times the posted prices, to the µAIT", recomputed.wrong.length, 0);
  return { charges, recomputed };
}

/** Compares balances, accruals and payouts with the recomputation. */
async function checkMoney(
  stage: Stage,
  market: Market,
  subscribers: readonly Member[],
  { billed, spentBy }: Recomputation,
  accruals: readonly Accrual[],
  statements: readonly Statement[],
  report: Report,
): Promise<void> {
  const available = async ({ walletId }: Member) => {
    const wallet = await stage.wallet.call<{ available: string }>({
      method: 'GET',
      path: `/v1/wallets/${walletId}`,
      key: stage.operatorKey,
    });
    return BigInt(wallet.available);
  };
  const balances = await each(subscribers, 16, available);
  const off = subscribers.filter(({ partyId }, index) => {
    const received = index < welcomed ? sentEach : 0n;
    return balances[index] !== boughtBy(index) + received - (spentBy.get(partyId) ?? 0n);
  });
  report.same('every subscriber holds the tokens bought and received less those spent', off.length, 0);
  const earnedBy = (role: Accrual['role']) =>
    accruals.filter((accrual) => accrual.role === role).reduce((sum, { tokens }) => sum + BigInt(tokens), 0n);
  report.same("the operator's fees", earnedBy('operator'), billed.operator);
  report.same("the provider's share", earnedBy('provider'), billed.provider);
  report.same("the developer's share", earnedBy('developer'), billed.developer);
  report.same(
    'the shares sum to the billed total',
    earnedBy('operator') + earnedBy('provider') + earnedBy('developer'),
    billed.tokens,
  );
  const paidTo = (partyId: string) =>
    statements
      .filter((statement) => statement.partyId === partyId)
      .reduce((sum, { tokens }) => sum + BigInt(tokens), 0n);
  const [maker, trader] = market.developers;
  report.same("the provider's statements", paidTo(market.provider.partyId), billed.provider);
  report.same("the developer's statements", paidTo(maker.partyId), billed.developer);
  report.same("the provider's wallet holds its earnings", await available(market.provider), billed.provider);
  const makerBought = developerBuys - BigInt(welcomed) * sentEach;
  report.same(
    "the developer's wallet holds its earnings beside its purchase",
    await available(maker),
    makerBought + billed.developer,
  );
  report.same(
    "the trader's wallet holds the tokens it did not sell back",
    await available(trader),
    developerBuys - soldBack,
  );
}

function show(
  say: StoryOptions['say'],
  report: Report,
  { bought, recomputed, events }: { bought: bigint; recomputed: Recomputation; events: ReadonlyMap<string, number> },
): void {
  const { billed, refused, refusedCount, billedCount } = recomputed;
  say('\nTokens (AIT)');
  say(
    table([
      ['issued', inAit(bought), ''],
      ['sold back', inAit(soldBack), ''],
      ['spent', inAit(billed.tokens), `${billedCount} requests`],
      ['refused', inAit(refused), `${refusedCount} requests`],
      ['earned by the operator', inAit(billed.operator), ''],
      ['earned by the provider', inAit(billed.provider), ''],
      ['earned by the developer', inAit(billed.developer), ''],
    ]),
  );
  say('\nEvents per topic, all runs');
  say(table([...events].map(([topic, count]) => [topic, String(count)])));
  say('\nTime');
  say(table(report.times.map(({ name, seconds }) => [name, `${seconds.toFixed(1)} s`])));
  say('\nChecks');
  for (const { sentence, holds, detail } of report.checks) say(`  ${holds ? '✓' : '✗'} ${sentence}: ${detail}`);
  say(report.allHold ? `\nAll ${report.checks.length} checks held.` : '\nSome checks failed.');
}
