import type { Manifest } from '@tokengrid/contracts';
import {
  AppCreated,
  AppSuspended,
  instantOf,
  ModelOffered,
  VersionApproved,
  VersionDrafted,
  VersionPublished,
  VersionSubmitted,
} from '@tokengrid/contracts';

/** Subjects of the specs' sentences. */
export const appId = 'app_01jzz0000000000000000000a1';
export const otherAppId = 'app_01jzz0000000000000000000a2';
export const developerId = 'org_01jzz0000000000000000000d1';
const providerId = 'org_01jzz0000000000000000000e1';
export const partyId = 'sub_01jzz0000000000000000000b1';
export const modelId = 'mod_01jzz0000000000000000000c1';
export const slug = 'chat-helper';

export const manifest: Manifest = {
  endpoint: 'https://chat.example',
  description: 'Answers questions.',
  meters: [{ name: 'questions', unit: 'question', aggregation: 'sum' }],
  plans: [
    { id: 'basic', name: 'Basic', prices: [{ meter: 'questions', model: 'per-unit', unitPrice: '1500' }] },
    {
      id: 'pro',
      name: 'Pro',
      monthlyFee: 5_000_000n,
      prices: [{ meter: 'output_tokens', model: 'per-unit', unitPrice: '0.5' }],
    },
  ],
  scopes: [],
  dataUse: ['questions, for answering them'],
  revenueShare: { operatorBps: 1000 },
};

/** Submission of the manifest to a market without models, where nobody has a similar name. */
export const submission = (version: number) => ({
  ...ofVersion(version),
  manifest,
  offers: new Map(),
  isNameConfusable: false,
  allowedEndpoints: [],
});

const named = { appId, slug, developerId };
export const ofVersion = (version: number) => ({ appId, version });
export const versionNamed = (version: number) => ({ ...named, version });

export const created = AppCreated({ ...named, name: 'Chat helper' });
export const suspended = AppSuspended(named);
export const drafted = (version: number) => VersionDrafted({ ...versionNamed(version), manifest });
export const submitted = (version: number) => VersionSubmitted(versionNamed(version));
export const approved = (version: number) => VersionApproved(versionNamed(version));
export const published = (version: number, effectiveFrom: number) =>
  VersionPublished({
    ...versionNamed(version),
    name: 'Chat helper',
    manifest,
    effectiveFrom: instantOf(effectiveFrom),
    subscriptionsFrom: instantOf(effectiveFrom),
  });
/** Events of a version up to its approval. */
export const readyToPublish = (version: number) => [drafted(version), submitted(version), approved(version)];

export const offer = {
  modelId,
  name: 'qwen-72b',
  providerId,
  endpoint: 'https://models.example/v1',
  region: 'cn-east',
  prices: [{ meter: 'output_tokens', unitPrice: '12.5' }],
  operatorBps: 500,
};
export const offered = (effectiveFrom: number) =>
  ModelOffered({ ...offer, priceVersion: 1, effectiveFrom: instantOf(effectiveFrom) });
