import { describe, it } from '@jest/globals';
import {
  AppRefused,
  AppReinstated,
  instantOf,
  VersionDeprecated,
  VersionPublished,
  VersionRejected,
  VersionWithdrawn,
} from '@tokengrid/contracts';
import type { Manifest } from '@tokengrid/contracts';
import { givenFor, someContext } from '@tokengrid/kernel';
import { app, type VersionStatus } from '../state/app.ts';
import { approveVersion } from './approve-version.ts';
import { deprecateVersion } from './deprecate-version.ts';
import { publishVersion } from './publish-version.ts';
import { rejectVersion } from './reject-version.ts';
import {
  appId,
  approved,
  created,
  developerId,
  drafted,
  manifest,
  ofVersion,
  published,
  readyToPublish,
  slug,
  submission,
  submitted,
  suspended,
  versionNamed,
} from '../examples.fixture.ts';
import { submitVersion } from './submit-version.ts';
import { withdrawVersion } from './withdraw-version.ts';

const given = givenFor(app);
const now = someContext.time;
type Refusal = Omit<Parameters<typeof AppRefused>[0], 'appId'>;
const refused = (code: Refusal['code'], facts: Partial<Refusal> = {}) => AppRefused({ appId, ...facts, code });
const noApp = refused('NOT_FOUND');
const noVersion = refused('NOT_FOUND');
const invalid = (versionStatus: VersionStatus, ...allowed: VersionStatus[]) =>
  refused('APP_REGISTRY.VERSION_IN_OTHER_STATE', { version: 1, versionStatus, allowed });

describe('submitting a version', () => {
  const submit = submission(1);

  it('submits a draft that passes the automatic checks', () =>
    given(created, drafted(1)).when(submitVersion, submit).then(submitted(1)));

  it('rejects at once a draft that does not, and says where', () => {
    const wrong: Manifest = { ...manifest, meters: [] };
    given(created, drafted(1))
      .when(submitVersion, { ...submit, manifest: wrong })
      .then(
        VersionRejected({
          ...versionNamed(1),
          faults: [{ code: 'APP_REGISTRY.METER_UNKNOWN', pointer: '/plans/0/prices/0/meter' }],
        }),
      );
  });

  it('rejects it with all faults at once: of its parts, its endpoint, its prices and its name', () => {
    const wrong: Manifest = {
      ...manifest,
      endpoint: 'http://localhost',
      meters: [...manifest.meters, ...manifest.meters],
      scopes: ['network:location'],
      dataUse: [],
      models: ['qwen-72b', 'nobodys'],
    };
    const offers = new Map([['qwen-72b', [[{ meter: 'output_tokens', unitPrice: '9' }]]]]);
    given(created, drafted(1))
      .when(submitVersion, { ...submit, manifest: wrong, offers, isNameConfusable: true })
      .then(
        VersionRejected({
          ...versionNamed(1),
          faults: [
            { code: 'APP_REGISTRY.METER_REPEATED', pointer: '/meters/1/name' },
            { code: 'APP_REGISTRY.ENDPOINT_NOT_HTTPS', pointer: '/endpoint' },
            { code: 'APP_REGISTRY.ENDPOINT_INTERNAL', pointer: '/endpoint' },
            { code: 'APP_REGISTRY.DATA_USE_MISSING', pointer: '/dataUse' },
            { code: 'APP_REGISTRY.MODEL_UNKNOWN', pointer: '/models/1' },
            {
              code: 'APP_REGISTRY.PRICE_BELOW_COST',
              pointer: '/plans/1/prices/0/unitPrice',
              model: 'qwen-72b',
              leastUnitPrice: '10',
            },
            { code: 'APP_REGISTRY.NAME_CONFUSABLE', pointer: '/name' },
          ],
        }),
      );
  });

  it('takes any endpoint in a network for trials', () =>
    given(created, drafted(1))
      .when(submitVersion, {
        ...submit,
        manifest: { ...manifest, endpoint: 'http://127.0.0.1:9000' },
        allowedEndpoints: ['*'],
      })
      .then(submitted(1)));

  it('refuses where there is no app', () => given().when(submitVersion, submit).then(noApp));
  it('refuses where there is no such version', () => given(created).when(submitVersion, submit).then(noVersion));
  it('refuses to submit twice', () =>
    given(created, drafted(1), submitted(1)).when(submitVersion, submit).then(invalid('submitted', 'draft')));
});

