import { describe, expect, it } from '@jest/globals';
import { appId, created, slug } from '../decisions/examples.fixture.ts';
import { slugConfirmationFor } from './when-app-created-confirm-name.ts';

describe('what policies ask for', () => {
  it('confirms the slug of an app that was made', () =>
    expect(slugConfirmationFor(created)).toEqual({ name: slug, ownerId: appId }));
});
