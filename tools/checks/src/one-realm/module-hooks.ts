import { readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { fileURLToPath } from 'node:url';
import { type Options, transformSync } from '@swc/core';

/** Where the globals of the running spec file are found by the module that stands for Jest's. */
export const globalsKey = Symbol.for('tokengrid.jest-globals');

const jestGlobals = '@jest/globals';
const jestGlobalsUrl = 'tokengrid:jest-globals';
const names = ['afterAll', 'afterEach', 'beforeAll', 'beforeEach', 'describe', 'expect', 'it', 'jest', 'test'];

/**
 * Lets this process import TypeScript by swc, workspace packages from source, and Jest's globals
 * from `globalThis[globalsKey]`.
 *
 * @param swc options of Jest's transform
 */
export function registerModuleHooks(swc: Options): void {
  registerHooks({
    resolve: (specifier, context, next) =>
      specifier === jestGlobals
        ? { url: jestGlobalsUrl, format: 'module', shortCircuit: true }
        : next(specifier, { ...context, conditions: ['source', ...context.conditions] }),
    load: (url, context, next) => {
      if (url === jestGlobalsUrl) {
        const source = `export const { ${names.join(', ')} } = globalThis[Symbol.for('${globalsKey.description}')];`;
        return { format: 'module', source, shortCircuit: true };
      }
      if (!url.startsWith('file:') || !url.endsWith('.ts')) return next(url, context);
      const filename = fileURLToPath(url);
      const { code } = transformSync(readFileSync(filename, 'utf8'), { ...swc, filename });
      return { format: 'module', source: code, shortCircuit: true };
    },
  });
}
