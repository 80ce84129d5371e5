import { randomBytes } from 'node:crypto';
import { each, patienceMs, until } from '../trace/api-client.ts';
import { cloudEventOf, reportUsage, settledCharges } from '../trace/report-usage.ts';
import { endingAt, readTrace } from '../trace/trace-file.ts';
import { isByUse, usesOf } from '../trace/trace-use.ts';
import { type Accrual, accrualsOf, closePeriod, convergenceMs, reconcile, type Statement } from './closing.ts';
import { type Market, type Member, openMarket, type Stage, stageOf } from './market.ts';
import { chargesOfServed, divided, serve } from './edge.ts';
import { correct, mishapsOf } from './mishaps.ts';
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
  const market = await report.part(
    'two providers offer one model, one of them another; a developer publishes three apps',
    () => openMarket(stage, runId),
  );
  const subscribers = await report.part('200 subscribers register', () => registerSubscribers(stage, startedAt));
  const bought = await report.part('everybody buys tokens and subscribes to the apps', () =>
    buyAndSubscribe(stage, market, subscribers),
  );
  await report.part('some tokens are sent, some sold back', () => trade(stage, market, subscribers));
  const used = await useIt(stage, market, subscribers, runId, options.trace, report);
  const { recomputed } = used;
  const accruals = await report.part('accruals', () =>
    accrualsOf(stage, soldBy(market), recomputed.spent + recomputed.subsidies, [
      'operator',
      ...[...market.providers, market.developers[0]].map(({ partyId }) => partyId),
    ]),
  );
  const periods = [...new Set(accruals.map(({ period }) => period))].sort();
  const statements = await report.part(`periods ${periods.join(', ')} close, statements are paid`, async () =>
    (await each(periods, 1, (period) => closePeriod(stage, period))).flat(),
  );
  await checkMoney(stage, market, { recomputed, accruals, statements }, report);
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
  const all = mishapsOf(usesOf(endingAt(rows, Date.now()), subscribers.length, market.offers.length), market.offers);
  const { served: asked, reported: uses } = divided(all, market.offers);
  const tell = (some: typeof uses) =>
    reportUsage(
      stage.metering,
      stage.operatorKey,
      some.map((use) => cloudEventOf(use, source, subscribers[use.payer]!.partyId, market.offers[use.offer]!)),
      (sent) => {
        if (sent % 5000 === 0) report.progress(`${sent} reported`);
      },
    );
  const late = uses.filter(({ isLate }) => isLate);
  const inTime = uses.filter(({ isLate }) => !isLate);
  const wrong = uses.filter(({ corrected }) => corrected !== undefined);
  const served = await report.part(`${asked.length} requests are made at the gateway, half of them streamed`, () =>
    serve(stage, market, subscribers, asked),
  );
  const told = await report.part(`${inTime.length} requests of the trace are reported`, () => tell(inTime));
  await report.part(`${wrong.length} of them were counted wrong: half of these are voided, half are replaced`, () =>
    correct(stage, source, uses),
  );
  const toldLate = await report.part(`${late.length} requests of the day before are reported late`, () => tell(late));
  report.same('every request was accepted', told.accepted + toldLate.accepted, uses.length);
  const charges = await report.part('each is rated and charged, or refused', async () => [
    ...(await until('all charges', patienceMs, () =>
      settledCharges(stage.metering, stage.operatorKey, `source=${encodeURIComponent(source)}`, uses),
    )),
    ...(await chargesOfServed(stage, market, served)),
  ]);
  const recomputed = recompute([...uses, ...served], market.offers, (payer) => subscribers[payer]!.partyId, charges);
  report.same(
    "every charge of metering's CSV equals the right units times the posted prices, to the µAIT",
    recomputed.wrong.length,
    0,
  );
  report.same(
    'all charges of the app with allowance and tiers come to the price of each month',
    recomputed.wrongMonths.length,
    0,
  );
  await report.part('the wallets pay, and get back what was counted wrong', () =>
    settle(stage, subscribers, recomputed),
  );
  const off = await balancesOff(stage, subscribers, recomputed);
  report.same('every subscriber holds the tokens bought and received less those spent', off, 0);
  return { recomputed };
}

