import type { Client } from '../api/client.ts';
import type { Tokengrid } from '../api/tokengrid.ts';
import { bought, type Market } from './market.ts';
import { isCounted, rightUnits, type Use } from './script.ts';
import { type Cost, costOf, type Kind, kindNames, monthOf, sharesOfCounted, type Units } from './sheet.ts';

/** Amounts of a telling by what they are of; two tellings name the same ones alike. */
export type Books = ReadonlyMap<string, bigint>;

/** Books as the services list them, and as they have to be. */
export interface Audited {
  readonly found: Books;
  readonly expected: Books;
  /** Charges that the wallet has not answered, or refused. */
  readonly open: number;
}

interface Charge {
  readonly eventId: string;
  readonly tokens: string;
  readonly status: string;
}

interface Accrual {
  readonly party: string;
  readonly role: 'operator' | 'provider' | 'developer';
  readonly app?: string;
  readonly tokens: string;
}

class Sums extends Map<string, bigint> {
  add(name: string, amount: bigint): void {
    this.set(name, (this.get(name) ?? 0n) + amount);
  }

  /** Without what is 0: a list may have a row of it, or none. */
  get books(): Books {
    return new Map([...this].filter(([, amount]) => amount !== 0n));
  }
}

/** Lines whose amounts depend on the order of uses, by the rounding of shares alone. */
export const dependsOnOrder = (line: string): boolean => line.startsWith('shares by use:');

/** Reads the books of a telling, and computes what has to be in them. */
export async function audit(grid: Tokengrid, uses: readonly Use[], market: Market, source: string): Promise<Audited> {
  const charges = new Map<string, Charge>();
  const path = `/v1/charges?source=${encodeURIComponent(source)}`;
  let listed = 0;
  for await (const charge of all<Charge>(grid.at('metering'), path, grid.operatorKey)) {
    charges.set(charge.eventId, charge);
    listed += 1;
  }
  const done = [...charges.values()].filter(({ status }) => status === 'billed' || status === 'voided').length;
  const found = new Sums();
  found.add('charges listed', BigInt(listed));
  for (const { id, payer, kind } of uses) {
    const tokens = BigInt(charges.get(id)?.tokens ?? -1);
    found.add(isCounted(kind) ? `month of payer ${payer}` : `charge of ${id}`, tokens);
  }
  await addSums(grid, market, found);
  await addBalances(grid, market, found);
  await addAccruals(grid, market, found);
  const tokensOf = ({ id }: Use) => BigInt(charges.get(id)?.tokens ?? 0);
  return { found: found.books, expected: expectedOf(uses, tokensOf), open: uses.length - done };
}

/** Sums of charges, by payer and app. */
async function addSums(grid: Tokengrid, market: Market, found: Sums): Promise<void> {
  for (const [index, { partyId }] of market.payers.entries()) {
    const path = `/v1/charges/sums?party=${partyId}&groupBy=app&window=day`;
    for await (const { app, tokens } of all<{ app?: string; tokens: string }>(
      grid.at('metering'),
      path,
      grid.operatorKey,
    )) {
      found.add(`sums of payer ${index}, ${appOf(market, app)}`, BigInt(tokens));
    }
  }
}

async function addBalances(grid: Tokengrid, { payers, developer }: Market, found: Sums): Promise<void> {
  for (const [index, { walletId }] of [...payers, developer].entries()) {
    const { body } = await grid.at('wallet').get(`/v1/wallets/${walletId}`, grid.operatorKey);
    const name = index === payers.length ? 'balance of the developer' : `balance of payer ${index}`;
    found.add(name, BigInt(String(body['available'])));
  }
}

async function addAccruals(grid: Tokengrid, market: Market, found: Sums): Promise<void> {
  const parties = ['operator', market.developer.partyId, ...market.providers.map(({ partyId }) => partyId)];
  for (const party of parties) {
    const path = `/v1/accruals?party=${party}`;
    for await (const accrual of all<Accrual>(grid.at('settlement'), path, grid.operatorKey)) {
      if (party === 'operator' && !isOf(market, accrual)) continue;
      const provider = market.providers.findIndex(({ partyId }) => partyId === party);
      const earner = provider < 0 ? accrual.role : `provider ${provider}`;
      addShare(found, appOf(market, accrual.app), earner, BigInt(accrual.tokens));
    }
  }
}

