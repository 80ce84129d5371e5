import type { Answer, Client } from '../api/client.ts';
import { type Market, modelOffer, openMarket } from '../api/market.ts';
import { buy, unique } from '../api/parties.ts';
import type { Tokengrid } from '../api/tokengrid.ts';

/** What the operator suspends, and a use of it. */
export interface Suspended {
  readonly name: string;
  /** Path of its steps in the registry. */
  readonly path: string;
  /** `data` of a use. */
  readonly data: object;
  /** What its uses wait for, as the list of waiting uses says. */
  readonly waitsFor: string;
  /** Party that pays, and its key. */
  readonly payer: { readonly partyId: string; readonly key: string };
}

/** An app, and an offer of a model, with somebody who uses them. */
export async function openSuspended(grid: Tokengrid): Promise<readonly Suspended[]> {
  const market: Market = await openMarket(grid);
  const { subscriber: payer, provider, slug, appId } = market;
  await buy(grid, payer, 10_000_000n);
  const model = unique('model');
  const offered = await grid.at('app-registry').post('/v1/models', provider.key, modelOffer(model));
  const units = { input_tokens: 2 };
  return [
    {
      ...{ name: 'an app', path: `/v1/apps/${appId}`, waitsFor: `suspended:${slug}` },
      ...{ data: { app: slug, units }, payer },
    },
    {
      ...{ name: 'an offer of a model', path: `/v1/models/${String(offered.body['modelId'])}` },
      ...{ waitsFor: `suspended:${model}`, data: { model, units }, payer },
    },
  ];
}

/** Suspends it, or lifts that. @throws Error if the registry does not */
export async function step(grid: Tokengrid, { path }: Suspended, to: 'suspend' | 'reinstate'): Promise<void> {
  const { status, body } = await grid.at('app-registry').post(`${path}/${to}`, grid.operatorKey);
  if (status !== 200) throw new Error(`${path}/${to}: ${status} ${JSON.stringify(body)}`);
}

/** Reports one use to a process of metering. */
export function use(
  grid: Tokengrid,
  process: Client,
  { data, payer }: Suspended,
  source: string,
  id: string,
): Promise<Answer> {
  const time = new Date().toISOString();
  const type = 'tokengrid.usage';
  const event = { ...{ specversion: '1.0', type, source, id, subject: payer.partyId, time, data } };
  return process.post('/v1/events', grid.operatorKey, event, { contentType: 'application/cloudevents+json' });
}

/** Uses of a source that were charged, by their ids. */
export function chargedOf(process: Client, { payer }: Suspended, source: string): Promise<ReadonlySet<string>> {
  return idsOf(process, `/v1/charges?party=${payer.partyId}&source=${encodeURIComponent(source)}`, payer.key, source);
}

/** Uses of a source that wait since it is suspended, by their ids. */
export function waitingOf(
  grid: Tokengrid,
  process: Client,
  of: Suspended,
  source: string,
): Promise<ReadonlySet<string>> {
  const path = `/v1/parked?party=${of.payer.partyId}&waitsFor=${encodeURIComponent(of.waitsFor)}`;
  return idsOf(process, path, grid.operatorKey, source);
}

interface Listed {
  readonly source: string;
  readonly eventId: string;
}

async function idsOf(process: Client, path: string, key: string, of: string): Promise<ReadonlySet<string>> {
  const ids = new Set<string>();
  for (let cursor: string | null = ''; cursor !== null;) {
    const { status, body } = await process.get(`${path}&limit=1000${cursor && `&cursor=${cursor}`}`, key);
    if (status !== 200) break;
    for (const { source, eventId } of body['data'] as readonly Listed[]) if (source === of) ids.add(eventId);
    cursor = body['nextCursor'] as string | null;
  }
  return ids;
}
