#!/usr/bin/env node
/**
 * From a clean clone to a running program: installs packages, builds, fetches Kafka, each only if
 * need be, and hands over to the Node that the project runs on. This file alone runs before
 * anything is installed, on Node 20 or newer, so it is plain JavaScript without dependencies.
 *
 * node infra/local/bootstrap.mjs start | up | down | reset [options]   the embedded stack (each has
 * --help) node infra/local/bootstrap.mjs prepare                               only what comes
 * before node infra/local/bootstrap.mjs run <program> [arguments]             prepare, then a
 * program of node_modules/.bin
 */
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));
const main = join(root, 'infra', 'local', 'dist', 'main.js');
const binaries = join(root, 'node_modules', '.bin');
const node = join(binaries, 'node');
const cache = join(root, 'node_modules', '.cache', 'tokengrid');
const minimumJava = 17;
const parentPollMs = 500;

/** A failure reported as a sentence, without a stack. */
class Failure extends Error {}

try {
  const [command = '', ...args] = process.argv.slice(2);
  process.exitCode = await bootstrap(command, args);
} catch (error) {
  if (!(error instanceof Failure)) throw error;
  console.error(`\n${error.message}`);
  process.exitCode = 1;
}

async function bootstrap(command, args) {
  // Nothing may change under a stack that is being stopped, and help should not take minutes.
  const onlyRuns = ['down', 'reset'].includes(command) || args.includes('--help');
  if (['start', 'up', 'down', 'reset'].includes(command)) {
    if (!(onlyRuns && existsSync(main) && existsSync(node))) await prepare({ kafka: !onlyRuns });
    return run(node, ['--enable-source-maps', main, command, ...args]);
  }
  if (!['prepare', 'run'].includes(command) || (command === 'run' && args.length === 0)) {
    throw new Failure('Usage: node infra/local/bootstrap.mjs start|up|down|reset|prepare|run <program> [arguments]');
  }
  await prepare({ kafka: true });
  return command === 'prepare' ? 0 : run(join(binaries, args[0]), args.slice(1));
}

/** Prepares a run. One at a time per clone: two would install over each other. */
async function prepare({ kafka }) {
  const needsKafka = kafka && !process.env.KAFKA_BROKERS;
  if (needsKafka) checkJava();
  const release = await lock();
  try {
    if (!isInstalled()) await step('installing packages (npm ci)', 'npm', ['ci', '--no-audit', '--no-fund']);
    await Promise.all([build(), needsKafka ? fetchKafka() : undefined]);
  } finally {
    release();
  }
}

