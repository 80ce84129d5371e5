import { extname } from 'node:path';
import { deadFiles } from './dead-files.ts';
import { importCircles } from './import-circles.ts';
import { policyNameFaults } from './policy-names.ts';
import type { TextFile } from './text-files.ts';

const mostLines = 400;
/** Maximum width of comment lines; prettier formats the code. */
const mostColumns = 100;
const code = ['.ts', '.mjs', '.js', '.sh', ''];
/** Excludes data and generated files, whose length is given. */
const written = (path: string) => code.includes(extname(path));

/** A pattern that must not be left in a file, and the files to search. */
interface Leftover {
  readonly pattern: RegExp;
  readonly what: string;
  readonly where: (path: string) => boolean;
}

const anywhere = () => true;
const isCommented = (path: string) => /\.(ts|mjs)$/.test(path);
const inSpecs = (path: string) => /\.(spec|contract)\.ts$/.test(path);
/** Concatenated, so that this file does not find itself. */
const marker = (...parts: string[]) => parts.join('');

const leftovers: readonly Leftover[] = [
  {
    // In quotes the last one is ISO 4217's code of no currency.
    pattern: new RegExp(`\\b(${marker('TO', 'DO')}|${marker('FIX', 'ME')}|(?<!['\`])${marker('X', 'XX')}(?!['\`]))\\b`),
    what: 'a marker for later: do it, or open an issue',
    where: anywhere,
  },
  {
    pattern: /\b(?:describe|it|test)(?:\.\w+)*\.(?:only|skip|todo|failing)\b|\b(?:fit|xit|fdescribe|xdescribe)\(/,
    what: 'a test that is not run, or that keeps others from it',
    where: inSpecs,
  },
  {
    pattern: new RegExp(`${marker('eslint-', 'disable')}|@ts-(?:${marker('ig', 'nore')}|expect-error|nocheck)`),
    what: 'a rule that is switched off: change the code, or the rule for all',
    where: (path) => written(path) && !path.endsWith('.mjs'),
  },
  {
    // A folder of somebody's machine; not a part of a longer path or an address.
    pattern: new RegExp(
      `(?<![\\w.~:*})-])/(?:${marker('wo', 'rk')}|${marker('t', 'mp')}|root|home/\\w+|Users/\\w+)/\\w`,
    ),
    what: 'a path that exists on one machine',
    where: anywhere,
  },
  {
    pattern: new RegExp(String.raw`^(?=.{${mostColumns + 1}})\s*(?:/[/*]|\*(?:[ /]|$))`, 'u'),
    what: `a comment line of more than ${mostColumns} columns`,
    where: isCommented,
  },
  {
    // In a comment of several lines; editors show such a tag as prose.
    pattern: /^\s*\* .*\S @(?:param|returns|throws)\b/,
    what: 'a tag in the middle of a line: it begins one of its own',
    where: isCommented,
  },
];

/** Untidy places, one sentence each. */
export function tidiness(files: readonly TextFile[]): string[] {
  return [...files.flatMap(untidy), ...deadFiles(files), ...importCircles(files), ...policyNameFaults(files)];
}

function untidy({ path, text }: TextFile): string[] {
  const lines = text.split('\n');
  const found = leftovers
    .filter(({ where }) => where(path))
    .flatMap(({ pattern, what }) =>
      lines.flatMap((line, index) => (pattern.test(line) ? [`${path}:${index + 1}: ${what}`] : [])),
    );
  const length = lines.at(-1) === '' ? lines.length - 1 : lines.length;
  if (written(path) && length > mostLines) found.push(`${path}: ${length} lines; the limit is ${mostLines}`);
  return found;
}
