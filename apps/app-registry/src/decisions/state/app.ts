import type { appEvents, AppRegistryEvent, EventsOf, versionEvents } from '@tokengrid/contracts';
import type { Aggregate } from '@tokengrid/kernel';

/**
 * Where a version is in its life. Its manifest never changes, so commands bring it and the state
 * need not keep it.
 */
export type VersionStatus = 'draft' | 'submitted' | 'approved' | 'rejected' | 'published' | 'deprecated' | 'withdrawn';

/** A version, and when its prices take effect, in epoch milliseconds. */
interface ScheduledVersion {
  readonly version: number;
  readonly effectiveFrom: number;
}

/** An app that was made. */
export interface CreatedApp {
  readonly status: 'active' | 'suspended';
  readonly appId: string;
  readonly slug: string;
  readonly developerId: string;
  readonly name: string;
  /** Of version 1, 2, 3 … */
  readonly versions: readonly VersionStatus[];
  /** All that were published and not withdrawn, in the order in which they take effect. */
  readonly scheduled: readonly ScheduledVersion[];
}

/** An app whose making was refused never comes to be. */
export type App = { readonly status: 'none' } | { readonly status: 'refused' } | CreatedApp;

/** The stream of one app, `app_…`. */
export const app: Aggregate<App, AppRegistryEvent> = {
  name: 'app',
  stateVersion: 2,
  initial: { status: 'none' },
  evolve: evolveApp,
};

/** An app's state from its making on. */
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
