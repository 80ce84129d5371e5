import { describe, it } from '@jest/globals';
import { AppRefused } from '@tokengrid/contracts';
import { givenFor } from '@tokengrid/kernel';
import { app } from '../state/app.ts';
import { createApp } from './create-app.ts';
import { appId, created, developerId, slug } from '../examples.fixture.ts';

const given = givenFor(app);
const create = { appId, slug, developerId, name: 'Chat helper', reservation: 'reserved' as const };
type Refusal = Omit<Parameters<typeof AppRefused>[0], 'appId'>;
const refused = (code: Refusal['code'], facts: Partial<Refusal> = {}) => AppRefused({ appId, ...facts, code });

describe('creating an app', () => {
  it('makes it under the slug that was reserved', () => given().when(createApp, create).then(created));

  it('refuses a slug that another app has', () =>
    given(created)
      .when(createApp, { ...create, reservation: { refused: 'APP_REGISTRY.SLUG_TAKEN' } })
      .then(refused('APP_REGISTRY.SLUG_TAKEN')));

  it('refuses what was given up', () => {
    const lapsed = refused('APP_REGISTRY.RESERVATION_LAPSED');
    given(lapsed).when(createApp, create).then(lapsed);
  });

  it('refuses to make an app twice', () =>
    given(created).when(createApp, create).then(refused('APP_REGISTRY.APP_EXISTS')));
});
