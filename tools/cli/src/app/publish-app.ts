import { canonicalJson } from '@tokengrid/contracts';
import type { ApiClient } from '../trace/api-client.ts';
import type { AppFile } from './app-file.ts';

interface Version {
  readonly version: number;
  readonly status: 'draft' | 'submitted' | 'approved' | 'rejected' | 'published' | 'deprecated' | 'withdrawn';
  readonly manifest?: unknown;
  readonly faults?: readonly { readonly code: string; readonly pointer: string; readonly detail: string }[];
  readonly reasons?: readonly string[];
}

/** The registry, with the developer's key. */
export interface Registry {
  readonly client: Pick<ApiClient, 'call' | 'all'>;
  readonly key: string;
}

/** How far an app came, in sentences. */
export interface Published {
  readonly lines: readonly string[];
  readonly isRejected: boolean;
}

/**
 * Drafts, submits and publishes what a file states, as far as it can go, and goes on from there the
 * next time: a version with this manifest is found again, and nothing is done twice.
 * @param again true to draft anew what was rejected
 */
export async function publishApp(registry: Registry, file: AppFile, again = false): Promise<Published> {
  const path = `/v1/apps/${await appIdOf(registry, file)}/versions`;
  const lines: string[] = [];
  let version = await versionOf(registry, path, file, again);
  for (;;) {
    const name = `${file.slug} version ${version.version}`;
    switch (version.status) {
      case 'draft':
        version = await step(registry, path, version, 'submit');
        lines.push(`${name} was submitted`);
        break;
      case 'approved':
        version = await step(registry, path, version, 'publish');
        lines.push(`${name} was published`);
        return { lines, isRejected: false };
      case 'submitted':
        lines.push(`${name} waits for the operator's approval; run this again to publish it then`);
        return { lines, isRejected: false };
      case 'rejected':
        lines.push(`${name} was rejected; change the file, or try again with --again`, ...reasonsOf(version));
        return { lines, isRejected: true };
      default:
        lines.push(`${name} is ${version.status} already`);
        return { lines, isRejected: false };
    }
  }
}

async function appIdOf({ client, key }: Registry, { slug, name }: AppFile): Promise<string> {
  for await (const app of client.all<{ readonly appId: string; readonly slug: string }>('/v1/apps', key)) {
    if (app.slug === slug) return app.appId;
  }
  const made = await client.call<{ readonly appId: string }>({
    ...{ method: 'POST', path: '/v1/apps', key },
    body: { slug, name },
  });
  return made.appId;
}

/** The latest version with this manifest, unless it is over; else a new draft. */
async function versionOf({ client, key }: Registry, path: string, file: AppFile, again: boolean): Promise<Version> {
  const wanted = canonicalJson(file.manifest);
  let latest: Version | undefined;
  for await (const version of client.all<Version>(path, key)) {
    if (canonicalJson(version.manifest) === wanted) latest = version;
  }
  const isOver =
    latest?.status === 'withdrawn' || latest?.status === 'deprecated' || (again && latest?.status === 'rejected');
  if (latest && !isOver) return latest;
  return client.call<Version>({ method: 'POST', path, key, body: file.manifest });
}

function step({ client, key }: Registry, path: string, { version }: Version, action: string): Promise<Version> {
  return client.call<Version>({ method: 'POST', path: `${path}/${version}/${action}`, key, body: {} });
}

function reasonsOf({ faults = [], reasons = [] }: Version): string[] {
  return [
    ...faults.map(({ code, pointer, detail }) => `  ${pointer}: ${detail} (${code})`),
    ...reasons.map((reason) => `  ${reason}`),
  ];
}
