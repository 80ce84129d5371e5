import { type Codes, fault, inEvents, refused } from './code.ts';
import type { Refusals } from './commands.ts';

const priced = { priceModel: 'graduated' };

/** Codes of the automatic checks of a manifest. */
const manifestFaults = {
  'APP_REGISTRY.METER_REPEATED': fault('is the name of an earlier meter', 'Two meters of a manifest have one name.'),
  'APP_REGISTRY.PLAN_REPEATED': fault('is the id of an earlier plan', 'Two plans of a manifest have one id.'),
  'APP_REGISTRY.PLAN_NAME_REPEATED': fault(
    'reads like the name of an earlier plan',
    'Two plans of a manifest have names that differ by nothing but case, spaces or forms of characters.',
  ),
  'APP_REGISTRY.TEXT_UNREADABLE': fault(
    'must not be blank, and not turn the direction of text',
    'A name, unit or description has no character that people see, or one that turns the direction of text.',
  ),
  'APP_REGISTRY.METER_UNKNOWN': fault(
    "is neither one of the manifest's meters nor a well-known one",
    'A price is for a meter that the manifest does not declare, and that is not well known.',
  ),
  'APP_REGISTRY.METER_PRICED_TWICE': fault(
    'has a price in this plan already',
    'A plan has two prices for one meter. Keep one of them.',
  ),
  'APP_REGISTRY.MINIMUM_ABOVE_MAXIMUM': fault(
    'must not be more than maximumCharge',
    'The minimum charge of a plan is above its maximum charge.',
  ),
  'APP_REGISTRY.FEES_TOO_LARGE': fault(
    'must not come to more than 10^30 µAIT a month with the most seats and the monthly fee',
    'A month with 100,000 seats costs more than the largest amount. Lower the fee for seats.',
  ),
  'APP_REGISTRY.UNIT_PRICE_MISPLACED': fault(
    'has no place in a {priceModel} price: its tiers have prices',
    'A price with tiers has a price per unit beside them. Remove it.',
    priced,
  ),
  'APP_REGISTRY.UNIT_PRICE_MISSING': fault(
    'must be there: a {priceModel} price has one',
    'A price without tiers needs a price per unit.',
    priced,
  ),
  'APP_REGISTRY.TIERS_MISPLACED': fault(
    'have no place in a {priceModel} price',
    'A price per unit or package has tiers beside it. Remove them.',
    priced,
  ),
  'APP_REGISTRY.TIERS_MISSING': fault(
    'must be there: a {priceModel} price has tiers',
    'A graduated or volume price needs tiers.',
    priced,
  ),
  'APP_REGISTRY.LAST_TIER_ENDS': fault(
    'must be null: the last tier has no end',
    'The last tier of a price has an end, so that larger quantities have no price.',
  ),
  'APP_REGISTRY.TIER_WITHOUT_END': fault(
    'must be a number: only the last tier has no end',
    'A tier before the last has no end.',
  ),
  'APP_REGISTRY.TIERS_NOT_RISING': fault(
    'must be more than that of the tier before',
    'A tier ends where the tier before it ends, or earlier.',
  ),
  'APP_REGISTRY.PACKAGE_SIZE_MISSING': fault(
    'must say how many units a package has',
    'A package price needs the number of units in a package, of at least one.',
  ),
  'APP_REGISTRY.MODEL_REPEATED': fault('is listed already', 'A manifest lists a model twice. Keep one of them.'),
  'APP_REGISTRY.MODEL_UNKNOWN': fault(
    'is not the name of a model on offer',
    'A manifest lists a model that nobody offers. `GET /v1/models` lists those on offer.',
  ),
  'APP_REGISTRY.REPORTER_UNFIT': fault(
    'must be developer or operator: the gateway measures only well-known meters',
    "The gateway can't report a meter of the app's own. Name the developer or the operator as its reporter.",
  ),
  'APP_REGISTRY.TIER_DEARER': fault(
    "must not be above that of the tier before: a graduated price may rise, and a volume price of a meter of the app's own",
    'A volume price of a well-known meter rises with use, so that one more unit makes all units of the period dearer: no gateway can tell what a use costs at most. Make it graduated, or price a meter of your own.',
  ),
  'APP_REGISTRY.ENDPOINT_NOT_HTTPS': fault(
    'must be an https URL',
    'Requests to an app carry data of its subscribers, so its endpoint needs TLS.',
  ),
  'APP_REGISTRY.ENDPOINT_INTERNAL': fault(
    'must be a public address: this one is internal, reserved or no full domain name',
    'An endpoint inside a network would let anybody reach what is behind its walls. Use a public domain name.',
  ),
  'APP_REGISTRY.ENDPOINT_WITH_CREDENTIALS': fault(
    'must not contain a user or password',
    "A manifest's endpoint contains credentials, which everyone who sees the manifest could use.",
  ),
  'APP_REGISTRY.DATA_USE_MISSING': fault(
    'must state the use of the data behind the scopes',
    "An app asks for scopes and declares no use of data. Subscribers can't consent to what is not said.",
  ),
  'APP_REGISTRY.PRICE_BELOW_COST': fault(
    "must be at least {leastUnitPrice}, to cover the cost of {model} after the operator's share, unless the manifest is subsidised",
    "The price of a model's meter, less the operator's share, is below the cheapest offer of that model. Raise it, or declare `subsidised`: the developer's wallet then pays the difference.",
    { model: 'small-1', leastUnitPrice: '2.5' },
  ),
  'APP_REGISTRY.METER_NOT_SUMMED': fault(
    'must be sum, unless the manifest is subsidised: {model} is paid for each unit of the meter',
    "A meter of a model that the app uses is counted otherwise than the model's provider is paid, so no price is sure to cover it.",
    { model: 'small-1' },
  ),
  'APP_REGISTRY.SHARE_ABOVE_COST': fault(
    'leaves too little for any price to cover the cost of {model}, unless the manifest is subsidised',
    "The operator's share leaves so little of any price that a model's cost can't be covered. Lower it, or declare `subsidised`.",
    { model: 'small-1' },
  ),
  'APP_REGISTRY.NAME_CONFUSABLE': fault(
    "can be confused with the name of another developer's app",
    "The app's name looks like that of another developer's published app, in other characters. Create the app under another name.",
  ),
} satisfies Codes;

