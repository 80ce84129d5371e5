import { applyDecorators } from '@nestjs/common';
import { ApiOperation, ApiResponse } from '@nestjs/swagger';

type RequestBody = NonNullable<Parameters<typeof ApiOperation>[0]['requestBody']>;
type Example = Readonly<Record<string, unknown>>;

/** Proof of a client, in the form of a request; a client may also send it as HTTP Basic. */
const proof = { client_id: 'cli_01jzx0000000000000000000ab', client_secret: 'tg_0123456789abcdef0123456789abcdef' };

/** Documents a form, with the client's proof, by an example. */
export const TakesForm = (example: Example): MethodDecorator =>
  ApiOperation({
    requestBody: {
      required: true,
      content: {
        'application/x-www-form-urlencoded': { schema: schemaOf(example), example: { ...example, ...proof } },
      },
    } as unknown as RequestBody,
  });

/** Documents an answer by an example; without one, an empty answer. */
export const Answers = (description: string, example?: Example): MethodDecorator =>
  applyDecorators(
    ApiResponse({
      ...{ status: 200, description },
      ...(example && { content: { 'application/json': { schema: { type: 'object' }, example } } as never }),
    }),
  );

function schemaOf(example: Example) {
  const proofs = ['client_id', 'client_secret', 'client_assertion', 'client_assertion_type'];
  const names = [...Object.keys(example), ...proofs];
  return {
    type: 'object',
    required: Object.keys(example).slice(0, 1),
    properties: Object.fromEntries(names.map((name) => [name, { type: 'string' }])),
    additionalProperties: true,
  };
}
