import { join } from 'node:path';
import { ESLint } from 'eslint';
import ts from 'typescript';
import { root } from './root.ts';

/**
 * Checks the types and the rules of the working folder's code; faults go to the output.
 *
 *     code-check.js [--without-graph] [<file> …]    lint these files alone
 *
 * Both use one program: what the compiler found out about a file's types, the rules that need types
 * ask again. Apart they take three times as long.
 */
const args = process.argv.slice(2);
const graphless = '--without-graph';
const files = args.filter((arg) => arg !== graphless);
const config = 'tsconfig.json';

/** @throws Error for a configuration that cannot be read */
function readProgram(): ts.Program {
  const host: ts.ParseConfigFileHost = {
    ...ts.sys,
    onUnRecoverableConfigFileDiagnostic: (diagnostic) => {
      throw new Error(ts.flattenDiagnosticMessageText(diagnostic.messageText, '\n'));
    },
  };
  const { fileNames, options, errors } = ts.getParsedCommandLineOfConfigFile(config, {}, host)!;
  return ts.createProgram({ rootNames: fileNames, options, configFileParsingDiagnostics: errors });
}

/** True if the compiler finds nothing. */
function typesAreRight(program: ts.Program): boolean {
  const faults = ts.sortAndDeduplicateDiagnostics(ts.getPreEmitDiagnostics(program));
  const host = ts.createCompilerHost(program.getCompilerOptions());
  process.stdout.write(ts.formatDiagnostics(faults, host));
  return faults.length === 0;
}

/** True if ESLint finds nothing, not even a warning. */
async function rulesAreKept(program: ts.Program): Promise<boolean> {
  const eslint = new ESLint({
    overrideConfig: [
      { files: ['**/*.ts'], languageOptions: { parserOptions: { programs: [program], project: null } } },
      // Without Nx's graph of projects this rule does nothing but say so for each file.
      ...(args.includes(graphless) ? [{ rules: { '@nx/enforce-module-boundaries': 'off' as const } }] : []),
    ],
  });
  const results = await eslint.lintFiles(files.length > 0 ? files : ['.']);
  process.stdout.write(await (await eslint.loadFormatter('stylish')).format(results));
  return results.every(({ errorCount, warningCount }) => errorCount + warningCount === 0);
}

// The rule of project boundaries reads Nx's graph once in ESLint's own program, else once a file.
process.argv[1] = join(root, 'node_modules/eslint/bin/eslint.js');

const program = readProgram();
const results = [typesAreRight(program), await rulesAreKept(program)];
process.exitCode = results.every(Boolean) ? 0 : 1;
