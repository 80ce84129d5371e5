import { existsSync, globSync, readFileSync } from 'node:fs';

const packageIn = (path) => JSON.parse(readFileSync(new URL(`${path}/package.json`, import.meta.url), 'utf8'));
const { workspaces } = packageIn('.');
const projects = globSync(workspaces, { cwd: import.meta.dirname })
  .filter((path) => existsSync(new URL(`${path}/src`, import.meta.url)))
  .sort();

/**
 * One jest project per Nx project, all alike: ESM, TypeScript by swc, workspace packages read from
 * source.
 */
export default {
  // Waits have time limits of their own. This one only reports a test that hangs: on a busy machine
  // all that a test does may take many times as long.
  testTimeout: 120_000,
  projects: projects.map((path) => ({
    displayName: packageIn(path).nx.name,
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
    // A package that ships its sources under the condition `source`, too.
    transformIgnorePatterns: ['/node_modules/(?!eventsource-parser/src/)'],
    testEnvironment: 'node',
    testEnvironmentOptions: { customExportConditions: ['source', 'node', 'node-addons'] },
  })),
};
