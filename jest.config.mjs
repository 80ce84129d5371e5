import { readdirSync, existsSync } from 'node:fs';

const roots = ['libs', 'apps', 'tools', 'infra'].flatMap((folder) =>
  readdirSync(new URL(folder, import.meta.url)).map((name) => `${folder}/${name}`),
);
const projects = [...roots, 'apps/wallet/simulation', 'e2e', 'bench'].filter((path) =>
  existsSync(new URL(`${path}/src`, import.meta.url)),
);

/** One jest project per Nx project, all alike: ESM, TypeScript by swc, workspace packages read from source. */
export default {
  // Real servers on a busy machine are slow; a test that hangs is still told.
  testTimeout: 30_000,
  projects: projects.map((path) => ({
    displayName: path.replace('infra/', 'infra-').replace(/^.*\//, ''),
    rootDir: path,
    testMatch: ['<rootDir>/src/**/*.spec.ts'],
    extensionsToTreatAsEsm: ['.ts'],
    transform: {
      '\\.ts$': [
        '@swc/jest',
        {
          swcrc: false,
          jsc: {
            target: 'es2024',
            parser: { syntax: 'typescript', decorators: true },
            transform: { legacyDecorator: true, decoratorMetadata: true },
          },
          module: { type: 'es6' },
          sourceMaps: 'inline',
        },
      ],
    },
    testEnvironment: 'node',
    testEnvironmentOptions: { customExportConditions: ['source', 'node', 'node-addons'] },
  })),
};
