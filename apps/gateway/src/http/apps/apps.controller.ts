import { All, applyDecorators, Controller, Param, Req, Res } from '@nestjs/common';
import { ApiOperation, ApiParam, ApiResponse } from '@nestjs/swagger';
import { PassesOn, Refuses, Requires } from '@tokengrid/service';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { AppCalls } from '../../apps/app-calls.ts';
import { requestIdOf } from '../models/fastify-exchange.ts';

type RequestBody = NonNullable<Parameters<typeof ApiOperation>[0]['requestBody']>;

/** Bodies of any media type, which are the app's. */
const anything = { 'application/octet-stream': { schema: { type: 'string', format: 'binary' } } };

const Passed = (): MethodDecorator =>
  applyDecorators(
    PassesOn(),
    Requires('gateway:apps:write'),
    Refuses(
      'GATEWAY.INSUFFICIENT_TOKENS',
      'GATEWAY.LIMIT_EXCEEDED',
      'GATEWAY.UNKNOWN_APP',
      'GATEWAY.APP_NOT_ALLOWED',
      'GATEWAY.APP_SUSPENDED',
      'GATEWAY.NOT_SUBSCRIBED',
      'GATEWAY.CONSENT_MISSING',
      'GATEWAY.APP_UNREACHABLE',
      'GATEWAY.APP_TIMED_OUT',
      'TOO_MANY_REQUESTS',
    ),
    ApiOperation({
      requestBody: {
        required: false,
        description: 'A body of any media type',
        content: anything,
      } as unknown as RequestBody,
    }),
    ApiResponse({
      status: 200,
      description: "The app's answer, of any status and media type",
      content: anything as never,
    }),
  );

/** Requests to apps. */
@Controller('apps')
export class AppsController {
  constructor(private readonly calls: AppCalls) {}

  /**
   * Calls an app at its endpoint. Any method, body and query go on as they are, and so does its
   * answer: server-sent events as they come, redirects unfollowed, WebSockets by bytes. The caller
   * needs a subscription to the app. The app gets a signed header of who calls, by a pseudonym of
   * its own; never the key, cookies or the address.
   */
  @All(':slug')
  @Passed()
  callApp(@Param('slug') slug: string, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.calls.pass({ slug, request, reply, requestId: requestIdOf(request) });
  }

  /**
   * Calls an app at a path below its endpoint. Like the call of the endpoint itself. A path with
   * `.` or `..` as a segment, in any encoding, is 400.
   */
  @All(':slug/*')
  @Passed()
  @ApiParam({ name: 'path', schema: { type: 'string' } })
  callAppAt(@Param('slug') slug: string, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.calls.pass({ slug, request, reply, requestId: requestIdOf(request) });
  }
}
