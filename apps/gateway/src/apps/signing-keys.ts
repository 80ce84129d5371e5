import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import type { TokenKey } from '@tokengrid/contracts';
import { StorageClock } from '@tokengrid/event-store';
import { openBytes, Repeating, sealBytes, serviceConfig, serviceLog, Unopenable } from '@tokengrid/service';
import { calculateJwkThumbprint, type CryptoKey, exportJWK, generateKeyPair, importJWK, type JWK } from 'jose';
import type { Logger } from 'pino';
import { DataSource, type EntityManager } from 'typeorm';
import type { GatewayConfig } from '../config.ts';
import { MasterKey } from '../credentials/master-key.ts';

/** Algorithm of the signatures. */
export const signedBy = 'ES256';
/** Time for which an app may cache the published keys, in seconds. */
export const keysHoldSeconds = 300;

/**
 * Time from the publication of a key to its first signature, and from its last signature to its
 * end, in milliseconds: longer than a cache of the published keys and a signature hold together.
 */
export const overlapMs = 3 * keysHoldSeconds * 1000;
/** Interval of looking for keys of other processes. */
const lookEveryMs = 60_000;
/**
 * Key of the advisory lock for adding a key, so that processes that start together add one. `tgak`
 * in ASCII.
 */
const keysLock = 0x7467616b;

/** A key in force, to sign with. */
export interface SigningKey {
  readonly kid: string;
  readonly privateKey: CryptoKey;
}

/** Public part of a key, and the time from which it signs. */
interface HeldKey {
  readonly keyId: string;
  readonly publicKey: TokenKey;
  /** Epoch milliseconds. */
  readonly signsFrom: number;
}

interface Row {
  readonly kid: string;
  readonly publicJwk: JWK;
  readonly sealed: Buffer;
  /** Epoch milliseconds. */
  readonly signsFrom: number;
}

/** A key that this process can use. */
interface Kept extends SigningKey {
  readonly publicJwk: JWK;
  readonly signsFrom: number;
}

/**
 * Keys that sign who calls an app, shared by all processes: sealed in Postgres, replaced after a
 * time, published before their first signature and after their last one.
 */
@Injectable()
export class SigningKeys implements OnApplicationBootstrap, OnApplicationShutdown {
  private kept: readonly Kept[] = [];
  private readonly looking: Repeating;

  constructor(
    @Inject(DataSource) private readonly database: DataSource,
    private readonly master: MasterKey,
    private readonly clock: StorageClock,
    @Inject(serviceConfig) private readonly config: Pick<GatewayConfig, 'appKeyRotationMs'>,
    @Inject(serviceLog) private readonly log: Logger,
  ) {
    this.looking = new Repeating(
      () => this.look(),
      lookEveryMs,
      (error) => this.log.warn({ err: error }, 'the keys of apps could not be looked at; the next look retries'),
    );
  }

  async onApplicationBootstrap(): Promise<void> {
    await this.look();
    this.looking.startLater();
  }

  onApplicationShutdown(): Promise<void> {
    return this.looking.stop();
  }

  /** The key that signs now. @throws Error before there is one */
  current(): SigningKey {
    const now = this.clock.now();
    const key = this.kept.findLast(({ signsFrom }) => signsFrom <= now) ?? this.kept[0];
    if (!key) throw new Error('no key signs who calls an app');
    return key;
  }

  /** Public keys of all signatures that are valid, or will be soon. */
  published(): readonly JWK[] {
    return this.kept.map(({ publicJwk }) => publicJwk);
  }

  /** Keys of this process, by the time from which they sign. */
  held(): readonly HeldKey[] {
    return this.kept.map(({ kid, publicJwk: { x = '', y = '' }, signsFrom }) => ({
      ...{ keyId: kid, publicKey: { kty: 'EC', crv: 'P-256', x, y }, signsFrom },
    }));
  }

  /** Adds the next key when it is due, ends former ones, and takes what is there. */
  async look(): Promise<void> {
    const rows = await this.database.transaction(async (sql) => {
      await sql.query('select pg_advisory_xact_lock($1)', [keysLock]);
      const [{ now }] = await sql.query<[{ readonly now: number }]>(
        `select ${milliseconds('clock_timestamp()')} as now`,
      );
      const usable = (await read(sql)).filter((row) => this.open(row) !== undefined);
      const last = usable.at(-1);
      if (!last) await this.add(sql, now);
      else if (last.signsFrom + this.config.appKeyRotationMs - overlapMs <= now) await this.add(sql, now + overlapMs);
      await sql.query(endFormer, [now - overlapMs]);
      return read(sql);
    });
    const kept = rows.flatMap((row) => {
      const secret = this.open(row);
      if (!secret) this.log.error(`the key ${row.kid} of apps can't be opened: it was sealed under another master key`);
      return secret ? [{ ...row, secret }] : [];
    });
    this.kept = await Promise.all(
      kept.map(async ({ kid, publicJwk, signsFrom, secret }) => {
        const privateKey = (await importJWK(secret, signedBy)) as CryptoKey;
        return { kid, privateKey, signsFrom, publicJwk };
      }),
    );
  }

  /** @param signsFrom epoch milliseconds */
  private async add(sql: EntityManager, signsFrom: number): Promise<void> {
    const { publicKey, privateKey } = await generateKeyPair(signedBy, { extractable: true });
    const kid = await calculateJwkThumbprint(publicKey);
    const publicJwk = { ...(await exportJWK(publicKey)), kid, alg: signedBy, use: 'sig' };
    const secret = Buffer.from(JSON.stringify(await exportJWK(privateKey)));
    const sealed = sealBytes(this.master.ofAppKeys, secret, contextOf(kid));
    await sql.query(
      `insert into app_signing_keys (kid, public_jwk, sealed, signs_from)
       values ($1, $2, $3, to_timestamp($4::float8 / 1000))`,
      [kid, JSON.stringify(publicJwk), sealed, signsFrom],
    );
  }

  private open({ kid, sealed }: Row): JWK | undefined {
    try {
      return JSON.parse(openBytes(this.master.ofAppKeys, sealed, contextOf(kid)).toString()) as JWK;
    } catch (error) {
      if (error instanceof Unopenable) return undefined;
      throw error;
    }
  }
}

/** A key sealed under another id does not open. */
const contextOf = (kid: string): string => `app-signing-key:${kid}`;

const milliseconds = (time: string): string => `(extract(epoch from ${time}) * 1000)::float8`;

const read = (sql: EntityManager): Promise<Row[]> =>
  sql.query<Row[]>(
    `select kid, public_jwk as "publicJwk", sealed, ${milliseconds('signs_from')} as "signsFrom"
     from app_signing_keys order by signs_from, kid`,
  );

/** Ends keys that another one followed so long ago that nothing they signed is valid. */
const endFormer = `
  delete from app_signing_keys former where exists (
    select from app_signing_keys later
    where later.signs_from > former.signs_from and later.signs_from <= to_timestamp($1::float8 / 1000))`;
