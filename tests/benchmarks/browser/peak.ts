/** Relaxed multiply-adds that touch nothing but registers: the most that any kernel in this engine could reach. */

import type { MakeSolver } from './problem.ts';

/** More than these, and V8 keeps some of them in memory. */
const chains = 10;
const lanes = 4;

/** run(rounds): chains x -> x / 2 + 1 from 0 on, which converge to 2; returns their sum. */
function assemble(): Uint8Array<ArrayBuffer> {
  const get = (local: number) => [0x20, local];
  const set = (local: number) => [0x21, local];
  const splat = (number: number) => [
    ...[0x43, ...new Uint8Array(new Float32Array([number]).buffer)],
    ...[0xfd, 0x13],
  ];
  const multiplyAdd = [0xfd, 0x85, 2];
  const add = [0xfd, 0xe4, 1];
  const [rounds, factor, term, first] = [0, 1, 2, 3];
  const all = Array.from({ length: chains }, (_, i) => first + i);
  const body = [
    // One group of locals: 2 + chains vectors.
    ...[1, 2 + chains, 0x7b],
    ...splat(0.5),
    ...set(factor),
    ...splat(1),
    ...set(term),
    ...[0x03, 0x40],
    ...all.flatMap((x) => [...get(x), ...get(factor), ...get(term), ...multiplyAdd, ...set(x)]),
    // rounds = rounds - 1, again unless it is 0.
    ...[...get(rounds), 0x41, 1, 0x6b, 0x22, rounds, 0x0d, 0],
    0x0b,
    ...get(first),
    ...all.slice(1).flatMap((x) => [...get(x), ...add]),
    ...[0xfd, 0x1f, 0],
    0x0b,
  ];
  const section = (id: number, content: number[]) => [id, ...varint(content.length), ...content];
  return new Uint8Array([
    ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, [1, 0x60, 1, 0x7f, 1, 0x7d]),
    ...section(3, [1, 0]),
    ...section(7, [1, 3, ...new TextEncoder().encode('run'), 0, 0]),
    ...section(10, [1, ...varint(body.length), ...body]),
  ]);
}

function varint(number: number): number[] {
  return number < 128 ? [number] : [(number % 128) | 128, ...varint(number >> 7)];
}

const worker = `
let run;
onmessage = async ({ data }) => {
  if (data instanceof WebAssembly.Module) run = (await WebAssembly.instantiate(data)).exports.run;
  postMessage(run(data.rounds ?? 1000));
};`;

export const peak: MakeSolver = async ({ n, d }, threads) => {
  const module = await WebAssembly.compile(assemble());
  const address = URL.createObjectURL(new Blob([worker], { type: 'text/javascript' }));
  const workers = Array.from({ length: threads }, () => new Worker(address));
  const ask = (question: unknown) =>
    Promise.all(
      workers.map(
        (one) =>
          new Promise<number>((resolve, reject) => {
            one.onmessage = ({ data }: MessageEvent<number>) => resolve(data);
            one.onerror = ({ message }) => reject(new Error(message));
            one.postMessage(question);
          }),
      ),
    );
  await ask(module);
  const rounds = Math.ceil((4 * n * n * d) / (2 * lanes * chains * threads));
  return {
    name: 'relaxed multiply-adds in registers',
    run: async () => {
      const sums = await ask({ rounds });
      if (sums.some((sum) => sum !== 2 * chains)) throw new Error(`chains add up to ${sums.join(', ')}`);
      return null;
    },
  };
};
