import { Inject, Injectable } from '@nestjs/common';
import { IdempotencyKeyReused } from '@tokengrid/event-store';
import { acrossLanes } from '@tokengrid/event-store/postgres';
import { newId, openBytes, sealBytes, Unopenable } from '@tokengrid/service';
import { DataSource } from 'typeorm';
import { MasterKey } from './master-key.ts';

/** Credentials of an offer, as they are in force. */
export type OfferCredentials =
  /** Its provider set none: requests go without. */
  | { readonly kind: 'none' }
  /** They were set, and the key store does not have them, or can't open them. */
  | { readonly kind: 'lost'; readonly credentialsId: string }
  | {
      readonly kind: 'kept';
      readonly credentialsId: string;
      /** Value of the header `authorization`. */
      readonly authorization: string;
      /** The ones before, until a time in epoch milliseconds. */
      readonly former?: { readonly authorization: string; readonly until: number };
    };

/** When credentials of an offer were set, and by which key. */
export interface SetCredentials {
  readonly setBy: string;
  /** Epoch milliseconds. */
  readonly setAt: number;
  readonly kind: OfferCredentials['kind'];
}

interface Row {
  readonly modelId: string;
  readonly credentialsId: string;
  readonly setBy: string;
  readonly setAt: number;
  readonly sealed: Buffer | null;
  readonly formerId: string | null;
  readonly formerUntil: number;
  readonly formerSealed: Buffer | null;
}

/** Sealed credentials of providers. Nothing but this class opens them. */
@Injectable()
export class KeyStore {
  constructor(
    @Inject(DataSource) private readonly source: Pick<DataSource, 'query'>,
    private readonly master: MasterKey,
  ) {}

  /**
   * Seals credentials under an id of their own. The first try of a request wins, so that a repeat
   * continues with the same.
   * @throws IdempotencyKeyReused if the request's id came with another input before
   */
  async seal(
    request: { readonly id: string; readonly inputHash: string },
    modelId: string,
    authorization: string,
  ): Promise<string> {
    const credentialsId = newId('crd');
    const sealed = sealBytes(this.master.ofCredentials, Buffer.from(authorization), contextOf(modelId, credentialsId));
    const inserted = await this.source.query<{ credentials_id: string }[]>(
      `insert into sealed_credentials (credentials_id, command_id, input_hash, model_id, sealed)
       values ($1, $2, $3, $4, $5) on conflict (command_id) do nothing returning credentials_id`,
      [credentialsId, request.id, request.inputHash, modelId, sealed],
    );
    if (inserted.length > 0) return credentialsId;
    const [first] = await this.source.query<{ credentials_id: string; input_hash: string }[]>(
      'select credentials_id, input_hash from sealed_credentials where command_id = $1',
      [request.id],
    );
    if (first?.input_hash !== request.inputHash) throw new IdempotencyKeyReused(request.id);
    return first.credentials_id;
  }

  /** Credentials in force of each of some offers. */
  async find(modelIds: readonly string[]): Promise<ReadonlyMap<string, OfferCredentials>> {
    const rows = new Map((await this.rows(modelIds)).map((row) => [row.modelId, row]));
    return new Map(
      modelIds.map((modelId) => {
        const row = rows.get(modelId);
        return [modelId, row === undefined ? { kind: 'none' } : this.opened(row)];
      }),
    );
  }

  /** When an offer's credentials were set; `undefined` if they never were. */
  async about(modelId: string): Promise<SetCredentials | undefined> {
    const [row] = await this.rows([modelId]);
    return row && { setBy: row.setBy, setAt: row.setAt, kind: this.opened(row).kind };
  }

  /**
   * Destroys credentials that others replaced and that stand in no more.
   * @param now epoch milliseconds
   */
  async destroyFormer(now: number): Promise<void> {
    await this.source.query(destroyFormer, [now]);
  }

  private rows(modelIds: readonly string[]): Promise<Row[]> {
    return this.source.query<Row[]>(selectInForce, [modelIds]);
  }

  private opened(row: Row): OfferCredentials {
    const { modelId, credentialsId, formerId, formerUntil } = row;
    const authorization = this.open(modelId, credentialsId, row.sealed);
    if (authorization === undefined) return { kind: 'lost', credentialsId };
    const former = formerId === null ? undefined : this.open(modelId, formerId, row.formerSealed);
    return {
      ...{ kind: 'kept', credentialsId, authorization },
      ...(former !== undefined && { former: { authorization: former, until: formerUntil } }),
    };
  }

  private open(modelId: string, credentialsId: string, sealed: Buffer | null): string | undefined {
    if (sealed === null) return undefined;
    try {
      return openBytes(this.master.ofCredentials, sealed, contextOf(modelId, credentialsId)).toString();
    } catch (error) {
      if (error instanceof Unopenable) return undefined;
      throw error;
    }
  }
}

/** Credentials opened for another offer, or under another id, do not open. */
const contextOf = (modelId: string, credentialsId: string): string => `credentials:${modelId}:${credentialsId}`;

const selectInForce = `
  ${acrossLanes} select in_force.model_id as "modelId", in_force.credentials_id as "credentialsId", set_by as "setBy",
    set_at::float8 as "setAt", last.sealed, former_id as "formerId", former_until::float8 as "formerUntil",
    former.sealed as "formerSealed"
  from offer_credentials in_force
    left join sealed_credentials last on last.credentials_id = in_force.credentials_id
    left join sealed_credentials former on former.credentials_id = former_id
  where in_force.model_id = any($1)`;

/**
 * Only what a later setting replaced for certain: what was sealed before it, and stands in no more.
 */
const destroyFormer = `
  ${acrossLanes} delete from sealed_credentials sealed using offer_credentials in_force
  where in_force.model_id = sealed.model_id and in_force.credentials_id <> sealed.credentials_id
    and sealed.sealed_at < to_timestamp(in_force.set_at / 1000.0)
    and (in_force.former_id is distinct from sealed.credentials_id or in_force.former_until <= $1)`;