/** Number of subscribers with another balance than bought and received less spent. */
async function balancesOff(stage: Stage, subscribers: readonly Member[], { spentBy }: Recomputation): Promise<number> {
  const balances = await each(subscribers, 16, (member) => tokensOf(stage, member));
  return subscribers.filter(({ partyId }, index) => {
    const received = index < welcomed ? sentEach : 0n;
    return balances[index] !== boughtBy(index) + received - (spentBy.get(partyId) ?? 0n);
  }).length;
}

/** Waits until the balances are right, for a time; they are compared in the end. */
async function settle(stage: Stage, subscribers: readonly Member[], recomputed: Recomputation): Promise<void> {
  const right = async () => ((await balancesOff(stage, subscribers, recomputed)) === 0 ? true : undefined);
  await until('the balances', convergenceMs, right).catch(() => undefined);
}

/** Tokens that are a member's: those that slices hold for its requests come back unused. */
async function tokensOf({ wallet, operatorKey: key }: Stage, { walletId }: Member): Promise<bigint> {
  const { available, held } = await wallet.call<{ available: string; held: string }>({
    method: 'GET',
    path: `/v1/wallets/${walletId}`,
    key,
  });
  return BigInt(available) + BigInt(held);
}

const soldBy = ({ apps, offers }: Market) => ({
  apps: new Set(apps.map(({ slug }) => slug)),
  models: new Set(offers.flatMap((offer) => (isByUse(offer) ? [offer.model] : []))),
});

interface Earned {
  readonly recomputed: Recomputation;
  readonly accruals: readonly Accrual[];
  readonly statements: readonly Statement[];
}

/** Compares accruals, payouts and the earners' balances with the recomputation. */
async function checkMoney(
  stage: Stage,
  { providers, developers: [maker, trader] }: Market,
  { recomputed, accruals, statements }: Earned,
  report: Report,
): Promise<void> {
  const earned = (fits: (accrual: Accrual) => boolean) =>
    accruals.filter(fits).reduce((sum, { tokens }) => sum + BigInt(tokens), 0n);
  const paidTo = ({ partyId }: Member) =>
    statements
      .filter((statement) => statement.partyId === partyId)
      .reduce((sum, { tokens }) => sum + BigInt(tokens), 0n);
  const { operator, developer, subsidies, spent } = recomputed;
  report.same(
    "the operator's fees",
    earned(({ role }) => role === 'operator'),
    operator,
  );
  for (const [index, provider] of providers.entries()) {
    const name = `the ${index === 0 ? 'first' : 'second'} provider's`;
    const share = recomputed.providers[index]!;
    report.same(
      `${name} share`,
      earned(({ party }) => party === provider.partyId),
      share,
    );
    report.same(`${name} statements`, paidTo(provider), share);
    report.same(`${name} wallet holds its earnings`, await tokensOf(stage, provider), share);
  }
  report.same(
    "the developer's share",
    earned(({ role }) => role === 'developer'),
    developer,
  );
  report.same("the developer's statements", paidTo(maker), developer);
  report.same(
    'the shares sum to what subscribers spent and the developer subsidised',
    earned(() => true),
    spent + subsidies,
  );
  report.same(
    "the developer's wallet holds its earnings beside its purchase, less what it subsidised",
    await tokensOf(stage, maker),
    developerBuys - BigInt(welcomed) * sentEach - subsidies + developer,
  );
  report.same(
    "the trader's wallet holds the tokens it did not sell back",
    await tokensOf(stage, trader),
    developerBuys - soldBack,
  );
}

function show(
  say: StoryOptions['say'],
  report: Report,
  { bought, recomputed, events }: { bought: bigint; recomputed: Recomputation; events: ReadonlyMap<string, number> },
): void {
  const { spent, refused, counts, operator, providers, developer, subsidies } = recomputed;
  say('\nTokens (AIT)');
  say(
    table([
      ['issued', inAit(bought), ''],
      ['sold back', inAit(soldBack), ''],
      ['spent', inAit(spent), `${counts.billed} requests`],
      ['voided', '', `${counts.voided} requests`],
      ['refused', inAit(refused), `${counts.uncollected} requests`],
      ['subsidised by the developer', inAit(subsidies), ''],
      ['earned by the operator', inAit(operator), ''],
      ['earned by the providers', inAit(providers.reduce((sum, share) => sum + share, 0n)), ''],
      ['earned by the developer', inAit(developer), ''],
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
