import { Inject, Injectable } from '@nestjs/common';
import { permissionDenied, type Parts, serviceParts, unavailable } from '@tokengrid/service';
import { Readings } from '../flows/readings.ts';
import { PartyDirectory } from '../projections/party-directory.ts';
import { PartyViews } from '../projections/party-views.ts';
import { type AppCall, CallerTokens } from './caller-tokens.ts';
import { type Consent, Consents } from './consents.ts';

/** Scopes that open attributes of a subscriber, by the names of OpenID Connect Core 1.0, 5.4. */
export const attributeScopes = { name: 'profile', number: 'phone' } as const;

/** Claims about a caller, by the names of OpenID Connect Core 1.0, 5.1. */
interface CallerClaims {
  /** Subscriber's pseudonym at the app. */
  readonly sub: string;
  readonly name?: string;
  /** E.164. */
  readonly phone_number?: string;
  readonly phone_number_verified?: true;
}

/** Maximum age of what is known of the own database, in milliseconds. */
const lookMs = 250;

/**
 * Tells an app who calls it: attributes that its version in force needs, and its subscriber
 * consented to, while the call is fresh. A right is checked when it is used, whatever the token
 * says.
 */
@Injectable()
export class Userinfo {
  constructor(
    private readonly tokens: CallerTokens,
    private readonly consents: Consents,
    private readonly directory: PartyDirectory,
    private readonly views: PartyViews,
    private readonly readings: Readings,
    @Inject(serviceParts) private readonly parts: Pick<Parts, 'store' | 'isUpToDate'>,
  ) {}

  /**
   * Claims about the caller of a call.
   * @throws ProblemError 401 for a token that proves no call, 403 without a consent that opens an
   * attribute, 503 while withdrawals may be on their way, or where the key store lacks the key of
   * the data
   */
  async of(token: string): Promise<CallerClaims> {
    const call = await this.tokens.callOf(token);
    await this.mustKnowWithdrawals();
    const consent = await this.consents.of(call.subscriptionId);
    if (consent?.appId !== call.appId) return this.tokens.refuseUnknown('unknown subscription of the token');
    return this.claims(call, consent, token);
  }

  private async claims({ pseudonym, scopes }: AppCall, consent: Consent, token: string): Promise<CallerClaims> {
    const [party, developer] = await Promise.all([
      this.directory.registered(consent.partyId),
      this.directory.registered(consent.developerId),
    ]);
    if (!party || !developer) return this.tokens.refuseUnknown('unknown party of the token');
    if (consent.isHeldBack) throw unavailable("the consent can't be read; the operator is notified");
    if (consent.refusal !== undefined) throw permissionDenied(consent.refusal);
    if (developer.status === 'suspended') throw permissionDenied('the developer of the app is suspended');
    if (party.status === 'suspended') throw permissionDenied('the subscriber is suspended');
    const may = (scope: string) => scopes.includes(scope) && consent.scopes.includes(scope);
    const [mayName, mayNumber] = [may(attributeScopes.name), may(attributeScopes.number)];
    if (!mayName && !mayNumber) throw permissionDenied('the subscriber has consented to neither profile nor phone');
    // Erased data is null.
    const { name, msisdn, personalData } = await this.views.of(party);
    if (personalData === 'unreadable') throw unavailable("the subscriber's data can't be read");
    const { appId, developerId, partyId } = consent;
    const fields = [
      ...(mayName && name !== null ? ['name' as const] : []),
      ...(mayNumber && typeof msisdn === 'string' ? ['msisdn' as const] : []),
    ];
    await this.readings.byApp({ appId, developerId, token }, { partyId, fields });
    return {
      sub: pseudonym,
      ...(mayName && name !== null && { name }),
      // The operator, which gives out numbers, registers subscribers with theirs.
      ...(mayNumber && typeof msisdn === 'string' && { phone_number: msisdn, phone_number_verified: true }),
    };
  }

  /** Data is given out only while it is known what was withdrawn. @throws ProblemError 503 */
  private async mustKnowWithdrawals(): Promise<void> {
    const doubt = await this.parts.store.doubt(lookMs);
    if (doubt !== undefined) throw unavailable(doubt);
    if (!(await this.parts.isUpToDate())) throw unavailable("it can't be told now which consents are withdrawn");
  }
}
