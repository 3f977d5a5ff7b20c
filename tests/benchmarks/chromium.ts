/** The wasm package beside peers, in Chromium. */

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import puppeteer, { type Browser, type Page } from 'puppeteer-core';
import type { Benchmark, SolverName } from './browser/page.ts';
import { peersFolder, serve, wasmPackage } from './browser/server.ts';
import {
  compare,
  type Contestant,
  type Entry,
  type Row,
  type Schedule,
  type Workload,
} from './comparison.ts';

const program = process.env['ASYMPTOKEN_CHROMIUM'] ?? '/usr/bin/chromium';

/** Those that are installed; of the others, how to get them. */
export function findWebPeers(): { peers: SolverName[]; missing: string[] } {
  const installed = existsSync(join(peersFolder, 'onnxruntime-web'));
  return installed
    ? { peers: ['onnxruntime', 'tensorflow'], missing: [] }
    : { peers: [], missing: ['onnxruntime-web and tfjs-backend-wasm: ./dev bench --peers'] };
}

class Tab implements Contestant {
  readonly #page: Page;
  readonly name: string;
  readonly error: number;

  private constructor(page: Page, name: string, error: number) {
    this.#page = page;
    this.name = name;
    this.error = error;
  }

  static async open(
    browser: Browser,
    address: string,
    solver: SolverName,
    workload: Workload,
    threads: number,
  ) {
    const page = await browser.newPage();
    page.on('console', (message) => message.type() === 'error' && console.error(message.text()));
    page.on('pageerror', (error) => console.error(String(error)));
    await page.goto(address);
    await page.waitForFunction(() => 'benchmark' in globalThis);
    const { name, error } = await page.evaluate(
      ({ solver, workload, threads }) =>
        (globalThis as unknown as { benchmark: Benchmark }).benchmark.start(solver, workload, threads),
      { solver, workload, threads },
    );
    return new Tab(page, name, error);
  }

  async measure(seconds: number) {
    const milliseconds = await this.#page.evaluate(
      (seconds) => (globalThis as unknown as { benchmark: Benchmark }).benchmark.measure(seconds),
      seconds,
    );
    return { milliseconds };
  }

  async close() {
    await this.#page.close();
  }
}

/** Calls `report` with each workload's rows as they come. */
export async function compareInChromium(
  chosen: Workload[],
  threads: number[],
  peers: SolverName[],
  schedule: Schedule,
  report: (rows: Row[]) => void,
): Promise<Row[]> {
  for (const part of [program, join(wasmPackage, 'index.js')]) {
    if (!existsSync(part)) throw new Error(`there is no ${part}; ./dev bench gets it`);
  }
  const { server, address } = await serve();
  const browser = await puppeteer.launch({
    executablePath: program,
    // A measurement may take as long as it needs.
    protocolTimeout: 0,
    args: [
      ...['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking'],
      // Each contestant has a tab, and all but one of them lie in the background.
      ...['--disable-background-timer-throttling', '--disable-renderer-backgrounding'],
      '--disable-backgrounding-occluded-windows',
    ],
  });
  try {
    const entry =
      (solver: SolverName): Entry =>
      (workload, count) =>
        Tab.open(browser, address, solver, workload, count);
    const all: Row[] = [];
    for (const workload of chosen) {
      for (const count of threads) {
        const entries = {
          ours: [entry('asymptoken relaxed'), entry('asymptoken simd128')],
          peers: peers.map(entry),
          peak: entry('peak'),
        };
        const rows = await compare(await browser.version(), workload, count, entries, schedule);
        report(rows);
        all.push(...rows);
      }
    }
    return all;
  } finally {
    await browser.close();
    server.close();
  }
}
