import { describe, it } from '@jest/globals';
import { AppRefused } from '@tokengrid/contracts';
import { givenFor } from '@tokengrid/kernel';
import { app } from '../state/app.ts';
import { draftVersion, maxVersions } from './draft-version.ts';
import { appId, created, drafted, manifest } from '../examples.fixture.ts';

const given = givenFor(app);
const draft = { appId, manifest };
const versions = (count: number) => Array.from({ length: count }, (_, index) => drafted(index + 1));

describe('drafting a version', () => {
  it('numbers versions from 1 on', () => given(created).when(draftVersion, draft).then(drafted(1)));

  it('leaves earlier drafts as they are', () =>
    given(created, ...versions(2))
      .when(draftVersion, draft)
      .then(drafted(3)));

  it('refuses where there is no app', () =>
    given()
      .when(draftVersion, draft)
      .then(AppRefused({ appId, code: 'NOT_FOUND' })));

  it('refuses one version too many', () =>
    given(created, ...versions(maxVersions))
      .when(draftVersion, draft)
      .then(AppRefused({ appId, code: 'APP_REGISTRY.TOO_MANY_VERSIONS' })));
});
