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
  // Real servers on a busy machine are slow; a hanging test is still reported.
  testTimeout: 30_000,
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
    testEnvironment: 'node',
    testEnvironmentOptions: { customExportConditions: ['source', 'node', 'node-addons'] },
  })),
};
