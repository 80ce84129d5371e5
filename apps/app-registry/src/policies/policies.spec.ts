import { describe, expect, it } from '@jest/globals';
import { appId, created, modelId, offer, offered, slug } from '../decisions/examples.fixture.ts';
import { slugConfirmationFor } from './when-app-created-confirm-name.ts';
import { nameConfirmationFor } from './when-model-offered-confirm-name.ts';

describe('what policies ask for', () => {
  it('confirms the slug of an app that was made', () =>
    expect(slugConfirmationFor(created)).toEqual({ kind: 'slug', name: slug, ownerId: appId }));

  it('confirms the name of a model on offer', () =>
    expect(nameConfirmationFor(offered(0))).toEqual({ kind: 'model', name: offer.name, ownerId: modelId }));
});
