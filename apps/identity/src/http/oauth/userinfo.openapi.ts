import { applyDecorators } from '@nestjs/common';
import { ApiResponse, ApiSecurity } from '@nestjs/swagger';
import { Follows, Public, Responds } from '@tokengrid/service';
import { z } from 'zod';
import { userinfoApi } from './userinfo-api.ts';

const UserinfoAnswer = z
  .strictObject({
    sub: z.string().meta({
      description: 'Pseudonym of the subscriber at the app, the same as in the token',
      example: 'psn_kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k',
    }),
    name: z
      .string()
      .optional()
      .meta({ description: 'Name, with the consent to `profile`; absent once it is erased', example: 'Lin Yu' }),
    email: z.string().optional().meta({
      description: "Person's e-mail address, with the scope `email`",
      example: 'ana@tea-works.example',
    }),
    email_verified: z.boolean().optional().meta({ description: 'True: the person proved the address' }),
    phone_number: z.string().optional().meta({
      description: 'Phone number in E.164, with the consent to `phone`; absent once it is erased',
      example: '+8613800000001',
    }),
    phone_number_verified: z
      .literal(true)
      .optional()
      .meta({ description: 'True: the number is one of the operator, which registered it' }),
  })
  .meta({ id: 'Userinfo' });

const refused = (status: number, description: string, error: string, detail: string): MethodDecorator => {
  const schema = {
    type: 'object',
    required: ['error'],
    properties: { error: { type: 'string' }, error_description: { type: 'string' } },
  };
  const example = { error, error_description: detail };
  const challenge = { description: 'Challenge (RFC 6750, 3)', schema: { type: 'string' } };
  return ApiResponse({
    ...{ status, description, headers: { 'WWW-Authenticate': challenge } as never },
    content: { 'application/json': { schema, example } } as never,
  });
};

/** Declares a route that the token of a call opens, as the gateway sent it to an app. */
export const TellsOfCaller = (): MethodDecorator =>
  applyDecorators(
    // The token is no key and no access token: its handler checks it.
    Public(),
    ApiSecurity('bearer', []),
    Follows(userinfoApi),
    Responds(200, UserinfoAnswer, 'Claims about the caller'),
    refused(
      401,
      'The token is absent, expired, forged, or no token of a call',
      'invalid_token',
      'the token is expired',
    ),
    refused(
      403,
      'The subscriber consents to neither scope now, or the app may not be called any more',
      'insufficient_scope',
      'the subscriber has consented to neither profile nor phone',
    ),
  );
