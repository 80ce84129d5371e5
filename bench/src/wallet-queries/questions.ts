import { hash, randomInt } from 'node:crypto';
import type { Filled } from './fill.ts';

/** A repeated HTTP request, each time with another wallet or time. */
export interface Question {
  readonly name: string;
  readonly path: () => string;
  /** Promised p99 in milliseconds; absent without a promise. */
  readonly p99Ms?: number;
}

const dayMs = 24 * 3600 * 1000;
const lanes = 6;

/** Questions to a filled ledger, and to its wallet with many entries. */
export function questionsOf({ walletIds, events, hotWalletId, hotEntries }: Filled): readonly Question[] {
  const some = () => `/v1/wallets/${walletIds[randomInt(walletIds.length)]!}`;
  const hot = `/v1/wallets/${hotWalletId}`;
  const daysAgo = (most: number) => new Date(Date.now() - randomInt(most * dayMs)).toISOString();
  // The lane of the wallet with many entries has more.
  const perLane = Math.floor(((events - hotEntries) / lanes) * 0.9);
  return [
    // Latency of the machine and its neighbours at that time: a request that only checks Postgres
    // and Kafka.
    { name: 'nothing (/health/ready)', path: () => '/health/ready' },
    { name: 'balance', path: some, p99Ms: 5 },
    { name: 'last page of entries', path: () => `${some()}/entries?order=newest-first`, p99Ms: 5 },
    { name: 'last page, many entries', path: () => `${hot}/entries?order=newest-first`, p99Ms: 5 },
    { name: 'balance at a past time', path: () => `${some()}?at=${daysAgo(28)}` },
    { name: 'the same, many entries', path: () => `${hot}?at=${daysAgo(28)}` },
    { name: 'entries from a time on', path: () => `${hot}/entries?from=${daysAgo(28)}` },
    { name: 'entries of a rare type', path: () => `${hot}/entries?type=grant&order=newest-first` },
    {
      name: 'entry by reference',
      path: () => `${hot}/entries?reference=${referenceOf(randomInt(perLane), randomInt(lanes))}`,
    },
    { name: 'trial balance', path: () => '/v1/ledger/trial-balance' },
    { name: 'trial balance at a time', path: () => `/v1/ledger/trial-balance?at=${daysAgo(28)}` },
    {
      name: 'trial balance, sequence',
      path: () => `/v1/ledger/trial-balance?lane=${randomInt(lanes)}&sequence=${randomInt(perLane)}`,
    },
  ];
}

/** Reference of a filled transfer of any wallet, in the form of the SQL. */
function referenceOf(nth: number, lane: number): string {
  return `trf_${nth.toString(16).padStart(12, '0')}${lane}${hash('md5', String(nth)).slice(0, 13)}`;
}
