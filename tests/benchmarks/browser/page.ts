/** The page of one contestant: chromium.ts calls what is left in `benchmark`. */

import { asymptoken } from './asymptoken.ts';
import { onnxRuntime } from './onnxruntime.ts';
import { peak } from './peak.ts';
import { errorOf, normalArrays, type MakeSolver, type Solver, type Workload } from './problem.ts';
import { tensorFlow } from './tensorflow.ts';

const solvers = {
  'asymptoken relaxed': asymptoken('relaxed'),
  'asymptoken simd128': asymptoken('simd128'),
  onnxruntime: onnxRuntime,
  tensorflow: tensorFlow,
  peak,
} satisfies Record<string, MakeSolver>;

export type SolverName = keyof typeof solvers;

let solver: Solver | undefined;

const benchmark = {
  /** Runs once and verifies. */
  async start(
    name: SolverName,
    workload: Workload,
    threads: number,
  ): Promise<{ name: string; error: number }> {
    if (!crossOriginIsolated)
      throw new Error('the page has to be cross-origin isolated for the peers to use threads');
    const arrays = normalArrays(name === 'peak' ? { n: 0, d: 0 } : workload);
    solver = await solvers[name]({ ...arrays, ...workload }, threads);
    const outputs = await solver.run();
    return { name: solver.name, error: outputs ? errorOf(outputs, arrays) : 0 };
  },

  /** The median of as many runs as fill those seconds, in milliseconds. */
  async measure(seconds: number): Promise<number> {
    const times: number[] = [];
    const start = performance.now();
    let now = start;
    do {
      const begin = now;
      await solver!.run();
      now = performance.now();
      times.push(now - begin);
    } while (now - start < 1000 * seconds);
    return times.sort((a, b) => a - b)[times.length >> 1]!;
  },
};

export type Benchmark = typeof benchmark;

Object.assign(globalThis, { benchmark });
