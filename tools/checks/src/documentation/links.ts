import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { root } from '../root.ts';

const link = /\[[^\]]*\]\(([^)\s]+)\)/g;
/** Blocks and spans of code, in which links do not count. */
const codeBlock = /^```[\s\S]*?^```/gm;
const codeSpan = /`[^`\n]*`/g;

/** Broken relative links of a Markdown text: no such file, or no such heading in it. */
export function brokenLinks(path: string, text: string): string[] {
  const targets = [...text.replace(codeBlock, '').replace(codeSpan, '').matchAll(link)].map((match) => match[1]!);
  return targets
    .filter((target) => !/^[a-z]+:/.test(target))
    .filter((target) => !resolves(path, text, target))
    .map((target) => `${path}: broken link to ${target}`);
}

function resolves(path: string, text: string, target: string): boolean {
  const [file = '', heading] = target.split('#');
  if (file === '') return heading === undefined || anchors(text).has(heading);
  const linked = join(root, normalize(join(dirname(path), file)));
  if (!existsSync(linked)) return false;
  if (heading === undefined || statSync(linked).isDirectory()) return true;
  return anchors(readFileSync(linked, 'utf8')).has(heading);
}

/** The anchors of a text's headings, as GitHub makes them. */
function anchors(text: string): ReadonlySet<string> {
  const headings = [...text.replace(codeBlock, '').matchAll(/^#+ (.+)$/gm)].map((match) => match[1]!);
  return new Set(
    headings.map((heading) =>
      heading
        .toLowerCase()
        .replace(/[^\p{L}\p{N}\s_-]/gu, '')
        .trim()
        .replaceAll(' ', '-'),
    ),
  );
}
