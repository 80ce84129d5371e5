import { existsSync, globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { documents } from './documents.ts';
import { root } from './root.ts';

const folder = join(root, 'docs');

/** Documents that are out of date or missing, and schemas that are no longer generated. */
function stale(wanted: ReadonlyMap<string, string>): readonly string[] {
  const differs = [...wanted].filter(([path, text]) => {
    const file = join(folder, path);
    return !existsSync(file) || readFileSync(file, 'utf8') !== text;
  });
  return [...differs.map(([path]) => path), ...orphans(wanted)];
}

function orphans(wanted: ReadonlyMap<string, string>): readonly string[] {
  return globSync('schemas/**/*.json', { cwd: folder }).filter((path) => !wanted.has(path.replaceAll('\\', '/')));
}

function write(wanted: ReadonlyMap<string, string>): void {
  for (const path of orphans(wanted)) rmSync(join(folder, path));
  for (const [path, text] of wanted) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
}

const [option] = process.argv.slice(2);
if (option !== undefined && option !== '--check') {
  console.error(
    'Usage: npm run docs [-- --check]   writes the generated documents, or lists those that are out of date',
  );
  process.exitCode = 2;
} else {
  const wanted = documents();
  const old = stale(wanted);
  if (option === undefined) write(wanted);
  for (const path of old)
    console.log(`docs/${path} ${option === '--check' ? 'is out of date: npm run docs' : 'written'}'}`);
  if (option === '--check' && old.length > 0) process.exitCode = 1;
}
