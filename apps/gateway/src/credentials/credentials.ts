import { Inject, Injectable } from '@nestjs/common';
import { StorageClock } from '@tokengrid/event-store';
import { serviceConfig } from '@tokengrid/service';
import { LRUCache } from 'lru-cache';
import type { GatewayConfig } from '../config.ts';
import { Remembered } from '../directory/remembered.ts';
import { KeyStore, type OfferCredentials } from './key-store.ts';

/** Value of the header `authorization` for an offer; `lost` where it has one that can't be read. */
export type Authorization = { readonly value: string | undefined } | 'lost';

/**
 * Authorizations of offers, for requests. Former ones stand in where a provider refuses the last.
 */
@Injectable()
export class Credentials {
  private readonly kept: Remembered<OfferCredentials>;
  /** Ids of credentials that their provider refused, by offer. */
  private readonly refused: LRUCache<string, string>;

  constructor(
    keyStore: KeyStore,
    private readonly clock: StorageClock,
    @Inject(serviceConfig)
    {
      directoryCacheMs: forMs,
      directoryCacheEntries: entries,
    }: Pick<GatewayConfig, 'directoryCacheMs' | 'directoryCacheEntries'>,
  ) {
    this.kept = new Remembered((modelIds) => keyStore.find(modelIds), { forMs, entries });
    this.refused = new LRUCache({ max: entries });
  }

  /** Authorization for requests to an offer. */
  async of(modelId: string): Promise<Authorization> {
    const credentials = await this.kept.get(modelId);
    switch (credentials?.kind) {
      case undefined:
      case 'none':
        return { value: undefined };
      case 'lost':
        return 'lost';
      case 'kept':
        return { value: this.standIn(modelId, credentials) ?? credentials.authorization };
    }
  }

  /**
   * Takes that a provider refused what it was sent.
   * @returns true if former credentials stand in from now on
   */
  async refuse(modelId: string): Promise<boolean> {
    const credentials = await this.kept.get(modelId);
    if (credentials?.kind !== 'kept' || this.refused.get(modelId) === credentials.credentialsId) return false;
    this.refused.set(modelId, credentials.credentialsId);
    return this.standIn(modelId, credentials) !== undefined;
  }

  private standIn(modelId: string, { credentialsId, former }: Extract<OfferCredentials, { kind: 'kept' }>) {
    const isRefused = this.refused.get(modelId) === credentialsId;
    return isRefused && former && this.clock.now() < former.until ? former.authorization : undefined;
  }
}
