import { meterName, modelName, slug, typeId } from '@tokengrid/contracts';
import { sentTime } from '@tokengrid/service';
import { z } from 'zod';

/** Code points that Unicode keeps from being characters: the last two of each plane, and 32 in the midst of the first. */
const nonCharacter = /\p{Noncharacter_Code_Point}/u;

/** What CloudEvents allows in an attribute: neither control characters nor code points that are none. */
const attribute = (least: number, most: number) =>
  z
    .string()
    .min(least)
    .max(most)
    .regex(/^[^\u0000-\u001f\u007f-\u009f]*$/, 'must not have control characters')
    .refine((text) => !nonCharacter.test(text), 'must not have code points that are no characters');

/** Longest value of an extension attribute. */
const maxExtensionLength = 4096;

const count = z
  .union([z.int().min(0), z.string().regex(/^(0|[1-9]\d{0,17})(\.\d{1,6})?$/)], {
    error: 'must be a whole number ≥ 0, or a decimal string with up to 6 decimals',
  })
  .transform(String);

/** What was used: an app, a model directly, or an app and the model it used; and how much of each meter. */
export const usageData = z
  .strictObject({
    app: slug.optional(),
    model: modelName.optional(),
    key: typeId('key').optional().meta({
      description: 'the API key of the paying party that it was used with; only the operator says it',
    }),
    units: z
      .record(meterName, count)
      .refine((units) => Object.keys(units).length > 0, 'must name at least one meter')
      .refine((units) => Object.keys(units).length <= 50, 'must not name more than 50 meters'),
  })
  .refine(({ app, model }) => app !== undefined || model !== undefined, 'must name an app, a model, or both')
  .meta({
    example: { model: 'qwen-72b', units: { input_tokens: 374, output_tokens: 44 } },
  });

/** Names that CloudEvents allows for attributes; what does not fit is no extension but a mistake. */
export const attributeName = /^[a-z0-9]{1,40}$/;

/** Whether a media type is JSON's, by its subtype. */
function isJson(mediaType: string): boolean {
  return /^[^\s/;]+\/([^\s/;]+\+)?json\s*(;|$)/i.test(mediaType);
}

/**
 * One usage event: a CloudEvent 1.0 whose `subject` is the party that pays and whose `time` is when it was used (absent: now).
 * Extension attributes are taken and ignored. What is
 * `null` is absent, and `data_base64` is decoded, before an event is read by this.
 */
export const cloudEvent = z
  .object({
    specversion: z.literal('1.0', { error: 'must be "1.0"' }),
    id: attribute(1, 255),
    source: attribute(1, 500),
    type: attribute(1, 255),
    subject: typeId('org', 'sub'),
    time: sentTime.optional(),
    datacontenttype: attribute(1, 255).refine(isJson, 'must be a media type of JSON').optional(),
    dataschema: attribute(1, 500).optional(),
    data: usageData,
  })
  .catchall(
    z.union([attribute(0, maxExtensionLength), z.boolean(), z.int32()], {
      error: `must be a text of up to ${maxExtensionLength} characters, a whole number of 32 bits, or a boolean`,
    }),
  )
  .superRefine((event, context) => {
    for (const name of Object.keys(event)) {
      if (!attributeName.test(name))
        context.addIssue({ code: 'custom', path: [name], message: 'is not a known field' });
    }
  })
  .meta({
    description: 'a CloudEvent 1.0; `subject` is the party that pays, `time` when it was used',
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
export type CloudEvent = z.output<typeof cloudEvent>;
