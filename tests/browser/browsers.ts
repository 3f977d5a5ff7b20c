import { existsSync } from 'node:fs';
import puppeteer, { type KeyInput, type Mouse, type Page } from 'puppeteer-core';

/** A document: that of a tab, or of a frame in it. */
export interface Document {
  evaluate<Result, Argument = undefined>(
    ask: (argument: Argument) => Result | Promise<Result>,
    argument?: Argument,
  ): Promise<Result>;
}

/** A page, and what tests do with it. */
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
  Chromium: async () => {
    const browser = await puppeteer.launch({
      executablePath: programOf('ASYMPTOKEN_CHROMIUM', '/usr/bin/chromium'),
      args: [
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
      async open({ dark = false, slowdown = 1, ...options } = {}) {
        const page = await browser.newPage();
        await page.emulateMediaFeatures([
          { name: 'prefers-color-scheme', value: dark ? 'dark' : 'light' },
          { name: 'prefers-reduced-motion', value: 'reduce' },
        ]);
        if (slowdown !== 1) await page.emulateCPUThrottling(slowdown);
        const session = await page.createCDPSession();
        return {
          ...(await tabOf(page, options)),
          collectGarbage: async () => void (await session.send('HeapProfiler.collectGarbage')),
          async recordTasks() {
            await page.tracing.start({ categories: ['toplevel'] });
            return async () => tasksIn((await page.tracing.stop())!);
          },
        };
      },
      close: () => browser.close(),
    };
  },

  Firefox: async () => {
    const browser = await puppeteer.launch({
      browser: 'firefox',
      executablePath: programOf('ASYMPTOKEN_FIREFOX', '/usr/bin/firefox-esr'),
      extraPrefsFirefox: { 'ui.prefersReducedMotion': 1 },
    });
    return {
      canBeDark: false,
      open: async (options = {}) => ({
        ...(await tabOf(await browser.newPage(), options)),
        collectGarbage: null,
        recordTasks: null,
      }),
      close: () => browser.close(),
    };
  },
};

function programOf(variable: string, usual: string): string {
  const program = process.env[variable] ?? usual;
  if (!existsSync(program))
    throw new Error(`${program} is missing: install it, or set ${variable} to where it is`);
  return program;
}

async function tabOf(
  page: Page,
  { width = 1280, height = 900 }: TabOptions,
): Promise<Omit<Tab, 'collectGarbage' | 'recordTasks'>> {
  await page.setViewport({ width, height });
  const requests: string[] = [];
  const complaints: string[] = [];
  page.on('request', (request) => requests.push(request.url()));
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
  return {
    goto: (address) => page.goto(address),
    reload: () => page.reload(),
    evaluate: (ask, argument) => page.evaluate(ask as never, argument),
    frames: () =>
      page
        .mainFrame()
        .childFrames()
        .map((frame) => ({ evaluate: (ask, argument) => frame.evaluate(ask as never, argument) })),
    countWorkers: () => page.workers().length,
    inject: (script) => page.evaluate(script),
    press: (key) => page.keyboard.press(key as KeyInput),
    point: (x, y) => page.mouse.move(x, y),
    drag: (from, to) => drag(page.mouse, from, to),
    requests,
    complaints,
    close: () => page.close(),
  };
}

async function drag(mouse: Mouse, from: readonly [number, number], to: readonly [number, number]) {
  await mouse.move(...from);
  await mouse.down();
  for (const part of [0.3, 0.7, 1]) {
    await mouse.move(from[0] + part * (to[0] - from[0]), from[1] + part * (to[1] - from[1]));
  }
  await mouse.up();
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
function tasksIn(trace: Uint8Array): Task[] {
  const { traceEvents } = JSON.parse(new TextDecoder().decode(trace)) as { traceEvents: TraceEvent[] };
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
