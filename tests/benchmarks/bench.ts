/** node bench.ts [--quick] [--rounds N] [--seconds S] [--threads 1,2] [--only TEXT] [--clock processor] */

import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Row, Schedule } from './comparison.ts';
import { compareNatively, findPeers, workloads } from './native.ts';
import { table } from './table.ts';

const { values: options } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    rounds: { type: 'string' },
    seconds: { type: 'string' },
    threads: { type: 'string', default: '1,2' },
    only: { type: 'string', default: '' },
    clock: { type: 'string', default: 'wall' },
  },
});

const schedule: Schedule = {
  rounds: Number(options.rounds ?? (options.quick ? 3 : 9)),
  seconds: Number(options.seconds ?? (options.quick ? 0.1 : 0.3)),
  clock: options.clock as Schedule['clock'],
};
const threads = options.threads.split(',').map(Number);
const chosen = workloads.filter(({ kind, n, d }) => `${kind} ${n},${d}`.includes(options.only));
const folder = join(import.meta.dirname, '../../build/bench');
const show = (rows: Row[]) => console.log(table(rows));

const { peers, missing } = findPeers();
for (const line of missing) console.log(`left out, not installed: ${line}`);
const rows = await compareNatively(chosen, threads, peers, schedule, show);

mkdirSync(folder, { recursive: true });
const machine = { processor: cpus()[0]?.model, cores: cpus().length };
writeFileSync(join(folder, 'native.json'), `${JSON.stringify({ machine, schedule, rows }, null, 1)}\n`);