/** Code of a fault that the automatic checks of a manifest find. */
export type ManifestFaultCode = keyof typeof manifestFaults;

export const manifestFaultCodes = Object.keys(manifestFaults) as [ManifestFaultCode];

/** Codes of the app registry. */
export const appRegistryCodes = {
  'APP_REGISTRY.SLUG_TAKEN': refused(
    409,
    'the slug belongs to another app',
    'The slug belongs to another app. Choose another one.',
  ),
  'APP_REGISTRY.SLUG_CONFUSABLE': refused(
    409,
    'the slug can be confused with that of another app',
    'The slug looks like that of another app (`0` and `o`, `1` and `l`, `rn` and `m`). Choose another one.',
  ),
  'APP_REGISTRY.MODEL_NAME_CONFUSABLE': refused(
    409,
    'the name can be confused with that of the model {takenName}',
    'The name looks like that of another model (`0` and `o`, `1` and `l`, `rn` and `m`). Offer that model, or choose another name.',
    { takenName: 'small-1' },
  ),
  'APP_REGISTRY.RESERVATION_LAPSED': refused(
    409,
    'the request was interrupted for too long; send it again with a new Idempotency-Key',
    'The request was interrupted for so long that its name was released. Send it again, with a new Idempotency-Key.',
  ),
  'APP_REGISTRY.NAME_NOT_HELD': inEvents('A slug was to be confirmed for an app that does not hold it.'),
  'APP_REGISTRY.APP_EXISTS': refused(409, 'the app exists already', 'The app exists already.'),
  'APP_REGISTRY.VERSION_IN_OTHER_STATE': refused(
    409,
    'version {version} is {versionStatus}; required: {allowed}',
    'The version is in another stage than this command needs; `detail` names both.',
    { version: 2, versionStatus: 'draft', allowed: ['published', 'deprecated'] },
  ),
  'APP_REGISTRY.TOO_MANY_VERSIONS': refused(
    409,
    'the app has the maximum number of versions',
    'The app has the maximum number of versions.',
  ),
  'APP_REGISTRY.APP_SUSPENDED': refused(409, 'the app is suspended', 'The operator has suspended the app.'),
  'APP_REGISTRY.APP_NOT_SUSPENDED': refused(409, 'the app is not suspended', 'The app is not suspended.'),
  'APP_REGISTRY.VERSION_TOO_EARLY': refused(
    409,
    'another version takes effect at {scheduledFor}; this one has to be later',
    'Another version takes effect later than this one would. Choose a later time.',
    { scheduledFor: '2026-03-01T00:00:00.000Z' },
  ),
  'APP_REGISTRY.VERSION_IN_FORCE': refused(
    409,
    'version {version} is in force, or was',
    'The version is or was in force, so somebody may have subscribed to it. Publish another one, or deprecate it.',
    { version: 2 },
  ),
  'APP_REGISTRY.APP_NOT_PUBLISHED': refused(
    409,
    'the app has no version in force',
    'The app has no version in force to subscribe to.',
  ),
  'APP_REGISTRY.PLAN_NOT_OFFERED': refused(
    409,
    'no such plan; the plans on offer are {planIds}',
    'The version in force has no such plan; `detail` lists its plans.',
    { planIds: ['basic', 'pro'] },
  ),
  'APP_REGISTRY.ALREADY_SUBSCRIBED': refused(
    409,
    'the party is already subscribed to the app',
    'The party is already subscribed to the app. End that subscription first.',
  ),
  'APP_REGISTRY.PLAN_UNCHANGED': refused(
    409,
    'the subscription is to this plan already',
    'The subscription is to this plan of the version in force already.',
  ),
  'APP_REGISTRY.PLAN_WITHOUT_SEATS': refused(
    409,
    'the plan has no fee for seats',
    'The plan has no fee for seats, so there are none to set. Leave `seats` out, or choose a plan with a `seatFee`.',
  ),
  'APP_REGISTRY.SEATS_UNCHANGED': refused(
    409,
    'the subscription has this number of seats already',
    'The subscription has this number of seats already.',
  ),
  'APP_REGISTRY.FEE_UNPAID': refused(
    409,
    'a fee of the subscription is not paid',
    'The wallet refused a fee of the subscription. Buy tokens, and change the plan or its seats once it is paid.',
  ),
  'APP_REGISTRY.NOT_DUE': inEvents('A fee of a subscription was settled before, or is not due yet.'),
  'APP_REGISTRY.NOT_SUBSCRIBED': refused(409, 'the subscription has ended', 'The subscription has already ended.'),
  'APP_REGISTRY.MODEL_EXISTS': refused(409, 'the offer exists already', 'The offer exists already.'),
  'APP_REGISTRY.MODEL_IN_OTHER_STATE': refused(
    409,
    'the offer is {modelStatus}; required: {allowed}',
    'The offer of the model has another status than this command needs; `detail` names both.',
    { modelStatus: 'withdrawn', allowed: ['offered', 'suspended'] },
  ),
  'APP_REGISTRY.SHARE_BELOW_MINIMUM': refused(
    409,
    "operatorBps must be at least {minimumBps} without the operator's approval",
    "The operator's share (`operatorBps`) of new prices is below the minimum and below the share in force. The operator may post them.",
    { minimumBps: 500 },
  ),
  'APP_REGISTRY.PRICES_TOO_EARLY': refused(
    409,
    'other prices take effect at {scheduledFor}; these have to be later',
    'Other prices take effect later than these would. Choose a later time.',
    { scheduledFor: '2026-03-01T00:00:00.000Z' },
  ),
  'APP_REGISTRY.TOO_MANY_PRICES': refused(
    409,
    'too many announced or withdrawn prices; withdraw one or wait',
    'The maximum number of announced prices is reached: 100, for which withdraw some, or 1,000 with those withdrawn before their time, for which wait.',
  ),
  'APP_REGISTRY.PRICE_IN_FORCE': refused(
    409,
    'price version {priceVersion} is or was in force',
    'The prices are or were in force, so something may have been used at them. Post others.',
    { priceVersion: 3 },
  ),
  'APP_REGISTRY.PRICE_WITHDRAWN': refused(
    409,
    'price version {priceVersion} is already withdrawn',
    'The prices are already withdrawn, before their time.',
    { priceVersion: 3 },
  ),
  ...manifestFaults,
} satisfies Codes;

