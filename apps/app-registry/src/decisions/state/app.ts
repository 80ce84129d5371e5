import type { appEvents, AppRegistryEvent, EventsOf, versionEvents } from '@tokengrid/contracts';
import type { Aggregate } from '@tokengrid/kernel';

/** Stage of a version. Its manifest never changes, so commands carry it and the state does not. */
export type VersionStatus = 'draft' | 'submitted' | 'approved' | 'rejected' | 'published' | 'deprecated' | 'withdrawn';

/** A version, and the start of its prices, in epoch milliseconds. */
interface ScheduledVersion {
  readonly version: number;
  readonly effectiveFrom: number;
}

/** An existing app. */
export interface CreatedApp {
  readonly status: 'active' | 'suspended';
  readonly appId: string;
  readonly slug: string;
  readonly developerId: string;
  readonly name: string;
  /** Status of version 1, 2, 3 … */
  readonly versions: readonly VersionStatus[];
  /** Published versions that were not withdrawn, in order of effect. */
  readonly scheduled: readonly ScheduledVersion[];
}

/** State of an app; a refused one never exists. */
export type App = { readonly status: 'none' } | { readonly status: 'refused' } | CreatedApp;

/** The stream of one app, `app_…`. */
export const app: Aggregate<App, AppRegistryEvent> = {
  name: 'app',
  stateVersion: 2,
  initial: { status: 'none' },
  evolve: evolveApp,
};

/** True if the app exists. */
export function isCreated(state: App): state is CreatedApp {
  return state.status === 'active' || state.status === 'suspended';
}

function evolveApp(state: App, event: EventsOf<typeof appEvents | typeof versionEvents>): App {
  switch (event.type) {
    case 'AppCreated':
      return { ...event.data, status: 'active', versions: [], scheduled: [] };
    case 'VersionDrafted':
      return withVersion(state, event.data.version, 'draft');
    case 'VersionSubmitted':
      return withVersion(state, event.data.version, 'submitted');
    case 'VersionApproved':
      return withVersion(state, event.data.version, 'approved');
    case 'VersionRejected':
      return withVersion(state, event.data.version, 'rejected');
    case 'VersionPublished': {
      if (!isCreated(state)) return state;
      const { version, effectiveFrom } = event.data;
      const scheduled = [...state.scheduled, { version, effectiveFrom: Date.parse(effectiveFrom) }];
      return withVersion({ ...state, scheduled }, version, 'published');
    }
    case 'VersionDeprecated':
      return withVersion(state, event.data.version, 'deprecated');
    case 'VersionWithdrawn': {
      if (!isCreated(state)) return state;
      const { version } = event.data;
      const scheduled = state.scheduled.filter((other) => other.version !== version);
      return withVersion({ ...state, scheduled }, version, 'withdrawn');
    }
    case 'AppSuspended':
      return changed(state, { status: 'suspended' });
    case 'AppReinstated':
      return changed(state, { status: 'active' });
    case 'AppRefused':
      return isCreated(state) ? state : { status: 'refused' };
  }
}

function withVersion(state: App, version: number, status: VersionStatus): App {
  if (!isCreated(state)) return state;
  const versions = [...state.versions];
  versions[version - 1] = status;
  return { ...state, versions };
}

function changed(state: App, change: Partial<CreatedApp>): App {
  return isCreated(state) ? { ...state, ...change } : state;
}
