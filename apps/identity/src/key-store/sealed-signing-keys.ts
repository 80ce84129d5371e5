import { Injectable } from '@nestjs/common';
import { openBytes, sealBytes, Unopenable } from '@tokengrid/service';
import { calculateJwkThumbprint, exportJWK, generateKeyPair, type JWK } from 'jose';
import type { PublicSigningKey } from '../decisions/signing-keys/publish-signing-key.ts';
import { KeyStore } from './key-store.ts';
import { MasterKey } from './master-key.ts';

/** A key that all processes agree on, before it is published. */
export interface SettledSigningKey {
  readonly keyId: string;
  readonly publicKey: PublicSigningKey;
}

interface Row {
  readonly key_id: string;
  readonly public_key: PublicSigningKey;
  readonly private_key: Buffer | null;
}

/** Private parts of the keys that sign access tokens, sealed under the master key. */
@Injectable()
export class SealedSigningKeys {
  constructor(
    private readonly store: KeyStore,
    private readonly master: MasterKey,
  ) {}

  /** The key of a number. The first process to ask makes it, so that all publish the same. */
  async settle(number: number): Promise<SettledSigningKey> {
    const pair = await generateKeyPair('ES256', { extractable: true });
    const keyId = await calculateJwkThumbprint(pair.publicKey);
    const { x = '', y = '' } = await exportJWK(pair.publicKey);
    const publicKey: PublicSigningKey = { kty: 'EC', crv: 'P-256', x, y };
    const secret = Buffer.from(JSON.stringify(await exportJWK(pair.privateKey)));
    const sealed = sealBytes(this.master.ofSigningKeys, secret, contextOf(keyId));
    await this.store.run(
      `insert into signing_keys (number, key_id, public_key, private_key) values ($1, $2, $3, $4)
       on conflict (number) do nothing`,
      [number, keyId, JSON.stringify(publicKey), sealed],
    );
    const [row] = await this.store.rows<Row>('select key_id, public_key from signing_keys where number = $1', [number]);
    return { keyId: row!.key_id, publicKey: row!.public_key };
  }

  /**
   * Private keys by id, as JWKs. A missing one was destroyed, lost with the key store, or sealed
   * under another master key.
   */
  async open(keyIds: readonly string[]): Promise<ReadonlyMap<string, JWK>> {
    const rows = await this.store.rows<Row>(
      'select key_id, private_key from signing_keys where key_id = any($1) and private_key is not null',
      [keyIds],
    );
    const opened = rows.flatMap((row) => {
      const key = this.opened(row);
      return key ? [[row.key_id, key] as const] : [];
    });
    return new Map(opened);
  }

  /** Destroys the private parts of keys for good. */
  async destroy(keyIds: readonly string[]): Promise<void> {
    await this.store.run(
      'update signing_keys set private_key = null where key_id = any($1) and private_key is not null',
      [keyIds],
    );
  }

  private opened({ key_id: keyId, private_key: sealed }: Row): JWK | undefined {
    try {
      return JSON.parse(openBytes(this.master.ofSigningKeys, sealed!, contextOf(keyId)).toString()) as JWK;
    } catch (error) {
      if (error instanceof Unopenable) return undefined;
      throw error;
    }
  }
}

/** A key sealed under another id does not open. */
const contextOf = (keyId: string): string => `signing-key:${keyId}`;