const ofVersion = ['NOT_FOUND', 'APP_REGISTRY.VERSION_IN_OTHER_STATE'] as const;
const ofModel = ['NOT_FOUND', 'APP_REGISTRY.MODEL_IN_OTHER_STATE'] as const;

/** Refusals of the app registry's commands, in the order in which they are tried. */
export const appRegistryRefusals = {
  reserveName: ['APP_REGISTRY.SLUG_TAKEN', 'APP_REGISTRY.SLUG_CONFUSABLE'],
  confirmName: ['APP_REGISTRY.NAME_NOT_HELD'],
  createApp: [
    'APP_REGISTRY.SLUG_TAKEN',
    'APP_REGISTRY.SLUG_CONFUSABLE',
    'APP_REGISTRY.RESERVATION_LAPSED',
    'APP_REGISTRY.APP_EXISTS',
  ],
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
  nameModel: ['APP_REGISTRY.MODEL_NAME_CONFUSABLE'],
  offerModel: ['APP_REGISTRY.MODEL_NAME_CONFUSABLE', 'APP_REGISTRY.MODEL_EXISTS'],
  approveModel: ofModel,
  rejectModel: ofModel,
  suspendModel: ofModel,
  reinstateModel: ofModel,
  withdrawModel: ofModel,
  priceModel: [
    ...ofModel,
    'APP_REGISTRY.SHARE_BELOW_MINIMUM',
    'APP_REGISTRY.PRICES_TOO_EARLY',
    'APP_REGISTRY.TOO_MANY_PRICES',
  ],
  withdrawModelPrice: ['NOT_FOUND', 'APP_REGISTRY.PRICE_WITHDRAWN', 'APP_REGISTRY.PRICE_IN_FORCE'],
  subscribeToApp: [
    'APP_REGISTRY.APP_SUSPENDED',
    'APP_REGISTRY.APP_NOT_PUBLISHED',
    'APP_REGISTRY.PLAN_NOT_OFFERED',
    'APP_REGISTRY.PLAN_WITHOUT_SEATS',
    'APP_REGISTRY.ALREADY_SUBSCRIBED',
  ],
  changePlan: [
    'APP_REGISTRY.NOT_SUBSCRIBED',
    'APP_REGISTRY.APP_SUSPENDED',
    'APP_REGISTRY.APP_NOT_PUBLISHED',
    'APP_REGISTRY.PLAN_NOT_OFFERED',
    'APP_REGISTRY.PLAN_WITHOUT_SEATS',
    'APP_REGISTRY.FEE_UNPAID',
    'APP_REGISTRY.PLAN_UNCHANGED',
  ],
  setSeats: [
    'APP_REGISTRY.NOT_SUBSCRIBED',
    'APP_REGISTRY.PLAN_WITHOUT_SEATS',
    'APP_REGISTRY.FEE_UNPAID',
    'APP_REGISTRY.SEATS_UNCHANGED',
  ],
  setConsent: ['APP_REGISTRY.NOT_SUBSCRIBED'],
  renewSubscription: ['APP_REGISTRY.NOT_SUBSCRIBED', 'APP_REGISTRY.NOT_DUE'],
  settleFee: ['APP_REGISTRY.NOT_DUE'],
  endUnpaid: ['APP_REGISTRY.NOT_SUBSCRIBED', 'APP_REGISTRY.NOT_DUE'],
  endSubscription: ['APP_REGISTRY.NOT_SUBSCRIBED'],
} as const satisfies Refusals<keyof typeof appRegistryCodes>;
