import { describe, it } from '@jest/globals';
import { OfferCredentialsSet, OfferRecovered, OfferTripped } from '@tokengrid/contracts';
import { givenFor } from '@tokengrid/kernel';
import { offer } from '../state/offer.ts';
import { setCredentials } from './set-credentials.ts';
import { stateHealth } from './state-health.ts';

const given = givenFor(offer);
const modelId = 'mod_0000000000000000000000000a';
const at = { modelId, instance: '1' };

describe('an offer at the edge', () => {
  it('has credentials set, by their id alone', () => {
    const ids = { providerId: 'org_0000000000000000000000000a', credentialsId: 'crd_0000000000000000000000000a' };
    const set = { modelId, ...ids, by: 'key_0000000000000000000000000a', overlapMs: 600_000 };
    given().when(setCredentials, set).then(OfferCredentialsSet(set));
  });

  it('trips until a time by the clock of its lane, and recovers', () => {
    const until = '2026-01-01T00:00:05.000Z';
    given()
      .when(stateHealth, { ...at, tripped: { why: 'failing' as const, forMs: 5000 } })
      .then(OfferTripped({ ...at, why: 'failing', until }));
    given(OfferTripped({ ...at, why: 'failing', until }))
      .when(stateHealth, at)
      .then(OfferRecovered(at));
  });
});