function checkJava() {
  const java = process.env.JAVA_HOME ? join(process.env.JAVA_HOME, 'bin', 'java') : 'java';
  const { error, stdout, stderr } = spawnSync(java, ['-version'], { encoding: 'utf8' });
  const version = Number(/version "(\d+)/.exec(`${stdout ?? ''}${stderr ?? ''}`)?.[1]);
  if (!error && version >= minimumJava) return;
  throw new Failure(
    `The embedded Kafka needs Java ${minimumJava} or newer; ${error ? `\`${java}\` does not run` : `\`${java}\` is version ${version || 'unknown'}`}.\n` +
      '  Debian, Ubuntu   apt-get install openjdk-17-jre-headless\n' +
      '  macOS            brew install openjdk@17, and set JAVA_HOME to its libexec/openjdk.jdk/Contents/Home\n' +
      'Or use a Kafka of your own: set KAFKA_BROKERS=host:port. Java is not needed then.',
  );
}

/**
 * True if node_modules matches the lockfile: npm records there, at the end, what it has installed.
 */
function isInstalled() {
  const installedPath = join(root, 'node_modules', '.package-lock.json');
  if (!existsSync(installedPath) || !existsSync(node)) return false;
  const installed = JSON.parse(readFileSync(installedPath, 'utf8')).packages;
  const wanted = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')).packages;
  const isThere = ([path, { optional, version, link }]) =>
    !path.includes('node_modules/') ||
    link ||
    (path in installed ? installed[path].version === version : optional === true);
  return Object.entries(wanted).every(isThere) && Object.keys(installed).every((path) => path in wanted);
}

/** Builds all projects through Nx, unless no source has changed since the last success. */
async function build() {
  const stampPath = join(cache, 'build-stamp');
  const projects = projectFolders();
  const stamp = sourceStamp(projects);
  const isBuilt = projects.every((project) => existsSync(join(project, 'dist')));
  if (isBuilt && existsSync(stampPath) && readFileSync(stampPath, 'utf8') === stamp) return;
  const nx = join(root, 'node_modules', 'nx', 'dist', 'bin', 'nx.js');
  await step('building', node, [nx, 'run-many', '-t', 'build', '--outputStyle=static'], {
    NX_DAEMON: 'false',
    NX_TUI: 'false',
  });
  mkdirSync(cache, { recursive: true });
  writeFileSync(stampPath, stamp);
}

/** Folders of all workspace packages with something to build. */
function projectFolders() {
  const patterns = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).workspaces;
  const folders = patterns.flatMap((pattern) =>
    pattern.split('/').reduce((found, name) => foldersBelow(found, name), [root]),
  );
  return folders.filter((folder) => sourcesIn(join(folder, 'src')).length > 0);
}

/** Folders of a name, or all (`*`), in any of some folders. */
function foldersBelow(parents, name) {
  if (name !== '*') return parents.map((parent) => join(parent, name));
  return parents.flatMap((parent) => (isFolder(parent) ? readdirSync(parent).map((each) => join(parent, each)) : []));
}

function isFolder(path) {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

function sourceStamp(projects) {
  const files = ['package.json', 'package-lock.json', 'nx.json', '.swcrc', 'tsconfig.base.json'].map((name) =>
    join(root, name),
  );
  for (const project of projects) files.push(join(project, 'package.json'), ...sourcesIn(join(project, 'src')));
  const stamp = createHash('sha256');
  for (const file of files) {
    const { size, mtimeMs } = statSync(file);
    stamp.update(`${file} ${size} ${mtimeMs}\n`);
  }
  return stamp.digest('hex');
}

function sourcesIn(folder) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts') && !entry.name.endsWith('.spec.ts'))
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
    .sort();
}

/** Fetches Kafka's jars with Maven, unless those of this pom are present. */
async function fetchKafka() {
  const pom = join(root, 'infra', 'local', 'kafka', 'pom.xml');
  const stamp = createHash('sha256').update(readFileSync(pom)).digest('hex');
  const folder = join(cache, 'kafka');
  const [libs, partial, stampPath] = [join(folder, 'libs'), join(folder, 'libs.new'), join(folder, 'pom.sha256')];
  if (existsSync(libs) && existsSync(stampPath) && readFileSync(stampPath, 'utf8') === stamp) return;
  if (spawnSync('mvn', ['--version']).error) {
    throw new Failure(
      "Kafka's jars are fetched by Maven, and `mvn` does not run.\n" +
        '  Debian, Ubuntu   apt-get install maven\n' +
        '  macOS            brew install maven\n' +
        'Or use a Kafka of your own: set KAFKA_BROKERS=host:port. Maven is not needed then.',
    );
  }
  rmSync(partial, { recursive: true, force: true });
  await step("fetching Kafka's jars (mvn)", 'mvn', [
    '-q',
    '-B',
    '-f',
    pom,
    'dependency:copy-dependencies',
    `-DoutputDirectory=${partial}`,
  ]);
  rmSync(libs, { recursive: true, force: true });
  renameSync(partial, libs);
  writeFileSync(stampPath, stamp);
}

/** Runs one step and prints its duration. Its output is shown only if it fails. */
async function step(what, program, args, env = {}) {
  const begun = Date.now();
  console.log(`tokengrid: ${what} …`);
  const child = spawn(program, args, { cwd: root, env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk));
  const code = await new Promise((resolve, reject) => child.once('error', reject).once('close', resolve));
  if (code !== 0) throw new Failure(`${what} failed (exit code ${code}):\n${output.trim()}`);
  console.log(`tokengrid: ${what} took ${((Date.now() - begun) / 1000).toFixed(1)} s`);
}

/** Runs a program in our place: its input, output, signals and exit code are ours. */
function run(program, args) {
  const env = {
    // Compiled code is kept between starts, for all programs that this one starts, too.
    NODE_COMPILE_CACHE: join(cache, 'compiled'),
    ...process.env,
    PATH: `${binaries}${delimiter}${process.env.PATH ?? ''}`,
    TOKENGRID_FOLLOW_PARENT: '1',
  };
  const child = spawn(program, args, { cwd: root, env, stdio: 'inherit' });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  if (process.env.npm_lifecycle_event) endWithParent(child);
  return new Promise((resolve, reject) => {
    child.once('error', (error) => reject(new Failure(`${program} can't be run: ${error.message}`)));
    child.once('exit', (code) => resolve(code ?? 1));
  });
}

/**
 * Ends the child with npm: npm may be killed, and its children must not stay. (The scripts say
 * `exec node …`, so that npm is our parent, not its shell.)
 */
function endWithParent(child) {
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    child.kill('SIGTERM');
  }, parentPollMs);
  timer.unref();
}

/**
 * Waits until no other bootstrap of this clone prepares, and blocks others until the returned
 * function is called.
 */
async function lock() {
  const path = join(root, '.nx', 'bootstrap.lock');
  mkdirSync(join(root, '.nx'), { recursive: true });
  for (let told = false; ; told = true) {
    try {
      writeFileSync(path, String(process.pid), { flag: 'wx' });
      return () => rmSync(path, { force: true });
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
    }
    const holder = Number(existsSync(path) ? readFileSync(path, 'utf8') : 0);
    if (!told && holder)
      console.log(`tokengrid: waiting for another start of this clone (pid ${holder}) to finish its preparations`);
    if (holder && !isAlive(holder)) rmSync(path, { force: true });
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}
