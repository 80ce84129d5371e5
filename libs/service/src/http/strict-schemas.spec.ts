import type { Type } from '@nestjs/common';
import { Body, Controller, Module, Post } from '@nestjs/common';
import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { Public } from '../auth/access.ts';
import { JarsModule } from '../specimen/jars.ts';
import { runJars } from '../specimen/run-jars.ts';

/** A service with one more route whose body has this schema. */
function moduleWith(schema: z.ZodType): Type {
  @Controller()
  class GuestController {
    @Post('v1/guests')
    @Public()
    welcome(@Body({ schema }) body: unknown): unknown {
      return body;
    }
  }
  @Module({ imports: [JarsModule], controllers: [GuestController] })
  class GuestModule {}
  return GuestModule;
}

describe('a service', () => {
  it.each([
    ['itself', z.object({ name: z.string() }), ''],
    ['a member', z.strictObject({ guest: z.object({ name: z.string() }) }), '/properties/guest'],
    ['its entries', z.strictObject({ guests: z.array(z.object({ a: z.string() })) }), '/properties/guests/items'],
    [
      'a named schema',
      z.strictObject({ a: z.object({ b: z.string() }).meta({ id: 'StrippedGuest' }) }),
      '/StrippedGuest',
    ],
  ])('does not start when a body would drop unknown fields of %s', async (_where, schema, place) => {
    const start = runJars({ module: moduleWith(schema) });
    await expect(start).rejects.toThrow('GuestController.welcome would drop unknown fields in silence');
    await expect(start).rejects.toThrow(place);
  });

  it('starts when unknown fields are refused, or welcome on purpose', async () => {
    const schema = z.strictObject({
      event: z.looseObject({ id: z.string() }),
      units: z.record(z.string(), z.string()),
    });
    const jars = await runJars({ module: moduleWith(schema) });
    await jars.close();
  });
});
