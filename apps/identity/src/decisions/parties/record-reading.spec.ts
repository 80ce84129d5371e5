import { describe, it } from '@jest/globals';
import { PersonalDataErased, PersonalDataRead } from '@tokengrid/contracts';
import { givenFor } from '@tokengrid/kernel';
import { contactStreamId, subId, subscriberRegistered } from '../examples.fixture.ts';
import { party } from '../state/party.ts';
import { recordReading } from './record-reading.ts';

const given = givenFor(party);

describe('a reading of personal data', () => {
  it('is recorded, with what was read', () =>
    given(subscriberRegistered)
      .when(recordReading, { partyId: subId, fields: ['name', 'msisdn'] })
      .then(PersonalDataRead({ partyId: subId, fields: ['name', 'msisdn'] })));

  it('is recorded though the data is erased since', () =>
    given(subscriberRegistered, PersonalDataErased({ partyId: subId, personIds: [subId], contactStreamId }))
      .when(recordReading, { partyId: subId, fields: ['name'] })
      .then(PersonalDataRead({ partyId: subId, fields: ['name'] })));
});
