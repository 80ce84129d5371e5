import { Controller, Get } from '@nestjs/common';
import { HttpAnswer, Public, Responds } from '@tokengrid/service';
import { z } from 'zod';
import { keysHoldSeconds, SigningKeys } from '../../apps/signing-keys.ts';

const PublishedKeys = z
  .strictObject({
    keys: z.array(
      z.looseObject({
        kid: z
          .string()
          .meta({ description: 'Id of the key: its thumbprint (RFC 7638)', example: 'kPrK_qmxVWaYVA9wwBF6' }),
        kty: z.literal('EC'),
        crv: z.literal('P-256'),
        x: z
          .string()
          .meta({ description: 'Coordinate, base64url', example: 'f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU' }),
        y: z
          .string()
          .meta({ description: 'Coordinate, base64url', example: 'x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0' }),
        alg: z.literal('ES256'),
        use: z.literal('sig'),
      }),
    ),
  })
  .meta({ id: 'PublishedKeys' });

/** Keys by which apps check who calls them. */
@Controller('.well-known/jwks.json')
export class JwksController {
  constructor(private readonly keys: SigningKeys) {}

  /**
   * Lists the public keys of the header `x-tokengrid-caller`, a JWK Set (RFC 7517). A key is listed
   * before its first signature and after its last one, so that a cache of five minutes never lacks
   * one.
   */
  @Get()
  @Public()
  @Responds(200, PublishedKeys)
  listKeys(): HttpAnswer {
    return new HttpAnswer(
      200,
      { keys: this.keys.published() },
      { 'cache-control': `public, max-age=${keysHoldSeconds}` },
    );
  }
}
