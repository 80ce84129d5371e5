import { describe, it } from '@jest/globals';
import { AppRefused } from '@tokengrid/contracts';
import { givenFor } from '@tokengrid/kernel';
import { app } from '../state/app.ts';
import { giveUpApp } from './give-up-app.ts';
import { appId, created, suspended } from '../examples.fixture.ts';

const lapsed = {
  code: 'APP_REGISTRY.RESERVATION_LAPSED',
} as const;

describe('giving up an app', () => {
  const given = givenFor(app);
  const givenUp = AppRefused({ appId, ...lapsed });
  const exists = AppRefused({ appId, code: 'APP_REGISTRY.APP_EXISTS' });

  it('ends one that came no further than its reservation', () => given().when(giveUpApp, { appId }).then(givenUp));
  it('says the same of one that was given up before', () => given(givenUp).when(giveUpApp, { appId }).then(givenUp));
  it('is too late for an app that was made, suspended or not', () => {
    given(created).when(giveUpApp, { appId }).then(exists);
    given(created, suspended).when(giveUpApp, { appId }).then(exists);
  });
});
