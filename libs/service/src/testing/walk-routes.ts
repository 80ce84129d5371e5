import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { operatorPartyId, type PartyKind } from '@tokengrid/contracts';
import type { FastifyInstance } from 'fastify';
import { calculateJwkThumbprint, exportJWK, generateKeyPair, SignJWT } from 'jose';
import { DataSource } from 'typeorm';
import { audienceOf } from '../auth/access-tokens.ts';
import type { BaseConfig } from '../config/base-config.ts';
import type { GuardedRoute } from '../http/http-server.ts';
import { newId } from '../ids.ts';
import { operationsOf } from '../openapi/complete-operation.ts';
import { openApiDocument } from '../openapi/documentation.ts';
import { type RunningService } from '../run-service.ts';
import { everyScope, scopes } from '../scopes.ts';
import { openGround, startOn } from './on-ground.ts';
import type { SomeSettings, Testable } from './testable.ts';
import { operatorApiKey } from './tested-service.ts';

/** What the walk over a service's routes needs to know of it. */
export interface Walk<Config extends BaseConfig> extends Testable<Config> {
  /** Databases beside its own. */
  readonly others?: readonly string[];
  /** @param databaseUrl address of a database by its name */
  readonly settings?: (databaseUrl: (name: string) => string) => SomeSettings;
  /**
   * Routes of anyone's that admit by a proof of their own, such as a signature: `POST
   * /oauth/token`. Any other public route answers whoever asks.
   */
  readonly proves?: readonly string[];
  /**
   * Beginnings of paths of pages for people, which browsers open by cookies and forms of their own:
   * no document lists them.
   */
  readonly pages?: readonly string[];
  /**
   * Makes things of a party.
   * @returns their ids, by the parameter of a path that names such a thing; `partyId` is the owner
   */
  readonly owned?: (service: RunningService) => Promise<Owned>;
}

type Owned = Readonly<Record<string, string>> & { readonly partyId: string };

/** A key as identity's events would make it. */
interface KeyOfWalk {
  readonly partyId?: string;
  readonly partyKind?: PartyKind | 'operator';
  readonly scopes?: readonly string[];
  readonly expiresAt?: Date;
  readonly revoked?: boolean;
}

const issuer = 'https://identity.operator.example';
const withBody = ['POST', 'PUT', 'PATCH'];
const anHour = 3_600_000;

/**
 * Sentences about who is let in, over every route that the service guards: routes are found, not
 * listed.
 */
