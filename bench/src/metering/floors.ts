import { fork } from 'node:child_process';
import { once } from 'node:events';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import type { Postgres } from '@tokengrid/infra-local';
import pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { prices } from './stage.ts';

const rows = 200_000;
const payers = 1000;

/** A process that only parses reports and answers them. */
export async function startBareHandler(): Promise<{ readonly url: string; stop(): Promise<void> }> {
  const child = fork(fileURLToPath(new URL('bare-handler.js', import.meta.url)), { stdio: 'inherit' });
  const [port] = (await once(child, 'message')) as [number];
  return {
    url: `http://127.0.0.1:${port}`,
    stop: async () => {
      child.disconnect();
      await once(child, 'exit');
    },
  };
}

/**
 * Uses in one table, and what a hand-written system without events, repeats or limits would keep of
 * them: the charges, the balances, and the sums for the earners.
 */
const schema = `
  create table uses (id bigint primary key, payer int not null, at timestamptz not null, input bigint not null, output bigint not null);
  create table charges (id bigint primary key, payer int not null, at timestamptz not null, tokens numeric not null, fee numeric not null);
  create table balances (payer int primary key, tokens numeric not null check (tokens >= 0));
  create table earned (party text primary key, tokens numeric not null);
  insert into balances select payer, 1e12 from generate_series(0, ${payers - 1}) payer;
  insert into earned values ('operator', 0), ('provider', 0);`;

/** The same charges by one statement. */
const charge = `
  with charged as (
    insert into charges
    select id, payer, at, tokens, round(tokens * 0.05)
    from uses, lateral (select round(input * ${prices.input_tokens} + output * ${prices.output_tokens}) as tokens) price
    returning payer, tokens, fee
  ), paid as (
    update balances set tokens = balances.tokens - spent.tokens
    from (select payer, sum(tokens) as tokens from charged group by payer) spent where spent.payer = balances.payer
  )
  update earned set tokens = earned.tokens + (
    select sum(case party when 'operator' then fee else tokens - fee end) from charged)`;

/** Rows per second: reported uses by \`COPY\`, and their charges by one statement. */
export async function sqlFloors(postgres: Postgres): Promise<{ readonly copied: number; readonly charged: number }> {
  await postgres.ensureDatabase('floor');
  const client = new pg.Client({ connectionString: postgres.url('floor') });
  await client.connect();
  try {
    await client.query(schema);
    const lines = Array.from(
      { length: rows },
      (_, id) => `${id}\t${id % payers}\t2026-01-01\t${1 + (id % 2000)}\t${1 + (id % 500)}\n`,
    );
    const perSecond = async (work: () => Promise<unknown>) => {
      const start = performance.now();
      await work();
      return rows / ((performance.now() - start) / 1000);
    };
    const copied = await perSecond(() =>
      pipeline(Readable.from(chunks(lines, 500)), client.query(copyFrom('copy uses from stdin'))),
    );
    const charged = await perSecond(() => client.query(charge));
    return { copied, charged };
  } finally {
    await client.end();
  }
}

function* chunks(lines: readonly string[], size: number): Generator<string> {
  for (let at = 0; at < lines.length; at += size) yield lines.slice(at, at + size).join('');
}
