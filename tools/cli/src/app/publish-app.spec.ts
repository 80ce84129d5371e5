import { beforeEach, describe, expect, it } from '@jest/globals';
import type { Request } from '../trace/api-client.ts';
import type { AppFile } from './app-file.ts';
import { publishApp, type Registry } from './publish-app.ts';

const file: AppFile = { slug: 'tea-shop', name: 'Tea shop', manifest: { description: 'Teas', scopes: [] } };

interface Row {
  readonly version: number;
  status: string;
  readonly manifest: unknown;
  faults?: readonly object[];
}

/** A registry with one developer, in memory. */
let versions: Row[];
let apps: { readonly appId: string; readonly slug: string }[];
let asked: string[];
let submittedAs: string;
beforeEach(() => {
  [versions, apps, asked, submittedAs] = [[], [], [], 'submitted'];
});

const faults = [{ code: 'APP_REGISTRY.MODEL_UNKNOWN', pointer: '/models/0', detail: 'is not on offer' }];
function answer({ path, body }: Request): unknown {
  asked.push(path);
  if (path === '/v1/apps') return apps[apps.push({ appId: 'app_1', slug: (body as AppFile).slug }) - 1];
  const [, number, action] = /versions(?:\/(\d+)\/(\w+))?$/.exec(path)!;
  if (number === undefined) {
    return versions[versions.push({ version: versions.length + 1, status: 'draft', manifest: body }) - 1];
  }
  const row = versions[Number(number) - 1]!;
  row.status = action === 'submit' ? submittedAs : 'published';
  if (row.status === 'rejected') row.faults = faults;
  return row;
}
const registry: Registry = {
  key: 'secret',
  client: {
    call: <Body>(request: Request) => Promise.resolve(answer(request) as Body),
    async *all<Listed>(path: string) {
      yield* (await Promise.resolve(path === '/v1/apps' ? apps : versions)) as Listed[];
    },
  },
};

describe('publishing an app', () => {
  it('goes as far as the operator lets it, and on from there the next time', async () => {
    const waits = "tea-shop version 1 waits for the operator's approval; run this again to publish it then";
    expect((await publishApp(registry, file)).lines).toEqual(['tea-shop version 1 was submitted', waits]);
    expect((await publishApp(registry, file)).lines).toEqual([waits]);
    versions[0]!.status = 'approved';
    expect((await publishApp(registry, file)).lines).toEqual(['tea-shop version 1 was published']);
    expect((await publishApp(registry, file)).lines).toEqual(['tea-shop version 1 is published already']);
    expect(asked).toEqual([
      '/v1/apps',
      '/v1/apps/app_1/versions',
      '/v1/apps/app_1/versions/1/submit',
      '/v1/apps/app_1/versions/1/publish',
    ]);
  });

  it('drafts a new version of a changed file', async () => {
    await publishApp(registry, file);
    const { lines } = await publishApp(registry, { ...file, manifest: { ...file.manifest, description: 'More teas' } });
    expect(lines[0]).toBe('tea-shop version 2 was submitted');
  });

  it('says why it was rejected, and tries again only when asked', async () => {
    submittedAs = 'rejected';
    const first = await publishApp(registry, file);
    expect(first).toMatchObject({ isRejected: true });
    expect(first.lines.at(-1)).toBe('  /models/0: is not on offer (APP_REGISTRY.MODEL_UNKNOWN)');
    expect(await publishApp(registry, file)).toMatchObject({ isRejected: true });
    expect(versions).toHaveLength(1);
    submittedAs = 'submitted';
    expect((await publishApp(registry, file, true)).lines[0]).toBe('tea-shop version 2 was submitted');
  });
});