/** Whether the operator earned it of this market: it earns of all. */
const isOf = (market: Market, { app, model }: Accrual & { readonly model?: string }): boolean =>
  app === undefined ? model === market.model : Object.values(market.names).some((names) => names.app === app);

/** Name of an app in both tellings. */
function appOf({ names }: Market, slug: string | undefined): string {
  if (slug === undefined) return 'direct';
  return kindNames.find((kind) => names[kind].app === slug) ?? slug;
}

const appName = (kind: Kind): string => (kind.startsWith('model') ? 'direct' : kind);

/**
 * Shares of uses that count over a month are rounded by use, whose costs depend on their order;
 * their sum does not.
 */
function addShare(sums: Sums, app: string, earner: string, tokens: bigint): void {
  if (app !== 'app with allowance and tiers') return sums.add(`shares: ${earner}, ${app}`, tokens);
  sums.add(`shares by use: ${earner}, ${app}`, tokens);
  sums.add(`shares: all, ${app}`, tokens);
}

/** What has to be in the books by the posted prices and the right units alone. */
function expectedOf(uses: readonly Use[], tokensOf: (use: Use) => bigint): Books {
  const sums = new Sums();
  sums.add('charges listed', BigInt(uses.length));
  const months = new Map<number, Map<string, number>>();
  sums.add('balance of the developer', bought);
  const payers = new Set(uses.map(({ payer }) => payer));
  for (const payer of payers) sums.add(`balance of payer ${payer}`, bought);
  for (const use of uses) {
    if (isCounted(use.kind)) {
      const { operator, developer } = sharesOfCounted(tokensOf(use));
      addShare(sums, use.kind, 'operator', operator);
      addShare(sums, use.kind, 'developer', developer);
      addUnits(months, use.payer, rightUnits(use));
    } else addCost(sums, use, costOf(use.kind, rightUnits(use)));
  }
  for (const [payer, units] of months) {
    const tokens = monthOf(Object.fromEntries(units));
    sums.add(`month of payer ${payer}`, tokens);
    sums.add(`sums of payer ${payer}, app with allowance and tiers`, tokens);
    sums.add(`balance of payer ${payer}`, -tokens);
  }
  return sums.books;
}

function addCost(sums: Sums, { id, payer, kind }: Use, { tokens, subsidy, operator, provider, developer }: Cost): void {
  sums.add(`charge of ${id}`, tokens);
  sums.add(`sums of payer ${payer}, ${appName(kind)}`, tokens);
  sums.add(`balance of payer ${payer}`, -tokens);
  sums.add('balance of the developer', -subsidy);
  addShare(sums, appName(kind), 'operator', operator);
  addShare(sums, appName(kind), 'developer', developer);
  const earner = kind === 'model of one provider' || kind === 'app that sells above cost' ? 0 : 1;
  addShare(sums, appName(kind), `provider ${earner}`, provider);
}

function addUnits(months: Map<number, Map<string, number>>, payer: number, units: Units): void {
  const month = months.get(payer) ?? new Map<string, number>();
  for (const [meter, count] of Object.entries(units)) month.set(meter, (month.get(meter) ?? 0) + count);
  months.set(payer, month);
}

/** Differences between two books, as sentences. */
export function differences(found: Books, expected: Books, matters: (line: string) => boolean = () => true): string[] {
  const lines = [...new Set([...expected.keys(), ...found.keys()])].filter(matters);
  return lines
    .filter((line) => found.get(line) !== expected.get(line))
    .map((line) => `${line}: ${found.get(line) ?? 0n}, not ${expected.get(line) ?? 0n}`);
}

/** All rows of a list. */
async function* all<Row>(client: Client, path: string, key: string): AsyncGenerator<Row> {
  for (let cursor: unknown = ''; cursor !== null && cursor !== undefined;) {
    const { status, body } = await client.get(
      `${path}&limit=1000${cursor === '' ? '' : `&cursor=${encodeURIComponent(String(cursor))}`}`,
      key,
    );
    if (status !== 200) throw new Error(`${path} was answered with ${status} ${JSON.stringify(body)}`);
    yield* body['data'] as Row[];
    cursor = body['nextCursor'];
  }
}
