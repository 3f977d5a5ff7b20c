import { existsSync } from 'node:fs';
import { chromium } from 'playwright-core';
import puppeteer from 'puppeteer-core';

/** A document: that of a tab, or of a frame in it. */
export interface Document {
  evaluate<Result, Argument = undefined>(
    ask: (argument: Argument) => Result | Promise<Result>,
    argument?: Argument,
  ): Promise<Result>;
}

/** What both drivers can do with a page. */
export interface Tab extends Document {
  goto(address: string): Promise<unknown>;
  reload(): Promise<unknown>;
  /** The documents of the frames in it, in their order there. */
  frames(): Document[];
  /** Evaluates a script given as text. */
  inject(script: string): Promise<unknown>;
  press(key: string): Promise<void>;
  point(x: number, y: number): Promise<void>;
  /** How many workers its page has at the moment; those of frames may be counted or not. */
  countWorkers(): number;
  /** Frees what nothing refers to any more. Firefox cannot be told to. */
  collectGarbage: (() => Promise<void>) | null;
  /** From now on, until the answer is called: all tasks of the page's own thread. Firefox does not tell. */
  recordTasks: (() => Promise<() => Promise<Task[]>>) | null;
  /** Moves the mouse with its button down. */
  drag(from: readonly [number, number], to: readonly [number, number]): Promise<void>;
  /** Every address asked for so far. */
  requests: string[];
  /** Uncaught errors, and what the console says of errors and refused content. */
  complaints: string[];
  close(): Promise<void>;
}

/** Milliseconds that a task took, and those of them in which it had a processor. */
export interface Task {
  wall: number;
  processor: number;
}

interface Frame {
  evaluate: unknown;
}

function documentOf(frame: Frame): Document {
  const { evaluate } = frame as { evaluate(ask: unknown, argument: unknown): Promise<never> };
  return { evaluate: (ask, argument) => evaluate.call(frame, ask, argument) };
}

export interface TabOptions {
  width?: number;
  height?: number;
  dark?: boolean;
  /** So many times slower than the machine is; Chromium only. */
  slowdown?: number;
}

export interface Browser {
  /** Firefox cannot be told to prefer dark; it is tested in light only. */
  canBeDark: boolean;
  open(options?: TabOptions): Promise<Tab>;
  close(): Promise<void>;
}

export const browsers: Record<string, () => Promise<Browser>> = {
  Chromium: openChromium,
  Firefox: openFirefox,
};

function programOf(variable: string, usual: string): string {
  const program = process.env[variable] ?? usual;
  if (!existsSync(program))
    throw new Error(`${program} is missing: install it, or set ${variable} to where it is`);
  return program;
}

async function openChromium(): Promise<Browser> {
  const browser = await chromium.launch({
    executablePath: programOf('ASYMPTOKEN_CHROMIUM', '/usr/bin/chromium'),
    args: [
      '--headless=new',
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
  return {
    canBeDark: true,
    async open({ width = 1280, height = 900, dark = false, slowdown = 1 } = {}) {
      const page = await browser.newPage({
        viewport: { width, height },
        colorScheme: dark ? 'dark' : 'light',
        reducedMotion: 'reduce',
      });
      if (slowdown !== 1) {
        const session = await page.context().newCDPSession(page);
        await session.send('Emulation.setCPUThrottlingRate', { rate: slowdown });
      }
      const requests: string[] = [];
      const complaints: string[] = [];
      page.on('request', (request) => requests.push(request.url()));
      page.on('pageerror', (error) => complaints.push(String(error)));
      page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
      return {
        goto: (address) => page.goto(address),
        reload: () => page.reload(),
        ...documentOf(page),
        frames: () => page.mainFrame().childFrames().map(documentOf),
        countWorkers: () => page.workers().length,
        collectGarbage: () => page.requestGC(),
        async recordTasks() {
          await browser.startTracing(page, { categories: ['toplevel'] });
          return async () => tasksIn(await browser.stopTracing());
        },
        inject: (script) => page.evaluate(script),
        press: (key) => page.keyboard.press(key),
        point: (x, y) => page.mouse.move(x, y),
        drag: (from, to) => drag(page.mouse, from, to),
        requests,
        complaints,
        close: () => page.close(),
      };
    },
    close: () => browser.close(),
  };
}

interface TraceEvent {
  name: string;
  pid: number;
  tid: number;
  args: { name?: string };
  /** Microseconds: of a clock, and of the thread's processor time. */
  dur?: number;
  tdur?: number;
}

/** Of the page's own thread: of the renderers' main threads the one that did most. Another may be ending, or waiting. */
function tasksIn(trace: Buffer): Task[] {
  const { traceEvents } = JSON.parse(trace.toString()) as { traceEvents: TraceEvent[] };
  const mains = traceEvents.filter(
    ({ name, args }) => name === 'thread_name' && args.name === 'CrRendererMain',
  );
  const work = ({ tasks }: { tasks: Task[] }) => tasks.reduce((sum, { processor }) => sum + processor, 0);
  const threads = mains.map(({ pid, tid }) => ({
    tasks: traceEvents
      .filter((event) => event.name === 'ThreadControllerImpl::RunTask')
      .filter((event) => event.pid === pid && event.tid === tid)
      .map(({ dur = 0, tdur = 0 }) => ({ wall: dur / 1000, processor: tdur / 1000 })),
  }));
  return threads.sort((a, b) => work(b) - work(a))[0]?.tasks ?? [];
}

async function openFirefox(): Promise<Browser> {
  const browser = await puppeteer.launch({
    browser: 'firefox',
    executablePath: programOf('ASYMPTOKEN_FIREFOX', '/usr/bin/firefox-esr'),
    headless: true,
    extraPrefsFirefox: { 'ui.prefersReducedMotion': 1 },
  });
  return {
    canBeDark: false,
    async open({ width = 1280, height = 900 } = {}) {
      const page = await browser.newPage();
      await page.setViewport({ width, height });
      const requests: string[] = [];
      const complaints: string[] = [];
      page.on('request', (request) => requests.push(request.url()));
      page.on('pageerror', (error) => complaints.push(String(error)));
      page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
      return {
        goto: (address) => page.goto(address),
        reload: () => page.reload(),
        ...documentOf(page),
        frames: () => page.mainFrame().childFrames().map(documentOf),
        countWorkers: () => page.workers().length,
        collectGarbage: null,
        recordTasks: null,
        inject: (script) => page.evaluate(script),
        press: (key) => page.keyboard.press(key as never),
        point: (x, y) => page.mouse.move(x, y),
        drag: (from, to) => drag(page.mouse, from, to),
        requests,
        complaints,
        close: () => page.close(),
      };
    },
    close: () => browser.close(),
  };
}

/** What both drivers call a mouse. */
interface Mouse {
  move(x: number, y: number): Promise<void>;
  down(): Promise<void>;
  up(): Promise<void>;
}

async function drag(mouse: Mouse, from: readonly [number, number], to: readonly [number, number]) {
  await mouse.move(...from);
  await mouse.down();
  for (const part of [0.3, 0.7, 1]) {
    await mouse.move(from[0] + part * (to[0] - from[0]), from[1] + part * (to[1] - from[1]));
  }
  await mouse.up();
}
