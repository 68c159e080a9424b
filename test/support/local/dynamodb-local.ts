import { spawn, spawnSync } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import * as http from 'node:http';
import * as net from 'node:net';
import * as path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { RunningService } from '../../../local/aws';
import { closeServer, listen, LOOPBACK } from '../../../local/loopback';

const PROJECT = path.join(__dirname, 'dynamodb-local', 'pom.xml');
const SERVER = path.join(__dirname, 'dynamodb-local', 'server.xml');
const CACHE = path.join(__dirname, '..', '..', '..', 'node_modules', '.cache');
const COPY_DEPENDENCIES = 'org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies';
const OLDEST_JAVA = 17;
/** Where DynamoDB Local has a library for the database in it. */
const PLATFORMS = ['darwin x64', 'linux x64', 'win32 x64'];
const PREPARATION_LIMIT_MS = 120_000;
const START_LIMIT_MS = 30_000;

/** Starts Amazon's DynamoDB Local, in memory and without tables, on a free port of this machine. */
export type StartDynamoDbLocal = () => Promise<RunningService>;

/**
 * Makes DynamoDB Local ready: a few seconds when Maven has to fetch it, once for each installation of the project. When it cannot run, prints
 * the reason in a line on stderr, and returns undefined.
 */
export function dynamoDbLocal(): StartDynamoDbLocal | undefined {
  try {
    checkPlatform();
    const libraries = prepare();
    return async () => start(libraries);
  } catch (error) {
    process.stderr.write(`skipped what needs DynamoDB Local: ${(error as Error).message}\n`);
    return undefined;
  }
}

function checkPlatform(): void {
  const platform = `${process.platform} ${process.arch}`;
  if (!PLATFORMS.includes(platform)) {
    throw new Error(`it does not run on ${platform}, only on ${PLATFORMS.join(', ')}`);
  }
  const { stderr } = spawnSync('java', ['-version'], { encoding: 'utf8' });
  const version = /version "(\d+)/.exec(stderr ?? '')?.[1];
  if (version === undefined || Number(version) < OLDEST_JAVA) {
    throw new Error(`it needs Java ${OLDEST_JAVA} or newer, but ${version === undefined ? 'no Java' : `Java ${version}`} is installed`);
  }
}

/** Gives the folder of the libraries. */
function prepare(): string {
  const digest = createHash('sha256').update(fs.readFileSync(PROJECT)).digest('hex').slice(0, 12);
  const libraries = path.join(CACHE, `dynamodb-local-${digest}`);
  if (!fs.existsSync(libraries)) {
    fs.mkdirSync(CACHE, { recursive: true });
    const partial = fs.mkdtempSync(`${libraries}-`);
    try {
      copyLibraries(partial);
      moveUnlessThere(partial, libraries);
    } finally {
      fs.rmSync(partial, { recursive: true, force: true });
    }
  }
  return libraries;
}

function copyLibraries(directory: string): void {
  const options = ['--batch-mode', '--quiet', '--file', PROJECT, COPY_DEPENDENCIES, '-DincludeScope=runtime', `-DoutputDirectory=${directory}`];
  const { error, status, stdout } = spawnSync('mvn', options, {
    encoding: 'utf8',
    timeout: PREPARATION_LIMIT_MS,
    // Maven is a script on Windows, which only a shell can start.
    shell: process.platform === 'win32',
  });
  if (error !== undefined) {
    throw new Error((error as NodeJS.ErrnoException).code === 'ENOENT' ? 'it is fetched by Maven, which is not installed' : `Maven did not fetch it: ${error.message}`);
  }
  if (status !== 0) {
    throw new Error(`Maven did not fetch it: ${stdout.split('\n').find((line) => line.includes('ERROR')) ?? `exit status ${status}`}`);
  }
}

/** Another process may have been faster. */
function moveUnlessThere(from: string, to: string): void {
  try {
    fs.renameSync(from, to);
  } catch (error) {
    if (!fs.existsSync(to)) {
      throw error;
    }
  }
}

async function start(libraries: string): Promise<RunningService> {
  const port = await freePort();
  const java = spawn('java', [
    '-Xmx256m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1',
    `-Djava.library.path=${libraries}`, '-cp', path.join(libraries, '*'),
    'org.eclipse.jetty.xml.XmlConfiguration', `port=${port}`, SERVER,
  ], { stdio: ['ignore', 'ignore', 'pipe'] });
  let written = '';
  java.stderr.on('data', (data) => { written += String(data); });
  const ended = new Promise<void>((resolve) => { java.once('close', () => resolve()); });
  const killJava = () => { java.kill('SIGKILL'); };
  process.once('exit', killJava);
  const close = async () => {
    process.off('exit', killJava);
    killJava();
    await ended;
  };
  if (!await isReachable(port, java)) {
    await close();
    throw new Error(`DynamoDB Local did not start:\n${written}`);
  }
  return { endpoint: `http://${LOOPBACK}:${port}`, close };
}

async function freePort(): Promise<number> {
  const server = http.createServer();
  const port = await listen(server);
  await closeServer(server);
  return port;
}

/** Waits until something listens on the port; false when the process ends before, or takes too long. */
async function isReachable(port: number, java: ChildProcess): Promise<boolean> {
  const end = Date.now() + START_LIMIT_MS;
  while (java.exitCode === null && java.signalCode === null && Date.now() < end) {
    if (await connects(port)) {
      return true;
    }
    await sleep(20);
  }
  return false;
}

async function connects(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = net.connect(port, LOOPBACK);
    socket.once('connect', () => { socket.destroy(); resolve(true); });
    socket.once('error', () => resolve(false));
  });
}
