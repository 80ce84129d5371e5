import { argument, type Codes, fault, refused } from './code.ts';
import type { Refusals } from './commands.ts';

/** Faults of a reported use, each at a place of its usage event. */
const useFaults = {
  'METERING.MISSING': fault('is missing', 'A field that every usage event needs is missing.'),
  'METERING.UNKNOWN_FIELD': fault('unknown field', 'A usage event has a field that is not known. Check its spelling.'),
  'METERING.EMPTY': fault('must not be empty', 'A field of a usage event is empty.'),
  'METERING.TOO_LONG': fault('is too long', 'A field of a usage event is longer than is stored.'),
  'METERING.CONTROL_CHARACTERS': fault(
    'must not have control characters',
    'A text of a usage event has control characters.',
  ),
  'METERING.NONCHARACTERS': fault(
    'must not have noncharacter code points',
    'A text of a usage event has noncharacter code points.',
  ),
  'METERING.NOT_AN_EVENT': fault('must be a CloudEvent', 'An item of a report is not a CloudEvent.'),
  'METERING.NOT_AN_ID': fault(
    'must be the id of an organization or a subscriber',
    'The subject of a usage event is not the id of a party.',
  ),
  'METERING.NOT_A_TIME': fault(
    'must be a time by RFC 3339, from 2000 to 9999',
    'The time of a usage event is not a time by RFC 3339 from 2000 to 9999.',
  ),
  'METERING.NOT_A_COUNT': fault(
    'must be a whole number from 0 to 2^53 − 1, or a decimal string of up to 18 digits and 6 decimals',
    'Units of a usage event are not a count, or have more than 6 decimals.',
  ),
  'METERING.NOT_JSON': fault(
    'must be a JSON media type',
    'The content type of a usage event is not a JSON media type.',
  ),
  'METERING.NOT_BASE64': fault(
    'must be JSON in base64 with padding',
    "The encoded data of a usage event can't be decoded.",
  ),
  'METERING.DATA_TWICE': fault(
    'must not be used together with data',
    'A usage event has its data plain and encoded. Send one of them.',
  ),
  'METERING.WRONG_VERSION': fault('must be "1.0"', 'The version of CloudEvents of a usage event is not 1.0.'),
  'METERING.NO_METER': fault('must name at least one meter', 'A usage event names no meter.'),
  'METERING.TOO_MANY_METERS': fault('must not name more than 50 meters', 'A usage event names more than 50 meters.'),
  'METERING.NEITHER_APP_NOR_MODEL': fault(
    'must name an app, a model, or both',
    'A usage event names neither an app nor a model.',
  ),
  'METERING.OFFER_WITHOUT_MODEL': fault(
    'must be there only with its model',
    'A usage event names an offer and no model. Name both.',
  ),
  'METERING.IN_THE_FUTURE': fault(
    'must not be more than an hour in the future',
    'The time of a usage event is ahead of the clock. Set the clock of its source.',
  ),
  'METERING.TOO_OLD': fault(
    'must not be older than 35 days; the operator may report it',
    'A usage event is older than the 35 days in which repeats are recognized. The operator may report it.',
  ),
  'METERING.OTHERS_APP': fault('is not an app of yours', "A usage event is for another developer's app."),
  'METERING.OTHERS_KEY': fault('is not a key of the subject', "A usage event names a key that is not the payer's."),
  'METERING.NOT_SUBSCRIBED': fault(
    'subscribed to the app after that time',
    "A developer's usage event is of a time before its payer subscribed. Such a use can't be charged.",
  ),
  'METERING.OTHERS_METER': fault(
    "is reported by another: the app's manifest names one reporter for each meter",
    "A usage event counts a meter that another reports by the app's manifest. Leave the meter out, or name its reporter in a new version.",
  ),
  'METERING.RESERVED_SOURCE': fault(
    'must not begin with "tokengrid:", which is reserved for uses of the network itself',
    'The source of a usage event has a reserved prefix. Choose another source.',
  ),
  'METERING.MODEL_NOT_LISTED': fault(
    "is not in the list of models of the app's manifest",
    "A developer's usage event names a model that no version of the app lists. Publish a version that lists it.",
  ),
  'METERING.OPERATOR_ONLY': fault(
    'only the operator may report the direct use of a model, or the key of a use',
    'Only the operator reports the direct use of a model, or the key of a use.',
  ),
  'METERING.INVALID': fault('is not valid', 'A field of a usage event is not valid.'),
} satisfies Codes;

/** Code of a fault of a reported use. */
export type UseFaultCode = keyof typeof useFaults;

export const useFaultCodes = Object.keys(useFaults) as [UseFaultCode];

/** Refusals of corrections. */
const correctionCodes = {
  'METERING.USE_VOIDED': refused(
    409,
    'the use is void, which is final: report it anew under another id',
    'A void is final. Report the use anew, under another id.',
  ),
  'METERING.DAY_CLOSED': refused(
    409,
    'the day of the use is closed in settlement: only the operator may correct it',
    'Once the settlement of its day has begun, only the operator corrects a use.',
  ),
  'METERING.UNITS_NOT_PRICED': argument(
    '/units',
    'names no meter that the use has a price for; leave units out to void the use',
    'A correction names no priced meter. Without units it voids the use.',
  ),
  'METERING.UNITS_TOO_DEAR': argument(
    '/units',
    'come to more than 10^30 µAIT',
    'The units of a correction come to more than 10^30 µAIT, the maximum of any amount.',
  ),
  'METERING.NOT_COUNTABLE': refused(
    409,
    "the month of the subscription can't count the use anew: it is closed to corrections, or has too many values",
    'The month of the subscription is closed to corrections, 37 days behind the latest use, or has too many values to be counted anew.',
  ),
} satisfies Codes;

/** Refusals of alerts on usage. */
const alertCodes = {
  'METERING.TOO_MANY_ALERTS': refused(
    409,
    'a party sets at most 100 alerts on usage: remove one, or change one of its name',
    'A party has 100 alerts on usage at most. Remove one first, or set one of these anew.',
  ),
} satisfies Codes;

/** Codes of metering. */
export const meteringCodes = { ...useFaults, ...correctionCodes, ...alertCodes } satisfies Codes;

/** Refusals of metering's commands, in the order in which they are tried. */
export const meteringRefusals = {
  correctUse: [
    'METERING.USE_VOIDED',
    'METERING.DAY_CLOSED',
    'METERING.UNITS_NOT_PRICED',
    'METERING.UNITS_TOO_DEAR',
    'METERING.NOT_COUNTABLE',
  ],
  setUsageAlert: ['METERING.TOO_MANY_ALERTS'],
  removeUsageAlert: ['NOT_FOUND'],
} as const satisfies Refusals<keyof typeof correctionCodes | keyof typeof alertCodes>;
