/** The command's kernels beside native peers. */

import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { compare, type Entry, type Row, type Schedule, type Workload } from './comparison.ts';
import { program } from './program.ts';

export const build = process.env['ASYMPTOKEN_BUILD'] ?? join(import.meta.dirname, '../../build/native');
export const ours = join(build, 'asymptoken_contestant_asymptoken');
const oneDnn = join(build, 'asymptoken_contestant_onednn');
const python = process.env['ASYMPTOKEN_PYTHON'] ?? 'python3';

export interface Peers {
  oneDnn: boolean;
  pyTorch: boolean;
}

/** Those that are installed; of the others, how to get them. */
export function findPeers(): { peers: Peers; missing: string[] } {
  const hasTorch = spawnSync(python, ['-c', 'import torch'], { stdio: 'ignore' }).status === 0;
  const peers = { oneDnn: existsSync(oneDnn), pyTorch: hasTorch };
  const missing = [];
  if (!peers.pyTorch) {
    missing.push(`PyTorch: ${python} -m pip install torch (ASYMPTOKEN_PYTHON names the Python that has it)`);
  }
  if (!peers.oneDnn) missing.push('oneDNN: ./dev bench --peers');
  return { peers, missing };
}

export const workloads: Workload[] = [
  { kind: 'attention', n: 16384, d: 64 },
  { kind: 'attention', n: 8192, d: 50 },
  { kind: 'attention', n: 65536, d: 3 },
  { kind: 'moments', n: 4692, d: 50 },
];

function peersFor({ kind }: Workload, peers: Peers): Entry[] {
  const torch = (way: string) => program(python, [join(import.meta.dirname, 'contestants/pytorch.py'), way]);
  const entries: Entry[] = [];
  if (peers.pyTorch) entries.push(torch('sdpa'));
  if (peers.pyTorch && kind === 'moments') entries.push(torch('naive'));
  if (peers.oneDnn && kind === 'attention') entries.push(program(oneDnn));
  return entries;
}

/** Calls `report` with each workload's rows as they come. */
export async function compareNatively(
  chosen: Workload[],
  threads: number[],
  peers: Peers,
  schedule: Schedule,
  report: (rows: Row[]) => void,
): Promise<Row[]> {
  if (!existsSync(ours)) throw new Error(`there is no ${ours}; build it with ./dev bench`);
  const all: Row[] = [];
  for (const workload of chosen) {
    for (const count of threads) {
      const entries = {
        ours: [program(ours), program(ours, ['deterministic'])],
        peers: peersFor(workload, peers),
        peak: program(ours),
      };
      const rows = await compare('native', workload, count, entries, schedule);
      report(rows);
      all.push(...rows);
    }
  }
  return all;
}
