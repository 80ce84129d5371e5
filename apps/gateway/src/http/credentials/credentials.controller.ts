import { Body, Controller, Get, Param, Put } from '@nestjs/common';
import { instantOf } from '@tokengrid/contracts';
import {
  Caller,
  Incoming,
  type IncomingCommand,
  notFound,
  type Principal,
  Requires,
  Responds,
} from '@tokengrid/service';
import { KeyStore } from '../../credentials/key-store.ts';
import { setCredentials } from '../../decisions/offers/set-credentials.ts';
import { offerStreamOf } from '../../decisions/state/offer.ts';
import { Directory } from '../../directory/directory.ts';
import { Offers } from '../../streams/offers.ts';
import { CredentialsAnswer, CredentialsRequest } from './credentials.requests.ts';

/** Credentials of providers' offers. */
@Controller('v1/offers/:modelId/credentials')
export class CredentialsController {
  constructor(
    private readonly keyStore: KeyStore,
    private readonly directory: Directory,
    private readonly offers: Offers,
  ) {}

  /**
   * Sets the credentials that the gateway sends to an offer of the caller. They are sealed, and
   * never shown again. Requests use them within a second; the former ones stand in for a while
   * where these are refused.
   */
  @Put()
  @Requires('gateway:credentials:write')
  @Responds(200, CredentialsAnswer)
  async setCredentials(
    @Param('modelId') modelId: string,
    @Body({ schema: CredentialsRequest }) { authorization, overlapSeconds }: CredentialsRequest,
    @Caller() caller: Principal,
    @Incoming() incoming: IncomingCommand,
  ) {
    const { partyId: providerId, keyId: by } = caller;
    await this.mustOwn(caller, modelId);
    const credentialsId = await this.keyStore.seal(incoming, modelId, authorization);
    const data = { modelId, providerId, credentialsId, by, overlapMs: overlapSeconds * 1000 };
    return this.offers.handle(setCredentials, incoming.to(offerStreamOf(modelId), data));
  }

  /**
   * Tells when the credentials of an offer of the caller were set. `lost` if the key store does not
   * have them any more: requests do not reach the offer until they are set again.
   */
  @Get()
  @Requires('gateway:credentials:write')
  @Responds(200, CredentialsAnswer)
  async getCredentials(@Param('modelId') modelId: string, @Caller() caller: Principal) {
    await this.mustOwn(caller, modelId);
    const set = await this.keyStore.about(modelId);
    if (!set) throw notFound(`no credentials of this offer were set: ${modelId}`);
    return {
      ...{ modelId, status: set.kind === 'kept' ? 'set' : 'lost' },
      ...{ setAt: instantOf(set.setAt), by: set.setBy },
    };
  }

  /** @throws ProblemError 404 for an offer that is not the caller's */
  private async mustOwn({ partyId }: Principal, modelId: string): Promise<void> {
    if ((await this.directory.providerOf(modelId)) !== partyId) throw notFound(`no such offer of yours: ${modelId}`);
  }
}