describe('approving a version', () => {
  it('approves one that was submitted', () =>
    given(created, drafted(1), submitted(1)).when(approveVersion, ofVersion(1)).then(approved(1)));

  it('refuses where there is no app', () => given().when(approveVersion, ofVersion(1)).then(noApp));
  it('refuses where there is no such version', () => given(created).when(approveVersion, ofVersion(1)).then(noVersion));
  it('refuses a draft', () =>
    given(created, drafted(1)).when(approveVersion, ofVersion(1)).then(invalid('draft', 'submitted')));
});

describe('rejecting a version', () => {
  const reject = { ...ofVersion(1), reasons: ['the description is empty of meaning'] };
  const rejected = VersionRejected({ ...versionNamed(1), reasons: reject.reasons });

  it('rejects one that was submitted, with the reasons', () =>
    given(created, drafted(1), submitted(1)).when(rejectVersion, reject).then(rejected));

  it('refuses where there is no app', () => given().when(rejectVersion, reject).then(noApp));
  it('refuses where there is no such version', () => given(created).when(rejectVersion, reject).then(noVersion));
  it('refuses one that was approved', () =>
    given(created, ...readyToPublish(1))
      .when(rejectVersion, reject)
      .then(invalid('approved', 'submitted')));
  it('is for good', () =>
    given(created, drafted(1), submitted(1), rejected)
      .when(submitVersion, submission(1))
      .then(invalid('rejected', 'draft')));
});

describe('publishing a version', () => {
  const publish = { ...ofVersion(1), manifest, effectiveFrom: undefined };

  it('puts its prices in force from now on', () =>
    given(created, ...readyToPublish(1))
      .when(publishVersion, publish)
      .then(published(1, now)));

  it('puts them in force later, if asked', () =>
    given(created, ...readyToPublish(1))
      .when(publishVersion, { ...publish, effectiveFrom: now + 5 })
      .then(published(1, now + 5)));

  it('never puts them in force in the past', () =>
    given(created, ...readyToPublish(1))
      .when(publishVersion, { ...publish, effectiveFrom: now - 5 })
      .then(published(1, now)));

  it('follows the version before', () =>
    given(created, ...readyToPublish(1), published(1, now), ...readyToPublish(2))
      .when(publishVersion, { ...publish, version: 2 })
      .then(published(2, now + 1)));

  it('refuses where there is no app', () => given().when(publishVersion, publish).then(noApp));
  it('refuses where there is no such version', () => given(created).when(publishVersion, publish).then(noVersion));
  it('refuses one that nobody approved, before it looks at the suspension', () =>
    given(created, drafted(1), submitted(1), suspended)
      .when(publishVersion, publish)
      .then(invalid('submitted', 'approved')));
  it('refuses while the app is suspended', () =>
    given(created, ...readyToPublish(1), suspended)
      .when(publishVersion, publish)
      .then(refused('APP_REGISTRY.APP_SUSPENDED')));
  it('publishes again once the suspension is lifted', () =>
    given(created, ...readyToPublish(1), suspended, AppReinstated({ appId, slug, developerId }))
      .when(publishVersion, publish)
      .then(published(1, now)));
  it('refuses to come before a version that is scheduled', () => {
    const scheduled = now + 3_600_000;
    given(created, ...readyToPublish(1), published(1, scheduled), ...readyToPublish(2))
      .when(publishVersion, { ...publish, version: 2 })
      .then(refused('APP_REGISTRY.VERSION_TOO_EARLY', { scheduledFor: instantOf(scheduled) }));
  });
});

