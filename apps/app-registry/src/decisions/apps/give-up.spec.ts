import { describe, it } from '@jest/globals';
import { AppRefused, ModelRefused } from '@tokengrid/contracts';
import { givenFor } from '@tokengrid/kernel';
import { app } from '../state/app.ts';
import { giveUpApp } from './give-up-app.ts';
import { giveUpModel } from '../models/give-up-model.ts';
import { model } from '../state/model.ts';
import { appId, created, modelId, offered, suspended } from '../examples.fixture.ts';

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

describe('giving up a model', () => {
  const given = givenFor(model);
  const givenUp = ModelRefused({ modelId, ...lapsed });
  const exists = ModelRefused({ modelId, code: 'APP_REGISTRY.MODEL_EXISTS' });

  it('ends one that came no further than its reservation', () => given().when(giveUpModel, { modelId }).then(givenUp));
  it('says the same of one that was given up before', () =>
    given(givenUp).when(giveUpModel, { modelId }).then(givenUp));
  it('is too late for a model on offer', () => given(offered(0)).when(giveUpModel, { modelId }).then(exists));
});
