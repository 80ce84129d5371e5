import { availableParallelism, cpus, totalmem } from 'node:os';
import { parseArgs } from 'node:util';
import { load } from '../latencies.ts';
import { headOf } from '../stack/market.ts';
import { Connection } from '../stack/connection.ts';
import { fill, type Market, openMarket } from './market.ts';

const help = `npm run bench:usage-queries [-- <options>]

Measures sums of one party's usage of a month over HTTP: by day in several time zones, by hour, key, offer, in all. The uses are
reported over HTTP, too, in the order of their times, up to ten minutes late.
  --uses <n>      uses of the party (default 1000249: the last 249 are in no stored sum yet, as many as can be)
  --seconds <n>   duration of each measurement (default 3)`;

/** Promised p99 of a month's sums, in milliseconds. */
const promisedMs = 20;
const dayMs = 86_400_000;
/** The floor that figures are divided by: an answer over HTTP that asks for no sums. */
const nothing = 'nothing (/health/ready)';

interface Question {
  readonly name: string;
  readonly path: string;
  readonly isPromised: boolean;
}

function questionsOf({ party, from, to, keys }: Market): readonly Question[] {
  const time = (epochMs: number) => new Date(epochMs).toISOString();
  const month = `from=${time(from)}&to=${time(to)}`;
  const lastDay = `from=${time(to - dayMs)}&to=${time(to)}`;
  const usage = `/v1/usage?party=${party}&limit=1000`;
  const costs = `/v1/charges/sums?party=${party}&limit=1000&${month}`;
  const promised = (name: string, path: string): Question => ({ name, path, isPromised: true });
  const [ofMonth, ofDay] = [`${usage}&${month}`, `${usage}&${lastDay}`];
  return [
    { name: nothing, path: '/health/ready', isPromised: false },
    promised('by day in UTC', `${ofMonth}&window=day`),
    promised('by day in Shanghai', `${ofMonth}&window=day&timeZone=Asia/Shanghai`),
    promised('by day in Kathmandu', `${ofMonth}&window=day&timeZone=Asia/Kathmandu`),
    promised('by day and key in Berlin', `${ofMonth}&window=day&timeZone=Europe/Berlin&groupBy=key,model,meter`),
    promised('by day and key in Kathmandu', `${ofMonth}&window=day&timeZone=Asia/Kathmandu&groupBy=key,model,meter`),
    promised('by day, offer and region', `${ofMonth}&window=day&groupBy=offer,region,meter`),
    promised('by day and member', `${ofMonth}&window=day&groupBy=member,meter`),
    promised('by day and app', `${ofMonth}&window=day&groupBy=app,meter`),
    promised('by key', `${ofMonth}&window=month&groupBy=key`),
    promised('of one key by day', `${ofMonth}&window=day&key=${keys[0]!}`),
    promised('of one key by hour, first page', `${ofMonth}&window=hour&key=${keys[0]!}`),
    promised('cost by day', `${costs}&window=day`),
    promised('cost by day and key', `${costs}&window=day&groupBy=key`),
    promised('cost by hour', `${costs}&window=hour&groupBy=`),
    promised('cost by hour and key, first page', `${costs}&window=hour&groupBy=key`),
    promised('all in one sum', `${ofMonth}&window=month&groupBy=meter`),
    promised('with edges at odd times', `${ofMonth.replace(time(from), time(from + 1_234_567))}&window=day`),
    promised('by hour, first page', `${ofMonth}&window=hour`),
    promised('by hour in Kathmandu, first page', `${ofMonth}&window=hour&timeZone=Asia/Kathmandu`),
    promised('by hour and key, first page', `${ofMonth}&window=hour&groupBy=key,model,meter`),
    promised('by hour and key, a day', `${ofDay}&window=hour&groupBy=key,model,meter`),
    { name: 'by minute, first page', path: `${ofMonth}&window=minute`, isPromised: false },
    { name: 'of the market by day', path: `/v1/usage?${month}&window=day&groupBy=model,meter`, isPromised: false },
  ];
}

async function bench(market: Market, uses: number, seconds: number): Promise<void> {
  const started = performance.now();
  await fill(market, uses);
  const perSecond = (uses * 1000) / (performance.now() - started);
  console.log(`${uses} uses reported in batches and rated: ${perSecond.toFixed(0)}/s`);
  const head = `${'a month of one party, one caller'.padEnd(34)}${'best / p50 / p99 in ms'.padStart(26)}`;
  console.log(`${head}   best × ${nothing}`);
  const connection = new Connection(market.url, headOf(market.operatorKey));
  let floor = Number.NaN;
  for (const { name, path, isPromised } of questionsOf(market)) {
    // Of what else runs on the machine, the best answer has least.
    let best = Infinity;
    const { p50, p99 } = await load(1, seconds, async () => {
      const asked = performance.now();
      const { status, body } = await connection.request('GET', path);
      if (status !== 200) throw new Error(`GET ${path}: ${status} ${body}`);
      best = Math.min(best, performance.now() - asked);
    });
    if (name === nothing) floor = best;
    const verdict = isPromised ? `   below ${promisedMs} ms: ${p99 < promisedMs ? 'reached' : 'NOT REACHED'}` : '';
    const figures = [best, p50, p99].map((ms) => ms.toFixed(2)).join(' / ');
    console.log(`${name.padEnd(34)}${figures.padStart(26)}${(best / floor).toFixed(0).padStart(8)}${verdict}`);
  }
  connection.close();
  await checkSum(market, uses);
}

/** @throws Error unless the month's sum has all uses */
async function checkSum({ url, operatorKey, party, from, to }: Market, uses: number): Promise<void> {
  const connection = new Connection(url, headOf(operatorKey));
  const range = `from=${new Date(from).toISOString()}&to=${new Date(to).toISOString()}`;
  const path = `/v1/charges/sums?party=${party}&window=month&groupBy=&${range}`;
  const { body } = await connection.request('GET', path);
  connection.close();
  const { data } = JSON.parse(body) as { data: readonly { readonly uses: number }[] };
  const found = data.reduce((sum, row) => sum + row.uses, 0);
  if (found !== uses) throw new Error(`${uses} uses were reported, and ${found} are in the sums`);
  console.log(`all ${found} uses are in the sums`);
}

const { values } = parseArgs({
  options: {
    uses: { type: 'string', default: '1000249' },
    seconds: { type: 'string', default: '3' },
    help: { type: 'boolean', default: false },
  },
});
const [uses, seconds] = [Number(values.uses), Number(values.seconds)];

if (values.help || !(uses >= 1) || !(seconds > 0)) {
  console.log(help);
} else {
  const { model } = cpus()[0] ?? { model: 'unknown' };
  const memory = Math.round(totalmem() / 2 ** 30);
  console.log(`Node ${process.version}, ${availableParallelism()} × ${model}, ${memory} GiB; ${seconds} s a figure`);
  const market = await openMarket();
  try {
    await bench(market, uses, seconds);
  } finally {
    await market.stop();
  }
}
