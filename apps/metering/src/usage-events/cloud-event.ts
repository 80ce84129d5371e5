import { keyId, meterName, modelName, slug, typeId } from '@tokengrid/contracts';
import { sentTime } from '@tokengrid/service';
import { z } from 'zod';
import { useFaults } from './use-faults.ts';

/** Noncharacters of Unicode: the last two code points of each plane, and 32 within the first. */
const nonCharacter = /\p{Noncharacter_Code_Point}/u;

/** Text of a CloudEvents attribute: without control characters and noncharacters. */
export const attribute = (least: number, most: number) =>
  z
    .string()
    .min(least)
    .max(most)
    .regex(/^[^\u0000-\u001f\u007f-\u009f]*$/, useFaults['METERING.CONTROL_CHARACTERS'])
    .refine((text) => !nonCharacter.test(text), useFaults['METERING.NONCHARACTERS']);

/** Maximum length of an extension attribute's value. */
const maxExtensionLength = 4096;

const count = z
  .union(
    [
      z.int(useFaults['METERING.NOT_A_COUNT']).min(0, useFaults['METERING.NOT_A_COUNT']),
      z.string().regex(/^(0|[1-9]\d{0,17})(\.\d{1,6})?$/, useFaults['METERING.NOT_A_COUNT']),
    ],
    { error: useFaults['METERING.NOT_A_COUNT'] },
  )
  .transform(String);

/** A use: of an app, a model directly, or an app and its model; and the units per meter. */
export const usageData = z
  .strictObject({
    app: slug.optional(),
    model: modelName.optional(),
    offer: typeId('mod')
      .optional()
      .meta({ description: 'Offer of the model that served it; needed where the model has several' }),
    key: keyId.optional().meta({
      description:
        'API key or OAuth client of the paying party with which it was used; only the operator may report it',
    }),
    units: z
      .record(meterName, count)
      .refine((units) => Object.keys(units).length > 0, useFaults['METERING.NO_METER'])
      .refine((units) => Object.keys(units).length <= 50, useFaults['METERING.TOO_MANY_METERS']),
  })
  .refine(({ app, model }) => app !== undefined || model !== undefined, useFaults['METERING.NEITHER_APP_NOR_MODEL'])
  .refine(({ model, offer }) => offer === undefined || model !== undefined, {
    path: ['offer'],
    error: useFaults['METERING.OFFER_WITHOUT_MODEL'],
  })
  .meta({
    example: { model: 'qwen-72b', units: { input_tokens: 374, output_tokens: 44 } },
  });

/** Names of attributes by CloudEvents; any other name is a mistake, not an extension. */
export const attributeName = /^[a-z0-9]{1,40}$/;

/** True for a JSON media type, by its subtype. */
function isJson(mediaType: string): boolean {
  return /^[^\s/;]+\/([^\s/;]+\+)?json\s*(;|$)/i.test(mediaType);
}

/**
 * One usage event: a CloudEvent 1.0 whose `subject` is the paying party and whose `time` is the
 * time of use (absent: now). Extension attributes are accepted and ignored. `null` attributes have
 * been removed and `data_base64` decoded before this schema applies.
 */
export const cloudEvent = z
  .object({
    specversion: z.literal('1.0', { error: useFaults['METERING.WRONG_VERSION'] }),
    id: attribute(1, 255),
    source: attribute(1, 500).regex(/^(?!\s*tokengrid\s*:)/i, useFaults['METERING.RESERVED_SOURCE']),
    type: attribute(1, 255),
    subject: typeId('org', 'sub'),
    time: sentTime.optional(),
    datacontenttype: attribute(1, 255).refine(isJson, useFaults['METERING.NOT_JSON']).optional(),
    dataschema: attribute(1, 500).optional(),
    data: usageData,
  })
  .catchall(
    z.union([attribute(0, maxExtensionLength), z.boolean(), z.int32()], {
      error: `must be a text of up to ${maxExtensionLength} characters, a 32-bit integer, or a boolean`,
    }),
  )
  .superRefine((event, context) => {
    for (const name of Object.keys(event)) {
      if (!attributeName.test(name))
        context.addIssue({ code: 'custom', path: [name], message: useFaults['METERING.UNKNOWN_FIELD'] });
    }
  })
  .meta({
    description: 'a CloudEvent 1.0; `subject` is the paying party, `time` the time of use',
    example: {
      specversion: '1.0',
      id: 'request-1',
      source: '/gateways/1',
      type: 'tokengrid.usage',
      subject: 'sub_01jzxw9k3de5v8m2q4r6t8y0ab',
      time: '2026-01-31T08:00:00Z',
      data: { model: 'qwen-72b', units: { input_tokens: 374, output_tokens: 44 } },
    },
  });
