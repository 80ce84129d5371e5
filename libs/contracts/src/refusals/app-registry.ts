import { type Codes, inEvents, refused } from './code.ts';
import type { Refusals } from './commands.ts';

/** Codes of the app registry. */
export const appRegistryCodes = {
  'APP_REGISTRY.SLUG_TAKEN': refused(409, 'another app has this slug', 'Another app has this slug. Choose another.'),
  'APP_REGISTRY.MODEL_NAME_TAKEN': refused(
    409,
    'another model has this name',
    'Another model has this name. Choose another.',
  ),
  'APP_REGISTRY.RESERVATION_LAPSED': refused(
    409,
    'the request was interrupted for too long; send it again with a new Idempotency-Key',
    'The request was interrupted for so long that its name was set free. Send it again, with a new Idempotency-Key.',
  ),
  'APP_REGISTRY.NAME_NOT_HELD': inEvents('A name was to be confirmed by an app or model that does not hold it.'),
  'APP_REGISTRY.APP_EXISTS': refused(409, 'the app exists already', 'The app exists already.'),
  'APP_REGISTRY.VERSION_IN_OTHER_STATE': refused(
    409,
    'version {version} is {versionStatus}; this needs one that is {allowed}',
    'The version is at another point of its life than this needs; `detail` says at which.',
    { version: 2, versionStatus: 'draft', allowed: ['published', 'deprecated'] },
  ),
  'APP_REGISTRY.TOO_MANY_VERSIONS': refused(
    409,
    'the app has as many versions as an app may have',
    'The app has as many versions as an app may have.',
  ),
  'APP_REGISTRY.APP_SUSPENDED': refused(409, 'the app is suspended', 'The operator has suspended the app.'),
  'APP_REGISTRY.APP_NOT_SUSPENDED': refused(
    409,
    'the app is not suspended',
    'The app is not suspended, so there is nothing to lift.',
  ),
  'APP_REGISTRY.VERSION_TOO_EARLY': refused(
    409,
    'another version takes effect at {scheduledFor}; this one has to follow it',
    'Another version is to take effect later than this one would; versions follow one another.',
    { scheduledFor: '2026-03-01T00:00:00.000Z' },
  ),
  'APP_REGISTRY.VERSION_IN_FORCE': refused(
    409,
    'version {version} is in force, or was',
    'The version is in force, or was: somebody may have subscribed to it. Publish another, or deprecate it.',
    { version: 2 },
  ),
  'APP_REGISTRY.APP_NOT_PUBLISHED': refused(
    409,
    'the app has no version in force',
    'The app has no version in force that could be subscribed to.',
  ),
  'APP_REGISTRY.PLAN_NOT_OFFERED': refused(
    409,
    'plans on offer: {planIds}',
    'The version in force has no such plan; `detail` lists those it has.',
    { planIds: ['basic', 'pro'] },
  ),
  'APP_REGISTRY.ALREADY_SUBSCRIBED': refused(
    409,
    'the party has a subscription to the app already',
    'The party has a subscription to the app. End it first.',
  ),
  'APP_REGISTRY.NOT_SUBSCRIBED': refused(409, 'the subscription has ended', 'The subscription has ended already.'),
  'APP_REGISTRY.MODEL_EXISTS': refused(409, 'the model is on offer already', 'The model is on offer already.'),
  'APP_REGISTRY.SHARE_BELOW_MINIMUM': refused(
    409,
    "operatorBps has to be at least {minimumBps} without the operator's approval",
    "The operator's share (`operatorBps`) is below the least that goes without approval.",
    { minimumBps: 500 },
  ),
  'APP_REGISTRY.PRICES_TOO_EARLY': refused(
    409,
    'other prices take effect at {scheduledFor}; these have to follow them',
    'Other prices are to take effect later than these would; prices follow one another.',
    { scheduledFor: '2026-03-01T00:00:00.000Z' },
  ),
  'APP_REGISTRY.TOO_MANY_PRICES': refused(
    409,
    'too many prices are announced, or were withdrawn before their time; withdraw one or wait',
    'As many prices are announced as may be at once (100): withdraw some. Or as many with those that were withdrawn before their time (1,000): wait.',
  ),
  'APP_REGISTRY.PRICE_IN_FORCE': refused(
    409,
    'the time of price version {priceVersion} has come',
    'The time of the prices has come: something may have been used at them. Post others.',
    { priceVersion: 3 },
  ),
  'APP_REGISTRY.PRICE_WITHDRAWN': refused(
    409,
    'price version {priceVersion} was withdrawn already',
    'The prices were withdrawn before, and their time has not come.',
    { priceVersion: 3 },
  ),
} satisfies Codes;

const ofVersion = ['NOT_FOUND', 'APP_REGISTRY.VERSION_IN_OTHER_STATE'] as const;

/** Refusals of the app registry's commands, in the order in which they are tried. */
export const appRegistryRefusals = {
  reserveName: ['APP_REGISTRY.SLUG_TAKEN', 'APP_REGISTRY.MODEL_NAME_TAKEN'],
  confirmName: ['APP_REGISTRY.NAME_NOT_HELD'],
  createApp: ['APP_REGISTRY.SLUG_TAKEN', 'APP_REGISTRY.RESERVATION_LAPSED', 'APP_REGISTRY.APP_EXISTS'],
  giveUpApp: ['APP_REGISTRY.APP_EXISTS', 'APP_REGISTRY.RESERVATION_LAPSED'],
  suspendApp: ['NOT_FOUND', 'APP_REGISTRY.APP_SUSPENDED'],
  reinstateApp: ['NOT_FOUND', 'APP_REGISTRY.APP_NOT_SUSPENDED'],
  draftVersion: ['NOT_FOUND', 'APP_REGISTRY.TOO_MANY_VERSIONS'],
  submitVersion: ofVersion,
  approveVersion: ofVersion,
  rejectVersion: ofVersion,
  publishVersion: [...ofVersion, 'APP_REGISTRY.APP_SUSPENDED', 'APP_REGISTRY.VERSION_TOO_EARLY'],
  deprecateVersion: ofVersion,
  withdrawVersion: [...ofVersion, 'APP_REGISTRY.VERSION_IN_FORCE'],
  offerModel: [
    'APP_REGISTRY.MODEL_NAME_TAKEN',
    'APP_REGISTRY.RESERVATION_LAPSED',
    'APP_REGISTRY.MODEL_EXISTS',
    'APP_REGISTRY.SHARE_BELOW_MINIMUM',
  ],
  giveUpModel: ['APP_REGISTRY.MODEL_EXISTS', 'APP_REGISTRY.RESERVATION_LAPSED'],
  priceModel: ['NOT_FOUND', 'APP_REGISTRY.PRICES_TOO_EARLY', 'APP_REGISTRY.TOO_MANY_PRICES'],
  withdrawModelPrice: ['NOT_FOUND', 'APP_REGISTRY.PRICE_WITHDRAWN', 'APP_REGISTRY.PRICE_IN_FORCE'],
  subscribeToApp: [
    'APP_REGISTRY.APP_SUSPENDED',
    'APP_REGISTRY.APP_NOT_PUBLISHED',
    'APP_REGISTRY.PLAN_NOT_OFFERED',
    'APP_REGISTRY.ALREADY_SUBSCRIBED',
  ],
  endSubscription: ['APP_REGISTRY.NOT_SUBSCRIBED'],
} as const satisfies Refusals<keyof typeof appRegistryCodes>;