describe('the notice of a version', () => {
  const publish = { ...ofVersion(2), manifest, effectiveFrom: undefined, noticeMs: 60, subscriptionNoticeMs: 1000 };
  const second = [created, ...readyToPublish(1), published(1, now - 500), ...readyToPublish(2)];
  const inForce = (from: number, subscriptionsFrom: number | null) => ({
    ...published(2, from).data,
    subscriptionsFrom: subscriptionsFrom === null ? null : instantOf(subscriptionsFrom),
  });

  it.each([
    ['is its least time ahead, and a longer one for who subscribed before', {}, inForce(now + 60, now + 1060)],
    ['is what is stated, if it is longer', { subscriptionsFrom: now + 5000 }, inForce(now + 60, now + 5000)],
    ['is not shorter if a shorter one is stated', { subscriptionsFrom: now + 61 }, inForce(now + 60, now + 1060)],
    ['may be for ever for who subscribed before', { subscriptionsFrom: null }, inForce(now + 60, null)],
  ])('%s', (_, stated, expected) =>
    given(...second)
      .when(publishVersion, { ...publish, ...stated })
      .then(VersionPublished(expected)),
  );

  it('is none for the first version', () =>
    given(created, ...readyToPublish(1))
      .when(publishVersion, { ...publish, version: 1 })
      .then(VersionPublished({ ...published(1, now).data, subscriptionsFrom: instantOf(now + 1000) })));
});

describe('deprecating a version', () => {
  it('takes a published one out of the catalogue', () =>
    given(created, ...readyToPublish(1), published(1, now))
      .when(deprecateVersion, ofVersion(1))
      .then(VersionDeprecated(versionNamed(1))));

  it('refuses where there is no app', () => given().when(deprecateVersion, ofVersion(1)).then(noApp));
  it('refuses where there is no such version', () =>
    given(created).when(deprecateVersion, ofVersion(1)).then(noVersion));
  it('refuses one that is not published', () =>
    given(created, ...readyToPublish(1))
      .when(deprecateVersion, ofVersion(1))
      .then(invalid('approved', 'published')));
});

describe('withdrawing a version', () => {
  const hour = 3_600_000;
  const withdrawable = ['draft', 'submitted', 'approved', 'rejected', 'published', 'deprecated'] as const;
  const withdrawn = (version: number) => VersionWithdrawn(versionNamed(version));
  const first = [created, ...readyToPublish(1), published(1, now)];
  const announced = [...first, ...readyToPublish(2), published(2, now + hour)];
  const inForce = (version: number) => refused('APP_REGISTRY.VERSION_IN_FORCE', { version });

  it('takes back what was announced, until the very moment in which it is in force', () => {
    const at = (time: number) => given(...announced).when(withdrawVersion, ofVersion(2), { ...someContext, time });
    at(now + hour - 1).then(withdrawn(2));
    at(now + hour).then(inForce(2));
    given(...announced)
      .when(withdrawVersion, ofVersion(1))
      .then(inForce(1));
  });

  it('takes back one that was never published, wherever it is in its life', () => {
    const rejected = VersionRejected({ ...versionNamed(1), reasons: ['no contact'] });
    const lives = [[], [submitted(1)], [submitted(1), approved(1)], [submitted(1), rejected]];
    for (const life of lives) {
      given(created, drafted(1), ...life)
        .when(withdrawVersion, ofVersion(1))
        .then(withdrawn(1));
    }
    given(created, drafted(1), withdrawn(1)).when(submitVersion, submission(1)).then(invalid('withdrawn', 'draft'));
  });

  it('takes back one that was deprecated before its time', () =>
    given(...announced, VersionDeprecated(versionNamed(2)))
      .when(withdrawVersion, ofVersion(2))
      .then(withdrawn(2)));

  it('makes room for another at its time or before it', () =>
    given(...announced, withdrawn(2), ...readyToPublish(3))
      .when(publishVersion, { ...ofVersion(3), manifest, effectiveFrom: undefined })
      .then(published(3, now + 1)));

  it('is for good', () => {
    const gone = [created, ...readyToPublish(1), published(1, now + hour), withdrawn(1)];
    given(...gone)
      .when(withdrawVersion, ofVersion(1))
      .then(invalid('withdrawn', ...withdrawable));
    given(...gone)
      .when(publishVersion, { ...ofVersion(1), manifest, effectiveFrom: undefined })
      .then(invalid('withdrawn', 'approved'));
  });

  it('refuses where there is no app', () => given().when(withdrawVersion, ofVersion(1)).then(noApp));
  it('refuses where there is no such version', () =>
    given(created).when(withdrawVersion, ofVersion(1)).then(noVersion));
});
