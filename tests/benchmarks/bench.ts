/** ./dev bench, once everything is built: node bench.ts [OPTION...]; README.md lists the options. */

import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { compareInChromium, findWebPeers } from './chromium.ts';
import type { Row, Schedule } from './comparison.ts';
import { figures, measureGrowth, sentence } from './growth.ts';
import { measureLinear } from './linear.ts';
import { build, compareNatively, findPeers, workloads } from './native.ts';
import { linearTable, summary, table } from './table.ts';

const parts = ['micro', 'linear', 'native', 'chromium', 'growth'] as const;
type Part = (typeof parts)[number];

const { values: options } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    part: { type: 'string', default: parts.join(',') },
    workload: { type: 'string', default: '' },
    threads: { type: 'string', default: '1,2' },
    rounds: { type: 'string' },
    seconds: { type: 'string' },
    clock: { type: 'string', default: 'wall' },
  },
});

const chosenParts = options.part.split(',').map((name) => oneOf('--part', name, parts));
const threads = options.threads.split(',').map((text) => positive('--threads', text));
const schedule: Schedule = {
  rounds: positive('--rounds', options.rounds ?? (options.quick ? '3' : '9')),
  seconds: positive('--seconds', options.seconds ?? (options.quick ? '0.1' : '0.3')),
  clock: oneOf('--clock', options.clock, ['wall', 'processor']),
};
if (schedule.clock === 'processor' && threads.some((count) => count > 1)) {
  throw new Error(`--clock is processor; expected wall, or --threads 1: it adds up what all threads do`);
}
const chosen = workloads.filter(({ kind, n, d }) => `${kind},${n},${d}`.includes(options.workload));
if (chosen.length === 0) {
  const known = workloads.map(({ kind, n, d }) => `${kind},${n},${d}`).join(', ');
  throw new Error(`--workload is ${options.workload}; expected a part of one of ${known}`);
}

const folder = join(import.meta.dirname, '../../build/bench');
mkdirSync(folder, { recursive: true });

const compared: Row[] = [];

const run: Record<Part, () => Promise<void> | void> = {
  micro() {
    const limits = options.quick
      ? ['--benchmark_min_time=0.05', '--benchmark_filter=-n:30000']
      : [
          '--benchmark_repetitions=5',
          '--benchmark_enable_random_interleaving=true',
          '--benchmark_report_aggregates_only=true',
        ];
    const out = ['--benchmark_out_format=json', `--benchmark_out=${join(folder, 'micro.json')}`];
    const program = join(build, 'asymptoken_microbenchmarks');
    const { status, error } = spawnSync(program, ['--benchmark_counters_tabular=true', ...limits, ...out], {
      stdio: 'inherit',
    });
    if (status !== 0) throw new Error(`${program} failed${error ? `: ${error.message}` : ''}`);
  },
  linear() {
    const rows = measureLinear(join(build, '../wasm-cmake'));
    console.log(linearTable(rows));
    save('linear', { rows });
  },
  async native() {
    const { peers, missing } = findPeers();
    leaveOut(missing);
    save('native', { schedule, rows: await compareNatively(chosen, threads, peers, schedule, show) });
  },
  async chromium() {
    const { peers, missing } = findWebPeers();
    leaveOut(missing);
    // A page has no clock but the wall's.
    const walled: Schedule = { ...schedule, clock: 'wall' };
    const attention = chosen.filter(({ kind }) => kind === 'attention');
    save('chromium', {
      schedule: walled,
      rows: await compareInChromium(attention, threads, peers, walled, show),
    });
  },
  async growth() {
    const growth = await measureGrowth(options.quick, threads, schedule, (one) => console.log(sentence(one)));
    save('growth', { schedule, growth });
    for (const [name, figure] of figures(growth)) writeFileSync(join(folder, name), figure);
  },
};

for (const part of chosenParts) await run[part]();
if (compared.length > 0) console.log(`${summary(compared)}\n`);
console.log(`numbers and figures: ${folder}`);

function show(rows: Row[]): void {
  compared.push(...rows);
  console.log(table(rows));
}

function leaveOut(missing: string[]): void {
  for (const line of missing) console.log(`left out, since it is not installed: ${line}`);
}

function save(name: Part, measured: object): void {
  const machine = { processor: cpus()[0]?.model, cores: cpus().length };
  writeFileSync(join(folder, `${name}.json`), `${JSON.stringify({ machine, ...measured }, null, 1)}\n`);
}

function oneOf<Name extends string>(option: string, value: string, names: readonly Name[]): Name {
  const found = names.find((name) => name === value);
  if (found === undefined) throw new Error(`${option} is ${value}; expected ${names.join(', ')}`);
  return found;
}

function positive(option: string, text: string): number {
  const number = Number(text);
  if (!(number > 0)) throw new Error(`${option} is ${text}; expected a positive number`);
  return number;
}
