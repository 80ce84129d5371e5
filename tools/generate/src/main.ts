import { fileURLToPath } from 'node:url';
import { generate } from './program.ts';

/** The repository's top folder: `src` and `dist` are equally far from it. */
const root = fileURLToPath(new URL('../../../', import.meta.url));

process.exitCode = await generate(root, process.argv.slice(2));
