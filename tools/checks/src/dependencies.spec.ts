import { describe, expect, it } from '@jest/globals';
import { dependencyFaults, packagesOf } from './dependencies.ts';

describe('what a production install has', () => {
  const main = { path: 'apps/purse/src/main.ts', text: "import { a } from 'a';\nimport {\n  b,\n} from '@b/b/c';\n" };
  const peersOf = (name: string) => (name === 'a' ? ['peer'] : []);

  it('is what services and libraries import, and their peers', () => {
    expect(dependencyFaults([main], ['a', '@b/b', 'peer'], peersOf)).toEqual([]);
    expect(dependencyFaults([main], ['a', 'other'], peersOf)).toEqual([
      'apps/purse/src/main.ts imports @b/b, which is not among the dependencies of package.json',
      "package.json: no service or library imports other; it is a devDependency, or its tool's",
    ]);
  });

  it('is what they import later, when it is needed', () =>
    expect(packagesOf("const load = () => import('a/b');\ntype C = typeof import('c');")).toEqual(['a']));

  it('is not what tests, tools and types import', () => {
    const files = ['src/main.spec.ts', 'src/testing/run.ts', 'src/a.fixture.ts'].map((path) => ({
      ...main,
      path: `apps/purse/${path}`,
    }));
    expect(dependencyFaults([...files, { ...main, path: 'tools/cli/src/main.ts' }], [], peersOf)).toEqual([]);
    expect(
      packagesOf("import type { a } from 'a';\nimport 'b';\nimport c from 'node:fs';\nexport * from './d.ts';"),
    ).toEqual(['b']);
  });
});