export function walkRoutes<Config extends BaseConfig>(walk: Walk<Config>): void {
  let service: RunningService;
  let close: () => Promise<void>;
  let database: DataSource;
  let routes: readonly GuardedRoute[];
  let sign: (said?: object, header?: object) => Promise<string>;

  const suspended = newId('org');
  const clientId = newId('cli');

  beforeAll(async () => {
    const ground = await openGround(walk.name, ...(walk.others ?? []));
    const settings = {
      ...{ LOG_LEVEL: 'silent', API_KEY_CACHE_MS: '0', MAX_WAITING_COMMANDS: '10000' },
      ...walk.settings?.((name) => ground.databaseUrl(name)),
    };
    service = await startOn(ground, walk, { settings, hasOwnKeys: true, clock: () => Date.now() });
    close = async () => {
      await service.close();
      await ground.close();
    };
    database = service.app.get(DataSource);
    ({ guarded: routes } = service.app.getHttpAdapter().getInstance() as FastifyInstance);
    await addKey(undefined, { keyId: clientId, scopes: [] });
    await database.query('insert into suspended_parties values ($1)', [suspended]);
    sign = await signer();
  }, 120_000);
  afterAll(() => close(), 60_000);

  /** Adds a key, or a client without a secret. @returns the secret */
  async function addKey(secret: string | undefined, key: KeyOfWalk & { readonly keyId?: string }): Promise<string> {
    const { partyId = newId('org'), partyKind = 'developer', keyId = newId('key'), revoked = false } = key;
    await database.query(
      `insert into api_keys (key_id, party_id, party_kind, secret_hash, scopes, expires_at, revoked, rights)
       values ($1, $2, $3, decode($4, 'hex'), $5, $6, $7, '{}')`,
      [
        ...[keyId, partyId, partyKind, secret && createHash('sha256').update(secret).digest('hex')],
        ...[key.scopes ?? scopes, key.expiresAt, revoked],
      ],
    );
    return secret ?? keyId;
  }
  const keyWith = (key: KeyOfWalk) => addKey(newId('secret'), key);

  /** Signs access tokens of a client by a key that the service knows. */
  async function signer() {
    const { publicKey, privateKey } = await generateKeyPair('ES256');
    const kid = await calculateJwkThumbprint(publicKey);
    await database.query('insert into token_keys values ($1, $2, $3, $4)', [
      ...[kid, issuer, JSON.stringify(await exportJWK(publicKey)), new Date(Date.now() + anHour)],
    ]);
    const seconds = (later: number) => Math.floor(Date.now() / 1000) + later;
    return (said: object = {}, header: object = {}) => {
      const claims = {
        ...{ iss: issuer, aud: audienceOf(walk.name), sub: clientId, client_id: clientId, scope: '' },
        ...{ iat: seconds(-600), exp: seconds(60), jti: newId('tok'), ...said },
      };
      return new SignJWT(claims).setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid, ...header }).sign(privateKey);
    };
  }

  /** Status of each route for a caller; `undefined`: without the header. */
  async function statuses(of: readonly GuardedRoute[], authorization: string | undefined) {
    const asked = of.map(async ({ method, path }) => {
      const headers = {
        ...(authorization !== undefined && { authorization }),
        ...(withBody.includes(method) && { 'content-type': 'application/json' }),
      };
      const response = await fetch(`${service.url}${placeOf(path)}`, {
        ...{ method, headers, redirect: 'manual' },
        ...(withBody.includes(method) && { body: '{}' }),
      });
      const text = await response.text();
      return { route: `${method} ${path}`, status: response.status, text };
    });
    return Promise.all(asked);
  }
  const allAre = async (of: readonly GuardedRoute[], authorization: string | undefined, status: number) => {
    const told = (await statuses(of, authorization)).map((answer) => [answer.route, answer.status]);
    expect(told).toEqual(of.map(({ method, path }) => [`${method} ${path}`, status]));
  };
  const askable = ({ method }: GuardedRoute) => asked.includes(method);
  const where = (is: (access: GuardedRoute['access']) => boolean) =>
    routes.filter((route) => askable(route) && is(route.access));
  const keyed = () => where((access) => access !== 'public');
  const scoped = () => where((access) => typeof access === 'object');
  const ofOperator = () => where((access) => access === 'operator');
  const bearer = (secret: string) => `Bearer ${secret}`;

  describe('every route', () => {
    it('is in the OpenAPI document as it is guarded, but for those of documents and rare methods', () => {
      const documented = operationsOf(openApiDocument(service.app, walk.name)).map(({ method, path, operation }) => [
        `${method.toUpperCase()} ${path}`,
        operation.security ?? 'none stated',
      ]);
      const byRoute = new Map(where(() => true).map((route) => [routeName(route), securityOf(route.access)]));
      expect(documented.length).toBeGreaterThan(0);
      const proved = (walk.proves ?? []).map((route) => route.replace(/:(\w+)/g, '{$1}'));
      const guarded = documented.filter(([name]) => !proved.includes(name as string));
      expect(guarded).toEqual(guarded.map(([name]) => [name, byRoute.get(name as string)]));
      const left = [...byRoute.keys()].filter((name) => !documented.some(([known]) => known === name));
      const isPage = (name: string) => (walk.pages ?? []).some((start) => name.split(' ')[1]!.startsWith(start));
      expect(left.filter((name) => !ofNoDocument.test(name) && !isPage(name))).toEqual([]);
    });

    it('that takes a key is 401 without one', () =>
      allAre(
        where((access) => access !== 'public' && access !== 'optional'),
        undefined,
        401,
      ));

    it.each([
      ['another scheme', 'Basic b3BlcmF0b3I6eA=='],
      ['garbage', 'Bearer garbage'],
      ['a token of garbage', `Bearer eyJ${'x'.repeat(20)}.eyJ${'y'.repeat(20)}.zzz`],
    ])('that takes a key is 401 with %s', (_what, authorization) => allAre(keyed(), authorization, 401));

    it.each<[string, KeyOfWalk]>([
      ['expired', { expiresAt: new Date(Date.now() - 1000) }],
      ['revoked', { revoked: true }],
      ['of a suspended party', { partyId: suspended }],
      ["of the operator's people and expired", { ...operators, expiresAt: new Date(Date.now() - 1000) }],
    ])('that takes a key is 401 with one that is %s', async (_what, key) =>
      allAre(keyed(), bearer(await keyWith(key)), 401),
    );

    it.each<[string, () => Promise<string>]>([
      ['that is expired', () => sign({ exp: Math.floor(Date.now() / 1000) - 60 })],
      ['for another service', () => sign({ aud: audienceOf('another') })],
      ['for no service', () => sign({ aud: undefined })],
      ['of another issuer', () => sign({ iss: 'https://elsewhere.example' })],
      ['of an unknown client', () => sign({ sub: 'cli_x', client_id: 'cli_x' })],
      ['of another type', () => sign({}, { typ: 'JWT' })],
      ['of an unknown key', () => sign({}, { kid: 'x' })],
    ])('that takes a key is 401 with a token %s', async (_what, make) => allAre(keyed(), bearer(await make()), 401));

    it('with a scope is 403 with all others, by key and by token', async () => {
      for (const route of scoped()) {
        const { scope } = route.access as { readonly scope: string };
        const others = scopes.filter((each) => each !== scope);
        await allAre([route], bearer(await keyWith({ scopes: others })), 403);
      }
      await allAre(scoped(), bearer(await sign({ scope: scopes.join(' ') })), 403);
    });

    it.each<PartyKind>(['developer', 'provider', 'subscriber'])('of the operator is 403 for a %s', async (partyKind) =>
      allAre(ofOperator(), bearer(await keyWith({ partyKind, scopes: [...scopes, everyScope] })), 403),
    );

    it('lets in whoever has the right, and fails for nothing that is asked', async () => {
      const party = await statuses(scoped(), bearer(await keyWith({ scopes })));
      const people = [operatorApiKey, await keyWith(operators)];
      const operator = await Promise.all(people.map((secret) => statuses(keyed(), bearer(secret))));
      const isRefused = ({ status, text }: (typeof party)[number]) =>
        status === 401 || (status === 403 && ofGuard.test(text)) || (status >= 500 && status !== 503);
      expect([...party, ...operator.flat()].filter(isRefused)).toEqual([]);
    });

    const { owned } = walk;
    if (owned)
      it('that names a thing of another party is 404, and there for its owner', async () => {
        const ids: Owned = await owned(service);
        const parametersOf = (path: string) => [...path.matchAll(/\/:(\w+)/g)].map(([, name]) => name!);
        const naming = where((access) => typeof access === 'object').filter(
          ({ path }) => parametersOf(path).length > 0 && parametersOf(path).every((name) => name in ids),
        );
        expect(naming.length).toBeGreaterThan(1);
        const bodies = new Map(
          operationsOf(openApiDocument(service.app, walk.name)).map(({ method, path, operation: { requestBody } }) => {
            const content = requestBody && 'content' in requestBody ? requestBody.content : {};
            return [`${method.toUpperCase()} ${path}`, Object.values(content)[0]?.example as unknown];
          }),
        );
        const answersTo = async (partyId: string) => {
          const authorization = bearer(await keyWith({ partyId }));
          return Promise.all(
            naming.map(async (route) => {
              const { method, path } = route;
              const place = path.replace(/::/g, ':').replace(/(?<=\/):(\w+)/g, (_all, name: string) => ids[name]!);
              const body = withBody.includes(method) ? JSON.stringify(bodies.get(routeName(route)) ?? {}) : undefined;
              const headers = { authorization, ...(body !== undefined && { 'content-type': 'application/json' }) };
              const { status } = await fetch(`${service.url}${place}`, { method, headers, ...(body && { body }) });
              return [`${method} ${path}`, status === 404] as const;
            }),
          );
        };
        const of = (isMissing: boolean) => naming.map(({ method, path }) => [`${method} ${path}`, isMissing]);
        expect(await answersTo(newId('org'))).toEqual(of(true));
        const reads = (answers: readonly (readonly [string, boolean])[]) =>
          answers.filter(([name]) => name.startsWith('GET '));
        expect(reads(await answersTo(ids.partyId)).filter(([, isMissing]) => !isMissing)).not.toEqual([]);
      });

    it('of anyone ignores a key, unless it admits by a proof of its own', async () => {
      const free = where((access) => access === 'public').filter(
        ({ method, path }) =>
          !(walk.proves ?? []).includes(`${method} ${path}`) &&
          !(walk.pages ?? []).some((start) => path.startsWith(start)),
      );
      const [without, garbage] = [await statuses(free, undefined), await statuses(free, 'Bearer garbage')];
      const told = (answers: typeof without) => answers.map(({ route, status }) => [route, status]);
      expect(told(garbage)).toEqual(told(without));
      expect(without.filter(({ status }) => status === 401 || status === 403 || status >= 500)).toEqual([]);
      const names = routes.map(({ method, path }) => `${method} ${path}`);
      for (const route of walk.proves ?? []) expect(names).toContain(route);
    });
  });
}

