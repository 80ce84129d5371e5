import { setTimeout as passing } from 'node:timers/promises';
import type { Client } from '../api/client.ts';
import type { Party } from '../api/parties.ts';
import type { Edge } from './edge.ts';

/** What a wallet is good for, of requests of the same cost. */
export const good = 50;
const units = 8;
/** Requests at once for each that the wallet is good for. */
const times = 10;
/** Answers after which a process is killed. */
const answersBeforeTheKill = 10;
/** Longest time for which a caller sends its request again. */
const patienceMs = 120_000;
const againAfterMs = 300;

/** A part of which a process is killed in a round. */
export const killable = ['none', 'gateway', 'metering', 'wallet', 'kafka', 'postgres'] as const;
export type Killed = (typeof killable)[number];

export interface Round {
  readonly served: number;
  readonly refused: number;
  /** µAIT that are left of what was bought. */
  readonly left: bigint;
  readonly milliseconds: number;
  /** Violations; empty for a round that went as it has to. */
  readonly complaints: readonly string[];
}

/** What one caller got in the end. */
interface Got {
  readonly status: number;
  readonly charge: bigint;
}

/**
 * A wallet that is good for so many requests, and ten times as many at once over all gateways: what
 * is served is charged, and nothing more. A caller that hears 503 asks again, as SDKs do.
 */
export async function round(edge: Edge, killed: Killed): Promise<Round> {
  const cost = await edge.costOfChat(units);
  const bought = cost * BigInt(good);
  const payer = await edge.payer(bought);
  const begun = performance.now();
  let answered = 0;
  let restarted: Promise<void> | undefined;
  const callers = Array.from({ length: good * times }, async (_, index) => {
    const got = await ask(edge, payer, index);
    answered += 1;
    if (answered === answersBeforeTheKill && killed !== 'none') restarted = restart(edge, killed);
    return got;
  });
  const all = await Promise.all(callers);
  const milliseconds = performance.now() - begun;
  await restarted;
  const left = await edge.settled(payer);
  const served = all.filter(({ status }) => status === 200);
  const refused = all.filter(({ status }) => status === 402);
  const charged = bought - left;
  const told = served.reduce((sum, { charge }) => sum + charge, 0n);
  const complaints = [
    ...(told <= charged ? [] : [`charged ${charged} µAIT, served ${told}`]),
    // A use may be stored whose answer nobody got: its process died, or heard of it too late.
    ...(charged === told || killed === 'gateway' || killed === 'postgres'
      ? []
      : [`charged ${charged} µAIT, told ${told}`]),
    ...(charged <= bought ? [] : [`charged ${charged} of ${bought} µAIT`]),
    // Less than a request is reckoned to need at most is no use to anybody.
    ...(left < cost * 2n ? [] : [`${left} µAIT lay unused, and ${refused.length} were refused`]),
    ...(all.length === served.length + refused.length
      ? []
      : [`answered ${[...new Set(all.map(({ status }) => status))].join(', ')}`]),
  ];
  return { served: served.length, refused: refused.length, left, milliseconds, complaints };
}

/** Asks until it is served or refused. */
async function ask(edge: Edge, payer: Party, index: number): Promise<Got> {
  const end = performance.now() + patienceMs;
  for (let turn = index; ; turn++) {
    const { gateways } = edge.grid;
    const got = await once(edge, gateways[turn % gateways.length]!, payer);
    if (got.status !== 503 || performance.now() > end) return got;
    await passing(againAfterMs);
  }
}

/** A process that is away is one that answers 503. */
async function once(edge: Edge, at: Client, payer: Party): Promise<Got> {
  try {
    const { status, headers } = await edge.chat(at, payer, { units });
    return { status, charge: BigInt(headers.get('x-tokengrid-charge') ?? 0) };
  } catch {
    return { status: 503, charge: 0n };
  }
}

/** Kills a process without a word, and starts it again. */
async function restart({ grid: { stack } }: Edge, killed: string): Promise<void> {
  const part = stack.part(killed);
  await part.kill();
  await part.start();
}
