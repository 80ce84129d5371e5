import { describe, it } from '@jest/globals';
import { AppRefused, AppReinstated } from '@tokengrid/contracts';
import { givenFor } from '@tokengrid/kernel';
import { app } from '../state/app.ts';
import { reinstateApp } from './reinstate-app.ts';
import { appId, created, developerId, slug, suspended } from '../examples.fixture.ts';
import { suspendApp } from './suspend-app.ts';

const given = givenFor(app);
type Refusal = Omit<Parameters<typeof AppRefused>[0], 'appId'>;
const refused = (code: Refusal['code'], facts: Partial<Refusal> = {}) => AppRefused({ appId, ...facts, code });
const reinstated = AppReinstated({ appId, slug, developerId });

describe('suspending an app', () => {
  it('suspends it', () => given(created).when(suspendApp, { appId }).then(suspended));
  it('suspends it again after a reinstatement', () =>
    given(created, suspended, reinstated).when(suspendApp, { appId }).then(suspended));
  it('refuses where there is no app', () => given().when(suspendApp, { appId }).then(refused('NOT_FOUND')));
  it('refuses to suspend twice', () =>
    given(created, suspended).when(suspendApp, { appId }).then(refused('APP_REGISTRY.APP_SUSPENDED')));
});

describe('reinstating an app', () => {
  it('lifts its suspension', () => given(created, suspended).when(reinstateApp, { appId }).then(reinstated));
  it('refuses where there is no app', () => given().when(reinstateApp, { appId }).then(refused('NOT_FOUND')));
  it('refuses an app that is not suspended', () =>
    given(created).when(reinstateApp, { appId }).then(refused('APP_REGISTRY.APP_NOT_SUSPENDED')));
});
