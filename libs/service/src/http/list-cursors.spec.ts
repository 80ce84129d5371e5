import { Controller, Get, Module, Param, Query } from '@nestjs/common';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { Public } from '../auth/access.ts';
import { call } from '../specimen/call.ts';
import { JarsModule } from '../specimen/jars.ts';
import { runJars, type Specimen } from '../specimen/run-jars.ts';
import { cursorKey, page, pageQuery } from './pages.ts';

const shelfQuery = pageQuery.extend({ order: z.enum(['up', 'down']).default('up'), size: z.string().optional() });

/** Lists of numbers, whose cursors have one form. */
@Controller()
class ShelvesController {
  @Get('v1/shelves/:shelfId/spoons')
  @Public()
  listSpoons(@Param('shelfId') _: string, @Query({ schema: shelfQuery }) query: z.output<typeof shelfQuery>): unknown {
    return numbersAfter(query);
  }

  @Get('v1/shelves/:shelfId/forks')
  @Public()
  listForks(@Param('shelfId') _: string, @Query({ schema: shelfQuery }) query: z.output<typeof shelfQuery>): unknown {
    return numbersAfter(query);
  }

  @Get('v1/shelves/:shelfId')
  @Public()
  getShelf(@Param('shelfId') shelfId: string): unknown {
    return { shelfId };
  }
}

function numbersAfter({ cursor, limit }: z.output<typeof pageQuery>): unknown {
  const after = cursorKey(cursor, z.int()) ?? 0;
  const rows = Array.from({ length: limit + 1 }, (_, index) => after + index + 1).filter((number) => number <= 5);
  return page(
    rows,
    limit,
    (number) => number,
    (number) => number,
  );
}

@Module({ imports: [JarsModule], controllers: [ShelvesController] })
class ShelvesModule {}

let jars: Specimen;
beforeAll(async () => {
  jars = await runJars({ module: ShelvesModule });
});
afterAll(() => jars.close());

const get = async (path: string) => {
  const { status, body } = await call(`${jars.url}${path}`);
  return { status, body: body as { data?: number[]; nextCursor?: string; errors?: { pointer: string }[] } };
};
const refusedAt = (pointer: string) => ({ status: 400, body: { errors: [{ pointer }] } });
const spoons = '/v1/shelves/a/spoons';

describe('a cursor', () => {
  it('leads on in its own list, whatever the size of the page', async () => {
    const first = await get(`${spoons}?limit=2&order=up&size=large`);
    expect(first.body.data).toEqual([1, 2]);
    const next = await get(`${spoons}?size=large&order=up&limit=3&cursor=${first.body.nextCursor}`);
    expect(next).toMatchObject({ status: 200, body: { data: [3, 4, 5], nextCursor: null } });
  });

  it.each([
    ['another list', '/v1/shelves/a/forks?limit=2'],
    ['the list of another thing', '/v1/shelves/b/spoons?limit=2'],
    ['the list in another order', `${spoons}?limit=2&order=down`],
    ['the list with another filter', `${spoons}?limit=2&size=small`],
  ])('of %s is refused', async (_, other) => {
    const { body } = await get(other);
    expect(await get(`${spoons}?cursor=${body.nextCursor}`)).toMatchObject(refusedAt('/cursor'));
  });

  it.each([
    ['made up', Buffer.from('3').toString('base64url')],
    ['made up with a tag', `${Buffer.from('3').toString('base64url')}${'A'.repeat(16)}`],
    ['of nothing but a tag', 'A'.repeat(16)],
    ['empty', ''],
  ])('that is %s is refused', async (_, cursor) =>
    expect(await get(`${spoons}?cursor=${cursor}`)).toMatchObject(refusedAt('/cursor')),
  );

  it('is refused where its place was changed', async () => {
    const { body } = await get(`${spoons}?limit=2`);
    const changed = Buffer.from('4').toString('base64url') + body.nextCursor!.slice(-16);
    expect(await get(`${spoons}?cursor=${changed}`)).toMatchObject(refusedAt('/cursor'));
  });

  it('is refused twice, and where it leads nowhere', async () => {
    const { body } = await get(`${spoons}?limit=2`);
    const cursor = `cursor=${body.nextCursor}`;
    expect(await get(`${spoons}?${cursor}&${cursor}`)).toMatchObject(refusedAt('/cursor'));
    expect(await get(`/v1/shelves/a?${cursor}`)).toMatchObject(refusedAt('/cursor'));
  });
});

describe('a query', () => {
  it('is refused where none is taken, name by name', async () => {
    const { status, body } = await get('/v1/shelves/a?size=large&a~b=1');
    expect({ status, errors: body.errors }).toEqual({
      status: 400,
      errors: [
        { pointer: '/size', detail: 'unknown field' },
        { pointer: '/a~0b', detail: 'unknown field' },
      ],
    });
    expect(await get('/v1/shelves/a?')).toMatchObject({ status: 200 });
  });
});