const operators = { partyId: operatorPartyId, partyKind: 'operator', scopes: [everyScope] } as const;

/** Refusals of the guard alone. */
const ofGuard = /lacks the scope|only the operator may call/;

/** Methods that clients of this spec can send. */
const asked = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'];

/** Routes that no document lists: heads of reads, documents themselves, and rare methods of any. */
const ofNoDocument = /^HEAD |^GET \/(docs|openapi\.json|$)|^\w+ \/docs|\*$/;

/** A path with something for each parameter: it is nobody's. */
const placeOf = (path: string): string => path.replace(/::/g, ':').replace(/(?<=\/):\w+|\*$/g, 'none');

/** Name of a route as its document has it. */
const routeName = ({ method, path }: GuardedRoute): string =>
  `${method} ${path
    .replace(/(?<=\/):(\w+)/g, '{$1}')
    .replace(/::/g, ':')
    .replace(/\*$/, '{path}')}`;

/** Security requirements of an operation with this rule. */
function securityOf(access: GuardedRoute['access']): unknown {
  if (access === 'public') return [];
  if (access === 'optional') return [{}, { bearer: [] }];
  if (access === 'authenticated') return [{ bearer: [] }];
  return [{ bearer: [access === 'operator' ? 'operator' : access.scope] }];
}
