import { applyDecorators } from '@nestjs/common';
import { ApiOperation, ApiResponse } from '@nestjs/swagger';

type RequestBody = NonNullable<Parameters<typeof ApiOperation>[0]['requestBody']>;

/** An exchange in the form of an API of others, by examples. */
export interface Exchanged {
  readonly request: Readonly<Record<string, unknown>>;
  /** Fields of the request that must be there. */
  readonly required: readonly string[];
  readonly answer: Readonly<Record<string, unknown>>;
  /** What a stream consists of; absent: there is none. */
  readonly stream?: string;
}

/** Documents a request and its answers: examples, not the fields of the API of others. */
export const Exchanges = ({ request, required, answer, stream }: Exchanged): MethodDecorator =>
  applyDecorators(
    ApiOperation({
      requestBody: { required: true, content: json(request, required) } as unknown as RequestBody,
    }),
    ApiResponse({
      status: 200,
      description: stream === undefined ? 'The answer' : `The answer; with \`stream\`, server-sent events: ${stream}`,
      content: {
        ...json(answer, Object.keys(answer)),
        ...(stream !== undefined && { 'text/event-stream': { schema: { type: 'string' } } }),
      } as never,
    }),
  );

const json = (example: object, required: readonly string[]) => ({
  'application/json': { schema: { type: 'object', required: [...required], additionalProperties: true }, example },
});
